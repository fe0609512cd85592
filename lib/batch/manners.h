#ifndef BATCH_MANNERS_H
#define BATCH_MANNERS_H

#include "base/buf.h"

struct arena;
struct db;
struct diag;
struct table;

/* When a run has to wait for others. */
struct manners_options {
	double max_lag;		/* seconds that a replica may be behind; < 0:
				 * as by default, where it can be seen */
	const char *throttle;	/* a query: waits while it is true; or NULL */
};

struct manners {
	struct arena *mem;
	struct db *db;		/* a session of its own, beside the work */
	int pid;		/* of the session that works; 0: not known, it
				 * is behind a pooler */
	const struct table *table;
	const struct manners_options *o;
	const char *path;	/* search_path of the query */
	double asked;		/* when last; clock_now() */
	/* what follows is its own */
	struct manners_lag *lag;
	double max_lag;		/* in force */
	double throttle_asked;
	double minded;		/* when what is to be taken was asked */
	int throttled;		/* its last answer */
	struct buf why;		/* what it had to wait for when last asked */
};

/* Can what is asked for be seen at all?  -1: diag names the GRANT, or what is
 * wrong with the query. */
int manners_open(struct manners *, struct diag *);

/*
 * Asked before a batch; looks at most every so often.  1: has to wait, and
 * why says for what: "replica 'r' is 3.2 s behind", "autovacuum is at work on
 * the table", "the throttle query says so"; 0: go on; -1: diag.
 */
int manners_wait(struct manners *, struct buf *why, struct diag *);
/*
 * For while a batch is open: what is asked now need not be asked before the
 * next.  In two halves, as the batch does not wait for the answer: 1: sent,
 * and has to be taken; 0: it is not time to.  Not the query of the user, which
 * may take its time.  What fails is asked again, and told then.
 */
int manners_mind(struct manners *, struct diag *ignored);
void manners_minded(struct manners *, struct diag *ignored);
/*
 * Does somebody wait for locks of the session that works?  To be asked while
 * a batch runs, in two halves: 1: sent; 0: it cannot be seen.  Then 1: yes,
 * and who says for whom.
 */
int manners_blocks(struct manners *, struct diag *);
int manners_blocked(struct manners *, struct buf *who, struct diag *);

#endif
