/* Fields, types and comments of the syntax tree. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/letter.h"
#include "schema/parse_priv.h"

/*
 * What a comment says.  (Where blanks stand before a comment of more lines
 * the engine cuts it askew, and its formatter makes it longer each time.)
 */
static void
comment_text(const struct parse *p, const struct cst_node *n,
    const char **start, const char **end)
{
	*start = strchr(p->cst->source->text + n->start, '/');
	*end = p->cst->source->text + n->end;
	if (n->rule == CST_BLOCK_COMMENT) {
		*start += strlen("/*");
		*end -= strlen("*/");
		white_trim(start, end);
	} else {
		*start += strlen("///");
		white_trim_start(start, *end);
	}
}

const char *
parse_doc(struct parse *p, const char *before, unsigned node)
{
	struct buf text = BUF_INIT;
	const char *start, *end, *doc;
	int any = before != NULL;
	unsigned i;

	if (any)
		buf_adds(&text, before);
	for (parse_each(p, i, node)) {
		if (p->cst->node[i].rule == CST_LINE_COMMENT)
			continue;
		comment_text(p, &p->cst->node[i], &start, &end);
		if (any)
			buf_addc(&text, '\n');
		buf_add(&text, start, (size_t)(end - start));
		any = 1;
	}
	doc = any ? arena_strndup(p->mem, buf_str(&text), text.len) : NULL;
	buf_free(&text);
	return doc;
}

static void
parse_base_type(struct parse *p, unsigned node, struct ast_type *type)
{
	unsigned inner = node + 1, string;

	type->span = parse_span(p, inner);
	if (p->cst->node[inner].rule != CST_UNSUPPORTED) {
		type->name = parse_text(p, inner);
		return;
	}
	string = inner + 1;
	type->span = parse_span(p, string);
	type->unsupported = parse_string(p, string);
}

static const char *
legacy_type(enum cst_rule rule)
{
	switch (rule) {
	case CST_REQUIRED_TYPE:
		return "Fields are required by default, `!` is no longer "
		    "required.";
	case CST_BRACKET_TYPE:
		return "To specify a list, please use `Type[]` instead of "
		    "`[Type]`.";
	case CST_OPTIONAL_LIST_TYPE:
		return "Optional lists are not supported. Use either "
		    "`Type[]` or `Type?`.";
	default:
		return NULL;
	}
}

static int
parse_type(struct parse *p, unsigned node, struct ast_field *field)
{
	enum cst_rule rule = p->cst->node[node + 1].rule;
	const char *legacy = legacy_type(rule);

	if (legacy != NULL) {
		finding_error(p->findings, parse_span(p, node + 1), "%s",
		    legacy);
		return -1;
	}
	if (rule == CST_LIST_TYPE)
		field->arity = ARITY_LIST;
	else if (rule == CST_OPTIONAL_TYPE)
		field->arity = ARITY_OPTIONAL;
	parse_base_type(p, node + 2, &field->type);
	return 0;
}

/* -1: it has been told what is wrong. */
static int
parse_field_part(struct parse *p, unsigned node, struct ast_field *field)
{
	struct ast_attrs *attrs = &field->attrs;

	switch (p->cst->node[node].rule) {
	case CST_NAME:
		field->name = parse_ident(p, node);
		return 0;
	case CST_COLON:
		finding_error(p->findings, parse_span(p, node),
		    "Field declarations don't require a `:`.");
		return -1;
	case CST_TYPE:
		return parse_type(p, node, field);
	case CST_ATTRIBUTE:
		parse_attr(p, node, &attrs->attr[attrs->n++]);
		return 0;
	case CST_TRAILING_COMMENT:
		field->doc = parse_doc(p, field->doc, node);
		return 0;
	default:
		return 0;
	}
}

int
parse_field(struct parse *p, unsigned node, struct ast_field *field)
{
	unsigned i;

	field->span = parse_span(p, node);
	field->attrs.attr = arena_array(p->mem, struct ast_attr,
	    parse_count(p, node, CST_ATTRIBUTE));
	for (parse_each(p, i, node))
		if (parse_field_part(p, i, field) == -1)
			return -1;
	return 0;
}
