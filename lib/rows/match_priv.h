#ifndef ROWS_MATCH_PRIV_H
#define ROWS_MATCH_PRIV_H

#include "rows/match.h"

struct arena;

/* Two tables, and where what stands against them is told. */
struct pairing {
	struct arena *mem;
	const struct match *match;
	const struct table *from, *to;
	struct mismatches *out;
	const char *from_url, *to_url; /* what --url takes */
	const char *mend; /* the commands that bring the schema over */
};

/* One more, unless it has been told: an enum is of several columns. */
void match_tell(struct pairing *, const char *hint, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* Is there a column for each that comes, and a value for each that must? */
void match_columns(struct pairing *);

#endif
