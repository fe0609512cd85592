/*
 * Native types.  Must agree with PostgresType of prisma-engines 6.19.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema/native.h"

const struct native_info native_info[NATIVE__MAX] = {
	[NATIVE_SMALLINT] = { "SmallInt", SCALAR_INT, 0 },
	[NATIVE_INTEGER] = { "Integer", SCALAR_INT, 0 },
	[NATIVE_BIGINT] = { "BigInt", SCALAR_BIGINT, 0 },
	[NATIVE_DECIMAL] = { "Decimal", SCALAR_DECIMAL, 2 },
	[NATIVE_MONEY] = { "Money", SCALAR_DECIMAL, 0 },
	[NATIVE_INET] = { "Inet", SCALAR_STRING, 0 },
	[NATIVE_OID] = { "Oid", SCALAR_INT, 0 },
	[NATIVE_CITEXT] = { "Citext", SCALAR_STRING, 0 },
	[NATIVE_REAL] = { "Real", SCALAR_FLOAT, 0 },
	[NATIVE_DOUBLE] = { "DoublePrecision", SCALAR_FLOAT, 0 },
	[NATIVE_VARCHAR] = { "VarChar", SCALAR_STRING, 1 },
	[NATIVE_CHAR] = { "Char", SCALAR_STRING, 1 },
	[NATIVE_TEXT] = { "Text", SCALAR_STRING, 0 },
	[NATIVE_BYTEA] = { "ByteA", SCALAR_BYTES, 0 },
	[NATIVE_TIMESTAMP] = { "Timestamp", SCALAR_DATETIME, 1 },
	[NATIVE_TIMESTAMPTZ] = { "Timestamptz", SCALAR_DATETIME, 1 },
	[NATIVE_DATE] = { "Date", SCALAR_DATETIME, 0 },
	[NATIVE_TIME] = { "Time", SCALAR_DATETIME, 1 },
	[NATIVE_TIMETZ] = { "Timetz", SCALAR_DATETIME, 1 },
	[NATIVE_BOOLEAN] = { "Boolean", SCALAR_BOOLEAN, 0 },
	[NATIVE_BIT] = { "Bit", SCALAR_STRING, 1 },
	[NATIVE_VARBIT] = { "VarBit", SCALAR_STRING, 1 },
	[NATIVE_UUID] = { "Uuid", SCALAR_STRING, 0 },
	[NATIVE_XML] = { "Xml", SCALAR_STRING, 0 },
	[NATIVE_JSON] = { "Json", SCALAR_JSON, 0 },
	[NATIVE_JSONB] = { "JsonB", SCALAR_JSON, 0 },
};

const enum native native_of_scalar[SCALAR__MAX] = {
	[SCALAR_STRING] = NATIVE_TEXT,
	[SCALAR_BOOLEAN] = NATIVE_BOOLEAN,
	[SCALAR_INT] = NATIVE_INTEGER,
	[SCALAR_BIGINT] = NATIVE_BIGINT,
	[SCALAR_FLOAT] = NATIVE_DOUBLE,
	[SCALAR_DECIMAL] = NATIVE_DECIMAL,
	[SCALAR_DATETIME] = NATIVE_TIMESTAMP,
	[SCALAR_JSON] = NATIVE_JSONB,
	[SCALAR_BYTES] = NATIVE_BYTEA
};

const struct native_info *
native_find(const char *name)
{
	for (size_t i = 0; i < NATIVE_ENUM; i++)
		if (strcmp(native_info[i].name, name) == 0)
			return &native_info[i];
	return NULL;
}

/* A 32-bit number without sign, or with a plus. */
static int
number(const char *s, unsigned *value)
{
	unsigned long long n;
	char *end;

	if (*s == '+')
		s++;
	if (!isdigit((unsigned char)*s))
		return -1;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (*end != '\0' || errno != 0 || n > 0xffffffffu)
		return -1;
	*value = (unsigned)n;
	return 0;
}

int
native_arguments(const struct native_info *t, const char *const *arg,
    size_t nargs, unsigned value[2])
{
	size_t i;

	if (t->nargs == 0 || nargs == 0)
		return 0;
	if (nargs != t->nargs)
		return -1;
	for (i = 0; i < nargs; i++)
		if (number(arg[i], &value[i]) == -1)
			return -1;
	return 0;
}

const struct native_info *
native_of(const struct schema_field *f)
{
	const struct native_info *t;
	unsigned value[2];

	if (f->native.name == NULL)
		return NULL;
	t = native_find(f->native.name);
	if (t == NULL || native_arguments(t, f->native.arg, f->native.nargs,
	    value) == -1)
		return NULL;
	return t;
}
