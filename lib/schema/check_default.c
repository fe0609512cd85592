/*
 * Literals of @default: what is inside the quotes must make sense too.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/check_priv.h"

static void
invalid(struct check *c, const struct ast_expr *e, const char *what,
    const char *why, const char *at)
{
	if (why != NULL)
		finding_error(c->f, e->span, "Error parsing attribute "
		    "\"%sdefault\": Parse error: \"%s\" is not a valid %s. "
		    "(%s)", at, e->text, what, why);
}

static void
check_literal(struct check *c, enum scalar scalar, const struct ast_expr *e)
{
	const char *why;

	if (e->kind == EXPR_NUMBER) {
		if (scalar == SCALAR_INT || scalar == SCALAR_BIGINT)
			invalid(c, e, "integer", literal_integer(e->text),
			    "@");
		return;
	}
	if (e->kind != EXPR_STRING)
		return;
	if (scalar == SCALAR_JSON)
		invalid(c, e, "JSON string", literal_json(c->mem, e->text),
		    "@");
	else if (scalar == SCALAR_BYTES)
		invalid(c, e, "base64 string", literal_base64(e->text), "@");
	else if (scalar == SCALAR_DATETIME) {
		why = literal_datetime(e->text);
		invalid(c, e, "rfc3339 datetime string", why, "@");
		if (why != NULL)
			finding_hint(c->f, "write it as "
			    "\"2024-12-31T23:59:59Z\"");
	} else if (scalar == SCALAR_DECIMAL)
		invalid(c, e, "decimal", literal_decimal(e->text), "");
}

void
check_default(struct check *c, const struct schema_field *f)
{
	const struct schema_default *d = &f->dflt;
	const struct ast_expr *const *item;
	const struct ast_expr *e = d->expr;
	size_t i, n;

	if (d->map != NULL) {
		finding_error(c->f, d->attr->span, "Error parsing attribute "
		    "\"@default\": You defined a database name for the default "
		    "value of a field on the model. This is not supported by "
		    "the provider.");
		check_length(c, f->model, d->map, "@default", d->attr->span);
	}
	n = expr_items(&e, &item);
	for (i = 0; f->kind == FIELD_SCALAR && i < n; i++)
		check_literal(c, f->scalar, item[i]);
	if (e->kind == EXPR_FUNCTION && strcmp(e->text, "auto") == 0)
		finding_error(c->f, e->span, "Error parsing attribute "
		    "\"@default\": The current connector does not support the "
		    "`auto()` function.");
}
