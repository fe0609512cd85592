#ifndef SCHEMA_OPCLASS_H
#define SCHEMA_OPCLASS_H

#include "schema/schema.h"

/* An operator class that the schema language has a word for. */
struct opclass {
	const char *name; /* "JsonbPathOps" */
	const char *sql;  /* "jsonb_path_ops" */
	unsigned algorithms; /* bits 1 << INDEX_… */
};

const struct opclass *opclass_find(const char *name);
/* The same by its name in SQL, for those that were resolved. */
const struct opclass *opclass_find_sql(const char *sql);

#endif
