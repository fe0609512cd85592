#ifndef ROWS_ORDER_H
#define ROWS_ORDER_H

#include <stddef.h>

struct arena;
struct table;

/*
 * Tables that can be filled one after the other: mostly a group is one
 * table; several are a cycle of foreign keys, and go together.
 */
struct table_group {
	struct table **table; /* parents first as far as that can be */
	size_t n;
	int self;	      /* one of them refers to itself */
	size_t *after;	      /* groups that it refers to */
	size_t nafter;
};

struct table_order {
	struct table_group *group; /* parents before children */
	size_t n;
};

/*
 * Orders by foreign keys among these tables; what is not among them does not
 * count.  Stable: where nothing is said, names decide.
 */
void tables_order(struct arena *, struct table *const *, size_t n,
    struct table_order *);

#endif
