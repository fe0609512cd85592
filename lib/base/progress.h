#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stddef.h>

#include "base/opt.h"

/*
 * One line on stderr for people who wait: what is being done, done/total,
 * the time it has taken.  Only on a terminal (or with --progress), only
 * after a second, never with -q.  There is one at a time.
 */
void progress_start(size_t total);
/* The item that is at work now, from 0. */
void progress_item(size_t done, const char *what);
/* Redraws; to be called now and then while the work goes on. */
void progress_tick(void);

/*
 * The other form, for what flows: how much, how fast, and the time left
 * where a total is known (0: it is not).  To be called often, it redraws
 * now and then.
 */
struct progress_flow {
	const char *what; /* at work now, NULL: nothing to name */
	const char *unit; /* "rows" */
	long long units, units_total;
	long long bytes, bytes_total; /* both 0: not told */
	long long units_before; /* of them: an earlier process has done them,
				 * and they took no time of this one */
	int percent;	     /* tell how much of units_total that is */
	const char *note;    /* told behind the speed, or NULL */
	const char *waiting; /* for what: told in place of the time left; or
			      * NULL */
};
void progress_flow(const struct progress_flow *);
/* At once, on a line of its own, and whether or not anything else of it is
 * shown: somebody has asked. */
void progress_flow_now(const struct progress_flow *);
/* The closing line, which stays; however short it was. */
void progress_flow_end(const struct progress_flow *);

/* Wipes the line, so that something else may be printed. */
void progress_clear(void);

/* --progress, for OPT_INCLUDE. */
struct progress_opts {
	int always;
};
extern struct progress_opts progress_opts;
extern const struct opt opt_progress[];

#endif
