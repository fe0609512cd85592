#ifndef DB_INTROSPECT_PRIV_H
#define DB_INTROSPECT_PRIV_H

#include "base/map.h"
#include "catalog/catalog.h"
#include "db/conn.h"
#include "db/introspect.h"

/* A catalog that is being made. */
struct build {
	struct arena *mem;
	const struct introspection *in;
	struct catalog *cat;
	struct map tables, enums; /* by namespace and name */
	struct diag *d;
};

/* Our one pointer for this name, or NULL: it was not asked for. */
const char *build_namespace(const struct build *, const char *name);
struct cat_table *build_table(const struct build *, const char *ns,
    const char *name);
struct cat_view *build_view(const struct build *, const char *ns,
    const char *name);

void build_columns(struct build *);
void build_indexes(struct build *);
int build_fks(struct build *); /* -1: one leads out of the schemas */

/* A run of rows that share their first columns. */
struct run {
	const struct db_rows *rows;
	size_t first, n;
};

/* The next run; 0: there is none.  Starts with all zero but rows. */
int run_next(struct run *, size_t ncols);
const char *run_cell(const struct run *, size_t row, size_t col);
int run_true(const struct run *, size_t row, size_t col);

/*
 * What the text of a default, as pg_get_expr prints it, stands for in a
 * column of this type.
 */
void introspect_default(struct arena *, const char *text,
    const struct cat_type *, struct cat_default *);

#endif
