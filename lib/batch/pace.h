#ifndef BATCH_PACE_H
#define BATCH_PACE_H

#define PACE_POWERS 63 /* of two, that a number of rows may have */

/*
 * How many rows the next batch looks at: begins small, and grows and shrinks
 * towards a time.  Knows nothing of databases.
 */
struct pace {
	double aim;		/* seconds a batch should take */
	long long least, most;	/* rows */
	long long size;		/* of the next batch */
	double per_row;		/* seconds, smoothed; 0: not known yet */
	/* What batches of 2^i rows and more take, smoothed; 0: not known. */
	double took[PACE_POWERS];
	double of[PACE_POWERS];	/* how many rows those had, smoothed */
	unsigned stuck;		/* batches that could not be any smaller */
};

void pace_init(struct pace *, double aim, long long least, long long most);
/* It goes on where the last batch had so many: begins no larger. */
void pace_again(struct pace *, long long rows);
/* A batch of so many rows has taken so long: sets size. */
void pace_took(struct pace *, long long rows, double seconds);
/* It was in the way of others, or took too long and was undone: smaller. */
void pace_shrink(struct pace *);

#endif
