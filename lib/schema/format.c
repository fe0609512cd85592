/*
 * Canonical text, from the nodes that the grammar found.  Must agree with
 * Prisma's formatter to the byte.
 */
#include <stdlib.h>

#include "schema/format.h"
#include "schema/format_priv.h"
#include "schema/source.h"

static int
eat_empty_lines(struct walk *w)
{
	if (walk_peek(w) != CST_EMPTY_LINES)
		return 0;
	walk_next(w);
	return 1;
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
	enum cst_rule rule = walk_peek(w);
	unsigned node = walk_next(w);

	switch (rule) {
	case CST_COMMENTS:
		if (walk_peek(w) == CST_BLOCK_ATTRIBUTE) {
			*comments = node;
			break;
		}
		if (after_empty_lines)
			new_table(f);
		format_comments(f, node);
		break;
	case CST_FIELD:
		format_field(f, node);
		break;
	case CST_VALUE:
		format_enum_value(f, node);
		break;
	case CST_PROPERTY:
		format_property(f, node);
		break;
	case CST_BLOCK_ATTRIBUTE:
		format_keep_attribute(f, node, *comments);
		*comments = 0;
		break;
	default:
		format_unknown_line(f, node);
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

	eat_empty_lines(&w);
	while (w.at < w.end) {
		ate = eat_empty_lines(&w);
		if (w.at == w.end)
			break;
		if (ate && walk_peek(&w) != CST_BLOCK_ATTRIBUTE &&
		    walk_peek(&w) != CST_COMMENTS)
			new_table(f);
		add_content(f, &w, ate, &comments);
	}
	table_render(&f->table, &f->to);
	if (f->n > 0)
		table_start_line(&f->table);
	format_kept_attributes(f);
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

	s = format_source(f, walk_next(&w), &n);
	writer_add(&f->to, s, n);
	writer_add(&f->to, " ", 1);
	s = format_source(f, walk_next(&w), &n);
	writer_add(&f->to, s, n);
	add_line(f, " {", 2);
	f->to.indent = 2;
	format_contents(f, walk_next(&w));
	f->to.indent = 0;
	add_line(f, "}", 1);
}

static void
format_top(struct formatter *f, struct walk *w)
{
	enum cst_rule rule = walk_peek(w);
	unsigned node = walk_next(w);
	const char *s;
	size_t n;

	switch (rule) {
	case CST_MODEL:
	case CST_ENUM:
	case CST_CONFIG:
		format_block(f, node);
		break;
	case CST_COMMENTS:
		format_comments(f, node);
		table_render(&f->table, &f->to);
		break;
	case CST_EMPTY_LINES:
		if (w->at < w->end)
			writer_end_line(&f->to);
		break;
	default:
		s = format_source(f, node, &n);
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
