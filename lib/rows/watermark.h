#ifndef ROWS_WATERMARK_H
#define ROWS_WATERMARK_H

#include <stddef.h>

struct arena;
struct db;
struct diag;

/*
 * Up to when a run has seen everything.  The clock and the start of the
 * oldest open transaction are read first, in a statement of their own, and
 * the snapshot is taken after: a transaction that commits between the two is
 * in the snapshot, one that commits later had begun before the cutoff.
 */
struct watermark {
	const char *cutoff;   /* for the next run, UTC, milliseconds */
	const char *xmin;     /* pg_snapshot_xmin of the snapshot, xid8 */
	const char *xmax;     /* the number that comes next */
	const char *source;   /* which cluster, timeline, database and schema
			       * it is; NULL: not known */
	const char *snapshot; /* exported: for the other sessions */
	/* Why the cutoff cannot be trusted, in words; NULL: it can. */
	const char *doubt;
	int utc;	      /* now() in a timestamp is UTC there, for all
			       * who do not set a TimeZone themselves */
};

/*
 * Reads it and begins the transaction that holds the snapshot; none may be
 * open.  overlap: seconds taken off the cutoff.
 */
int watermark_take(struct arena *, struct db *, double overlap,
    struct watermark *, struct diag *);

/* What is kept with the state, and back: xmin, source and doubt.  1: it is
 * of this source and can be compared with; 0: of another or an unknown one,
 * from too long ago, or none. */
char *watermark_mark(struct arena *, const struct watermark *);
struct mark {
	const char *xmin;
	int doubt;
};
int watermark_compare(struct arena *, const struct watermark *now,
    const char *mark, struct mark *);

#endif
