/* The clauses of ALTER TABLE. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/diff_priv.h"

static int
pk_changed(const struct table_pair *t)
{
	const struct cat_index *a = t->from->pk, *b = t->to->pk;
	const struct clause *c;

	if (a == NULL || b == NULL)
		return 0;
	if (!diff_same_columns(a, b))
		return 1;
	for (size_t i = 0; i < a->ncolumns; i++) {
		if (sorts_down(&a->column[i]) != sorts_down(&b->column[i]))
			return 1;
		c = diff_column(t, a->column[i].column->name);
		if (c != NULL && c->cast != CAST_NONE)
			return 1;
	}
	return 0;
}

static int
by_position(const void *a, const void *b)
{
	const struct clause *x = a, *y = b;

	return (x->from->pos > y->from->pos) - (x->from->pos < y->from->pos);
}

static int
differs(const struct clause *c)
{
	return c->arity || c->dflt || c->autoincrement ||
	    c->cast != CAST_NONE;
}

/* The clauses of one ALTER TABLE, in their order. */
static size_t
alter_table(const struct table_pair *t, struct clause *clause)
{
	const struct cat_index *a = t->from->pk, *b = t->to->pk;
	int changed = pk_changed(t);
	size_t n = 0, first;

	if (changed || (a != NULL && b == NULL))
		clause[n++].kind = CLAUSE_DROP_PK;
	if (a != NULL && b != NULL && !changed && !same(a->name, b->name))
		clause[n++].kind = CLAUSE_RENAME_PK;
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].to == NULL)
			clause[n++] = (struct clause){
				.kind = CLAUSE_DROP_COLUMN,
				.from = t->column[i].from };
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].from == NULL)
			clause[n++] = (struct clause){
				.kind = CLAUSE_ADD_COLUMN,
				.to = t->column[i].to };
	first = n;
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->alter[i].from != NULL && differs(&t->alter[i]))
			clause[n++] = t->alter[i];
	qsort(clause + first, n - first, sizeof(*clause), by_position);
	if (changed || (a == NULL && b != NULL))
		clause[n++].kind = CLAUSE_ADD_PK;
	return n;
}

void
diff_table(struct diff *d, const struct table_pair *t)
{
	struct clause *clause;
	struct change *c;
	size_t n;

	diff_fks(d, t);
	diff_indexes(d, t);
	clause = arena_array(d->mem, struct clause, t->ncolumns + 3);
	if ((n = alter_table(t, clause)) == 0)
		return;
	c = diff_add(d, CHANGE_ALTER_TABLE);
	c->from_table = t->from;
	c->to_table = t->to;
	c->clause = clause;
	c->nclauses = n;
}

int
clause_converts_list(const struct changes *changes, const struct clause *c)
{
	return changes->mended && c->cast == CAST_NONE &&
	    c->to->type.native == NATIVE_ENUM &&
	    (c->from->type.arity == ARITY_LIST) !=
	    (c->to->type.arity == ARITY_LIST);
}
