/*
 * A batch's size from the time of those before it.  What took far longer than
 * it should has locked its rows for as long: the next is as much smaller, at
 * once.  Where that was a moment's trouble (a checkpoint), doubling makes up
 * for it soon; a quick one is no reason to leap.
 *
 * Nor is what a batch takes however few its rows are (a join that reads all
 * of another table, say) a reason to make it smaller: that would end at one
 * row a batch, each as slow as before.
 */
#include <string.h>

#include "batch/pace.h"

#define FIRST 100	 /* rows, and no more than */
#define FIRST_EACH 0.0005 /* seconds for each would allow */
#define WEIGHT 0.4 /* of the last batch, in a mean */
#define QUICK 0.8  /* of one that took half as long for a row, or less */
#define FAR 2	   /* times the aim is far too long */
#define DIVE 16	   /* a step down is at most so much */
#define SHARE 0.9  /* of the time is aimed at: some are slower */
#define APART 3	   /* powers of two between many rows and few */
#define ALIKE 1.5  /* times as long is about as long */
#define TWICE 1.8  /* as many is about twice as many */
#define PROBE 8	   /* batches of the least size, then a larger one */

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
	memset(p, 0, sizeof(*p));
	p->aim = aim;
	p->most = most > 1 ? most : 1;
	p->least = least < 1 ? 1 : least > p->most ? p->most : least;
	p->size = clamp(p, FIRST);
	if ((double)p->size * FIRST_EACH > aim)
		p->size = clamp(p, aim / FIRST_EACH);
}

void
pace_again(struct pace *p, long long rows)
{
	if (rows > 0 && rows < p->size)
		p->size = clamp(p, (double)rows);
}

static double
mean(double old, double now)
{
	return old > 0 ? WEIGHT * now + (1 - WEIGHT) * old : now;
}

static int
power(long long rows)
{
	int i = 0;

	while ((rows >>= 1) > 0)
		i++;
	return i;
}

/* What contradicts it is of other times: smaller ones that took far longer,
 * larger ones that were far quicker. */
static void
learn_times(struct pace *p, int at, double rows, double seconds)
{
	int i;

	p->of[at] = mean(p->took[at] > 0 ? p->of[at] : 0, rows);
	p->took[at] = mean(p->took[at], seconds);
	for (i = 0; i < PACE_POWERS; i++)
		if ((i < at && p->took[i] > seconds * 2) ||
		    (i > at && p->took[i] < seconds / 2))
			p->took[i] = 0;
}

/* Have batches with far more rows taken about as long, or the smallest? */
static int
is_alike(const struct pace *p, int at)
{
	double now = p->took[at];
	int i;

	for (i = at + APART; i < PACE_POWERS; i++)
		if (p->took[i] > 0 && p->took[i] < now * ALIKE)
			return 1;
	/* a neighbour may have almost as many */
	for (i = 0; i < at; i++)
		if (p->took[i] > 0 && p->of[at] > p->of[i] * TWICE)
			return now < p->took[i] * ALIKE &&
			    now < p->took[i] + p->aim;
	return 0;
}

static void
learn_rows(struct pace *p, double each, int far)
{
	if (far && each > p->per_row)
		p->per_row = each;
	else if (each < p->per_row / 2)
		p->per_row = QUICK * each + (1 - QUICK) * p->per_row;
	else
		p->per_row = mean(p->per_row, each);
}

/* By how much the next may be smaller.  Where fewer rows have taken half as
 * long or more, fewer rows are not sure to help. */
static double
deepest(const struct pace *p, int at, double seconds)
{
	int i;

	if (seconds <= p->aim * FAR)
		return 2;
	for (i = 0; i < at; i++)
		if (p->took[i] > seconds / 2)
			return 2;
	return DIVE;
}

void
pace_took(struct pace *p, long long rows, double seconds)
{
	double size, least, now = (double)p->size;

	if (rows <= 0 || seconds <= 0)
		return;
	learn_times(p, power(rows), (double)rows, seconds);
	learn_rows(p, seconds / (double)rows, seconds > p->aim * FAR);
	least = now / deepest(p, power(rows), seconds);
	size = p->aim * SHARE / p->per_row;
	if (size < now && is_alike(p, power(rows)))
		size = now * 2;
	/* it cannot be any smaller: is it the rows that take so long? */
	if (now <= (double)p->least && ++p->stuck % PROBE == 0)
		size = now * 2;
	if (size > now * 2)
		size = now * 2;
	else if (size < least)
		size = least;
	p->size = clamp(p, size);
}

void
pace_shrink(struct pace *p)
{
	p->size = clamp(p, (double)p->size / 2);
}
