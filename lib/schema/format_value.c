/* Values and attributes in canonical form: one blank after : and , */
#include "schema/format_priv.h"
#include "schema/source.h"

static void
add_text(const struct cst *c, unsigned node, struct buf *b)
{
	const struct cst_node *n = &c->node[node];

	buf_add(b, c->source->text + n->start, n->end - n->start);
}

static void
format_argument(const struct cst *c, unsigned node, struct buf *b)
{
	enum cst_rule rule = c->node[node].rule;

	if (rule != CST_NAMED_ARGUMENT && rule != CST_EMPTY_ARGUMENT) {
		format_value(c, node, b);
		return;
	}
	add_text(c, node + 1, b);
	buf_adds(b, ": ");
	if (rule == CST_NAMED_ARGUMENT)
		format_value(c, c->node[node + 1].next, b);
}

static void
format_list(const struct cst *c, unsigned node, const char *brackets,
    struct buf *b)
{
	unsigned i, end = c->node[node].next;

	buf_addc(b, brackets[0]);
	for (i = node + 1; i < end; i = c->node[i].next) {
		if (c->node[i].rule == CST_TRAILING_COMMA)
			continue;
		if (i > node + 1)
			buf_adds(b, ", ");
		format_argument(c, i, b);
	}
	buf_addc(b, brackets[1]);
}

void
format_arguments(const struct cst *c, unsigned node, struct buf *b)
{
	format_list(c, node, "()", b);
}

void
format_value(const struct cst *c, unsigned node, struct buf *b)
{
	switch (c->node[node].rule) {
	case CST_FUNCTION:
		add_text(c, node + 1, b);
		format_arguments(c, c->node[node + 1].next, b);
		break;
	case CST_ARRAY:
		format_list(c, node, "[]", b);
		break;
	default:
		add_text(c, node, b);
		break;
	}
}

void
format_attribute(const struct cst *c, unsigned node, struct buf *b)
{
	unsigned i, end = c->node[node].next;

	buf_adds(b, c->node[node].rule == CST_BLOCK_ATTRIBUTE ? "@@" : "@");
	for (i = node + 1; i < end; i = c->node[i].next) {
		if (c->node[i].rule == CST_PATH)
			add_text(c, i, b);
		else if (c->node[i].rule == CST_ARGUMENTS)
			format_arguments(c, i, b);
	}
}
