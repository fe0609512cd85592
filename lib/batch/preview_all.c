/* All of a change, by what one batch of it has cost. */
#include "batch/change.h"
#include "batch/pace.h"
#include "batch/preview_priv.h"

enum {
	FIRST_BATCHES = 100 /* by then they have found their size */
};

static long long
times(long long rows, long long n, double each)
{
	return (long long)((double)rows / (double)n * each + 0.5);
}

/* Rows that the run looks at: where it goes by keys that it has taken down,
 * only those. */
static double
looked_at(const struct previewer *p)
{
	return p->c->once || p->v->table_rows < p->v->rows ?
	    (double)p->v->rows : (double)p->v->table_rows;
}

/*
 * The run goes by the time of its batches, from a small one on; so do we, by
 * what the try has told of that: as long as the sizes change, and those that
 * are left over are of the last size.
 */
static long long
count_batches(const struct previewer *p, double work)
{
	double left = looked_at(p), each = work / left, n = 0, share = 0;
	long long batches = 0;
	struct pace pace;

	if (p->job.counts != NULL && !p->c->once)
		share = (double)p->v->rows / left;
	pace_init(&pace, p->aim, 1, share > 0 ? PREVIEW_LOOK_MOST : p->most);
	while (left >= 1 && batches < FIRST_BATCHES) {
		n = (double)pace.size;
		if (share > 0 && n * share > (double)p->most)
			n = (double)p->most / share;
		if (n > left)
			n = left;
		pace_took(&pace, (long long)n, p->fixed + n * each);
		left -= n;
		batches++;
	}
	/* what is less than a row is none */
	return left < 1 ? batches : batches + (long long)(left / n + 0.999);
}

void
preview_extrapolate(struct previewer *p)
{
	struct preview *v = p->v;
	double work;

	if (v->tried == 0)
		return;
	work = (double)v->rows / (double)v->tried * v->seconds;
	if (v->wal_bytes >= 0)
		v->total_wal = times(v->rows, v->tried,
		    (double)v->wal_bytes);
	v->batches = count_batches(p, work);
	v->total_seconds = work + (double)v->batches * p->fixed;
}
