#ifndef BATCH_KEEP_H
#define BATCH_KEEP_H

#include <stddef.h>

struct arena;
struct change;
struct buf;
struct db;
struct diag;
struct job;
struct journal;
struct run_result;
struct run_row;

/*
 * Tables beside dbm.runs, named by the id of their run:
 * dbm.keep_ID	what was there before, by key: columns of the key under their
 *		own names, and old_… and new_… for each column that was set;
 *		not there where the run has changed nothing
 * dbm.keys_ID	the keys that were there when a run began that may touch each
 *		row only once; gone when it is done
 */

/*
 * Makes those that the change needs (change.once: keys, filled; before
 * images, also where the run has begun with them), once for a run, and sets
 * change->keys and change->keep to their quoted names.
 */
int keep_prepare(struct change *, struct journal *, int before_images,
    struct diag *);
/* May tables be made there?  To be asked before a run begins; -1: diag names
 * the GRANT. */
int keep_check(struct db *, struct diag *);
/* The run is over: drops the keys; and where nothing was kept, the table for
 * that, of which dbm.runs then knows nothing any more. */
int keep_done(struct change *, struct journal *, struct diag *);

/* The statement of a batch that keeps what was there before; change->keep is
 * set.  As job.add_work. */
void keep_add_work(struct buf *, const struct job *, size_t lo, size_t hi);

/* An undo: rows of the run's table that still hold what it wrote get back
 * what they had. */
struct undo {
	struct arena *mem;
	struct db *db;
	const struct run_row *run; /* the one to undo */
	/* found */
	const struct table *table;
	const char *keep;
	long long kept;		/* rows it has kept */
	long long restorable;	/* that still hold the new value */
	long long restored;	/* that hold the old one already */
	long long changed;	/* that hold something else */
	long long gone;		/* that are not there any more */
	const char *rest[10];	/* some of the last two: "id 2: v c" */
	size_t nrest;
	const void *priv;
};
/* -1: no before-images were kept, or the table is another by now. */
int undo_open(struct undo *, struct diag *);
/* Counts. */
int undo_count(struct undo *, struct diag *);
void undo_job(const struct undo *, struct job *);
/*
 * Before it begins: the undone run does not go on any more.  At its end:
 * counts again, and records with the undone run what has become of it.
 */
int undo_begin(const struct undo *, struct diag *);
int undo_end(struct undo *, const struct journal *, const struct run_result *,
    struct diag *);

#endif
