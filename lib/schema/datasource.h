#ifndef SCHEMA_DATASOURCE_H
#define SCHEMA_DATASOURCE_H

#include <stddef.h>

struct arena;
struct diag;

/* A literal or the name of a variable: one of the two, or neither. */
struct ds_value {
	const char *literal; /* url = "postgresql://…" */
	const char *env;     /* url = env("DATABASE_URL") */
	size_t line, column; /* of the value; 0: not given */
};

/* The datasource block of schema.prisma. */
struct datasource {
	const char *name;
	const char *provider; /* as written, NULL: not given */
	struct ds_value url, direct_url, shadow_url;
	const char *const *schemas;
	size_t nschemas;
	const char *file;
	size_t line, column; /* of the word `datasource' */
};

/*
 * Reads the datasource block out of the text of a schema; everything else
 * in it is passed over by its braces.  found: whether there is one.  Two of
 * them are an error.  -1: diag says what and where.  file is kept.
 */
int datasource_read(struct arena *, const char *file, const char *text,
    size_t len, struct datasource *, int *found, struct diag *);

#endif
