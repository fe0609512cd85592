#ifndef ROWS_MATCH_H
#define ROWS_MATCH_H

#include <stddef.h>

struct arena;
struct buf;
struct table;
struct tables;

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
 * from: the tables that go; to: all of the destination.  schema_from and
 * schema_to are the URLs' schemas: names in the one mean those in the other.
 * from_name, to_name: as the user calls the databases.
 */
struct match {
	const struct table **from, **to; /* to[i] may be NULL: missing */
	size_t n;
	const char *from_name, *to_name;
};
void match_tables(struct arena *, const struct match *, struct mismatches *);

#endif
