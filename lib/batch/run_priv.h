#ifndef BATCH_RUN_PRIV_H
#define BATCH_RUN_PRIV_H

#include "batch/cut.h"
#include "batch/manners.h"
#include "batch/pace.h"
#include "batch/run.h"
#include "batch/turn.h"

struct buf;

/* What the run is to do next. */
enum flow {
	FLOW_ERROR = -1,
	FLOW_ON,
	FLOW_STOP,	/* resumable; run->why says by what */
	FLOW_CANCEL
};

/* Shared by run*.c: a run at work. */
struct run {
	struct db *db, *look;
	const struct job *job;
	struct journal *journal;
	const struct run_options *o;
	const struct run_hooks *hooks;
	struct arena *scratch;	/* of a batch */
	struct turn turn;	/* of its transaction */
	long statement_ms;	/* its limit, but for rows that take longer */
	struct cut cut;
	struct manners manners;
	struct pace looked, wrote; /* by rows looked at, and rows written */
	double began;
	const char *why;	/* it stops */
	enum journal_wanted wanted; /* by somebody, when last seen */
	int waiting;		/* the hook has been told so */
	int unread;		/* nobody reads what the hooks tell */
	/* What is done, or was found to need nothing, up to here; behind the
	 * place in the journal by what `idle' has. */
	const char *const *lo;
	struct {
		long long examined;
		double seconds;
	} idle;
	long long written;	/* rows, by the last batch */
	double told;		/* when the place was written last */
	/* The range at work and the next.  The third arena has `lo'. */
	struct edge edge[2];
	int known[2];		/* they have been cut */
	struct arena *edges[3];
	double asked;		/* whether others wait for us */
	int matching;		/* the next range is cut by these */
	long long asked_for;	/* rows, for it */
	double pulsed;		/* the last one (run_look.c) */
	int looking;		/* at what (run_look.c); its answer has to be
				 * taken */
	double trip;		/* the least that a commit has taken: about
				 * what the way there and back takes */
	const char *waiter;	/* who did, in the batch at work; or NULL */
	const char *who;	/* has locks that the last try waited for */
	int retries;		/* of the range at work */
};

/* Before each batch: waits as long as others are to go first. */
enum flow run_wait(struct run *, struct diag *);
/* Rests so many seconds. */
enum flow run_rest(struct run *, double seconds, struct diag *);
/* Tells why it waits; NULL: it goes on. */
void run_tell_wait(struct run *, const char *why);
/* A signal, or the time is up? */
enum flow run_should_stop(struct run *);

/* One batch, or a try of it that may be followed by others. */
enum flow run_batch(struct run *, struct diag *);
/* An error that passes is waited for, and the next try is a smaller one.
 * since: when the try began. */
enum flow run_failed(struct run *, double since, struct diag *);

/* It was in the way of others, or took too long. */
void run_shrink(struct run *);

/* Cuts the range at work, which is not known yet. */
int run_cut(struct run *, struct diag *);
/* While a batch is at work: the next range, and who is in whose way.  What is
 * not answered when the batch is does not keep it: that is taken later. */
void run_look(struct run *, double since);
void run_looked(struct run *);

/* run_left.c: what would still be written. */
enum flow run_left(struct run *, long long *left, struct diag *);
/* job->beyond, where it can be told at once. */
void run_beyond(struct run *, long long *beyond);

#endif
