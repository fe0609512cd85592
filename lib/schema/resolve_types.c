/*
 * Stage two, types: each field's is a scalar, an enum or a model.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"
#include "schema/suggest.h"

const char *const scalar_name[SCALAR__MAX] = {
	[SCALAR_STRING] = "String",
	[SCALAR_BOOLEAN] = "Boolean",
	[SCALAR_INT] = "Int",
	[SCALAR_BIGINT] = "BigInt",
	[SCALAR_FLOAT] = "Float",
	[SCALAR_DECIMAL] = "Decimal",
	[SCALAR_DATETIME] = "DateTime",
	[SCALAR_JSON] = "Json",
	[SCALAR_BYTES] = "Bytes",
};

int
resolve_scalar(const char *name, enum scalar *scalar)
{
	size_t i;

	for (i = 0; i < SCALAR__MAX; i++)
		if (scalar_name[i][0] == name[0] &&
		    strcmp(scalar_name[i], name) == 0) {
			*scalar = (enum scalar)i;
			return 1;
		}
	return 0;
}

struct schema_field *
resolve_field(const struct resolve *r, const struct schema_model *m,
    const char *name)
{
	const struct ast_field *f = map_get(&r->names, m->ast, name);

	return f == NULL ? NULL : &m->field[f - m->ast->field];
}

void
suggest_field(struct resolve *r, const struct schema_model *m,
    const char *names)
{
	struct suggestion s;
	size_t i;

	if (!suggest_begin(&s, r->f, arena_strndup(r->mem, names,
	    strcspn(names, ","))))
		return;
	for (i = 0; i < m->nfields; i++)
		suggest_offer(&s, m->field[i].name);
	suggest_tell(r->f, &s);
}

/* Room for all models and enums, so that they can point to each other. */
static void
make_tops(struct resolve *r)
{
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	struct schema *s = r->s;
	struct top *top;

	s->model = arena_array(r->mem, struct schema_model, r->ast->nblocks);
	s->enumeration = arena_array(r->mem, struct schema_enum,
	    r->ast->nblocks);
	for (b = r->ast->block; b < end; b++) {
		if (b->kind == BLOCK_MODEL || b->kind == BLOCK_VIEW)
			s->model[s->nmodels++] = (struct schema_model){
				.name = b->name.text, .db_name = b->name.text,
				.is_view = b->kind == BLOCK_VIEW, .ast = b };
		else if (b->kind == BLOCK_ENUM)
			s->enumeration[s->nenums++] = (struct schema_enum){
				.name = b->name.text, .db_name = b->name.text,
				.ast = b };
		else
			continue;
		top = resolve_top(r, b->name.text);
		/* Of two with one name, fields mean the later. */
		if (top->ast != b)
			continue;
		if (b->kind == BLOCK_ENUM)
			top->enumeration = &s->enumeration[s->nenums - 1];
		else
			top->model = &s->model[s->nmodels - 1];
	}
}

static void
unknown_type(struct resolve *r, const struct ast_type *t)
{
	struct suggestion s;
	size_t i;

	finding_error(r->f, t->span, "Type \"%s\" is neither a built-in type, "
	    "nor refers to another model, composite type, or enum.", t->name);
	if (!suggest_begin(&s, r->f, t->name))
		return;
	for (i = 0; i < SCALAR__MAX; i++)
		suggest_offer(&s, scalar_name[i]);
	for (i = 0; i < r->s->nmodels; i++)
		suggest_offer(&s, r->s->model[i].name);
	for (i = 0; i < r->s->nenums; i++)
		suggest_offer(&s, r->s->enumeration[i].name);
	suggest_tell(r->f, &s);
}

static void
set_type(struct resolve *r, struct schema_field *f)
{
	const struct ast_type *t = &f->ast->type;
	struct top *top;

	if (t->unsupported != NULL) {
		f->kind = FIELD_UNSUPPORTED;
		return;
	}
	if (resolve_scalar(t->name, &f->scalar)) {
		f->kind = FIELD_SCALAR;
		return;
	}
	top = resolve_top(r, t->name);
	if (top == NULL) {
		f->kind = FIELD_UNKNOWN;
		unknown_type(r, t);
	} else if (top->model != NULL) {
		f->kind = FIELD_RELATION;
		f->target = top->model;
	} else if (top->enumeration != NULL) {
		f->kind = FIELD_ENUM;
		f->enumeration = top->enumeration;
	} else
		f->kind = FIELD_COMPOSITE;
}

static void
set_fields(struct resolve *r, struct schema_model *m)
{
	struct schema_field *f;
	size_t i;

	m->nfields = m->ast->nfields;
	m->field = arena_array(r->mem, struct schema_field, m->nfields);
	for (i = 0; i < m->nfields; i++) {
		f = &m->field[i];
		f->ast = &m->ast->field[i];
		f->name = f->db_name = f->ast->name.text;
		f->arity = f->ast->arity;
		f->model = m;
		set_type(r, f);
	}
}

static void
set_values(struct resolve *r, struct schema_enum *e)
{
	size_t i;

	e->nvalues = e->ast->nfields;
	e->value = arena_array(r->mem, struct schema_value, e->nvalues);
	for (i = 0; i < e->nvalues; i++) {
		e->value[i].ast = &e->ast->field[i];
		e->value[i].name = e->value[i].ast->name.text;
		e->value[i].db_name = e->value[i].name;
	}
	if (e->nvalues == 0)
		finding_error(r->f, e->ast->span,
		    "Error validating: An enum must have at least one value.");
}

/* A `type' block is MongoDB's; its fields' types must be known all the same. */
static void
check_composite(struct resolve *r, const struct ast_block *b)
{
	struct schema_field probe;
	size_t i;

	for (i = 0; i < b->nfields; i++) {
		memset(&probe, 0, sizeof(probe));
		probe.ast = &b->field[i];
		set_type(r, &probe);
		if (probe.kind == FIELD_RELATION)
			finding_error(r->f, probe.ast->type.span,
			    "Error validating composite type \"%s\": %s "
			    "refers to a model, making this a relation field. "
			    "Relation fields inside composite types are not "
			    "supported.", b->name.text, probe.target->name);
	}
}

void
resolve_types(struct resolve *r)
{
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	struct schema_model *m;
	struct schema_enum *e;

	make_tops(r);
	m = r->s->model;
	e = r->s->enumeration;
	for (b = r->ast->block; b < end; b++)
		if (b->kind == BLOCK_MODEL || b->kind == BLOCK_VIEW)
			set_fields(r, m++);
		else if (b->kind == BLOCK_ENUM)
			set_values(r, e++);
		else if (b->kind == BLOCK_TYPE)
			check_composite(r, b);
}
