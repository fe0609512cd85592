/* Names, strings, values and attributes of the syntax tree. */
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "schema/parse_priv.h"

struct span
parse_span(const struct parse *p, unsigned node)
{
	const struct cst_node *n = &p->cst->node[node];

	return (struct span){ p->file, n->start, n->end };
}

char *
parse_text(const struct parse *p, unsigned node)
{
	const struct cst_node *n = &p->cst->node[node];

	return arena_strndup(p->mem, p->cst->source->text + n->start,
	    n->end - n->start);
}

struct ast_ident
parse_ident(const struct parse *p, unsigned node)
{
	return (struct ast_ident){ parse_text(p, node), parse_span(p, node) };
}

size_t
parse_count(const struct parse *p, unsigned parent, enum cst_rule rule)
{
	size_t n = 0;
	unsigned i;

	for (parse_each(p, i, parent))
		n += p->cst->node[i].rule == rule;
	return n;
}

/* A string while its escapes are undone; at is the one looked at. */
struct literal {
	struct parse *parse;
	const char *text, *at, *end;
	char *out;
};

static void
invalid(const struct literal *l, size_t length, const char *what)
{
	unsigned start = (unsigned)(l->at - l->parse->cst->source->text),
	    end = (unsigned)(l->end - l->parse->cst->source->text);

	if (length < end - start)
		end = start + (unsigned)length;
	finding_error(l->parse->findings,
	    (struct span){ l->parse->file, start, end }, "%s", what);
}

/* The number in \uXXXX at s; used is what of it could be read. */
static long
code_unit(const struct literal *l, const char *s, size_t *used)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit;
	long unit = 0;

	*used = 0;
	if (l->end - s < 4 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (*used = 2; *used < 6; ++*used) {
		if (s + *used == l->end)
			return -1;
		digit = memchr(digits, s[*used], sizeof(digits) - 1);
		if (digit == NULL)
			return -1;
		unit = unit << 4 | ((digit - digits) & 15);
	}
	return unit;
}

static void
add_character(struct literal *l, long c)
{
	if (c < 0x80)
		*l->out++ = (char)c;
	else if (c < 0x800) {
		*l->out++ = (char)(0xc0 | c >> 6);
		*l->out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*l->out++ = (char)(0xe0 | c >> 12);
		*l->out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*l->out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*l->out++ = (char)(0xf0 | c >> 18);
		*l->out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*l->out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*l->out++ = (char)(0x80 | (c & 0x3f));
	}
}

/* \uXXXX, two of them for what is beyond U+FFFF. */
static void
add_escaped_unit(struct literal *l)
{
	static const char wrong[] = "Invalid unicode escape sequence.";
	size_t used, used_low;
	long unit, low;

	if ((unit = code_unit(l, l->at, &used)) == -1) {
		invalid(l, used > 2 ? used : 2, wrong);
		l->at += used > 2 ? used : 2;
		return;
	}
	if (unit < 0xd800 || unit > 0xdfff) {
		if (unit == 0)
			invalid(l, used, "A string cannot hold `\\u0000`: "
			    "PostgreSQL has no such character.");
		add_character(l, unit);
		l->at += used;
		return;
	}
	if ((low = code_unit(l, l->at + used, &used_low)) == -1) {
		invalid(l, used, wrong);
		l->at += used;
		return;
	}
	if (unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff)
		add_character(l, 0x10000 + ((unit & 0x3ff) << 10) +
		    (low & 0x3ff));
	else
		invalid(l, used + used_low, wrong);
	l->at += used + used_low;
}

static void
add_escaped(struct literal *l)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *c = memchr(from, l->at[1], sizeof(from) - 1);
	size_t n = 2;

	if (c != NULL)
		*l->out++ = to[c - from];
	else if (l->at[1] == 'u') {
		add_escaped_unit(l);
		return;
	} else {
		n = 1 + utf8_offset(l->at + 1, (size_t)(l->end - l->at - 1),
		    1);
		invalid(l, n, "Unknown escape sequence. If the value is a "
		    "windows-style path, `\\` must be escaped as `\\\\`.");
	}
	l->at += n;
}

char *
parse_string(struct parse *p, unsigned node)
{
	const struct cst_node *n = &p->cst->node[node];
	struct literal l = { .parse = p };
	char *start;

	l.text = l.at = p->cst->source->text + n->start + 1;
	l.end = p->cst->source->text + n->end - 1;
	start = arena_strndup(p->mem, l.text, (size_t)(l.end - l.text));
	if (memchr(l.text, '\\', (size_t)(l.end - l.text)) == NULL)
		return start;
	for (l.out = start; l.at < l.end;) {
		if (*l.at == '\\')
			add_escaped(&l);
		else
			*l.out++ = *l.at++;
	}
	*l.out = '\0';
	return start;
}

static void
parse_arg(struct parse *p, unsigned node, struct ast_arg *arg)
{
	const struct cst_node *n = &p->cst->node[node];

	arg->span = parse_span(p, node);
	if (n->rule == CST_NAMED_ARGUMENT) {
		arg->name = parse_ident(p, node + 1);
		arg->value = parse_expr(p, p->cst->node[node + 1].next);
	} else if (n->rule == CST_EMPTY_ARGUMENT)
		arg->name = parse_ident(p, node + 1);
	else
		arg->value = parse_expr(p, node);
}

static void
parse_args(struct parse *p, unsigned node, struct ast_args *args)
{
	size_t n = 0;
	unsigned i;

	for (parse_each(p, i, node))
		n++;
	args->arg = arena_array(p->mem, struct ast_arg, n);
	for (parse_each(p, i, node)) {
		if (p->cst->node[i].rule == CST_TRAILING_COMMA)
			args->trailing_comma = parse_span(p, i);
		else
			parse_arg(p, i, &args->arg[args->n++]);
	}
}

static void
parse_items(struct parse *p, unsigned node, struct ast_expr *expr)
{
	size_t n = 0;
	unsigned i;

	for (parse_each(p, i, node))
		n++;
	expr->item = arena_array(p->mem, struct ast_expr *, n);
	for (parse_each(p, i, node))
		expr->item[expr->nitems++] = parse_expr(p, i);
}

struct ast_expr *
parse_expr(struct parse *p, unsigned node)
{
	struct ast_expr *expr = arena_new_of(p->mem, struct ast_expr);

	expr->span = parse_span(p, node);
	switch (p->cst->node[node].rule) {
	case CST_FUNCTION:
		expr->kind = EXPR_FUNCTION;
		expr->text = parse_text(p, node + 1);
		parse_args(p, p->cst->node[node + 1].next, &expr->args);
		break;
	case CST_ARRAY:
		expr->kind = EXPR_ARRAY;
		parse_items(p, node, expr);
		break;
	case CST_STRING:
		expr->kind = EXPR_STRING;
		expr->text = parse_string(p, node);
		break;
	default:
		expr->kind = p->cst->node[node].rule == CST_NUMBER ?
		    EXPR_NUMBER : EXPR_CONSTANT;
		expr->text = parse_text(p, node);
		break;
	}
	return expr;
}

void
parse_attr(struct parse *p, unsigned node, struct ast_attr *attr)
{
	unsigned i;

	attr->span = parse_span(p, node);
	for (parse_each(p, i, node)) {
		if (p->cst->node[i].rule == CST_PATH)
			attr->name = parse_ident(p, i);
		else if (p->cst->node[i].rule == CST_ARGUMENTS)
			parse_args(p, i, &attr->args);
	}
}
