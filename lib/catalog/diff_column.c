/*
 * Columns of both sides: what differs in them.  What cannot be compared
 * counts as equal.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/diff_priv.h"
#include "catalog/value.h"

static int
by_column(const void *a, const void *b)
{
	return strcmp((*(const struct cat_column *const *)a)->name,
	    (*(const struct cat_column *const *)b)->name);
}

static int
defaults_match(const struct cat_column *from, const struct cat_column *to)
{
	const struct cat_default *a = &from->dflt, *b = &to->dflt;
	int value_a = a->kind == CAT_DEFAULT_VALUE;
	int value_b = b->kind == CAT_DEFAULT_VALUE;
	int is_time = native_info[from->type.native].scalar ==
	    SCALAR_DATETIME || native_info[to->type.native].scalar ==
	    SCALAR_DATETIME;

	if (value_a && value_b)
		return value_equal(&a->value, &b->value);
	if (is_time && ((value_a && a->value.kind == VALUE_LIST &&
	    b->kind == CAT_DEFAULT_DBGENERATED) ||
	    (value_b && b->value.kind == VALUE_LIST &&
	    a->kind == CAT_DEFAULT_DBGENERATED)))
		return 1;
	/* a literal time cannot be compared with anything that is there */
	if ((value_a && a->value.kind == VALUE_DATETIME &&
	    b->kind != CAT_DEFAULT_NONE) ||
	    (value_b && b->value.kind == VALUE_DATETIME &&
	    a->kind != CAT_DEFAULT_NONE))
		return 1;
	if (b->kind == CAT_DEFAULT_DBGENERATED)
		return b->text == NULL || (a->kind == b->kind &&
		    a->text != NULL && strcasecmp(a->text, b->text) == 0);
	if (b->kind == CAT_DEFAULT_SEQUENCE)
		return 1; /* told as autoincrement */
	if (a->kind == CAT_DEFAULT_SEQUENCE)
		return b->kind == CAT_DEFAULT_NONE;
	return a->kind == b->kind && !value_a;
}

static void
compare_columns(const struct cat_column *from, const struct cat_column *to,
    struct clause *c)
{
	*c = (struct clause){ .kind = CLAUSE_ALTER_COLUMN, .from = from,
		.to = to };
	c->cast = type_cast(&from->type, &to->type);
	c->arity = from->type.arity != to->type.arity;
	c->dflt = !defaults_match(from, to);
	c->autoincrement = from->autoincrement != to->autoincrement;
	if (c->cast == CAST_IMPOSSIBLE)
		c->kind = CLAUSE_RECREATE_COLUMN;
}

void
diff_pair_columns(struct diff *d, struct table_pair *t)
{
	const void **from, **to;

	POINTERS(d->mem, t->from->column, t->from->ncolumns, from);
	POINTERS(d->mem, t->to->column, t->to->ncolumns, to);
	t->column = pair_up(d->mem, from, t->from->ncolumns, to,
	    t->to->ncolumns, by_column, &t->ncolumns);
	t->alter = arena_array(d->mem, struct clause, t->ncolumns);
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].from != NULL && t->column[i].to != NULL)
			compare_columns(t->column[i].from, t->column[i].to,
			    &t->alter[i]);
}

/* What differs in a column of both sides, by its name. */
const struct clause *
diff_column(const struct table_pair *t, const char *name)
{
	size_t low = 0, high = t->ncolumns, mid;
	const struct cat_column *c;
	int order;

	while (low < high) {
		mid = (low + high) / 2;
		c = t->column[mid].from != NULL ? t->column[mid].from :
		    t->column[mid].to;
		order = strcmp(name, c->name);
		if (order == 0)
			return t->alter[mid].from != NULL ? &t->alter[mid] :
			    NULL;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

