#ifndef ROWS_NAME_H
#define ROWS_NAME_H

#include <stddef.h>

struct arena;
struct diag;

/*
 * A table as COPY names it: [ONLY] ["schema".]"table" [("column", …)].
 * Identifiers are quoted, or bare where pg_dump leaves them so (these fold
 * to lower case).
 */
struct copy_name {
	int only;
	const char *schema; /* NULL: none given */
	const char *table;
	const char **column;
	size_t ncolumns;    /* 0: none given */
};

/*
 * Reads it from the front of a text; *rest is what follows.  -1: diag says
 * what is wrong, without a place.
 */
int copy_name_parse(struct arena *, const char *text, const char **rest,
    struct copy_name *, struct diag *);

#endif
