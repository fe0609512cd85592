/*
 * From one catalog to another: the typed changes, in the order in which
 * Prisma writes its steps.  Things are paired by name and nothing else; both
 * sides are walked in the order of names, so that all is linear but for the
 * sorting.
 *
 * What must agree with the differ of prisma-engines 6.19: what counts as a
 * change, and the order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/diff_priv.h"
#include "catalog/order.h"

struct change *
diff_add(struct diff *d, enum change_kind kind)
{
	struct changes *c = d->out;

	c->item = arena_more(d->mem, c->item, c->n, sizeof(*c->item));
	c->item[c->n] = (struct change){ .kind = kind };
	return &c->item[c->n++];
}

struct pair *
pair_up(struct arena *mem, const void **from, size_t nfrom, const void **to,
    size_t nto, compare_fn compare, size_t *n)
{
	struct pair *p = arena_array(mem, struct pair, nfrom + nto);
	size_t i = 0, k = 0;
	int c;

	qsort(from, nfrom, sizeof(*from), compare);
	qsort(to, nto, sizeof(*to), compare);
	*n = 0;
	while (i < nfrom || k < nto) {
		c = i == nfrom ? 1 : k == nto ? -1 : compare(&from[i], &to[k]);
		p[*n].from = c <= 0 ? from[i++] : NULL;
		p[*n].to = c >= 0 ? to[k++] : NULL;
		++*n;
	}
	return p;
}

/* --- tables --- */

static int
by_table(const void *a, const void *b)
{
	const struct cat_table *x = *(const struct cat_table *const *)a;
	const struct cat_table *y = *(const struct cat_table *const *)b;
	int c = strcmp(x->ns, y->ns);

	return c != 0 ? c : strcmp(x->name, y->name);
}

static void
create_table(struct diff *d, const struct cat_table *t)
{
	diff_add(d, CHANGE_CREATE_TABLE)->to_table = t;
	for (size_t i = 0; i < t->nfks; i++)
		diff_add_fk(d, t->fk[i]);
	for (size_t i = 0; i < t->nindexes; i++)
		diff_create_index(d, NULL, &t->index[i], 0);
}

static void
drop_table(struct diff *d, const struct cat_table *t)
{
	diff_add(d, CHANGE_DROP_TABLE)->from_table = t;
	for (size_t i = 0; i < t->nfks; i++)
		diff_drop_fk(d, t->fk[i]);
}

/* Tables of Prisma and of PostGIS are nobody's to change. */
static int
is_ignored(const struct cat_table *t)
{
	static const char *const postgis[] = { "spatial_ref_sys",
		"geometry_columns", "geography_columns", "raster_columns",
		"raster_overviews" };

	for (size_t i = 0; i < sizeof(postgis) / sizeof(*postgis); i++)
		if (strcasecmp(t->name, postgis[i]) == 0)
			return 1;
	return same(t->name, "_prisma_migrations");
}

static size_t
tables_of(struct arena *mem, const struct catalog *c, const void ***list)
{
	size_t n = 0;

	*list = arena_array(mem, const void *, c->ntables);
	for (size_t i = 0; i < c->ntables; i++)
		if (!is_ignored(&c->table[i]))
			(*list)[n++] = &c->table[i];
	return n;
}

/* In the order of the tables before. */
static int
by_position(const void *a, const void *b)
{
	const struct table_pair *x = a, *y = b;
	size_t i = x->from != NULL ? x->from->pos : SIZE_MAX;
	size_t k = y->from != NULL ? y->from->pos : SIZE_MAX;

	return (i > k) - (i < k);
}

static void
pair_tables(struct diff *d)
{
	const void **from, **to;
	size_t nfrom = tables_of(d->mem, d->out->from, &from);
	size_t nto = tables_of(d->mem, d->out->to, &to);
	struct pair *p;

	p = pair_up(d->mem, from, nfrom, to, nto, by_table, &d->ntables);
	d->table = arena_array(d->mem, struct table_pair, d->ntables);
	for (size_t i = 0; i < d->ntables; i++) {
		d->table[i].from = p[i].from;
		d->table[i].to = p[i].to;
	}
	qsort(d->table, d->ntables, sizeof(*d->table), by_position);
}

static void
diff_tables(struct diff *d)
{
	struct table_pair *t;

	for (t = d->table; t < d->table + d->ntables; t++) {
		if (t->from == NULL) {
			create_table(d, t->to);
		} else if (t->to == NULL) {
			drop_table(d, t->from);
		} else {
			diff_pair_columns(d, t);
			diff_table(d, t);
		}
	}
}

/* --- schemas and extensions --- */

static int
is_used(const struct catalog *c, const char *ns)
{
	for (size_t i = 0; i < c->ntables; i++)
		if (same(c->table[i].ns, ns))
			return 1;
	for (size_t i = 0; i < c->nenums; i++)
		if (same(c->enumeration[i].ns, ns))
			return 1;
	return 0;
}

/* A schema is made when something comes to be in it, and never dropped. */
static void
diff_namespaces(struct diff *d)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	size_t k;

	for (size_t i = 0; i < b->nns; i++) {
		for (k = 0; k < a->nns; k++)
			if (same(a->ns[k], b->ns[i]))
				break;
		if (k == a->nns && is_used(b, b->ns[i]))
			diff_add(d, CHANGE_CREATE_SCHEMA)->ns = b->ns[i];
	}
}

static int
says_another(const char *a, const char *b)
{
	return *a != '\0' && *b != '\0' && !same(a, b);
}

/* None is dropped for not being in the schema. */
static void
diff_extensions(struct diff *d)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	const struct cat_extension *x, *y;
	size_t k;

	for (size_t i = 0; i < b->nextensions; i++) {
		y = &b->extension[i];
		for (k = 0; k < a->nextensions; k++)
			if (same(a->extension[k].name, y->name))
				break;
		if (k == a->nextensions) {
			diff_add(d, CHANGE_CREATE_EXTENSION)->to_extension = y;
			continue;
		}
		x = &a->extension[k];
		if (!says_another(x->version, y->version) &&
		    !says_another(x->schema, y->schema))
			continue;
		if (x->relocatable || y->relocatable) {
			diff_add(d, CHANGE_ALTER_EXTENSION)->from_extension = x;
			d->out->item[d->out->n - 1].to_extension = y;
		} else {
			diff_add(d, CHANGE_DROP_EXTENSION)->from_extension = x;
			diff_add(d, CHANGE_CREATE_EXTENSION)->to_extension = y;
		}
	}
}

/* --- all --- */

struct changes *
catalog_diff(struct arena *mem, const struct catalog *from,
    const struct catalog *to)
{
	struct diff d = { .mem = mem,
		.out = arena_new_of(mem, struct changes) };

	d.out->from = from;
	d.out->to = to;
	pair_tables(&d);
	diff_namespaces(&d);
	diff_extensions(&d);
	diff_tables(&d);
	diff_enums(&d);
	changes_sort(d.out);
	return d.out;
}
