/*
 * Stage one, names: none twice, none reserved, none malformed.  Stage two,
 * types: every field's type is a scalar, an enum or a model.
 */
#include <ctype.h>
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

/* Names that JavaScript would not take in the client; sorted. */
static const char *const reserved[] = {
	"PrismaClient", "async", "await", "break", "case", "catch", "class",
	"const", "continue", "debugger", "default", "delete", "do", "else",
	"enum", "export", "extends", "false", "finally", "for", "function",
	"if", "implements", "import", "in", "instanceof", "interface", "let",
	"new", "null", "package", "private", "protected", "public", "return",
	"super", "switch", "this", "throw", "true", "try", "typeof", "using",
	"var", "void", "while", "with", "yield",
};

/* What a kind of block is called in messages. */
static const struct block_words {
	const char *top;   /* "The model "X" cannot be defined …" */
	const char *name;  /* "The name of a Model must not …" */
	const char *field; /* "… of a Field …" */
	const char *container;
} words[BLOCK__MAX] = {
	[BLOCK_MODEL] = { "model", "Model", "Field", "model" },
	[BLOCK_VIEW] = { "view", "view", "field", "view" },
	[BLOCK_TYPE] = { "composite type", "Composite type", NULL,
	    "composite type" },
	[BLOCK_ENUM] = { "enum", "Enum", "Enum Value", "enum" },
	[BLOCK_DATASOURCE] = { "source", NULL, NULL, NULL },
	[BLOCK_GENERATOR] = { "generator", NULL, NULL, NULL },
};

static const char scope_top, scope_datasource, scope_generator;

static const void *
scope_of(enum ast_block_kind kind)
{
	if (kind == BLOCK_DATASOURCE)
		return &scope_datasource;
	return kind == BLOCK_GENERATOR ? &scope_generator : &scope_top;
}

static int
by_text(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static int
is_scalar(const char *name, enum scalar *scalar)
{
	size_t i;

	for (i = 0; i < SCALAR__MAX; i++)
		if (strcmp(scalar_name[i], name) == 0) {
			*scalar = (enum scalar)i;
			return 1;
		}
	return 0;
}

static void
check_reserved(struct resolve *r, const struct ast_block *b)
{
	const char *name = b->name.text;
	int is_enum = b->kind == BLOCK_ENUM;

	if (bsearch(name, reserved, count(reserved), sizeof(reserved[0]),
	    by_text) == NULL)
		return;
	if (is_enum)
		finding_error(r->f, b->span, "Error validating enum `%s`: The "
		    "enum name `%s` is invalid. It is a reserved name. Please "
		    "change it. Read more at https://www.prisma.io/docs/"
		    "reference/tools-and-interfaces/prisma-schema/data-model"
		    "#naming-enums", name, name);
	else
		finding_error(r->f, b->span, "Error validating model \"%s\": "
		    "The %s name `%s` is invalid. It is a reserved name. "
		    "Please change it. Read more at "
		    "https://pris.ly/d/naming-models", name,
		    words[b->kind].container, name);
}

static void
check_identifier(struct resolve *r, const struct ast_ident *id,
    const char *what)
{
	if (id->text[0] == '\0')
		finding_error(r->f, id->span, "Error validating: The name of "
		    "a %s must not be empty.", what);
	else if (isdigit((unsigned char)id->text[0]))
		finding_error(r->f, id->span, "Error validating: The name of "
		    "a %s must not start with a number.", what);
	else if (strchr(id->text, '-') != NULL)
		finding_error(r->f, id->span, "Error validating: The "
		    "character `-` is not allowed in %s names.", what);
}

static void
check_attribute_names(struct resolve *r, const struct ast_attrs *attrs)
{
	size_t i;

	for (i = 0; i < attrs->n; i++)
		check_identifier(r, &attrs->attr[i].name, "Attribute");
}

static void
duplicate_field(struct resolve *r, const struct ast_block *b,
    const struct ast_field *f)
{
	if (b->kind == BLOCK_ENUM)
		finding_error(r->f, f->span,
		    "Value \"%s\" is already defined on enum \"%s\".",
		    f->name.text, b->name.text);
	else
		finding_error(r->f, f->name.span,
		    "Field \"%s\" is already defined on %s \"%s\".",
		    f->name.text, words[b->kind].container, b->name.text);
}

static void
check_block(struct resolve *r, const struct ast_block *b)
{
	const struct block_words *w = &words[b->kind];
	const struct ast_field *f;

	check_identifier(r, &b->name, w->name);
	if (b->kind != BLOCK_TYPE) {
		check_reserved(r, b);
		check_attribute_names(r, &b->attrs);
	}
	for (f = b->field; f < b->field + b->nfields; f++) {
		if (b->kind != BLOCK_TYPE) {
			check_identifier(r, &f->name, w->field);
			check_attribute_names(r, &f->attrs);
		}
		if (map_put(&r->names, b, f->name.text, (void *)f) != NULL)
			duplicate_field(r, b, f);
	}
}

static void
check_properties(struct resolve *r, const struct ast_block *b)
{
	const struct ast_property *p;

	for (p = b->property; p < b->property + b->nproperties; p++)
		if (map_put(&r->names, b, p->name.text, (void *)p) != NULL)
			finding_error(r->f, p->name.span, "Key \"%s\" is "
			    "already defined in %s \"%s\".", p->name.text,
			    words[b->kind].top, b->name.text);
}

static void
insert_block(struct resolve *r, const struct ast_block *b)
{
	struct top *top = arena_new_of(r->mem, struct top), *before;

	top->ast = b;
	before = map_put(&r->names, scope_of(b->kind), b->name.text, top);
	if (before != NULL)
		finding_error(r->f, b->name.span, "The %s \"%s\" cannot be "
		    "defined because a %s with that name already exists.",
		    words[b->kind].top, b->name.text,
		    words[before->ast->kind].top);
}

void
resolve_names(struct resolve *r)
{
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	enum scalar scalar;

	for (b = r->ast->block; b < end; b++) {
		if (is_scalar(b->name.text, &scalar))
			finding_error(r->f, b->name.span, "\"%s\" is a "
			    "reserved scalar type name and cannot be used.",
			    b->name.text);
		if (b->kind == BLOCK_DATASOURCE || b->kind == BLOCK_GENERATOR)
			check_properties(r, b);
		else
			check_block(r, b);
		insert_block(r, b);
	}
}

static struct top *
top_of(const struct resolve *r, const char *name)
{
	return map_get(&r->names, &scope_top, name);
}

const struct schema_model *
schema_model(const struct schema *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nmodels; i++)
		if (strcmp(s->model[i].name, name) == 0)
			return &s->model[i];
	return NULL;
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
		top = top_of(r, b->name.text);
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
	if (is_scalar(t->name, &f->scalar)) {
		f->kind = FIELD_SCALAR;
		return;
	}
	top = top_of(r, t->name);
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
