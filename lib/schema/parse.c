/*
 * The syntax tree of schemas, from the nodes that the grammar found.  What
 * is wrong is told as Prisma tells it, in its order: file after file, line
 * after line; a field that is wrong is left out.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/parse_priv.h"

static const char *const block_keyword[BLOCK__MAX] = {
	[BLOCK_MODEL] = "model",
	[BLOCK_VIEW] = "view",
	[BLOCK_TYPE] = "type",
	[BLOCK_ENUM] = "enum",
	[BLOCK_DATASOURCE] = "datasource",
	[BLOCK_GENERATOR] = "generator",
};

static int
lacks_type(struct parse *p, const struct ast_block *block,
    const struct ast_field *field)
{
	if (block->kind == BLOCK_ENUM || field->type.name != NULL ||
	    field->type.unsupported != NULL)
		return 0;
	finding_error(p->findings, field->span, "Error validating %s \"%s\": "
	    "This field declaration is invalid. It is either missing a name "
	    "or a type.", block_keyword[block->kind], block->name.text);
	return 1;
}

/* A composite type has no place in a database to speak of. */
static void
refuse_block_attribute(struct parse *p, unsigned node)
{
	static const struct {
		const char *name, *text;
	} known[] = {
		{ "map", "The name of a composite type is not persisted in "
		    "the database, therefore it does not need a mapped "
		    "database name." },
		{ "unique", "A unique constraint should be defined in the "
		    "model containing the embed." },
		{ "index", "An index should be defined in the model "
		    "containing the embed." },
		{ "fulltext", "A fulltext index should be defined in the "
		    "model containing the embed." },
		{ "id", "A composite type cannot define an id." },
		{ NULL, "A composite type cannot have block-level "
		    "attributes." },
	};
	struct ast_attr attr = { .span.end = 0 };
	size_t i;

	parse_attr(p, node, &attr);
	for (i = 0; known[i].name != NULL; i++)
		if (strcmp(known[i].name, attr.name.text) == 0)
			break;
	finding_error(p->findings, attr.span, "Error validating: %s",
	    known[i].text);
}

static void
refuse_field_attributes(struct parse *p, const struct ast_field *field)
{
	const char *name;
	size_t i;

	for (i = 0; i < field->attrs.n; i++) {
		name = field->attrs.attr[i].name.text;
		if (strcmp(name, "relation") == 0 ||
		    strcmp(name, "unique") == 0 || strcmp(name, "id") == 0)
			finding_error(p->findings, field->span, "Error "
			    "validating: Defining `@%s` attribute for a "
			    "field in a composite type is not allowed.",
			    name);
	}
}

static void
refuse_line(struct parse *p, const struct ast_block *block, unsigned node)
{
	struct span span = parse_span(p, node);

	if (block->kind == BLOCK_ENUM)
		finding_error(p->findings, span, "Error validating: "
		    "This line is not an enum value definition.");
	else if (block->kind == BLOCK_DATASOURCE ||
	    block->kind == BLOCK_GENERATOR)
		finding_error(p->findings, span, "Error validating: "
		    "This line is not a valid definition within a %s.",
		    block_keyword[block->kind]);
	else
		finding_error(p->findings, span, "Error validating: "
		    "This line is not a valid field or attribute definition.");
}

static void
parse_property(struct parse *p, unsigned node, struct ast_property *property)
{
	unsigned value = p->cst->node[node + 1].next;

	property->span = parse_span(p, node);
	property->name = parse_ident(p, node + 1);
	if (value < p->cst->node[node].next &&
	    p->cst->node[value].rule != CST_TRAILING_COMMENT)
		property->value = parse_expr(p, value);
}

/* A field, with the comment before it. */
static void
add_field(struct parse *p, unsigned node, struct ast_block *block,
    const char *doc)
{
	struct ast_field *field = &block->field[block->nfields];

	*field = (struct ast_field){ .doc = doc };
	if (parse_field(p, node, field) == -1 || lacks_type(p, block, field))
		return;
	if (block->kind == BLOCK_TYPE)
		refuse_field_attributes(p, field);
	block->nfields++;
}

static void
parse_contents(struct parse *p, unsigned contents, struct ast_block *block)
{
	const char *doc = NULL;
	unsigned i;

	for (parse_each(p, i, contents)) {
		switch (p->cst->node[i].rule) {
		case CST_FIELD:
		case CST_VALUE:
			add_field(p, i, block, doc);
			doc = NULL;
			break;
		case CST_PROPERTY:
			parse_property(p, i,
			    &block->property[block->nproperties++]);
			break;
		case CST_BLOCK_ATTRIBUTE:
			if (block->kind == BLOCK_TYPE)
				refuse_block_attribute(p, i);
			else
				parse_attr(p, i,
				    &block->attrs.attr[block->attrs.n++]);
			break;
		case CST_COMMENTS:
			doc = parse_doc(p, NULL, i);
			if (block->property != NULL)
				block->doc = doc;
			break;
		case CST_UNKNOWN_LINE:
			refuse_line(p, block, i);
			break;
		default:
			break;
		}
	}
}

static enum ast_block_kind
kind_of(const char *keyword)
{
	enum ast_block_kind kind = BLOCK_MODEL;

	while (strncmp(keyword, block_keyword[kind],
	    strlen(block_keyword[kind])) != 0)
		kind++;
	return kind;
}

static void
parse_block(struct parse *p, unsigned node, const char *doc,
    struct ast_block *block)
{
	unsigned keyword = node + 1, name = keyword + 1,
	    contents = p->cst->node[name].next;
	size_t nproperties = parse_count(p, contents, CST_PROPERTY);

	*block = (struct ast_block){ .span = parse_span(p, node), .doc = doc };
	block->kind = kind_of(p->cst->source->text +
	    p->cst->node[keyword].start);
	block->name = parse_ident(p, name);
	if (p->cst->node[node].rule == CST_CONFIG)
		block->property = arena_array(p->mem, struct ast_property,
		    nproperties);
	else
		block->field = arena_array(p->mem, struct ast_field,
		    parse_count(p, contents, CST_FIELD) +
		    parse_count(p, contents, CST_VALUE) + 1);
	block->attrs.attr = arena_array(p->mem, struct ast_attr,
	    parse_count(p, contents, CST_BLOCK_ATTRIBUTE));
	parse_contents(p, contents, block);
}

static int
is_block(enum cst_rule rule)
{
	return rule == CST_MODEL || rule == CST_ENUM || rule == CST_CONFIG;
}

static void
refuse_top(struct parse *p, unsigned node)
{
	struct span span = parse_span(p, node);

	switch (p->cst->node[node].rule) {
	case CST_TYPE_ALIAS:
		finding_error(p->findings, span, "Error validating: Invalid "
		    "type definition. Please check the documentation in "
		    "https://pris.ly/d/composite-types");
		break;
	case CST_UNKNOWN_LINE:
		finding_error(p->findings, span, "Error validating: This "
		    "line is invalid. It does not start with any known "
		    "Prisma schema keyword.");
		break;
	case CST_UNKNOWN_BLOCK:
		finding_error(p->findings, span, "Error validating: This "
		    "block is invalid. It does not start with any known "
		    "Prisma schema keyword. Valid keywords include 'model', "
		    "'enum', 'type', 'datasource' and 'generator'.");
		break;
	default:
		break;
	}
}

/* A comment belongs to the block right behind it. */
static void
parse_top(struct parse *p, struct ast *ast)
{
	const struct cst_node *node = p->cst->node;
	const char *doc = NULL;
	unsigned i;

	for (parse_each(p, i, 0)) {
		if (is_block(node[i].rule)) {
			parse_block(p, i, doc, &ast->block[ast->nblocks++]);
			doc = NULL;
		} else if (node[i].rule == CST_COMMENTS) {
			if (node[i].next < node[0].next &&
			    is_block(node[node[i].next].rule))
				doc = parse_doc(p, NULL, i);
		} else
			refuse_top(p, i);
	}
}

static void
parse_file(struct arena *a, struct ast *ast, unsigned file,
    struct findings *f)
{
	struct parse p = { .mem = a, .findings = f, .file = file };
	struct ast_block *more;
	struct cst cst;
	size_t n;

	cst_parse(&cst, &ast->sources->file[file]);
	p.cst = &cst;
	n = parse_count(&p, 0, CST_MODEL) + parse_count(&p, 0, CST_ENUM) +
	    parse_count(&p, 0, CST_CONFIG);
	more = arena_array(a, struct ast_block, ast->nblocks + n);
	if (ast->nblocks > 0)
		memcpy(more, ast->block, ast->nblocks * sizeof(*more));
	ast->block = more;
	parse_top(&p, ast);
	cst_free(&cst);
}

struct ast *
ast_parse(struct arena *a, const struct sources *sources, struct findings *f)
{
	struct ast *ast = arena_new_of(a, struct ast);
	unsigned i;

	ast->sources = sources;
	for (i = 0; i < sources->n; i++)
		parse_file(a, ast, i, f);
	return ast;
}

const struct ast_attr *
ast_attr(const struct ast_attrs *attrs, const char *name)
{
	size_t i;

	for (i = 0; i < attrs->n; i++)
		if (strcmp(attrs->attr[i].name.text, name) == 0)
			return &attrs->attr[i];
	return NULL;
}
