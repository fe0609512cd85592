/*
 * The tables of types, and looking things up by name.  What is known of the
 * native types must agree with PostgresType of prisma-engines 6.19.
 */
#include <string.h>

#include "base/arena.h"
#include "catalog/catalog.h"

const struct native_info native_info[NATIVE__MAX] = {
	[NATIVE_SMALLINT] = { "SmallInt", "SMALLINT", SCALAR_INT },
	[NATIVE_INTEGER] = { "Integer", "INTEGER", SCALAR_INT },
	[NATIVE_BIGINT] = { "BigInt", "BIGINT", SCALAR_BIGINT },
	[NATIVE_DECIMAL] = { "Decimal", "DECIMAL", SCALAR_DECIMAL },
	[NATIVE_MONEY] = { "Money", "MONEY", SCALAR_DECIMAL },
	[NATIVE_INET] = { "Inet", "INET", SCALAR_STRING },
	[NATIVE_OID] = { "Oid", "OID", SCALAR_INT },
	[NATIVE_CITEXT] = { "Citext", "CITEXT", SCALAR_STRING },
	[NATIVE_REAL] = { "Real", "REAL", SCALAR_FLOAT },
	[NATIVE_DOUBLE] = { "DoublePrecision", "DOUBLE PRECISION",
	    SCALAR_FLOAT },
	[NATIVE_VARCHAR] = { "VarChar", "VARCHAR", SCALAR_STRING },
	[NATIVE_CHAR] = { "Char", "CHAR", SCALAR_STRING },
	[NATIVE_TEXT] = { "Text", "TEXT", SCALAR_STRING },
	[NATIVE_BYTEA] = { "ByteA", "BYTEA", SCALAR_BYTES },
	[NATIVE_TIMESTAMP] = { "Timestamp", "TIMESTAMP", SCALAR_DATETIME },
	[NATIVE_TIMESTAMPTZ] = { "Timestamptz", "TIMESTAMPTZ",
	    SCALAR_DATETIME },
	[NATIVE_DATE] = { "Date", "DATE", SCALAR_DATETIME },
	[NATIVE_TIME] = { "Time", "TIME", SCALAR_DATETIME },
	[NATIVE_TIMETZ] = { "Timetz", "TIMETZ", SCALAR_DATETIME },
	[NATIVE_BOOLEAN] = { "Boolean", "BOOLEAN", SCALAR_BOOLEAN },
	[NATIVE_BIT] = { "Bit", "BIT", SCALAR_STRING },
	[NATIVE_VARBIT] = { "VarBit", "VARBIT", SCALAR_STRING },
	[NATIVE_UUID] = { "Uuid", "UUID", SCALAR_STRING },
	[NATIVE_XML] = { "Xml", "XML", SCALAR_STRING },
	[NATIVE_JSON] = { "Json", "JSON", SCALAR_JSON },
	[NATIVE_JSONB] = { "JsonB", "JSONB", SCALAR_JSON }
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

struct catalog *
catalog_empty(struct arena *mem)
{
	struct catalog *c = arena_new_of(mem, struct catalog);

	c->arena = mem;
	return c;
}

struct cat_table *
catalog_table(const struct catalog *c, const char *ns, const char *name)
{
	for (size_t i = 0; i < c->ntables; i++)
		if (strcmp(c->table[i].name, name) == 0 &&
		    strcmp(c->table[i].ns, ns) == 0)
			return &c->table[i];
	return NULL;
}

struct cat_column *
catalog_column(const struct cat_table *t, const char *name)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		if (strcmp(t->column[i].name, name) == 0)
			return &t->column[i];
	return NULL;
}
