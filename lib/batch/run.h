#ifndef BATCH_RUN_H
#define BATCH_RUN_H

#include "batch/journal.h"
#include "batch/manners.h"

struct arena;
struct db_url;
struct job;

struct run_options {
	double batch_time;	/* seconds that a batch should take */
	/* Rows of a batch: that it writes, where the job tells those, and it
	 * may look at more; else that it looks at. */
	long long least, most;
	double wait;		/* for a run that another has, in seconds */
	double max_time;	/* then it ends, resumable; 0: no limit */
	struct manners_options manners;
};

/* How the last batch went, or why none does. */
struct run_batch {
	const struct journal *journal;
	const char *const *lo, *const *hi; /* NULL: open */
	long long examined, rows; /* examined: -1 at the end of the table */
	double seconds;
	int retries;
};

/* What a program wants to be told; each may be NULL. */
struct run_hooks {
	/* -1: nobody reads that any more, and the run stops, resumable. */
	int (*batch)(void *arg, const struct run_batch *);
	/* Why it waits; NULL: it goes on.  Called now and then. */
	void (*waiting)(void *arg, const struct journal *, const char *why);
	void *arg;
};

enum run_end {
	RUN_DONE,
	RUN_STOPPED,	/* by a signal, --max-time, or as nobody reads what is
			 * told: can be resumed */
	RUN_CANCELLED	/* by somebody's wish */
};

struct run_result {
	enum run_end end;
	const char *why;	/* it was stopped */
	long long left;		/* rows that would still be written; -1: not
				 * asked */
	long long beyond;	/* job->beyond; -1: not asked, or it would
				 * take long */
};

/*
 * Does a job to its end, resuming what an earlier run has left.  db works,
 * look is a second session of the same database, beside it.  journal has
 * been claimed.  -1: diag, which names the key range where one failed; all
 * before it is done and recorded.
 */
int run_job(struct db *db, struct db *look, const struct job *,
    struct journal *, const struct run_options *, const struct run_hooks *,
    struct run_result *, struct diag *);

/* The options, for OPT_INCLUDE, and their check: -1: diag. */
struct opt;
extern struct run_options run_options;
extern const struct opt opt_run[];
int run_options_check(struct diag *);
/* Those that the command of an earlier process has had, where they are not
 * given now. */
void run_options_recall(struct arena *, const char *command);

#endif
