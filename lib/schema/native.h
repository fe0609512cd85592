#ifndef SCHEMA_NATIVE_H
#define SCHEMA_NATIVE_H

#include <stddef.h>

#include "schema/schema.h"

/* A native type of PostgreSQL, as in @db.VarChar(30). */
struct native {
	const char *name;
	enum scalar scalar;  /* the one it goes with */
	size_t nargs;	     /* it may have so many, all or none */
};

const struct native *native_find(const char *name);
/* The one at place i, or NULL after the last. */
const struct native *native_at(size_t i);

/*
 * The arguments as numbers.  -1: they are not so many, or no numbers; types
 * without arguments take any.
 */
int native_arguments(const struct native *, const char *const *arg,
    size_t nargs, unsigned value[2]);

/* Of a field that has a valid one; else NULL. */
const struct native *native_of(const struct schema_field *);

#endif
