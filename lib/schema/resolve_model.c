/*
 * Stage three, attributes: of all relation fields first, since messages
 * about other attributes speak of them; then block by block.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"

static const char *
mapped_name(struct resolve *r)
{
	const struct ast_expr *e = visit_default_arg(r, "name");

	return e == NULL ? NULL : coerce_string(r, e);
}

static const char *
schema_name(struct resolve *r, const struct ast_expr **expr)
{
	const struct ast_expr *e = visit_default_arg(r, "map");
	const char *name = e == NULL ? NULL : coerce_string(r, e);

	if (name != NULL)
		*expr = e;
	return name;
}

static void
model_ignore(struct resolve *r, struct schema_model *m)
{
	const struct schema_field *f;

	for (f = m->field; f < m->field + m->nfields; f++)
		if (f->ignored && f->kind != FIELD_RELATION)
			finding_error(r->f, f->ast->span, "Error parsing "
			    "attribute \"@ignore\": Fields on an already "
			    "ignored Model do not need an `@ignore` "
			    "annotation.");
	m->ignored = 1;
}

static void
model_map(struct resolve *r, struct schema_model *m)
{
	const char *name = mapped_name(r);

	if (name != NULL)
		m->db_name = name;
}

static void
model_schema(struct resolve *r, struct schema_model *m)
{
	m->schema = schema_name(r, &m->schema_expr);
}

static const struct {
	const char *name;
	void (*visit)(struct resolve *, struct schema_model *);
} once[] = {
	{ "ignore", model_ignore },
	{ "id", resolve_model_id },
	{ "map", model_map },
	{ "schema", model_schema },
	{ "shardKey", resolve_model_shard },
};

static const struct {
	const char *name;
	enum index_kind kind;
} repeated[] = {
	{ "index", INDEX_NORMAL },
	{ "unique", INDEX_UNIQUE },
	{ "fulltext", INDEX_FULLTEXT },
};

static void
model_attributes(struct resolve *r, struct schema_model *m)
{
	size_t i;

	visit_begin(r, &m->ast->attrs);
	for (i = 0; i < count(once); i++)
		if (visit_single(r, once[i].name)) {
			once[i].visit(r, m);
			visit_done(r);
		}
	for (i = 0; i < count(repeated); i++)
		while (visit_repeated(r, repeated[i].name)) {
			resolve_model_index(r, m, repeated[i].kind);
			visit_done(r);
		}
	if (!m->ignored && m->id != NULL && m->id->on != NULL &&
	    m->id->on->arity != ARITY_REQUIRED)
		finding_error(r->f, m->id->attr->span, "Error parsing "
		    "attribute \"@id\": Fields that are marked as id must be "
		    "required.");
	visit_end(r);
}

/* No model has more indexes than attributes. */
static size_t
index_room(const struct schema_model *m)
{
	size_t i, n = m->ast->attrs.n;

	for (i = 0; i < m->nfields; i++)
		n += ast_attr(&m->field[i].ast->attrs, "unique") != NULL;
	return n;
}

static const char *
index_name(struct resolve *r, const struct schema_model *m,
    const struct schema_index *x)
{
	static const char *const suffix[] = {
		[INDEX_ID] = "_pkey",
		[INDEX_UNIQUE] = "_key",
		[INDEX_NORMAL] = "_idx",
		[INDEX_FULLTEXT] = "_idx",
	};
	const char *column[32], **c = column;
	size_t i;

	if (x->map != NULL)
		return x->map;
	if (x->nfields > count(column))
		c = arena_array(r->mem, const char *, x->nfields);
	for (i = 0; i < x->nfields; i++)
		c[i] = x->field[i].field->db_name;
	return schema_constraint_name(r->mem, m->db_name, c,
	    x->kind == INDEX_ID ? 0 : x->nfields, suffix[x->kind]);
}

static void
set_name(struct resolve *r, struct schema_model *m, struct schema_index *x)
{
	x->db_name = index_name(r, m, x);
	if (x->kind == INDEX_ID || x->kind == INDEX_UNIQUE)
		resolve_key_add(r, m, x);
}

static void
resolve_model(struct resolve *r, struct schema_model *m)
{
	size_t i;

	m->index = arena_array(r->mem, struct schema_index, index_room(m));
	for (i = 0; i < m->nfields; i++)
		if (m->field[i].kind != FIELD_RELATION &&
		    m->field[i].kind != FIELD_UNKNOWN)
			resolve_scalar_field(r, m, &m->field[i]);
	model_attributes(r, m);
	if (m->id != NULL)
		set_name(r, m, m->id);
	for (i = 0; i < m->nindexes; i++)
		set_name(r, m, &m->index[i]);
}

static void
enum_map(struct resolve *r, struct schema_enum *e)
{
	const char *name = mapped_name(r);

	if (name != NULL)
		e->db_name = name;
}

static void
resolve_enum(struct resolve *r, struct schema_enum *e)
{
	struct schema_value *v;
	const char *name;

	for (v = e->value; v < e->value + e->nvalues; v++) {
		visit_begin(r, &v->ast->attrs);
		if (visit_single(r, "map")) {
			name = mapped_name(r);
			if (name != NULL)
				v->db_name = name;
			visit_done(r);
		}
		visit_end(r);
	}
	visit_begin(r, &e->ast->attrs);
	if (visit_single(r, "map")) {
		enum_map(r, e);
		visit_done(r);
	}
	if (visit_single(r, "schema")) {
		e->schema = schema_name(r, &e->schema_expr);
		visit_done(r);
	}
	visit_end(r);
}

void
resolve_attributes(struct resolve *r)
{
	struct schema *s = r->s;
	struct schema_model *m = s->model;
	struct schema_enum *e = s->enumeration;
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	size_t i;

	for (; m < s->model + s->nmodels; m++)
		for (i = 0; i < m->nfields; i++)
			if (m->field[i].kind == FIELD_RELATION)
				resolve_relation_field(r, &m->field[i]);
	m = s->model;
	for (b = r->ast->block; b < end; b++)
		if (b->kind == BLOCK_MODEL || b->kind == BLOCK_VIEW)
			resolve_model(r, m++);
		else if (b->kind == BLOCK_ENUM)
			resolve_enum(r, e++);
}
