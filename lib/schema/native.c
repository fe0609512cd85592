/*
 * Native types.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema/native.h"

static const struct native types[] = {
	{ "SmallInt", SCALAR_INT, 0 },
	{ "Integer", SCALAR_INT, 0 },
	{ "BigInt", SCALAR_BIGINT, 0 },
	{ "Decimal", SCALAR_DECIMAL, 2 },
	{ "Money", SCALAR_DECIMAL, 0 },
	{ "Inet", SCALAR_STRING, 0 },
	{ "Oid", SCALAR_INT, 0 },
	{ "Citext", SCALAR_STRING, 0 },
	{ "Real", SCALAR_FLOAT, 0 },
	{ "DoublePrecision", SCALAR_FLOAT, 0 },
	{ "VarChar", SCALAR_STRING, 1 },
	{ "Char", SCALAR_STRING, 1 },
	{ "Text", SCALAR_STRING, 0 },
	{ "ByteA", SCALAR_BYTES, 0 },
	{ "Timestamp", SCALAR_DATETIME, 1 },
	{ "Timestamptz", SCALAR_DATETIME, 1 },
	{ "Date", SCALAR_DATETIME, 0 },
	{ "Time", SCALAR_DATETIME, 1 },
	{ "Timetz", SCALAR_DATETIME, 1 },
	{ "Boolean", SCALAR_BOOLEAN, 0 },
	{ "Bit", SCALAR_STRING, 1 },
	{ "VarBit", SCALAR_STRING, 1 },
	{ "Uuid", SCALAR_STRING, 0 },
	{ "Xml", SCALAR_STRING, 0 },
	{ "Json", SCALAR_JSON, 0 },
	{ "JsonB", SCALAR_JSON, 0 },
};
#define NTYPES (sizeof(types) / sizeof(types[0]))

const struct native *
native_at(size_t i)
{
	return i < NTYPES ? &types[i] : NULL;
}

const struct native *
native_find(const char *name)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
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
native_arguments(const struct native *t, const char *const *arg, size_t nargs,
    unsigned value[2])
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

const struct native *
native_of(const struct schema_field *f)
{
	const struct native *t;
	unsigned value[2];

	if (f->native.name == NULL)
		return NULL;
	t = native_find(f->native.name);
	if (t == NULL || native_arguments(t, f->native.arg, f->native.nargs,
	    value) == -1)
		return NULL;
	return t;
}
