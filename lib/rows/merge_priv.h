#ifndef ROWS_MERGE_PRIV_H
#define ROWS_MERGE_PRIV_H

#include "rows/merge.h"

/*
 * Shared by merge*.c and swap.c: the statements of a merge.  In all of them
 * `d' is the row at the destination and `s' the staged one.
 */
struct buf;

/* The columns that an UPDATE sets, and those it has to compare for that. */
struct merge_columns {
	const struct column **set, **compare;
	size_t nset, ncompare;
};
void merge_columns(struct arena *, const struct merge_table *,
    struct merge_columns *);

/*
 * Staged rows whose key is not there.  null: columns that are left out, to
 * be filled by the update that follows.  guarded: a key that another session
 * has inserted meanwhile is no error: it is updated at once, or (later)
 * left to the update that follows.
 */
struct merge_insert {
	const struct column **null;
	size_t nnull;
	int guarded, later;
};
void merge_insert_sql(struct buf *, struct arena *,
    const struct merge_table *, const struct merge_insert *);
/* Nothing is written where no column can change. */
void merge_update_sql(struct buf *, struct arena *,
    const struct merge_table *);

/* FROM … WHERE of the staged rows that are new, or that differ. */
void merge_new_sql(struct buf *, const struct merge_table *);
void merge_changed_sql(struct buf *, struct arena *,
    const struct merge_table *);

#endif
