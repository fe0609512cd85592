#ifndef BATCH_MANNERS_PRIV_H
#define BATCH_MANNERS_PRIV_H

#include <stddef.h>

/*
 * How late a replica is.  The server's replay_lag is no answer: it stays as
 * it was while replay stands still, and after all has been replayed, and of
 * what came before it says nothing.  So we keep where the log ended at what
 * time: what a replica has replayed tells how old its rows are.  That is as
 * precise as we have looked often; within it, replay_lag decides.
 */
#define LAG_SAMPLES 128

struct manners_lag {
	struct lag_sample {
		double at;		/* clock_now() */
		unsigned long long lsn;
	} sample[LAG_SAMPLES];
	size_t n;
	double every;	/* seconds between two; the last is the newest that
			 * there is */
};

/* The log ended there at that time. */
void lag_add(struct manners_lag *, double at, unsigned long long lsn);
/* Seconds that a replica is behind which has replayed up to lsn; measured:
 * by the server; < 0: not known. */
double lag_of(const struct manners_lag *, double now, unsigned long long lsn,
    double measured);
/* Every replica has replayed up to there. */
void lag_forget(struct manners_lag *, unsigned long long lsn);

#endif
