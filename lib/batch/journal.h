#ifndef BATCH_JOURNAL_H
#define BATCH_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct db_ask;
struct db_rows;
struct diag;
struct job;

/*
 * The row of a run in dbm.runs: who, when, what, and how far it has come.
 * The place is written in the transaction of the batch itself, so that no
 * batch is done twice or left out, whenever the run is killed.
 */
struct journal {
	struct arena *mem;	/* these two are given */
	struct db *db;
	long long id;
	int resumed;		/* it had been begun before */
	const char **position;	/* key up to which all is done; NULL: none */
	int ended;		/* this pass has come to the table's end */
	int pass;		/* 1; the last pass is 2 */
	long long batches, rows, total;
	long long examined;	/* in this pass */
	double active;		/* seconds of all batches so far */
	double pass_active;	/* and of those of this pass */
	long long batch_size;	/* of the last; 0: none yet */
	const char *kept, *keys; /* tables of batch/keep.h; NULL: none */
	/* its own */
	int64_t lock;
	struct db *holder;	/* behind a pooler: the session that holds the
				 * lock; else NULL */
	struct arena *place[2];	/* position, and the one before it */
	size_t ncolumns;	/* of the key */
};

/*
 * Takes the run: an unfinished one of that kind and name goes on where it
 * was, else one begins.  Waits so many seconds while another has it (status
 * 75 then).  -1: also where a finished one of job->once was done before, or
 * the statement of an unfinished one is another (a name given twice).
 */
int journal_claim(struct journal *, const struct job *, double wait,
    struct diag *);
/* Is the newest run of that kind and name a finished one of job->once, which
 * journal_claim would refuse? */
int journal_is_done(struct arena *, struct db *, const struct job *, int *done,
    struct diag *);
/* Lets go of it. */
void journal_release(struct journal *);

/* What somebody wants of it, by `dbm backfill --pause' and the like. */
enum journal_wanted { WANTED_NOTHING, WANTED_PAUSE, WANTED_CANCEL };

/*
 * Inside the transaction of a batch: first journal_lock, whose answer says
 * whether the run is still ours (-1 with diag: it is not) and what is wanted;
 * then, with what was done, journal_advance.
 */
struct db_ask journal_lock(struct journal *, struct arena *);
int journal_locked(struct journal *, const struct db_rows *,
    enum journal_wanted *, struct diag *);
/* position: up to there all is done; NULL: to the end of the table. */
struct db_ask journal_advance(struct journal *, struct arena *,
    const char *const *position, long long examined, long long rows,
    double seconds);
/* It is committed: keeps it in mind.  The position before it stays readable
 * until the next. */
void journal_advanced(struct journal *, const char *const *position,
    long long examined, long long rows, double seconds);

/* In transactions of their own.  state: as in dbm.runs; the reason of a wait,
 * or the error; the outcome in words, for the record. */
int journal_pass(struct journal *, int pass, struct diag *);
int journal_state(struct journal *, const char *state, const char *reason,
    struct diag *);
int journal_fail(struct journal *, const char *error, struct diag *);
int journal_finish(struct journal *, const char *state, const char *outcome,
    struct diag *);
/* Asks what is wanted, between batches, and leaves a sign of life. */
int journal_ask(struct journal *, enum journal_wanted *, struct diag *);

/* For the records of those who look: one run. */
struct run_row {
	long long id;
	const char *kind, *name, *state; /* state also "interrupted": nobody
					  * is at work on it */
	const char *relation, *what, *options, *role, *os_user, *host;
	const char *started, *finished, *told;
	long long rows, examined, total, batches;
	double active;	/* seconds of this pass, as `examined' is of it */
	const char *reason, *last_error, *outcome, *kept;
	int pass;
	int once;	/* each row once: job->once */
	long long undoes; /* the run that it undoes; 0: none */
	const char *key; /* columns that it goes by, with commas between;
			  * NULL: of `dbm each' */
};
/* Is there nothing left to be done: done, or cancelled? */
int run_is_over(const struct run_row *);
/*
 * The runs of batches, newest first; which: a name or an id, NULL: the
 * unfinished ones and the last ten others.  0 rows is no error; where
 * dbm.runs is not there neither.
 */
int journal_list(struct arena *, struct db *, const char *which,
    struct run_row **, size_t *n, struct diag *);
/*
 * Asks a run for something.  1: somebody is at work on it, and will; 0:
 * nobody is (cancel: it is cancelled now).  -1: no such run, or it is done
 * with.
 */
int journal_want(struct arena *, struct db *, const struct run_row *,
    enum journal_wanted, struct diag *);
/* Cancels it where nobody is at work on it: 0; 1: somebody is. */
int journal_end(struct arena *, struct db *, const struct run_row *,
    struct diag *);

#endif
