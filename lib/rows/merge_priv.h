#ifndef ROWS_MERGE_PRIV_H
#define ROWS_MERGE_PRIV_H

#include "rows/merge.h"

/* Shared by merge*.c and swap*.c. */
struct buf;

/*
 * One table of a merge.  `null' are columns that are inserted as NULL, since
 * rows that they refer to come later, and filled by the update.
 */
struct merge_part {
	struct merge_table *t;
	const struct column **null;
	size_t nnull;
	const char *stuck; /* foreign keys that neither can be, NULL: none */
	int self;	   /* refers to itself */
	int fresh;	   /* most of its rows are new */
	long long staged, inserted, updated, filled, deleted;
};

struct merge {
	struct arena *mem;
	struct db *db;
	struct merge_part *part; /* in the order of their inserts */
	size_t n;
	unsigned flags;
	const char *gone;
};

/* Settings, local to the transaction, under which large joins by key are
 * planned well: statements that end in ';'. */
extern const char merge_plans[];

/* The parts of a merge from its tables, ordered by their foreign keys. */
void merge_order(struct merge *, struct merge_table *, size_t n);

/*
 * Makes what is staged ready: of rows with the same key only the last is
 * left, those left are counted, and the savepoint dbm_merge is set.
 */
int merge_prepare(struct merge *, struct merge_part *, struct diag *);

/*
 * The statements.  In all of them `d' is the row at the destination and `s'
 * the staged one.
 *
 * Staged rows whose key is not there are inserted; with MERGE_INSERT all
 * are.  A key that another session has inserted meanwhile is an error, or is
 * updated at once, or is left to the update that follows.
 */
enum merge_guard {
	GUARD_NONE,
	GUARD_UPDATE,
	GUARD_LATER
};
void merge_insert_sql(struct buf *, const struct merge *,
    const struct merge_part *, enum merge_guard);
/* Nothing is appended where no column can change. */
void merge_update_sql(struct buf *, const struct merge *,
    const struct merge_part *);

/* FROM … WHERE of the staged rows that are new, and of those that differ
 * from what is there. */
void merge_new_sql(struct buf *, const struct merge *,
    const struct merge_table *);
void merge_changed_sql(struct buf *, const struct merge *,
    const struct merge_table *);
/* Staged rows that are not as they came. */
void merge_unlike_sql(struct buf *, const struct merge *,
    const struct merge_table *);

/* Boolean SQL: does the row d differ from that other one, if they have the
 * same key? */
void merge_differ_sql(struct buf *, struct arena *,
    const struct merge_table *, const char *other);

/* Staged rows that would change an identity which nothing can change: 1, or 0
 * and nothing appended, where there is no such column. */
int merge_fixed_sql(struct buf *, const struct merge *,
    const struct merge_table *);

/* Makes a table without a key as it is staged, row by row. */
int merge_all(const struct merge *, struct merge_part *, struct diag *);

/* A query whose answer is one number; -1: diag. */
int merge_count(struct db *, const char *sql, long long *, struct diag *);

#endif
