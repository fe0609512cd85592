#ifndef BATCH_UNDO_PRIV_H
#define BATCH_UNDO_PRIV_H

#include <stddef.h>

struct buf;
struct column;
struct diag;
struct job;
struct key;
struct run_row;
struct undo;

/* What the table of before images has of a column. */
struct undo_column {
	const struct column *now; /* the column of the table */
	/* the same, under the names that its values are kept by */
	struct column *old, *new;
};

struct undo_columns {
	const struct key *key;
	struct undo_column *column;
	size_t n;
};

/* The statement that restores rows between bounds, as job.add_work. */
void undo_add_work(struct buf *, const struct job *, size_t lo, size_t hi);
/* A query of four numbers, which ends in a condition: rows that were kept;
 * that still hold the new value; the old one already; that are gone. */
void undo_add_count(struct buf *, const struct undo *);
/* A query of one: those that still hold the new value. */
void undo_add_left(struct buf *, const struct undo *);

/* A query of rows that are not restored, and why: the values of the key, t
 * where the row is gone, the values of the columns now. */
void undo_add_rest(struct buf *, const struct undo *, size_t limit);

/* Somebody is at work on the run: status 75. */
int undo_refuse_busy(const struct run_row *, struct diag *);

/* In FROM, with their aliases. */
#define UNDO_TABLE "dbm_row"
#define UNDO_KEPT "dbm_kept"

#endif
