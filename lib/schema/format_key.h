#ifndef SCHEMA_FORMAT_KEY_H
#define SCHEMA_FORMAT_KEY_H

#include "schema/schema.h"

struct arena;

/* A column of a key, as it is or as it should be called. */
struct column {
	const char *name;
	const struct schema_field *of; /* gives its type */
	const struct schema_field *target;
	enum ast_arity arity;
};

struct columns {
	struct column *column;
	size_t n;
};

/* What would refer to the first unique criterion of the relation's b side. */
struct columns format_key_columns(struct arena *,
    const struct schema_relation *);

/* The model's field of that name, if it is no relation; or NULL. */
const struct schema_field *format_key_column(const struct schema_model *,
    const char *name);

/* "fields: [a, b]", "references: [c, d]", or both. */
const char *format_key_arguments(struct arena *,
    const struct schema_relation *, int fields, int references);

#endif
