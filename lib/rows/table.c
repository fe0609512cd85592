/* What is asked of tables once they are read. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rows/table.h"

struct table *
table_find(const struct tables *all, const char *schema, const char *name)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (strcmp(all->table[i]->name, name) == 0 &&
		    strcmp(all->table[i]->schema, schema) == 0)
			return all->table[i];
	return NULL;
}

const struct column *
table_column(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (strcmp(t->column[i].name, name) == 0)
			return &t->column[i];
	return NULL;
}

const struct fk *
table_fk_of(const struct table *t, const char *parent_oid)
{
	size_t i;

	for (i = 0; i < t->nfks; i++)
		if (strcmp(t->fk[i].parent_oid, parent_oid) == 0)
			return &t->fk[i];
	return NULL;
}

const struct fk *
table_fk_to(const struct table *t, const struct table *parent)
{
	return table_fk_of(t, parent->oid);
}

static int
is_within(const struct key *k, const struct column **set, size_t n)
{
	size_t i;

	for (i = 0; set != NULL && i < k->n; i++)
		if (!columns_have(set, n, k->column[i]))
			return 0;
	return 1;
}

const struct key *
table_key(const struct table *t, const struct column **set, size_t n)
{
	size_t i;

	for (i = 0; i < t->nkeys; i++) /* the best come first */
		if (t->key[i].identifies && is_within(&t->key[i], set, n))
			return &t->key[i];
	return NULL;
}

const struct column **
table_streamed(struct arena *mem, const struct table *t, size_t *n)
{
	const struct column **out;
	size_t i;

	out = arena_array(mem, const struct column *, t->ncolumns + 1);
	*n = 0;
	for (i = 0; i < t->ncolumns; i++)
		if (!t->column[i].generated)
			out[(*n)++] = &t->column[i];
	return out;
}

int
table_is_state(const struct table *t)
{
	int named = 0, dated = 0;
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		named |= name_is_like(t->column[i].name, "tableName");
		dated |= name_is_like(t->column[i].name, "lastMigratedAt");
	}
	return named && dated;
}

int
columns_have(const struct column *const *column, size_t n,
    const struct column *c)
{
	while (n > 0)
		if (column[--n] == c)
			return 1;
	return 0;
}

char *
columns_list(struct arena *mem, const struct column *const *column, size_t n,
    const char *prefix)
{
	struct buf b = BUF_INIT;
	char *out;
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(&b, "%s%s%s", i > 0 ? ", " : "", prefix,
		    column[i]->ident);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}
