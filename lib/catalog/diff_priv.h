#ifndef CATALOG_DIFF_PRIV_H
#define CATALOG_DIFF_PRIV_H

#include <string.h>

#include "catalog/change.h"

struct arena;

/* Two of one sort; a side that is not there is NULL. */
struct pair {
	const void *from, *to;
};

/* A table, with its columns paired in the order of names where it stays. */
struct table_pair {
	const struct cat_table *from, *to;
	struct pair *column;
	size_t ncolumns;
	struct clause *alter; /* by pair of columns; from NULL: there is none */
};

struct diff {
	struct arena *mem;
	struct changes *out;
	struct table_pair *table; /* in the order of those before */
	size_t ntables;
};

typedef int (*compare_fn)(const void *, const void *);

/*
 * Sorts both arrays of pointers by name and merges them into pairs; n is
 * how many these are.
 */
struct pair *pair_up(struct arena *, const void **from, size_t nfrom,
    const void **to, size_t nto, compare_fn, size_t *n);

#define POINTERS(mem, array, n, list)                                          \
	do {                                                                   \
		(list) = arena_array((mem), const void *, (n));                \
		for (size_t i_ = 0; i_ < (n); i_++)                            \
			(list)[i_] = &(array)[i_];                             \
	} while (0)

/* The new last change. */
struct change *diff_add(struct diff *, enum change_kind);

/* Is it DESC? */
static inline int
sorts_down(const struct cat_index_column *c)
{
	return c->sort == SORT_DESC;
}

void diff_pair_columns(struct diff *, struct table_pair *);
/* What differs in a column of both sides, by its name; or NULL. */
const struct clause *diff_column(const struct table_pair *, const char *name);
/* Are two indexes over the same columns? */
int diff_same_columns(const struct cat_index *, const struct cat_index *);
/* Of a table that stays. */
void diff_table(struct diff *, const struct table_pair *);
void diff_indexes(struct diff *, const struct table_pair *);
void diff_fks(struct diff *, const struct table_pair *);
/* from NULL: its table is new. */
void diff_create_index(struct diff *, const struct cat_table *from,
    const struct cat_index *, int recreated);
void diff_add_fk(struct diff *, const struct cat_fk *);
void diff_drop_fk(struct diff *, const struct cat_fk *);
/* After the tables. */
void diff_enums(struct diff *);

static inline int
same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

#endif
