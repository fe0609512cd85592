#ifndef SCHEMA_FINDING_H
#define SCHEMA_FINDING_H

#include <stddef.h>

#include "schema/source.h"

struct arena;

enum finding_severity {
	FINDING_ERROR,
	FINDING_WARNING,
	FINDING__MAX
};

/* Something wrong in a schema, with the place to look at. */
struct finding {
	enum finding_severity severity;
	struct span span;
	const char *text; /* as Prisma words it, or better */
	const char *hint; /* one line, or NULL */
};

/* In the order they were found, which is the order Prisma tells them. */
struct findings {
	struct arena *arena;
	struct finding *item;
	size_t n, nerrors;
	/* How many of the errors are about urls only: the models are sound. */
	size_t nurls;
};

void findings_init(struct findings *, struct arena *);
/* The texts are formatted into the arena; the second gives its hint. */
void finding_error(struct findings *, struct span, const char *, ...)
    __attribute__((format(printf, 3, 4)));
void finding_warning(struct findings *, struct span, const char *, ...)
    __attribute__((format(printf, 3, 4)));
void finding_hint(struct findings *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif
