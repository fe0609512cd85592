#ifndef SCHEMA_NATIVE_H
#define SCHEMA_NATIVE_H

#include <stddef.h>

#include "schema/schema.h"

/* The types Prisma has names for, in its order; then the two others. */
enum native {
	NATIVE_SMALLINT,
	NATIVE_INTEGER,
	NATIVE_BIGINT,
	NATIVE_DECIMAL,
	NATIVE_MONEY,
	NATIVE_INET,
	NATIVE_OID,
	NATIVE_CITEXT,
	NATIVE_REAL,
	NATIVE_DOUBLE,
	NATIVE_VARCHAR,
	NATIVE_CHAR,
	NATIVE_TEXT,
	NATIVE_BYTEA,
	NATIVE_TIMESTAMP,
	NATIVE_TIMESTAMPTZ,
	NATIVE_DATE,
	NATIVE_TIME,
	NATIVE_TIMETZ,
	NATIVE_BOOLEAN,
	NATIVE_BIT,
	NATIVE_VARBIT,
	NATIVE_UUID,
	NATIVE_XML,
	NATIVE_JSON,
	NATIVE_JSONB,
	NATIVE_ENUM,	    /* of the catalog */
	NATIVE_UNSUPPORTED, /* anything else, by its text */
	NATIVE__MAX
};

/* What is known of each that has a name, as in @db.VarChar(30). */
struct native_info {
	const char *name;
	enum scalar scalar; /* the one it goes with */
	size_t nargs;	    /* it may have so many, all or none */
};
extern const struct native_info native_info[NATIVE__MAX];
/* The type that a scalar has without @db. */
extern const enum native native_of_scalar[SCALAR__MAX];

/* NULL: there is none of that name. */
const struct native_info *native_find(const char *name);

/*
 * The arguments as numbers.  -1: they are not so many, or no numbers; types
 * without arguments take any.
 */
int native_arguments(const struct native_info *, const char *const *arg,
    size_t nargs, unsigned value[2]);

/* Of a field that has a valid one; else NULL. */
const struct native_info *native_of(const struct schema_field *);

#endif
