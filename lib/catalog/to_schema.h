#ifndef CATALOG_TO_SCHEMA_H
#define CATALOG_TO_SCHEMA_H

#include <stddef.h>

#include "schema/source.h"

struct arena;
struct catalog;
struct schema;

/* What a schema is to be made of, beside the catalog. */
struct to_schema {
	/* The one there is: its datasource and generators stay; NULL: none,
	 * the datasource says env("DATABASE_URL"). */
	const struct schema *config;
	/* Its names, order, comments and client defaults stay too. */
	int keep;
	/* Namespaces asked for instead of the datasource's; 0: not asked. */
	const char *const *ns;
	size_t nns;
};

struct to_schema_result {
	struct sources files;	 /* as `config' has them, or one: NULL path */
	const char *introspected; /* name of a file that is new, or NULL */
	const char *warnings;	 /* Prisma's text for people, or NULL */
	size_t nmodels, nviews, nenums;
};

/*
 * The schema that describes a database, as Prisma's introspection writes it:
 * canonical text.  What has no place yet in a schema of several files goes
 * to `introspected.prisma' beside the first.
 */
void catalog_to_schema(struct arena *, const struct catalog *,
    const struct to_schema *, struct to_schema_result *);

#endif
