/* Looking things up by name. */
#include <string.h>

#include "base/arena.h"
#include "catalog/catalog.h"

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
