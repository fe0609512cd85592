#ifndef BATCH_RANGE_H
#define BATCH_RANGE_H

#include <stddef.h>

#include "base/out.h"

struct arena;
struct buf;
struct diag;
struct key;
struct table;

/*
 * A piece of a table by its key: the rows above `lo', up to and with `hi'.
 * As a record: table ("s"."t"), key columns ("a","b"), lower bound, upper
 * bound, rows; what follows is for others.  A bound is one field: of one
 * column its value, of more an array literal; \N is an open end.
 */
struct range {
	const char *schema, *table;
	const char **column;
	size_t ncolumns;
	const char *const *lo, *const *hi; /* texts of values; NULL: open */
	long long rows;		/* -1: not known */
};

#define RANGE_FIELDS 5
extern const struct out_column range_columns[RANGE_FIELDS];

/* Of a table and its key, both ends open. */
void range_of(struct arena *, const struct table *, const struct key *,
    struct range *);
/* Its fields, not yet escaped; a NULL is \N. */
void range_fields(struct arena *, const struct range *,
    const char *field[RANGE_FIELDS]);
/* Reads the fields of a record of n.  -1: diag says what is wrong with it. */
int range_read(struct arena *, char *const *field, size_t n, struct range *,
    struct diag *);
/* A bound as one field, and back. */
const char *range_bound(struct arena *, const char *const *value, size_t n);
const char **range_values(struct arena *, const char *bound, size_t n);

/* For people: "id > 5 and <= 10", "(a, b) > (1, x)", or "all of it". */
void range_tell(struct buf *, const struct range *);

#endif
