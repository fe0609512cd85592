/* Where the log ended at what time, and what follows for a replica. */
#include <string.h>

#include "batch/manners_priv.h"

/* How many samples are not ahead of it: the newest of them is [n - 1]. */
static size_t
passed(const struct manners_lag *lag, unsigned long long lsn)
{
	size_t n = lag->n;

	while (n > 0 && lag->sample[n - 1].lsn > lsn)
		n--;
	return n;
}

/* Every second one, and from now on half as many. */
static void
thin(struct manners_lag *lag)
{
	size_t i;

	for (i = 1; 2 * i < lag->n; i++)
		lag->sample[i] = lag->sample[2 * i];
	lag->n = i;
	lag->every = (lag->sample[i - 1].at - lag->sample[0].at) /
	    (double)(i - 1);
}

void
lag_add(struct manners_lag *lag, double at, unsigned long long lsn)
{
	struct lag_sample *end = lag->sample + lag->n;

	/* of the same it is enough to know since when, and until when */
	if (lag->n >= 2 && (end[-1].at - end[-2].at < lag->every ||
	    (end[-1].lsn == lsn && end[-2].lsn == lsn))) {
		end[-1] = (struct lag_sample){ at, lsn };
		return;
	}
	if (lag->n == LAG_SAMPLES)
		thin(lag);
	lag->sample[lag->n++] = (struct lag_sample){ at, lsn };
}

double
lag_of(const struct manners_lag *lag, double now, unsigned long long lsn,
    double measured)
{
	size_t n = passed(lag, lsn);
	double least, most;

	if (n == lag->n)
		return 0;
	least = now - lag->sample[n].at;
	if (measured < least)
		return least;
	most = n > 0 ? now - lag->sample[n - 1].at : measured;
	return measured < most ? measured : most;
}

void
lag_forget(struct manners_lag *lag, unsigned long long lsn)
{
	size_t n = passed(lag, lsn);

	/* the newest of them is still needed */
	if (n < 2)
		return;
	lag->n -= n - 1;
	memmove(lag->sample, lag->sample + n - 1,
	    lag->n * sizeof(lag->sample[0]));
	if (lag->n < LAG_SAMPLES / 4)
		lag->every = 0;
}
