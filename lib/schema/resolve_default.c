/*
 * @default: a literal of the field's type, or a function that makes one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"
#include "schema/suggest.h"

#define ANY_SCALAR (~0u)
#define BIT(s) (1u << (s))

enum argument_rule {
	ARGS_NONE,
	ARGS_FREE,    /* checked by nobody, or elsewhere */
	ARGS_INTEGER, /* at most one, of the row's range */
};

/* The functions known here, and the types they can be used on. */
static const struct function {
	const char *name;
	unsigned scalars;
	enum default_kind kind;
	enum argument_rule rule;
	long low, high;
	long other; /* the range is only its two ends */
	const char *range;
} functions[] = {
	{ "autoincrement", BIT(SCALAR_INT) | BIT(SCALAR_BIGINT),
	    DEFAULT_AUTOINCREMENT, ARGS_NONE, 0, 0, 0, NULL },
	{ "now", BIT(SCALAR_DATETIME), DEFAULT_NOW, ARGS_NONE, 0, 0, 0, NULL },
	{ "uuid", BIT(SCALAR_STRING), DEFAULT_CLIENT, ARGS_INTEGER, 4, 7, 1,
	    "which is either 4 or 7" },
	{ "cuid", BIT(SCALAR_STRING), DEFAULT_CLIENT, ARGS_INTEGER, 1, 2, 1,
	    "which is either 1 or 2" },
	{ "ulid", BIT(SCALAR_STRING), DEFAULT_CLIENT, ARGS_NONE, 0, 0, 0,
	    NULL },
	{ "nanoid", BIT(SCALAR_STRING), DEFAULT_CLIENT, ARGS_INTEGER, 2, 255,
	    0, "between 2 and 255" },
	{ "auto", ANY_SCALAR, DEFAULT_CLIENT, ARGS_NONE, 0, 0, 0, NULL },
	{ "sequence", ANY_SCALAR, DEFAULT_SEQUENCE, ARGS_FREE, 0, 0, 0, NULL },
};

static const struct function *
find_function(const char *name)
{
	size_t i;

	for (i = 0; i < count(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

static int
is_function(const struct ast_expr *e, const char *name)
{
	return e->kind == EXPR_FUNCTION && strcmp(e->text, name) == 0;
}

static int
accept_dbgenerated(struct resolve *r, const struct ast_expr *e)
{
	const struct ast_expr *arg = e->args.n > 0 ? e->args.arg[0].value :
	    NULL;

	if (e->args.n > 1 || (arg != NULL && arg->kind != EXPR_STRING)) {
		attr_error(r, "`dbgenerated()` takes a single String "
		    "argument");
		return 0;
	}
	if (arg != NULL && arg->text[0] == '\0') {
		attr_error(r, "dbgenerated() takes either no argument, or a "
		    "single nonempty string argument.");
		return 0;
	}
	return 1;
}

static int
in_range(const struct function *fn, const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return 0;
	return fn->other ? n == fn->low || n == fn->high :
	    n >= fn->low && n <= fn->high;
}

static int
accept_arguments(struct resolve *r, const struct function *fn,
    const struct ast_expr *e)
{
	const struct ast_args *args = &e->args;

	if (args->n == 0 || fn->rule == ARGS_FREE)
		return 1;
	if (fn->rule == ARGS_NONE && strcmp(fn->name, "auto") == 0)
		attr_error(r, "`auto()` takes no arguments");
	else if (fn->rule == ARGS_NONE)
		attr_error(r, "The `%s` function does not take any argument. "
		    "Consider changing this default to `%s()`.", fn->name,
		    fn->name);
	else if (args->n > 1 || args->arg[0].value == NULL ||
	    args->arg[0].value->kind != EXPR_NUMBER)
		attr_error(r, "`%s()` takes a single Int argument.", fn->name);
	else if (!in_range(fn, args->arg[0].value->text))
		attr_error(r, "`%s()` takes either no argument, or a single "
		    "integer argument %s.", fn->name, fn->range);
	else
		return 1;
	return 0;
}

static int
accept_function(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	const struct function *fn = find_function(e->text);

	if (is_function(e, "autoincrement") && f->dflt.map != NULL) {
		attr_error(r, "Naming an autoincrement default value is not "
		    "allowed.");
		return 0;
	}
	if (fn == NULL) {
		/* Told by the checks, which other errors come before. */
		f->dflt.kind = DEFAULT_CLIENT;
		return 1;
	}
	if (!(fn->scalars & BIT(f->scalar))) {
		attr_error(r, "The function `%s()` cannot be used on fields "
		    "of type `%s`.", e->text, scalar_name[f->scalar]);
		return 0;
	}
	f->dflt.kind = fn->kind;
	return accept_arguments(r, fn, e);
}

/* Which kinds of literal a scalar takes. */
static const unsigned literals[SCALAR__MAX] = {
	[SCALAR_STRING] = BIT(EXPR_STRING),
	[SCALAR_BOOLEAN] = BIT(EXPR_CONSTANT),
	[SCALAR_INT] = BIT(EXPR_NUMBER),
	[SCALAR_BIGINT] = BIT(EXPR_NUMBER),
	[SCALAR_FLOAT] = BIT(EXPR_NUMBER),
	[SCALAR_DECIMAL] = BIT(EXPR_NUMBER) | BIT(EXPR_STRING),
	[SCALAR_DATETIME] = BIT(EXPR_STRING),
	[SCALAR_JSON] = BIT(EXPR_STRING),
	[SCALAR_BYTES] = BIT(EXPR_STRING),
};

static int
accept_literal(struct resolve *r, const struct schema_field *f,
    const struct ast_expr *e)
{
	if (!(literals[f->scalar] & BIT(e->kind))) {
		attr_error(r, "Expected a %s value, but found `%s`.",
		    scalar_name[f->scalar], expr_text(r->mem, e));
		if (f->scalar == SCALAR_STRING && e->kind == EXPR_CONSTANT)
			finding_hint(r->f, "write @default(\"%s\")", e->text);
		return 0;
	}
	if (e->kind == EXPR_CONSTANT && strcmp(e->text, "true") != 0 &&
	    strcmp(e->text, "false") != 0) {
		finding_error(r->f, e->span, "Error parsing attribute "
		    "\"@default\": A boolean literal must be `true` or "
		    "`false`.");
		return 0;
	}
	return 1;
}

static int
accept_enum_value(struct resolve *r, const struct schema_field *f,
    const struct ast_expr *e)
{
	const struct schema_enum *en = f->enumeration;
	struct suggestion s;
	size_t i;

	if (e->kind != EXPR_CONSTANT) {
		attr_error(r, "Expected an enum value, but found `%s`.",
		    expr_text(r->mem, e));
		return 0;
	}
	if (map_get(&r->names, en->ast, e->text) != NULL)
		return 1;
	attr_error(r, "The defined default value `%s` is not a valid value of "
	    "the enum specified for the field.", e->text);
	if (!suggest_begin(&s, r->f, e->text))
		return 0;
	for (i = 0; i < en->nvalues; i++)
		suggest_offer(&s, en->value[i].name);
	suggest_tell(r->f, &s);
	return 0;
}

static int
accept_list(struct resolve *r, const struct schema_field *f,
    const struct ast_expr *e)
{
	size_t i;
	int ok = 1;

	for (i = 0; ok && i < e->nitems; i++)
		ok = f->kind == FIELD_ENUM ?
		    accept_enum_value(r, f, e->item[i]) :
		    accept_literal(r, f, e->item[i]);
	return ok;
}

static int
accept_scalar(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	if (e->kind == EXPR_FUNCTION)
		return accept_function(r, f, e);
	f->dflt.kind = DEFAULT_LITERAL;
	if (f->arity == ARITY_LIST && e->kind != EXPR_ARRAY)
		attr_error(r, "The default value of a list field must be a "
		    "list.");
	else if (f->arity != ARITY_LIST && e->kind == EXPR_ARRAY)
		attr_error(r, "The default value of a non-list field cannot "
		    "be a list.");
	else
		return e->kind == EXPR_ARRAY ? accept_list(r, f, e) :
		    accept_literal(r, f, e);
	return 0;
}

static int
accept_enum(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	f->dflt.kind = DEFAULT_LITERAL;
	if (f->arity != ARITY_LIST)
		return accept_enum_value(r, f, e);
	if (e->kind == EXPR_ARRAY)
		return accept_list(r, f, e);
	attr_error(r, "Expected an enum value, but found `%s`.",
	    expr_text(r->mem, e));
	return 0;
}

static int
is_accepted(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	if (is_function(e, "dbgenerated")) {
		f->dflt.kind = DEFAULT_DBGENERATED;
		return accept_dbgenerated(r, e);
	}
	switch (f->kind) {
	case FIELD_SCALAR:
		return accept_scalar(r, f, e);
	case FIELD_ENUM:
		return accept_enum(r, f, e);
	case FIELD_COMPOSITE:
		finding_error(r->f, r->attr->span, "Error validating field "
		    "`%s` in composite type `%s`: Defaults on fields of type "
		    "composite are not supported. Please remove the "
		    "`@default` attribute.", f->name, f->ast->type.name);
		return 0;
	default:
		attr_error(r, "Only @default(dbgenerated(\"...\")) can be used "
		    "for Unsupported types.");
		return 0;
	}
}

void
resolve_default(struct resolve *r, struct schema_field *f)
{
	const struct ast_expr *e = visit_default_arg(r, "value");

	if (e == NULL)
		return;
	f->dflt.map = name_arg(r, "map");
	f->dflt.expr = e;
	f->dflt.attr = r->attr;
	if (!is_accepted(r, f, e))
		memset(&f->dflt, 0, sizeof(f->dflt));
}
