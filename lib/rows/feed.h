#ifndef ROWS_FEED_H
#define ROWS_FEED_H

#include <stddef.h>

#include "base/buf.h"
#include "base/proc.h"

struct arena;
struct diag;

/*
 * A pair `dbm rows --select - | dbm load' that lives as long as there are
 * tables for it: what to select is written to the one, records of what was
 * done come from the other, and the rows flow between the two.
 */
struct feed {
	struct proc rows, load;
	int in, out;	     /* to rows, from load; -1: closed */
	int ending;	     /* in is closed when all is said */
	struct buf pending;  /* lines that rows has not taken yet */
	size_t sent;	     /* of them */
	struct buf said;     /* of load, up to the last newline and beyond */
	int failed;	     /* status of the first that failed; 0: none */
	const char *culprit; /* which one that was */
	size_t left;	     /* tables that are still to come: the caller's */
};

struct feed_opts {
	const char *url[2];    /* they travel in the environment */
	const char *schema[2]; /* of the URLs */
	const char *snapshot;
	const char *cutoff, *mark; /* what is to be remembered */
	long long batch;       /* rows; 0: as seems best */
	const char *gone;      /* file of keys that will be deleted, or NULL */
	const char *talk;      /* -q, -v or NULL */
	int dry_run;
};

int feed_open(struct arena *, struct feed *, const struct feed_opts *,
    struct diag *);
/* One line of a selection, without its newline. */
void feed_say(struct feed *, const char *line);
/* No more of them: it ends when all is done. */
void feed_end(struct feed *);

/*
 * A record of load; the fields hold for the call.  -1 (diag set by it) ends
 * feeds_wait().
 */
typedef int feed_hook(void *arg, struct feed *, const char *const *field,
    size_t n);

/*
 * Writes and reads what can be written and read within so many seconds, and
 * calls the hook for every whole record.  A pair that has ended has out -1,
 * and `failed' tells how.  -1: the hook failed, or a signal has come.
 */
int feeds_wait(struct feed *, size_t n, double seconds, feed_hook *,
    void *arg, struct diag *);

/*
 * Ends those that have not ended, and waits for them; records of what was
 * done by then still come.
 */
void feeds_kill(struct feed *, size_t n, feed_hook *, void *arg);

#endif
