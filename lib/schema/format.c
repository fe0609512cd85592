/*
 * Canonical text, from the nodes that the grammar found.  Must agree with
 * Prisma's formatter to the byte.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "schema/format.h"
#include "schema/format_priv.h"
#include "schema/letter.h"
#include "schema/source.h"

struct formatter {
	const struct cst *cst;
	struct writer to;
	struct table table;
	/* attributes of the block or field, to be sorted */
	struct attribute {
		unsigned node, comments; /* comments 0: none */
		unsigned rank, place;
	} *attribute;
	size_t n, room;
};

/* The nodes of one parent, one after the other. */
struct walk {
	const struct cst *cst;
	unsigned at, end;
};

static struct walk
walk_into(const struct formatter *f, unsigned parent)
{
	return (struct walk){ f->cst, parent + 1, f->cst->node[parent].next };
}

/* The rule of the node that comes next; CST_SCHEMA where none does. */
static enum cst_rule
peek(const struct walk *w)
{
	return w->at < w->end ? w->cst->node[w->at].rule : CST_SCHEMA;
}

static unsigned
next(struct walk *w)
{
	unsigned node = w->at;

	w->at = w->cst->node[node].next;
	return node;
}

static int
eat_empty_lines(struct walk *w)
{
	if (peek(w) != CST_EMPTY_LINES)
		return 0;
	next(w);
	return 1;
}

static const char *
text_of(const struct formatter *f, unsigned node, size_t *n)
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

	s = text_of(f, node, &n);
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

	s = text_of(f, node, &n);
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

static void
add_comments(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	const char *s, *slash;
	enum cst_rule rule;
	size_t n;

	while (w.at < w.end) {
		rule = peek(&w);
		s = text_of(f, next(&w), &n);
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

	s = text_of(f, attribute + 1, &n);
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (strlen(order[i]) == n && memcmp(order[i], s, n) == 0)
			break;
	return i;
}

static void
keep_attribute(struct formatter *f, unsigned node, unsigned comments)
{
	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : f->room * 2;
		f->attribute = reallocarray(f->attribute, f->room,
		    sizeof(*f->attribute));
		if (f->attribute == NULL)
			err(2, NULL);
	}
	f->attribute[f->n] = (struct attribute){ node, comments,
		rank(f, node), (unsigned)f->n };
	f->n++;
}

static int
by_rank(const void *a, const void *b)
{
	const struct attribute *x = a, *y = b;

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

	s = text_of(f, rule == CST_BASE_TYPE ? node + 1 : node + 2, &n);
	table_begin_column(&f->table, 1);
	buf_add(&f->table.text, s, n);
	if (rule != CST_BASE_TYPE)
		buf_adds(&f->table.text, suffix[rule]);
	table_end_cell(&f->table);
}

static void
add_field(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	size_t from = f->n;

	table_start_line(&f->table);
	while (w.at < w.end) {
		switch (peek(&w)) {
		case CST_NAME:
			add_cell(f, 0, next(&w));
			break;
		case CST_TYPE:
			add_type(f, next(&w));
			break;
		case CST_ATTRIBUTE:
			keep_attribute(f, next(&w), 0);
			break;
		case CST_TRAILING_COMMENT:
			add_trailing_comment(f, next(&w));
			break;
		default: /* a colon */
			next(&w);
			break;
		}
	}
	add_field_attributes(f, from);
}

static void
add_value(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	struct table *t = &f->table;

	table_start_line(t);
	while (w.at < w.end) {
		if (peek(&w) == CST_NAME)
			add_cell(f, 0, next(&w));
		else if (peek(&w) == CST_TRAILING_COMMENT)
			add_trailing_comment(f, next(&w));
		else {
			table_begin_column(t, 1);
			format_attribute(f->cst, next(&w), &t->text);
			table_end_cell(t);
		}
	}
}

static void
add_property(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	struct table *t = &f->table;

	table_start_line(t);
	add_cell(f, 0, next(&w));
	while (w.at < w.end) {
		if (peek(&w) == CST_TRAILING_COMMENT) {
			add_trailing_comment(f, next(&w));
			continue;
		}
		table_begin_column(t, 1);
		buf_adds(&t->text, "= ");
		format_value(f->cst, next(&w), &t->text);
		table_end_cell(t);
	}
}

static void
add_block_attribute(struct formatter *f, const struct attribute *a)
{
	struct walk w = walk_into(f, a->node);

	if (a->comments != 0)
		add_comments(f, a->comments);
	table_start_line(&f->table);
	table_begin_column(&f->table, 0);
	format_attribute(f->cst, a->node, &f->table.text);
	table_end_cell(&f->table);
	while (w.at < w.end) {
		if (peek(&w) == CST_TRAILING_COMMENT)
			add_trailing_comment(f, w.at);
		next(&w);
	}
}

static void
add_unknown_line(struct formatter *f, unsigned node)
{
	const char *s;
	size_t n;

	s = text_of(f, node, &n);
	while (n > 0 && s[n - 1] == '\n')
		n--;
	table_plain(&f->table, s, n);
}

/* Empty lines end a table, unless it is the block that ends. */
static void
new_table(struct formatter *f)
{
	table_render(&f->table, &f->to);
	table_start_line(&f->table);
}

static void
add_content(struct formatter *f, struct walk *w, int after_empty_lines,
    unsigned *comments)
{
	enum cst_rule rule = peek(w);
	unsigned node = next(w);

	switch (rule) {
	case CST_COMMENTS:
		if (peek(w) == CST_BLOCK_ATTRIBUTE) {
			*comments = node;
			break;
		}
		if (after_empty_lines)
			new_table(f);
		add_comments(f, node);
		break;
	case CST_FIELD:
		add_field(f, node);
		break;
	case CST_VALUE:
		add_value(f, node);
		break;
	case CST_PROPERTY:
		add_property(f, node);
		break;
	case CST_BLOCK_ATTRIBUTE:
		keep_attribute(f, node, *comments);
		*comments = 0;
		break;
	default:
		add_unknown_line(f, node);
		break;
	}
}

/* Fields and comments in their order; the block's attributes at the end. */
static void
format_contents(struct formatter *f, unsigned contents)
{
	struct walk w = walk_into(f, contents);
	unsigned comments = 0;
	int ate;
	size_t i;

	eat_empty_lines(&w);
	f->n = 0;
	while (w.at < w.end) {
		ate = eat_empty_lines(&w);
		if (w.at == w.end)
			break;
		if (ate && peek(&w) != CST_BLOCK_ATTRIBUTE &&
		    peek(&w) != CST_COMMENTS)
			new_table(f);
		add_content(f, &w, ate, &comments);
	}
	table_render(&f->table, &f->to);
	if (f->n > 0)
		table_start_line(&f->table);
	sort_attributes(f, 0);
	for (i = 0; i < f->n; i++)
		add_block_attribute(f, &f->attribute[i]);
	table_render(&f->table, &f->to);
}

static void
add_line(struct formatter *f, const char *s, size_t n)
{
	writer_add(&f->to, s, n);
	writer_end_line(&f->to);
}

static void
format_block(struct formatter *f, unsigned node)
{
	struct walk w = walk_into(f, node);
	const char *s;
	size_t n;

	s = text_of(f, next(&w), &n);
	writer_add(&f->to, s, n);
	writer_add(&f->to, " ", 1);
	s = text_of(f, next(&w), &n);
	writer_add(&f->to, s, n);
	add_line(f, " {", 2);
	f->to.indent = 2;
	format_contents(f, next(&w));
	f->to.indent = 0;
	add_line(f, "}", 1);
}

static void
format_top(struct formatter *f, struct walk *w)
{
	enum cst_rule rule = peek(w);
	unsigned node = next(w);
	const char *s;
	size_t n;

	switch (rule) {
	case CST_MODEL:
	case CST_ENUM:
	case CST_CONFIG:
		format_block(f, node);
		break;
	case CST_COMMENTS:
		add_comments(f, node);
		table_render(&f->table, &f->to);
		break;
	case CST_EMPTY_LINES:
		if (w->at < w->end)
			writer_end_line(&f->to);
		break;
	default:
		s = text_of(f, node, &n);
		writer_add(&f->to, s, n);
		break;
	}
}

void
format_text(const struct source *source, struct buf *out)
{
	struct formatter f = { .to = { out, 0 } };
	struct cst cst;
	struct walk w;

	buf_reserve(out, source->len + source->len / 4);
	cst_parse(&cst, source);
	f.cst = &cst;
	w = walk_into(&f, 0);
	eat_empty_lines(&w);
	while (w.at < w.end)
		format_top(&f, &w);
	if (out->len == 0 || out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
	table_free(&f.table);
	free(f.attribute);
	cst_free(&cst);
}
