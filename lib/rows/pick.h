#ifndef ROWS_PICK_H
#define ROWS_PICK_H

#include "base/opt.h"
#include "rows/table.h"

/*
 * Which tables are meant.  Names and patterns are taken as they are written,
 * case included, with or without "schema."; in a pattern `*' and `?' stand
 * for any letters, or any one.  Without any, all tables of the URL's schema
 * are meant, but for partitions, what belongs to extensions, Prisma's
 * _prisma_migrations and the state of sync; dbm's own never are.
 */
struct pick {
	char *const *operand; /* TABLE… */
	size_t n;
	struct opt_list include, exclude; /* -t, -T */
	int lenient;	      /* a name may also mean no table */
};

/* -t and -T, for OPT_INCLUDE; they fill pick_opts. */
extern struct pick pick_opts;
extern const struct opt opt_pick[];

/*
 * Reads the tables of a database that the choice can mean, and chooses.
 * `all' are those read, `chosen' a part of it.  -1: also for a name or a
 * pattern that means no table; diag has the nearest name as its hint.
 */
int pick_tables(struct arena *, struct db *, const struct pick *,
    struct tables *all, struct tables *chosen, struct diag *);
/* Its parts: the schemas to be read, and the choice among what was. */
const char **pick_schemas(struct arena *, const struct pick *,
    const char *schema, size_t *n);
int pick_among(struct arena *, struct db *, const struct pick *,
    struct tables *all, struct tables *chosen, struct diag *);

#endif
