/*
 * Stage one, names: none twice, none reserved, none malformed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"

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

static void
check_reserved(struct resolve *r, const struct ast_block *b)
{
	const char *name = b->name.text;
	int is_enum = b->kind == BLOCK_ENUM;

	if (!schema_is_reserved(name))
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
		if (resolve_scalar(b->name.text, &scalar))
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

struct top *
resolve_top(const struct resolve *r, const char *name)
{
	return map_get(&r->names, &scope_top, name);
}
