/* Enums, and the defaults that go and come again when one is made anew. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/diff_priv.h"

static int
by_enum(const void *a, const void *b)
{
	const struct cat_enum *x = *(const struct cat_enum *const *)a;
	const struct cat_enum *y = *(const struct cat_enum *const *)b;
	int c = strcmp(x->ns, y->ns);

	return c != 0 ? c : strcmp(x->name, y->name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
labels_not_in(struct arena *mem, const struct cat_enum *a,
    const struct cat_enum *b, const char *const **list)
{
	const char **out = arena_array(mem, const char *, a->nlabels);
	const char **sorted = arena_array(mem, const char *, b->nlabels);
	size_t n = 0;

	for (size_t i = 0; i < b->nlabels; i++)
		sorted[i] = b->label[i];
	qsort(sorted, b->nlabels, sizeof(*sorted), by_text);
	for (size_t i = 0; i < a->nlabels; i++)
		if (bsearch(&a->label[i], sorted, b->nlabels,
		    sizeof(*sorted), by_text) == NULL)
			out[n++] = a->label[i];
	*list = out;
	return n;
}

/* By its bare name, as the engine asks. */
static int
has_default_of(const struct cat_column *c, const char *name)
{
	return c->type.native == NATIVE_ENUM &&
	    c->dflt.kind != CAT_DEFAULT_NONE &&
	    same(c->type.enumeration->name, name);
}

static void
use(struct diff *d, struct change *c, const struct cat_column *from,
    const struct cat_column *to)
{
	c->usage = arena_more(d->mem, c->usage, c->nusages,
	    sizeof(*c->usage));
	c->usage[c->nusages++] = (struct enum_usage){ from, to };
}

/* All columns of a table that goes, or those that go from one that stays. */
static void
usages_that_go(struct diff *d, struct change *c, const struct table_pair *t)
{
	const char *name = c->from_enum->name;

	if (t->from != NULL && t->to == NULL)
		for (size_t i = 0; i < t->from->ncolumns; i++)
			if (has_default_of(&t->from->column[i], name))
				use(d, c, &t->from->column[i], NULL);
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].to == NULL &&
		    has_default_of(t->column[i].from, name))
			use(d, c, t->column[i].from, NULL);
}

static void
usages_that_stay(struct diff *d, struct change *c, const struct table_pair *t)
{
	const struct cat_column *from, *to;

	for (size_t i = 0; i < t->ncolumns; i++) {
		from = t->column[i].from;
		to = t->column[i].to;
		if (from != NULL && to != NULL &&
		    has_default_of(from, c->from_enum->name))
			use(d, c, from, has_default_of(to,
			    c->to_enum->name) ? to : NULL);
	}
}

/* Tables that go come first. */
static void
find_usages(struct diff *d, struct change *c)
{
	for (size_t i = 0; i < d->ntables; i++)
		if (d->table[i].to == NULL)
			usages_that_go(d, c, &d->table[i]);
	for (size_t i = 0; i < d->ntables; i++) {
		if (d->table[i].to == NULL)
			continue;
		usages_that_go(d, c, &d->table[i]);
		usages_that_stay(d, c, &d->table[i]);
	}
}

static void
alter_enum(struct diff *d, const struct cat_enum *from,
    const struct cat_enum *to)
{
	struct change alter = { .kind = CHANGE_ALTER_ENUM,
		.from_enum = from, .to_enum = to };
	struct change *c;

	alter.nadded = labels_not_in(d->mem, to, from, &alter.added);
	alter.nremoved = labels_not_in(d->mem, from, to, &alter.removed);
	if (alter.nadded + alter.nremoved == 0)
		return;
	c = diff_add(d, CHANGE_ALTER_ENUM);
	*c = alter;
	find_usages(d, c);
}

void
diff_enums(struct diff *d)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	const void **from, **to;
	struct pair *p;
	size_t n;

	POINTERS(d->mem, a->enumeration, a->nenums, from);
	POINTERS(d->mem, b->enumeration, b->nenums, to);
	p = pair_up(d->mem, from, a->nenums, to, b->nenums, by_enum, &n);
	for (size_t i = 0; i < n; i++) {
		if (p[i].from == NULL)
			diff_add(d, CHANGE_CREATE_ENUM)->to_enum = p[i].to;
		else if (p[i].to == NULL)
			diff_add(d, CHANGE_DROP_ENUM)->from_enum = p[i].from;
		else
			alter_enum(d, p[i].from, p[i].to);
	}
}
