#ifndef ROWS_PUSH_H
#define ROWS_PUSH_H

#include "rows/feed.h"
#include "rows/plan.h"

struct diag;
struct push_group;

/*
 * Hands the groups of a plan to pairs of rows and load: parents before
 * children, the largest of those that can go first, each pair one group at
 * a time (a single pair gets them all at once, in order).
 */
struct push {
	struct sync *sync;
	struct feed *feed;
	size_t n;
	struct push_group *group; /* as sync.order has them */
	void (*on_done)(void *arg, struct sync_table *);
	void (*on_rows)(void *arg); /* rows were received */
	void (*on_tick)(void *arg); /* now and then */
	void *arg;
	struct diag *d;
};

/* Starts that many pairs. */
int push_open(struct arena *, struct push *, size_t jobs,
    const struct feed_opts *, struct diag *);
/*
 * Works off the plan.  -1: diag, which is empty where a child has said what
 * is wrong; its status is what diag_status() gives.  What was committed by
 * then is told by on_done all the same.
 */
int push_run(struct push *);
/* Ends what has not ended yet. */
void push_close(struct push *);

#endif
