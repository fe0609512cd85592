/*
 * The lines of a block: comments, fields, values, properties, attributes.
 * Must agree with Prisma's formatter to the byte.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "schema/format_priv.h"
#include "schema/letter.h"
#include "schema/source.h"

struct walk
walk_into(const struct formatter *f, unsigned parent)
{
	return (struct walk){ f->cst, parent + 1, f->cst->node[parent].next };
}

enum cst_rule
walk_peek(const struct walk *w)
{
	return w->at < w->end ? w->cst->node[w->at].rule : CST_SCHEMA;
}

unsigned
walk_next(struct walk *w)
{
	unsigned node = w->at;

	w->at = w->cst->node[node].next;
	return node;
}

const char *
format_source(const struct formatter *f, unsigned node, size_t *n)
{
	const struct cst_node *c = &f->cst->node[node];

	*n = c->end - c->start;
	return f->cst->source->text + c->start;
}

static void
add_cell(struct formatter *f, unsigned column, unsigned node)
{
	const char *s;
	size_t n;

	s = format_source(f, node, &n);
	table_begin_column(&f->table, column);
	buf_add(&f->table.text, s, n);
	table_end_cell(&f->table);
}

static void
add_suffix(struct formatter *f, const char *s, size_t n)
{
	table_begin_suffix(&f->table);
	buf_add(&f->table.text, s, n);
	table_end_cell(&f->table);
}

static void
add_trailing_comment(struct formatter *f, unsigned node)
{
	const char *s;
	size_t n;

	s = format_source(f, node, &n);
	add_suffix(f, s, n);
}

/*
 * A line for each of its lines that says something.  Prisma counts the
 * blanks before the comment in, and so adds to it each time it is formatted
 * behind another comment; that is not followed.
 */
static void
add_block_comment(struct formatter *f, const char *s, size_t n)
{
	const char *end = s + n - 2, *line, *line_end, *stop;

	table_start_line(&f->table);
	add_suffix(f, "/**", 3);
	for (s += 2; s < end; s = stop + 1) {
		stop = memchr(s, '\n', (size_t)(end - s));
		if (stop == NULL)
			stop = end;
		line = s;
		line_end = stop;
		white_trim(&line, &line_end);
		if (line < line_end && *line == '*') {
			line++;
			white_trim(&line, &line_end);
		}
		if (line == line_end)
			continue;
		table_start_line(&f->table);
		table_begin_suffix(&f->table);
		buf_adds(&f->table.text, " * ");
		buf_add(&f->table.text, line, (size_t)(line_end - line));
		table_end_cell(&f->table);
	}
	table_start_line(&f->table);
	add_suffix(f, " */", 3);
}

void
format_comments(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	const char *s, *slash;
	enum cst_rule rule;
	size_t n;

	while (w.at < w.end) {
		rule = walk_peek(&w);
		s = format_source(f, walk_next(&w), &n);
		slash = memchr(s, '/', n);
		n -= (size_t)(slash - s);
		if (rule == CST_BLOCK_COMMENT) {
			add_block_comment(f, slash, n);
			continue;
		}
		table_start_line(&f->table);
		add_suffix(f, slash, n);
	}
}

static unsigned
rank(const struct formatter *f, unsigned attribute)
{
	static const char *const order[] = { "id", "unique", "default",
		"updatedAt", "index", "fulltext", "map", "relation",
		"ignore" };
	const char *s;
	unsigned i;
	size_t n;

	s = format_source(f, attribute + 1, &n);
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (strlen(order[i]) == n && memcmp(order[i], s, n) == 0)
			break;
	return i;
}

void
format_keep_attribute(struct formatter *f, unsigned node, unsigned comments)
{
	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : f->room * 2;
		f->attribute = reallocarray(f->attribute, f->room,
		    sizeof(*f->attribute));
		if (f->attribute == NULL)
			err(2, NULL);
	}
	f->attribute[f->n] = (struct format_attribute){ node, comments,
		rank(f, node), (unsigned)f->n };
	f->n++;
}

static int
by_rank(const void *a, const void *b)
{
	const struct format_attribute *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static void
sort_attributes(struct formatter *f, size_t from)
{
	if (f->n - from > 1)
		qsort(f->attribute + from, f->n - from, sizeof(*f->attribute),
		    by_rank);
}

/* Those of a field stand behind the ones of its block, which wait. */
static void
add_field_attributes(struct formatter *f, size_t from)
{
	size_t i;

	sort_attributes(f, from);
	table_begin_column(&f->table, 2);
	for (i = from; i < f->n; i++) {
		if (i > from)
			buf_addc(&f->table.text, ' ');
		format_attribute(f->cst, f->attribute[i].node,
		    &f->table.text);
	}
	table_end_cell(&f->table);
	f->n = from;
}

static void
add_type(struct formatter *f, unsigned node)
{
	static const char *const suffix[] = {
		[CST_OPTIONAL_TYPE] = "?",
		[CST_LIST_TYPE] = "[]",
		[CST_OPTIONAL_LIST_TYPE] = "[]?",
		[CST_REQUIRED_TYPE] = "",
		[CST_BRACKET_TYPE] = "[]",
	};
	enum cst_rule rule = f->cst->node[node + 1].rule;
	const char *s;
	size_t n;

	s = format_source(f, rule == CST_BASE_TYPE ? node + 1 : node + 2, &n);
	table_begin_column(&f->table, 1);
	buf_add(&f->table.text, s, n);
	if (rule != CST_BASE_TYPE)
		buf_adds(&f->table.text, suffix[rule]);
	table_end_cell(&f->table);
}

void
format_field(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	size_t from = f->n;

	table_start_line(&f->table);
	while (w.at < w.end) {
		switch (walk_peek(&w)) {
		case CST_NAME:
			add_cell(f, 0, walk_next(&w));
			break;
		case CST_TYPE:
			add_type(f, walk_next(&w));
			break;
		case CST_ATTRIBUTE:
			format_keep_attribute(f, walk_next(&w), 0);
			break;
		case CST_TRAILING_COMMENT:
			add_trailing_comment(f, walk_next(&w));
			break;
		default: /* a colon */
			walk_next(&w);
			break;
		}
	}
	add_field_attributes(f, from);
}

void
format_enum_value(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	struct table *t = &f->table;

	table_start_line(t);
	while (w.at < w.end) {
		if (walk_peek(&w) == CST_NAME)
			add_cell(f, 0, walk_next(&w));
		else if (walk_peek(&w) == CST_TRAILING_COMMENT)
			add_trailing_comment(f, walk_next(&w));
		else {
			table_begin_column(t, 1);
			format_attribute(f->cst, walk_next(&w), &t->text);
			table_end_cell(t);
		}
	}
}

void
format_property(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	struct table *t = &f->table;

	table_start_line(t);
	add_cell(f, 0, walk_next(&w));
	while (w.at < w.end) {
		if (walk_peek(&w) == CST_TRAILING_COMMENT) {
			add_trailing_comment(f, walk_next(&w));
			continue;
		}
		table_begin_column(t, 1);
		buf_adds(&t->text, "= ");
		format_value(f->cst, walk_next(&w), &t->text);
		table_end_cell(t);
	}
}

static void
add_block_attribute(struct formatter *f, const struct format_attribute *a)
{
	struct walk w = walk_into(f, a->node);

	if (a->comments != 0)
		format_comments(f, a->comments);
	table_start_line(&f->table);
	table_begin_column(&f->table, 0);
	format_attribute(f->cst, a->node, &f->table.text);
	table_end_cell(&f->table);
	while (w.at < w.end) {
		if (walk_peek(&w) == CST_TRAILING_COMMENT)
			add_trailing_comment(f, w.at);
		walk_next(&w);
	}
}

void
format_unknown_line(struct formatter *f, unsigned node)
{
	const char *s;
	size_t n;

	s = format_source(f, node, &n);
	while (n > 0 && s[n - 1] == '\n')
		n--;
	table_plain(&f->table, s, n);
}

void
format_kept_attributes(struct formatter *f)
{
	size_t i;

	sort_attributes(f, 0);
	for (i = 0; i < f->n; i++)
		add_block_attribute(f, &f->attribute[i]);
	f->n = 0;
}
