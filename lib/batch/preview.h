#ifndef BATCH_PREVIEW_H
#define BATCH_PREVIEW_H

#include <stddef.h>

struct arena;
struct change;
struct diag;

/* What a change would do, found out without a write that stays. */
struct preview_sample {
	const char **key;	/* its values */
	const char **before, **after; /* for each set; NULL: NULL */
};

struct preview {
	long long rows;		/* that match and are not yet as wanted */
	long long table_rows;	/* of the table, as estimated; -1 */
	struct preview_sample sample[10];
	size_t nsamples;
	/* of one batch that was run and rolled back */
	long long tried;	/* rows; 0: none was to be written, or it
				 * could not be tried */
	double seconds;		/* it took */
	long long wal_bytes;	/* it wrote; -1: not tried */
	long long hot;		/* of them HOT; -1: not known */
	/* for all rows, by that measure */
	long long batches, total_wal;
	double total_seconds;
	const char *triggers;	/* names of those that fire, NULL: none */
	const char **index;	/* those that have a column that is set */
	size_t nindexes;
};

/*
 * batch_time and most: as in the run.  The try has the limits that a batch
 * has; where it cannot get its locks, tried is 0.  -1: diag.
 */
int preview_change(struct arena *, const struct change *, double batch_time,
    long long most, struct preview *, struct diag *);

#endif
