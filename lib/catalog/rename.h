#ifndef CATALOG_RENAME_H
#define CATALOG_RENAME_H

#include <stddef.h>

#include "catalog/change.h"

struct arena;
struct buf;
struct diag;

/*
 * To the engine a rename is a drop and an addition.  Here it is looked for,
 * and done when it is asked for.
 */

/* What may have been renamed: a table, or a column where from is set. */
struct rename_candidate {
	const struct cat_table *from_table, *to_table;
	const struct cat_column *from, *to;
	double score; /* up to 1 */
};

/*
 * Columns that go while one of the same type comes to the same table, tables
 * that go while one with mostly the same columns comes; all pairs, the best
 * first.  Where hundreds go and come at once, none: that is another schema.
 */
size_t rename_candidates(struct arena *, const struct changes *,
    struct rename_candidate **);

/*
 * Of the candidates, those that can be had together: each old and each new
 * name once, the best pairs.  Moves them to the front, tells how many.
 */
size_t rename_likeliest(struct rename_candidate *, size_t n);

/* "User.name=fullName": the argument that stands for it. */
void rename_argument(const struct rename_candidate *, struct buf *);

/* The renames that were asked for, in their order. */
struct renames {
	struct rename {
		const struct cat_table *table; /* as renamed, of from */
		const char *old_name, *new_name;
		int is_column;
	} *item;
	size_t n;
};

/*
 * Renames a table or column in the catalog itself, as "User=Account" or
 * "User.name=fullName" says: names of the schema or of the database.  What
 * hangs on it (keys, indexes) is found renamed by the diff.  -1: there is no
 * such name, or the new one is taken; diag lists what there is.
 */
int catalog_rename(struct arena *, struct catalog *from,
    const struct catalog *to, const char *argument, struct renames *,
    struct diag *);

/* The same for a candidate that was agreed to. */
void rename_accept(struct arena *, struct catalog *from,
    const struct rename_candidate *, struct renames *);

/* The changes, with the renames before them. */
struct changes *renames_first(struct arena *, const struct renames *,
    const struct changes *);

#endif
