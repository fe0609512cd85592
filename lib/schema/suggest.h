#ifndef SCHEMA_SUGGEST_H
#define SCHEMA_SUGGEST_H

#include <stddef.h>

struct findings;

/*
 * Hints for the finding told last: what may have been meant.  None is given
 * where nothing is near.
 */
void suggest_attribute(struct findings *, const char *name);
/* name NULL: an unnamed one */
void suggest_argument(struct findings *, const char *attribute,
    const char *name);

/*
 * The nearest of several names: begin, offer each, tell.  Only the first
 * findings get one: a schema full of errors must not take its time.
 */
struct suggestion {
	const char *name; /* NULL: there are too many findings */
	const char *best;
	size_t distance;
};
/* 0: it is no use to offer any. */
int suggest_begin(struct suggestion *, const struct findings *,
    const char *name);
void suggest_offer(struct suggestion *, const char *candidate);
/* "did you mean 'BEST'?"; 1: there was one near enough. */
int suggest_tell(struct findings *, const struct suggestion *);

#endif
