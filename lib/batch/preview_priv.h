#ifndef BATCH_PREVIEW_PRIV_H
#define BATCH_PREVIEW_PRIV_H

#include "batch/job.h"
#include "batch/preview.h"

struct change;
struct db_ask;

/* Rows that a batch looks at, where few of them are written: must agree with
 * run.c. */
#define PREVIEW_LOOK_MOST 1000000

/* Between the parts of a preview. */
struct previewer {
	struct arena *mem;
	const struct change *c;
	struct job job;
	double aim;		/* seconds of a batch */
	long long most;		/* rows of a batch */
	double fixed;		/* seconds of a batch whatever its rows */
	const struct db_ask *make; /* statements ahead of the batch */
	size_t nmake;
	int hot_known;		/* by the first try: the others find its */
	double hot_share;	/* dead rows in the pages */
	int writes;		/* a value cannot be had without a write */
	struct preview *v;
	struct diag *d;
};

/* Runs one batch and rolls it back: what it costs.  v has its samples. */
int preview_try(struct previewer *);
/* Has it keep what was there before, as the run would. */
int preview_keep(struct previewer *, struct change *);
/* What it has done and cost, by its EXPLAIN in JSON; wal_bytes is -1 where
 * that leaves out what triggers write. */
void preview_read_plan(struct previewer *, const char *json);
/* From what was tried to all rows. */
void preview_extrapolate(struct previewer *);
/* Triggers and indexes. */
int preview_touches(struct previewer *);

#endif
