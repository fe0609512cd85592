#ifndef ROWS_MATCH_H
#define ROWS_MATCH_H

#include <stddef.h>

struct arena;
struct table;

/*
 * Can the rows of one table go into another?  What stands against it is
 * added to a list, all in one go: a missing table or column, types that do
 * not cast, an enum value that is not there, a NOT NULL column without a
 * default that nothing fills, no key on either side.
 */
struct mismatch {
	const char *text;  /* "column 'users.age' is missing in remote" */
	const char *hint;  /* what would mend it, NULL: nothing known */
};
struct mismatches {
	struct mismatch *item;
	size_t n;
};

/*
 * Tables in pairs: what goes from from[i] into to[i].  from_name, to_name: as
 * the user calls the databases; hints repeat them unless they are URLs.
 */
struct match {
	const struct table **from, **to; /* to[i] may be NULL: missing */
	size_t n;
	const char *from_name, *to_name;
};
/* Adds to the list, which starts as { 0 }. */
void match_tables(struct arena *, const struct match *, struct mismatches *);

#endif
