#ifndef BATCH_KEEP_PRIV_H
#define BATCH_KEEP_PRIV_H

#include <stddef.h>

#include "db/conn.h"

struct buf;
struct change;
struct column;
struct diag;

/* Columns of keep_columns.sql. */
enum {
	KEEP_NAME,
	KEEP_IS_KEY,
	KEEP_IS_SAME,
	KEEP_OF
};

/* Where a column's values are kept: names of the columns, quoted. */
struct keep_pair {
	const char *old, *new;
};

/* One for each column that the change sets: always the same for the same
 * change, and each a name of its own. */
struct keep_pair *keep_pairs(struct arena *, const struct change *);

/* The columns of the key, quoted, with commas between. */
const char *keep_key(struct arena *, const struct change *);

/* The type that a column is kept in. */
const char *keep_type(struct arena *, const struct column *);
/* The value of an expression of the column's type in that type. */
void keep_value(struct buf *, const struct column *, const char *expression);

/*
 * Columns and a condition, always true, by which the planner takes the rows
 * of a WITH for very few (no statistics say how often two columns are equal),
 * and looks for each of them by its key.  It has no good notion of their
 * number: that of ROW(tenant, id) > ROW(7, 1) it takes from the first column
 * alone.  It would expect one row where there are 20,000, and compare all
 * with all; or 20,000 where there are 50, and read a whole table each time.
 */
#define KEEP_FEW_COLUMNS "1 AS dbm_1, 1 AS dbm_2, 1 AS dbm_3"
#define KEEP_FEW(alias)                                                        \
	alias ".dbm_1 OPERATOR(pg_catalog.=) " alias ".dbm_2 AND "             \
	alias ".dbm_2 OPERATOR(pg_catalog.=) " alias ".dbm_3"

/* The statements of a transaction, as they come together. */
struct keep_asks {
	struct arena *mem;
	struct db_ask *ask;
	size_t n;
};

void keep_ask(struct keep_asks *, struct db_ask);
/* Those that make a table of keys, filled; and one of before images. */
void keep_ask_keys(struct keep_asks *, const struct change *,
    const char *table);
void keep_ask_table(struct keep_asks *, const struct change *,
    const char *table);
/* One of that name that is in the way. */
void keep_ask_drop(struct keep_asks *, const char *table);

/* Drops tables of keys whose runs are over. */
int keep_sweep(struct arena *, struct db *, struct diag *);

#endif
