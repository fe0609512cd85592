/*
 * A batch's size from the time of those before it.  One slow batch (a
 * checkpoint, a lock that was waited for) is no reason to crawl, one quick
 * one none to leap: a step at most halves or doubles.
 */
#include "batch/pace.h"

#define FIRST 500
#define WEIGHT 0.4   /* of the last batch, in the mean */
#define OUTLIER 3    /* times the mean, that a batch counts at most */
#define SHARE 0.9    /* of the time is aimed at: some are slower */

static long long
clamp(const struct pace *p, double rows)
{
	if (rows >= (double)p->most)
		return p->most;
	return rows <= (double)p->least ? p->least : (long long)rows;
}

void
pace_init(struct pace *p, double aim, long long least, long long most)
{
	p->aim = aim;
	p->most = most > 1 ? most : 1;
	p->least = least < 1 ? 1 : least > p->most ? p->most : least;
	p->size = clamp(p, FIRST);
	p->per_row = 0;
}

void
pace_took(struct pace *p, long long rows, double seconds)
{
	double each, want;

	if (rows <= 0 || seconds <= 0)
		return;
	each = seconds / (double)rows;
	if (p->per_row > 0 && each > p->per_row * OUTLIER)
		each = p->per_row * OUTLIER;
	p->per_row = p->per_row > 0 ?
	    WEIGHT * each + (1 - WEIGHT) * p->per_row : each;
	want = p->aim * SHARE / p->per_row;
	if (want > (double)p->size * 2)
		want = (double)p->size * 2;
	else if (want < (double)p->size / 2)
		want = (double)p->size / 2;
	p->size = clamp(p, want);
}

void
pace_shrink(struct pace *p)
{
	p->size = clamp(p, (double)p->size / 2);
}
