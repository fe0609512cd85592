/* Indexes and foreign keys of a table that stays. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/diff_priv.h"

/* --- indexes --- */

static int
opclasses_match(const struct cat_index_column *a,
    const struct cat_index_column *b)
{
	if (a->opclass == NULL || b->opclass == NULL)
		return (a->opclass == NULL || a->opclass_is_default) &&
		    (b->opclass == NULL || b->opclass_is_default);
	return same(a->opclass, b->opclass);
}

/*
 * How many columns make two indexes comparable: all, or the key of one that
 * carries others along, which a schema does not speak of; 0: they are not.
 */
static size_t
comparable(const struct cat_index *a, const struct cat_index *b)
{
	if (a->ncolumns == b->ncolumns ||
	    a->ncolumns == b->ncolumns - b->nincluded)
		return a->ncolumns;
	return a->ncolumns - a->nincluded == b->ncolumns ? b->ncolumns : 0;
}

int
diff_same_columns(const struct cat_index *a, const struct cat_index *b)
{
	size_t n = comparable(a, b);

	for (size_t i = 0; i < n; i++)
		if (!same(a->column[i].column->name, b->column[i].column->name))
			return 0;
	return n > 0;
}

/* Do they differ by name only? */
static int
indexes_match(const struct cat_index *a, const struct cat_index *b)
{
	if (a->kind != b->kind || a->algorithm != b->algorithm ||
	    !diff_same_columns(a, b))
		return 0;
	for (size_t i = 0; i < comparable(a, b); i++)
		if (sorts_down(&a->column[i]) != sorts_down(&b->column[i]) ||
		    !opclasses_match(&a->column[i], &b->column[i]))
			return 0;
	return 1;
}

static const struct cat_index *
match_of(const struct cat_index *x, const struct cat_table *t)
{
	for (size_t i = 0; i < t->nindexes; i++)
		if (indexes_match(x, &t->index[i]))
			return &t->index[i];
	return NULL;
}

/* Several over the same columns are too alike to be renamed. */
static int
is_only_one(const struct cat_index *x, const struct cat_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nindexes; i++)
		n += t->index[i].kind == x->kind &&
		    diff_same_columns(&t->index[i], x);
	return n == 1;
}

static int
has_recreated_column(const struct table_pair *t, const struct cat_index *x)
{
	const struct clause *c;

	for (size_t i = 0; i < x->ncolumns; i++) {
		c = diff_column(t, x->column[i].column->name);
		if (c != NULL && c->kind == CLAUSE_RECREATE_COLUMN)
			return 1;
	}
	return 0;
}

void
diff_create_index(struct diff *d, const struct cat_table *from,
    const struct cat_index *x, int recreated)
{
	struct change *c = diff_add(d, CHANGE_CREATE_INDEX);

	c->from_table = from;
	c->to_table = x->table;
	c->to_index = x;
	c->recreated = recreated;
}

void
diff_indexes(struct diff *d, const struct table_pair *t)
{
	const struct cat_index *x, *y;
	struct change *c;

	for (size_t i = 0; i < t->to->nindexes; i++)
		if (match_of(&t->to->index[i], t->from) == NULL)
			diff_create_index(d, t->from, &t->to->index[i], 0);
	for (size_t i = 0; i < t->from->nindexes; i++) {
		x = &t->from->index[i];
		y = match_of(x, t->to);
		if (y == NULL && x->nincluded > 0)
			continue; /* no schema can ask for it: left alone */
		if (y == NULL) {
			c = diff_add(d, CHANGE_DROP_INDEX);
			c->from_table = t->from;
			c->from_index = x;
			continue;
		}
		if (!is_only_one(x, t->from))
			continue;
		if (has_recreated_column(t, y))
			diff_create_index(d, t->from, y, 1);
		if (!same(x->name, y->name)) {
			c = diff_add(d, CHANGE_RENAME_INDEX);
			c->from_table = t->from;
			c->to_table = t->to;
			c->from_index = x;
			c->to_index = y;
		}
	}
}

/* --- foreign keys --- */

static int
fks_match(const struct table_pair *t, const struct cat_fk *a,
    const struct cat_fk *b)
{
	const struct clause *c;

	if (!same(a->target->name, b->target->name) ||
	    a->ncolumns != b->ncolumns || a->on_delete != b->on_delete ||
	    a->on_update != b->on_update)
		return 0;
	for (size_t i = 0; i < a->ncolumns; i++) {
		if (!same(a->column[i]->name, b->column[i]->name) ||
		    !same(a->target_column[i]->name,
		    b->target_column[i]->name))
			return 0;
		c = diff_column(t, a->column[i]->name);
		if (c != NULL && c->cast != CAST_NONE)
			return 0;
	}
	return 1;
}

static const struct cat_fk *
fk_of(const struct table_pair *t, const struct cat_fk *from,
    const struct cat_fk *to)
{
	const struct cat_table *other = from != NULL ? t->to : t->from;

	for (size_t i = 0; i < other->nfks; i++)
		if (fks_match(t, from != NULL ? from : other->fk[i],
		    from != NULL ? other->fk[i] : to))
			return other->fk[i];
	return NULL;
}

/* The names of these were not always the same. */
static int
is_join_table(const struct cat_table *t)
{
	return t->ncolumns == 2 && catalog_column(t, "A") != NULL &&
	    catalog_column(t, "B") != NULL;
}

void
diff_add_fk(struct diff *d, const struct cat_fk *fk)
{
	struct change *c = diff_add(d, CHANGE_ADD_FK);

	c->to_table = fk->table;
	c->to_fk = fk;
}

void
diff_drop_fk(struct diff *d, const struct cat_fk *fk)
{
	struct change *c = diff_add(d, CHANGE_DROP_FK);

	c->from_table = fk->table;
	c->from_fk = fk;
}

void
diff_fks(struct diff *d, const struct table_pair *t)
{
	const struct cat_fk *x, *y;
	struct change *c;

	for (size_t i = 0; i < t->to->nfks; i++)
		if (fk_of(t, NULL, t->to->fk[i]) == NULL)
			diff_add_fk(d, t->to->fk[i]);
	for (size_t i = 0; i < t->from->nfks; i++) {
		x = t->from->fk[i];
		y = fk_of(t, x, NULL);
		if (y == NULL) {
			diff_drop_fk(d, x);
		} else if (!same(x->name, y->name) &&
		    !(is_join_table(t->from) && is_join_table(t->to))) {
			c = diff_add(d, CHANGE_RENAME_FK);
			c->from_table = t->from;
			c->to_table = t->to;
			c->from_fk = x;
			c->to_fk = y;
		}
	}
}
