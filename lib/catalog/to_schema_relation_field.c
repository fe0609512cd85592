/*
 * Relation fields on both sides.  Must agree with relation_field.rs of
 * prisma-engines.
 */
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

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
