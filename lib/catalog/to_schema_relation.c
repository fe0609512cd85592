/*
 * The names of relations and their fields.  A relation between two models is
 * ambiguous where there is another between the two, or where its field would
 * be named as a column of its key.  Must agree with relation_names.rs of
 * prisma-engines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

/* --- ambiguity --- */

static int
same_pair(const struct cat_table *a, const struct cat_table *b,
    const struct cat_table *c, const struct cat_table *d)
{
	return (a == c && b == d) || (a == d && b == c);
}

static int
same_columns(const struct cat_fk *a, const struct cat_fk *b)
{
	size_t i;

	if (a->ncolumns != b->ncolumns)
		return 0;
	for (i = 0; i < a->ncolumns; i++)
		if (a->column[i] != b->column[i])
			return 0;
	return 1;
}

/* Has this table another key, over other columns, between the two? */
static int
has_other_key(const struct cat_table *t, const struct cat_fk *fk)
{
	size_t i;

	for (i = 0; i < t->nfks; i++)
		if (t->fk[i] != fk && !same_columns(fk, t->fk[i]) &&
		    same_pair(fk->table, fk->target, t->fk[i]->table,
		    t->fk[i]->target))
			return 1;
	return 0;
}

static int
named_as_column(struct pull *p, const struct cat_fk *fk)
{
	const char *name = pull_block_of(p, fk->target)->plain;
	size_t i;

	for (i = 0; i < fk->ncolumns; i++)
		if (strcmp(pull_sanitize(p->mem, fk->column[i]->name),
		    name) == 0)
			return 1;
	return 0;
}

/* Pairs of tables are kept in a map: a number that stands for both. */
struct pairs {
	struct map map;
	struct arena *mem;
};

static const char *
pair_key(struct pairs *set, const struct cat_table *a,
    const struct cat_table *b)
{
	return arena_printf(set->mem, "%zu %zu",
	    a->pos < b->pos ? a->pos : b->pos,
	    a->pos < b->pos ? b->pos : a->pos);
}

static void
pair_add(struct pairs *set, const struct cat_table *a,
    const struct cat_table *b)
{
	map_put(&set->map, NULL, pair_key(set, a, b), set);
}

static int
pair_has(struct pairs *set, const struct cat_table *a,
    const struct cat_table *b)
{
	return map_get(&set->map, NULL, pair_key(set, a, b)) != NULL;
}

static int
has_key_between(const struct cat_table *t, const struct cat_table *a,
    const struct cat_table *b)
{
	size_t i;

	for (i = 0; i < t->nfks; i++)
		if (same_pair(t, t->fk[i]->target, a, b))
			return 1;
	return 0;
}

static int
join_is_ambiguous(const struct pull *p, const struct pull_block *join)
{
	const struct cat_table *a = join->a->target, *b = join->b->target;
	const struct pull_block *other;

	if (has_key_between(a, a, b) || has_key_between(b, a, b))
		return 1;
	for (other = p->table; other < p->table + p->cat->ntables; other++)
		if (other != join && other->a != NULL &&
		    same_pair(a, b, other->a->target, other->b->target))
			return 1;
	return 0;
}

static void
find_ambiguous(struct pull *p, struct pairs *set)
{
	const struct pull_block *b;
	const struct cat_fk *fk;
	size_t i;

	for (b = p->table; b < p->table + p->cat->ntables; b++) {
		if (b->a != NULL) {
			if (join_is_ambiguous(p, b))
				pair_add(set, b->a->target, b->b->target);
			continue;
		}
		for (i = 0; i < b->table->nfks; i++) {
			fk = b->table->fk[i];
			if (has_other_key(fk->table, fk) ||
			    has_other_key(fk->target, fk) ||
			    named_as_column(p, fk))
				pair_add(set, fk->table, fk->target);
		}
	}
}

/* --- names --- */

static int
is_second(const struct cat_fk *fk)
{
	const struct cat_fk *other;
	size_t i, j;

	for (i = 0; (other = fk->table->fk[i]) != fk; i++) {
		if (!same_columns(fk, other))
			continue;
		for (j = 0; j < fk->ncolumns; j++)
			if (fk->target_column[j] != other->target_column[j])
				break;
		if (j == fk->ncolumns)
			return 1;
	}
	return 0;
}

static void
name_relation(struct pull *p, const struct cat_fk *fk, struct pairs *ambiguous)
{
	const struct pull_block *from = pull_block_of(p, fk->table);
	const struct pull_block *to = pull_block_of(p, fk->target);
	struct pull_relation *r = pull_relation_of(p, fk);
	const char *other = from == to ? "other_" : "";
	struct buf columns = BUF_INIT;
	size_t i;

	r->hidden = is_second(fk);
	if (!pair_has(ambiguous, fk->table, fk->target)) {
		r->name = from != to ? "" : arena_printf(p->mem, "%sTo%s",
		    from->plain, to->plain);
		r->forward = to->plain;
		r->back = arena_printf(p->mem, "%s%s", other, from->plain);
		return;
	}
	for (i = 0; i < fk->ncolumns; i++)
		buf_addf(&columns, "%s%s", i > 0 ? "_" : "",
		    pull_sanitize(p->mem, fk->column[i]->name));
	r->name = arena_printf(p->mem, "%s_%sTo%s", from->plain,
	    buf_str(&columns), to->plain);
	r->forward = arena_printf(p->mem, "%s_%s", to->plain, r->name);
	r->back = arena_printf(p->mem, "%s%s_%s", other, from->plain, r->name);
	buf_free(&columns);
}

/* In the order of the tables, whichever of them column A is for. */
static void
name_join(struct pull *p, struct pull_block *b, struct pairs *ambiguous)
{
	const struct pull_block *x = pull_block_of(p, b->a->target);
	const struct pull_block *y = pull_block_of(p, b->b->target), *swap;
	const char *suffix = "", *self = x == y ? "_A" : "";

	if (x > y) {
		swap = x;
		x = y;
		y = swap;
	}
	b->relation = b->db_name + 1;
	if (pair_has(ambiguous, b->a->target, b->b->target))
		suffix = b->db_name;
	else if (x != y && strcmp(b->relation, arena_printf(p->mem, "%sTo%s",
	    x->plain, y->plain)) == 0)
		b->relation = "";
	b->forward = arena_printf(p->mem, "%s%s%s", y->plain, suffix, self);
	b->back = arena_printf(p->mem, "%s%s%s", x->plain, suffix,
	    x == y ? "_B" : "");
}

void
pull_name_relations(struct pull *p)
{
	struct pairs ambiguous = { .mem = p->mem };
	struct pull_block *b;
	size_t i;

	map_init(&ambiguous.map, p->mem, p->cat->nfks);
	find_ambiguous(p, &ambiguous);
	for (b = p->table; b < p->table + p->cat->ntables; b++) {
		if (b->a != NULL)
			name_join(p, b, &ambiguous);
		for (i = 0; b->a == NULL && i < b->table->nfks; i++)
			name_relation(p, b->table->fk[i], &ambiguous);
	}
}
