/*
 * Unique keys are looked up by their fields' names put together: as they
 * stand, and sorted.  Commas cannot be part of a name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/resolve_priv.h"

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The scope: one address for each order. */
static const void *
scope(const struct schema_model *m, enum key_order order)
{
	return order == KEY_IN_ORDER ? (const void *)&m->name :
	    (const void *)&m->db_name;
}

static const char *
joined(struct arena *mem, const char **name, size_t n, enum key_order order)
{
	struct buf b = BUF_INIT;
	const char *text;
	size_t i;

	if (n == 1)
		return name[0];
	if (order == KEY_ANY_ORDER)
		qsort(name, n, sizeof(*name), by_text);
	for (i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i > 0 ? "," : "", name[i]);
	text = arena_strndup(mem, buf_str(&b), b.len);
	buf_free(&b);
	return text;
}

void
resolve_key_add(struct resolve *r, const struct schema_model *m,
    const struct schema_index *x)
{
	const char **name = arena_array(r->mem, const char *, x->nfields);
	int order;
	size_t i;

	for (i = 0; i < x->nfields; i++)
		name[i] = x->field[i].field->name;
	for (order = KEY_IN_ORDER; order <= KEY_ANY_ORDER; order++)
		map_put(&r->keys, scope(m, (enum key_order)order),
		    joined(r->mem, name, x->nfields, (enum key_order)order),
		    (void *)x);
}

const struct schema_index *
resolve_key(const struct resolve *r, const struct schema_model *m,
    enum key_order order, struct schema_field *const *field, size_t n)
{
	const char **name;
	size_t i;

	if (n == 1)
		return map_get(&r->keys, scope(m, order), field[0]->name);
	name = arena_array(r->mem, const char *, n);
	for (i = 0; i < n; i++)
		name[i] = field[i]->name;
	return map_get(&r->keys, scope(m, order),
	    joined(r->mem, name, n, order));
}
