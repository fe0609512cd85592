/*
 * Blocks and their lines, by recursive descent.  Must agree with the grammar
 * of Prisma 6 in what is matched, and in where a match begins and ends.
 *
 * A block whose brace is never closed is no block: its first line is not
 * understood, and the parser starts again behind it.  So that this costs
 * no more than the text is long, `endless' keeps the lines after which the
 * contents of a block are known to run to the end of the file.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "schema/cst_priv.h"
#include "schema/source.h"

typedef int rule_function(struct cst_parser *);

void
cst_open(struct cst_parser *p, enum cst_rule rule)
{
	struct cst *c = p->cst;

	if (c->n == c->room) {
		c->room = c->room == 0 ? 256 : c->room * 2;
		c->node = reallocarray(c->node, c->room, sizeof(*c->node));
		if (c->node == NULL)
			err(2, NULL);
	}
	c->node[c->n++] = (struct cst_node){ .start = p->at, .rule = rule };
}

static int
keyword(struct cst_parser *p, const char *word)
{
	struct cst_mark mark = cst_mark(p);

	if (!cst_text(p, word))
		return 0;
	cst_open(p, CST_KEYWORD);
	p->cst->node[mark.n].start = mark.at;
	return cst_close(p, mark);
}

/* { and whatever follows on its line, which is lost. */
static int
block_open(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (!cst_text(p, "{"))
		return 0;
	p->at += (unsigned)strcspn(p->text + p->at, "\r\n");
	return cst_newline(p) ? 1 : cst_back(p, mark);
}

static int
empty_lines(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p), line;

	cst_open(p, CST_EMPTY_LINES);
	do {
		line = cst_mark(p);
		cst_skip(p);
	} while (cst_newline(p));
	cst_back(p, line);
	return p->at > mark.at ? cst_close(p, mark) : cst_back(p, mark);
}

static int
unknown_line(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (p->at == p->len || cst_at_newline(p))
		return 0;
	cst_open(p, CST_UNKNOWN_LINE);
	p->at += (unsigned)strcspn(p->text + p->at, "\r\n");
	cst_newline(p);
	return cst_close(p, mark);
}

/* A name, or Unsupported("…") whose string is its child. */
static int
base_type(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p), inner;

	cst_open(p, CST_BASE_TYPE);
	inner = cst_mark(p);
	cst_open(p, CST_UNSUPPORTED);
	if (cst_text(p, "Unsupported(")) {
		cst_skip(p);
		if (cst_string(p)) {
			cst_skip(p);
			if (cst_text(p, ")")) {
				cst_close(p, inner);
				return cst_close(p, mark);
			}
		}
	}
	cst_back(p, inner);
	return cst_name(p) ? cst_close(p, mark) : cst_back(p, mark);
}

static enum cst_rule
type_suffix(struct cst_parser *p)
{
	struct cst_mark before = cst_mark(p), list;

	cst_skip(p);
	if (cst_text(p, "[]")) {
		list = cst_mark(p);
		cst_skip(p);
		if (cst_text(p, "?"))
			return CST_OPTIONAL_LIST_TYPE;
		cst_back(p, list);
		return CST_LIST_TYPE;
	}
	if (cst_text(p, "?"))
		return CST_OPTIONAL_TYPE;
	if (cst_text(p, "!"))
		return CST_REQUIRED_TYPE;
	cst_back(p, before);
	return CST_BASE_TYPE;
}

/* [Type], or a type with what follows it. */
static int
field_type(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p), inner;
	enum cst_rule rule;

	cst_open(p, CST_TYPE);
	inner = cst_mark(p);
	cst_open(p, CST_BRACKET_TYPE);
	if (cst_text(p, "[")) {
		cst_skip(p);
		if (!base_type(p))
			return cst_back(p, mark);
		cst_skip(p);
		if (!cst_text(p, "]"))
			return cst_back(p, mark);
	} else if (base_type(p)) {
		rule = type_suffix(p);
		p->cst->node[inner.n].rule = rule;
	} else
		return cst_back(p, mark);
	cst_close(p, inner);
	return cst_close(p, mark);
}

/* What both fields and enum values end with. */
static int
attributes_and_end(struct cst_parser *p, struct cst_mark mark)
{
	cst_skip(p);
	while (cst_attribute(p))
		cst_skip(p);
	cst_trailing_comment(p);
	cst_skip(p);
	return cst_newline(p) ? cst_close(p, mark) : cst_back(p, mark);
}

static int
field(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p), colon;

	cst_open(p, CST_FIELD);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	colon = cst_mark(p);
	if (cst_text(p, ":")) {
		cst_open(p, CST_COLON);
		p->cst->node[colon.n].start = colon.at;
		cst_close(p, colon);
	}
	cst_skip(p);
	field_type(p);
	return attributes_and_end(p, mark);
}

static int
enum_value(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_VALUE);
	return cst_name(p) ? attributes_and_end(p, mark) : cst_back(p, mark);
}

static int
property(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_PROPERTY);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (!cst_text(p, "="))
		return cst_back(p, mark);
	cst_skip(p);
	cst_value(p);
	cst_skip(p);
	cst_trailing_comment(p);
	return cst_close(p, mark);
}

/* A rule with a line end after it that is not part of it. */
static int
line_of(struct cst_parser *p, rule_function *rule)
{
	struct cst_mark mark = cst_mark(p);

	if (!rule(p))
		return 0;
	cst_skip(p);
	return cst_newline(p) ? 1 : cst_back(p, mark);
}

enum contents {
	CONTENTS_MODEL,
	CONTENTS_ENUM,
	CONTENTS_CONFIG
};

static int
content(struct cst_parser *p, enum contents kind)
{
	int matched;

	if (kind == CONTENTS_CONFIG)
		matched = line_of(p, property);
	else
		matched = (kind == CONTENTS_MODEL ? field(p) :
		    enum_value(p)) || line_of(p, cst_block_attribute);
	return matched || cst_comments(p) || empty_lines(p) ||
	    (p->text[p->at] != '}' && unknown_line(p));
}

static int
is_endless(const struct cst_parser *p, enum contents kind)
{
	const unsigned char *bits = p->endless[kind];

	return bits != NULL && (bits[p->at / 8] & 1u << p->at % 8);
}

/* No } came: the ends of all these lines are places it does not come after. */
static void
note_endless(struct cst_parser *p, enum contents kind, unsigned first)
{
	const struct cst_node *node = p->cst->node;
	unsigned char **bits = &p->endless[kind];
	unsigned i, at;

	if (*bits == NULL && (*bits = calloc(p->len / 8 + 1, 1)) == NULL)
		err(2, NULL);
	for (i = first + 1; i < p->cst->n; i = node[i].next) {
		at = node[i].start;
		(*bits)[at / 8] |= (unsigned char)(1u << at % 8);
	}
}

/* Lines up to the closing brace.  False where it never comes. */
static int
contents(struct cst_parser *p, enum contents kind)
{
	struct cst_mark mark = cst_mark(p), end;

	cst_open(p, CST_CONTENTS);
	do {
		end = cst_mark(p);
		cst_skip(p);
	} while (!is_endless(p, kind) && content(p, kind));
	if (p->text[p->at] != '}') {
		note_endless(p, kind, mark.n);
		return cst_back(p, mark);
	}
	/* The blanks before the brace are not contents. */
	cst_back(p, end);
	cst_close(p, mark);
	cst_skip(p);
	return 1;
}

static int
block(struct cst_parser *p, enum cst_rule rule, const char *const *word,
    enum contents kind)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, rule);
	while (*word != NULL && !keyword(p, *word))
		word++;
	if (*word == NULL)
		return cst_back(p, mark);
	cst_skip(p);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (p->at >= p->last_close || !block_open(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (!contents(p, kind) || !cst_text(p, "}"))
		return cst_back(p, mark);
	return cst_close(p, mark);
}

static int
type_alias(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_TYPE_ALIAS);
	if (!keyword(p, "type"))
		return cst_back(p, mark);
	cst_skip(p);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (!cst_text(p, "="))
		return cst_back(p, mark);
	cst_skip(p);
	if (!base_type(p))
		return cst_back(p, mark);
	do
		cst_skip(p);
	while (cst_attribute(p));
	return cst_close(p, mark);
}

static int
unknown_block(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	const char *s;

	cst_open(p, CST_UNKNOWN_BLOCK);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (!block_open(p) || p->at >= p->last_close)
		return cst_back(p, mark);
	s = memchr(p->text + p->at, '}', p->len - p->at);
	if (s == NULL)
		return cst_back(p, mark);
	p->at = (unsigned)(s - p->text) + 1;
	return cst_close(p, mark);
}

static int
top(struct cst_parser *p)
{
	static const char *const model[] = { "model", "type", "view", NULL },
	    *const enumeration[] = { "enum", NULL },
	    *const config[] = { "datasource", "generator", NULL };

	return block(p, CST_MODEL, model, CONTENTS_MODEL) ||
	    block(p, CST_ENUM, enumeration, CONTENTS_ENUM) ||
	    block(p, CST_CONFIG, config, CONTENTS_CONFIG) ||
	    type_alias(p) || unknown_block(p) || cst_comments(p) ||
	    empty_lines(p) || unknown_line(p);
}

void
cst_parse(struct cst *c, const struct source *source)
{
	struct cst_parser p = { .cst = c, .text = source->text };
	const char *close;
	struct cst_mark mark;
	size_t i;

	*c = (struct cst){ .source = source };
	p.len = (unsigned)strnlen(source->text, source->len);
	close = memrchr(p.text, '}', p.len);
	p.last_close = close == NULL ? 0 : (unsigned)(close - p.text) + 1;
	mark = cst_mark(&p);
	cst_open(&p, CST_SCHEMA);
	do
		cst_skip(&p);
	while (top(&p));
	cst_close(&p, mark);
	for (i = 0; i < 3; i++)
		free(p.endless[i]);
}

void
cst_free(struct cst *c)
{
	free(c->node);
	*c = (struct cst){ .source = NULL };
}
