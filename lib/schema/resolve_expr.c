/*
 * Values of attributes: taken as what they should be, and written back in
 * messages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/resolve_priv.h"

static const char *const kind_name[EXPR__MAX] = {
	[EXPR_STRING] = "string",
	[EXPR_NUMBER] = "numeric",
	[EXPR_CONSTANT] = "literal",
	[EXPR_FUNCTION] = "functional",
	[EXPR_ARRAY] = "array",
};

static void
add_string(struct buf *b, const char *s)
{
	static const char plain[] = "\t\n\"\r\\", letter[] = "tn\"r\\";
	const char *at;

	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		at = strchr(plain, *s);
		if (at != NULL)
			buf_addf(b, "\\%c", letter[at - plain]);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			buf_addf(b, "\\u%04x", (unsigned)*s);
		else
			buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

static void
add_expr(struct buf *b, const struct ast_expr *e)
{
	const char *separator = "";
	size_t i;

	if (e->kind == EXPR_STRING)
		add_string(b, e->text);
	else if (e->kind != EXPR_ARRAY)
		buf_adds(b, e->text);
	if (e->kind == EXPR_ARRAY) {
		buf_addc(b, '[');
		for (i = 0; i < e->nitems; i++, separator = ",") {
			buf_adds(b, separator);
			add_expr(b, e->item[i]);
		}
		buf_addc(b, ']');
	} else if (e->kind == EXPR_FUNCTION) {
		buf_addc(b, '(');
		for (i = 0; i < e->args.n; i++) {
			if (e->args.arg[i].value == NULL)
				continue;
			buf_adds(b, separator);
			if (e->args.arg[i].name.text != NULL)
				buf_addf(b, "%s: ", e->args.arg[i].name.text);
			add_expr(b, e->args.arg[i].value);
			separator = ",";
		}
		buf_addc(b, ')');
	}
}

const char *
expr_text(struct arena *mem, const struct ast_expr *e)
{
	struct buf b = BUF_INIT;
	const char *text;

	if (e->kind == EXPR_NUMBER || e->kind == EXPR_CONSTANT)
		return e->text;
	add_expr(&b, e);
	text = arena_strndup(mem, buf_str(&b), b.len);
	buf_free(&b);
	return text;
}

size_t
expr_items(const struct ast_expr *const *e, const struct ast_expr *const **item)
{
	if ((*e)->kind != EXPR_ARRAY) {
		*item = e;
		return 1;
	}
	*item = (const struct ast_expr *const *)(*e)->item;
	return (*e)->nitems;
}

void
mismatch(struct resolve *r, const char *expected, const struct ast_expr *e)
{
	finding_error(r->f, e->span,
	    "Expected a %s value, but received %s value `%s`.", expected,
	    kind_name[e->kind], expr_text(r->mem, e));
}

const char *
coerce_string(struct resolve *r, const struct ast_expr *e)
{
	if (e->kind == EXPR_STRING)
		return e->text;
	mismatch(r, "string", e);
	if (e->kind == EXPR_CONSTANT || e->kind == EXPR_NUMBER)
		finding_hint(r->f, "write \"%s\"", e->text);
	return NULL;
}

const char *
coerce_constant(struct resolve *r, const struct ast_expr *e)
{
	if (e->kind == EXPR_CONSTANT)
		return e->text;
	mismatch(r, "constant", e);
	if (e->kind == EXPR_STRING)
		finding_hint(r->f, "leave the quotes out");
	return NULL;
}

int
coerce_integer(struct resolve *r, const struct ast_expr *e, long long *value)
{
	char *end;

	if (e->kind == EXPR_NUMBER) {
		errno = 0;
		*value = strtoll(e->text, &end, 10);
		if (*end == '\0' && errno == 0)
			return 0;
	}
	mismatch(r, "numeric", e);
	return -1;
}

int
coerce_boolean(struct resolve *r, const struct ast_expr *e, int *value)
{
	if (e->kind == EXPR_CONSTANT && (strcmp(e->text, "true") == 0 ||
	    strcmp(e->text, "false") == 0)) {
		*value = e->text[0] == 't';
		return 0;
	}
	mismatch(r, "boolean", e);
	return -1;
}

const char *
name_arg(struct resolve *r, const char *arg)
{
	const struct ast_expr *e = visit_arg(r, arg);
	const char *s;

	if (e == NULL || (s = coerce_string(r, e)) == NULL)
		return NULL;
	if (*s != '\0')
		return s;
	attr_error(r, "The `%s` argument cannot be an empty string.", arg);
	return NULL;
}
