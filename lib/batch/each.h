#ifndef BATCH_EACH_H
#define BATCH_EACH_H

#include <stddef.h>

struct bind;
struct db_url;
struct diag;
struct range;

/* SQL for every range that comes, each in a transaction of its own. */
struct each_options {
	const struct bind *bind; /* the statements */
	size_t nbinds;
	size_t jobs;		/* sessions at work at once */
	double lock_timeout;	/* seconds; 0: none */
	int dry_run;		/* it is rolled back */
	const char *run;	/* remember there what is done; NULL: do not */
	const char *options;	/* as typed, for the record */
	int again;		/* whatever is remembered already */
	double wait;		/* for a run that another has, in seconds */
	int fd;			/* where the ranges come from */
	const char *file;	/* its name, for messages */
};

struct each_hooks {
	/* It is committed.  -1: that could not be told, which ends it. */
	int (*done)(void *arg, const struct range *, long long rows,
	    double seconds);
	/* Can it be told at once?  No range begins before. */
	int (*ready)(void *arg);
	/* Something that ends it, of which there may be several. */
	void (*failed)(void *arg, const struct diag *);
	void *arg;
};

struct each_counts {
	long long ranges, skipped, rows;
};

/* Can that be a statement of `each'?  -1: diag. */
int each_check(const struct bind *, struct diag *);

/*
 * Until the ranges end, something fails, or a signal arrives: what is under
 * way is finished then.  -1: diag; what hooks.failed was told is not told
 * again (diag is empty but for the status).
 */
int each_run(const struct db_url *, const struct each_options *,
    const struct each_hooks *, struct each_counts *, struct diag *);

#endif
