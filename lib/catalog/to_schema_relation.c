/*
 * Relations: their names, and the fields on both sides.  A relation between
 * two models is ambiguous where there is another between the two, or where
 * its field would be named as a column of its key.  Must agree with
 * relation_names.rs and relation_field.rs of prisma-engines.
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
	const struct pull_block *b = pull_block_of(p, fk->table);
	const char *name = pull_block_of(p, fk->target)->plain;
	size_t i;

	for (i = 0; i < fk->ncolumns; i++)
		if (strcmp(pull_field_name(b, fk->column[i], p->mem),
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
		    pull_field_name(from, fk->column[i], p->mem));
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

/* --- fields --- */

static int
any_required(const struct cat_fk *fk)
{
	size_t i;

	for (i = 0; i < fk->ncolumns; i++)
		if (fk->column[i]->type.arity == ARITY_REQUIRED)
			return 1;
	return 0;
}

static int
any_optional(const struct cat_fk *fk)
{
	size_t i;

	for (i = 0; i < fk->ncolumns; i++)
		if (fk->column[i]->type.arity != ARITY_REQUIRED)
			return 1;
	return 0;
}

static int
index_within(const struct cat_index *index, const struct cat_fk *fk)
{
	size_t i, j;

	for (i = 0; i < index->ncolumns; i++) {
		for (j = 0; j < fk->ncolumns; j++)
			if (fk->column[j] == index->column[i].column)
				break;
		if (j == fk->ncolumns)
			return 0;
	}
	return 1;
}

static int
key_is_unique(const struct cat_fk *fk)
{
	const struct cat_table *t = fk->table;
	size_t i;

	if (t->pk != NULL && index_within(t->pk, fk))
		return 1;
	for (i = 0; i < t->nindexes; i++)
		if (t->index[i].kind == INDEX_UNIQUE &&
		    index_within(&t->index[i], fk))
			return 1;
	return 0;
}

static const char *
constraint_map(struct pull *p, const struct cat_fk *fk)
{
	const struct schema_relation *prev = pull_relation_of(p, fk)->prev;
	const char **column, *name;
	size_t i;

	if (prev != NULL && prev->map != NULL)
		return prev->map;
	column = arena_array(p->mem, const char *, fk->ncolumns);
	for (i = 0; i < fk->ncolumns; i++)
		column[i] = fk->column[i]->name;
	name = schema_constraint_name(p->mem, fk->table->name, column,
	    fk->ncolumns, "_fkey");
	return strcmp(name, fk->name) == 0 ? NULL : fk->name;
}

static void
add_columns(struct pull *p, const char *word, const struct cat_table *t,
    struct cat_column *const *column, size_t n, struct buf *out)
{
	const struct pull_block *b = pull_block_of(p, t);
	size_t i;

	buf_addf(out, "%s: [", word);
	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "",
		    pull_field_name(b, column[i], p->mem));
	buf_adds(out, "]");
}

/* Actions are written where they are not those that Prisma takes anyway. */
static void
add_actions(const struct cat_fk *fk, struct buf *out)
{
	enum ref_action usual = any_required(fk) ? ACTION_RESTRICT :
	    ACTION_SET_NULL;

	if (fk->on_delete != usual)
		buf_addf(out, ", onDelete: %s",
		    ref_action_name[fk->on_delete]);
	if (fk->on_update != ACTION_CASCADE)
		buf_addf(out, ", onUpdate: %s",
		    ref_action_name[fk->on_update]);
}

static const char *
relation_name(const struct pull_relation *r)
{
	if (r->prev == NULL)
		return r->name;
	return r->prev->has_name ? r->prev->name : "";
}

static void
add_relation_attr(struct pull *p, const struct cat_fk *fk, struct buf *out)
{
	const char *name = relation_name(pull_relation_of(p, fk));
	const char *map = constraint_map(p, fk);

	buf_adds(out, " @relation(");
	if (*name != '\0') {
		pull_string(out, name);
		buf_adds(out, ", ");
	}
	add_columns(p, "fields", fk->table, fk->column, fk->ncolumns, out);
	buf_adds(out, ", ");
	add_columns(p, "references", fk->target, fk->target_column,
	    fk->ncolumns, out);
	add_actions(fk, out);
	if (map != NULL) {
		buf_adds(out, ", map: ");
		pull_string(out, map);
	}
	buf_addc(out, ')');
}

static void
add_relation_name(const char *name, struct buf *out)
{
	if (*name == '\0')
		return;
	buf_adds(out, " @relation(");
	pull_string(out, name);
	buf_addc(out, ')');
}

/* A field is ignored where a model cannot be used, but is not said to be. */
static int
is_ignored(const struct pull *p, const struct cat_fk *fk,
    const struct cat_table *t)
{
	const struct pull_block *b = pull_block_of(p, t);

	if (pull_has_identifier(fk->table) && pull_has_identifier(fk->target))
		return 0;
	return pull_has_identifier(t) && !(b->prev != NULL &&
	    b->prev->ignored && pull_relation_of(p, fk)->prev != NULL);
}

static void
add_forward(struct pull *p, const struct cat_fk *fk, struct buf *out)
{
	const struct pull_relation *r = pull_relation_of(p, fk);

	buf_addf(out, "%s %s%s", r->prev != NULL ? r->prev->a->name :
	    r->forward, pull_block_of(p, fk->target)->name,
	    any_optional(fk) ? "?" : "");
	add_relation_attr(p, fk, out);
	buf_adds(out, is_ignored(p, fk, fk->table) ? " @ignore\n" : "\n");
}

static void
add_back(struct pull *p, const struct cat_fk *fk, struct buf *out)
{
	const struct pull_relation *r = pull_relation_of(p, fk);

	buf_addf(out, "%s %s%s", r->prev != NULL ? r->prev->b->name : r->back,
	    pull_block_of(p, fk->table)->name,
	    key_is_unique(fk) ? "?" : "[]");
	add_relation_name(relation_name(r), out);
	buf_adds(out, is_ignored(p, fk, fk->target) ? " @ignore\n" : "\n");
}

static void
add_join(struct pull *p, const struct pull_block *join, int forward,
    struct buf *out)
{
	const struct cat_fk *to = forward ? join->b : join->a;
	const struct schema_relation *prev = join->prev_join;
	const char *name = forward ? join->forward : join->back;

	if (prev != NULL && prev->b != NULL && prev->a->model != prev->b->model)
		name = forward ? prev->a->name : prev->b->name;
	buf_addf(out, "%s %s[]", name, pull_block_of(p, to->target)->name);
	/* the engine writes the conventional name too where it was none */
	add_relation_name(prev == NULL ? join->relation : prev->name, out);
	buf_addc(out, '\n');
}

/* --- fields that are kept as they were --- */

static void
add_kept_columns(const char *word, struct schema_field **field, size_t n,
    const char **comma, struct buf *out)
{
	size_t i;

	buf_addf(out, "%s%s: [", *comma, word);
	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", field[i]->name);
	buf_addc(out, ']');
	*comma = ", ";
}

static void
add_kept_attr(const struct schema_field *f, struct buf *out)
{
	const struct schema_relation *r = f->relation;
	const char *comma = "";
	int own = r != NULL && r->a == f && r->ncolumns > 0;

	if (ast_attr(&f->ast->attrs, "relation") == NULL || r == NULL)
		return;
	buf_adds(out, " @relation(");
	if (r->has_name) {
		pull_string(out, r->name);
		comma = ", ";
	}
	if (own) {
		add_kept_columns("fields", r->fields, r->ncolumns, &comma,
		    out);
		add_kept_columns("references", r->references, r->ncolumns,
		    &comma, out);
		if (r->on_delete != ACTION_NONE)
			buf_addf(out, ", onDelete: %s",
			    ref_action_name[r->on_delete]);
		if (r->on_update != ACTION_NONE)
			buf_addf(out, ", onUpdate: %s",
			    ref_action_name[r->on_update]);
	}
	if (own && r->map != NULL) {
		buf_adds(out, ", map: ");
		pull_string(out, r->map);
	}
	buf_addc(out, ')');
}

/* Is that model still there? */
static int
is_matched(const struct pull *p, const struct schema_model *m)
{
	size_t i;

	for (i = 0; i < p->cat->ntables; i++)
		if (p->table[i].prev == m)
			return 1;
	for (i = 0; i < p->cat->nviews; i++)
		if (p->view[i].prev == m)
			return 1;
	return 0;
}

/* Relations without a foreign key: all of them, or those of views. */
static void
add_kept(struct pull *p, const struct pull_block *b, struct buf *out)
{
	static const char *const arity[] = {
		[ARITY_REQUIRED] = "",
		[ARITY_OPTIONAL] = "?",
		[ARITY_LIST] = "[]"
	};
	const struct schema_field *f;
	size_t i;

	for (i = 0; b->prev != NULL && i < b->prev->nfields; i++) {
		f = &b->prev->field[i];
		if (f->kind != FIELD_RELATION || f->target == NULL ||
		    !is_matched(p, f->target))
			continue;
		if (p->foreign_keys && !b->prev->is_view &&
		    !f->target->is_view)
			continue;
		buf_addf(out, "%s %s%s", f->name, f->target->name,
		    arity[f->arity]);
		add_kept_attr(f, out);
		buf_adds(out, f->ignored ? " @ignore\n" : "\n");
		buf_addf(&p->warning[WARN_COPIED_RELATIONS], "  - \"%s\"\n",
		    f->target->name);
	}
}

/* In the order of the keys, each first as a key, then as a reference. */
void
pull_relation_fields(struct pull *p, const struct pull_block *b,
    struct buf *out)
{
	const struct catalog *c = p->cat;
	const struct pull_block *join;
	const struct cat_fk *fk;

	if (!p->foreign_keys || b->table == NULL) {
		add_kept(p, b, out);
		return;
	}
	for (fk = c->fk; fk < c->fk + c->nfks; fk++) {
		if (pull_relation_of(p, fk)->hidden ||
		    pull_block_of(p, fk->table)->a != NULL)
			continue;
		if (fk->table == b->table)
			add_forward(p, fk, out);
		if (fk->target == b->table)
			add_back(p, fk, out);
	}
	for (join = p->table; join < p->table + c->ntables; join++) {
		if (join->a != NULL && join->a->target == b->table)
			add_join(p, join, 1, out);
		if (join->a != NULL && join->b->target == b->table)
			add_join(p, join, 0, out);
	}
	add_kept(p, b, out);
}

int
pull_adds_deferrable_key(const struct pull *p, const struct pull_block *b)
{
	size_t i;

	for (i = 0; p->foreign_keys && i < b->table->nfks; i++)
		if (b->table->fk[i]->deferrable &&
		    !pull_relation_of(p, b->table->fk[i])->hidden)
			return 1;
	return 0;
}
