/*
 * Which attributes of a thing, and which arguments of an attribute, have
 * been asked for: one byte each.  What is left over is not known.
 */
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/resolve_priv.h"
#include "schema/suggest.h"

static unsigned char *
flags(struct resolve *r, unsigned char *old, size_t *room, size_t n)
{
	if (n > *room) {
		*room = n * 2 > 32 ? n * 2 : 32;
		return arena_alloc(r->mem, *room);
	}
	memset(old, 0, n);
	return old;
}

void
visit_begin(struct resolve *r, const struct ast_attrs *attrs)
{
	r->attrs = attrs;
	r->repeated = NULL;
	if (attrs->n > 0)
		r->attr_used = flags(r, r->attr_used, &r->attr_room, attrs->n);
}

void
visit_end(struct resolve *r)
{
	const struct ast_attr *a;
	size_t i;

	for (i = 0; i < r->attrs->n; i++) {
		if (r->attr_used[i])
			continue;
		a = &r->attrs->attr[i];
		finding_error(r->f, a->span, "Attribute not known: \"@%s\".",
		    a->name.text);
		suggest_attribute(r->f, a->name.text);
	}
}

static void
missing_values(struct resolve *r, const struct ast_args *args,
    const char *prefix, int *valid)
{
	size_t i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].value == NULL) {
			finding_error(r->f, args->arg[i].name.span,
			    "Error parsing attribute \"%s%s\": The `%s` "
			    "argument is missing a value.", prefix,
			    r->attr->name.text, args->arg[i].name.text);
			*valid = 0;
		}
}

/* A list of arguments, and those of functions in arrays in it. */
static void
check_arguments(struct resolve *r, const struct ast_args *args, int *valid)
{
	const struct ast_expr *e;
	size_t i, k;
	int ignored;

	missing_values(r, args, "@", valid);
	for (i = 0; i < args->n; i++) {
		e = args->arg[i].value;
		if (e == NULL || e->kind != EXPR_ARRAY)
			continue;
		for (k = 0; k < e->nitems; k++)
			if (e->item[k]->kind == EXPR_FUNCTION)
				missing_values(r, &e->item[k]->args, "@@",
				    &ignored);
	}
	if (args->trailing_comma.end != 0)
		finding_error(r->f, args->trailing_comma,
		    "Error parsing attribute \"@%s\": Trailing commas are not "
		    "valid in attribute arguments, please remove the comma.",
		    r->attr->name.text);
}

/* Of several unnamed ones only the last can still be asked for. */
static void
several_unnamed(struct resolve *r, const struct ast_args *args)
{
	struct buf b = BUF_INIT;
	const char *separator = "";
	size_t i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].name.text == NULL) {
			buf_adds(&b, separator);
			buf_adds(&b, expr_text(r->mem, args->arg[i].value));
			separator = ", ";
		}
	attr_error(r, "You provided multiple unnamed arguments. This is not "
	    "possible. Did you forget the brackets? Did you mean `[%s]`?",
	    buf_str(&b));
	buf_free(&b);
}

static int
same_name(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The one before with the same name; the map serves where there are many. */
static unsigned char *
same_before(struct resolve *r, const struct ast_args *args, size_t i,
    struct map *seen)
{
	const char *name = args->arg[i].name.text;
	size_t k;

	if (args->n > 16)
		return map_put(seen, NULL, name == NULL ? "" : name,
		    &r->arg_used[i]);
	for (k = i; k-- > 0; )
		if (same_name(args->arg[k].name.text, name))
			return &r->arg_used[k];
	return NULL;
}

/* Of two with one name the later one counts, as in the engine. */
static void
duplicates(struct resolve *r, const struct ast_args *args)
{
	struct map seen;
	unsigned char *before;
	const char *name;
	int unnamed = 0;
	size_t i;

	if (args->n > 16)
		map_init(&seen, r->mem, args->n);
	for (i = 0; i < args->n; i++) {
		name = args->arg[i].name.text;
		before = same_before(r, args, i, &seen);
		if (before == NULL)
			continue;
		*before = 1;
		if (name == NULL)
			unnamed = 1;
		else
			finding_error(r->f, args->arg[i].span,
			    "Argument \"%s\" is already specified.", name);
	}
	if (unnamed)
		several_unnamed(r, args);
}

static int
set_attribute(struct resolve *r, const struct ast_attr *attr)
{
	const struct ast_args *args = &attr->args;
	int valid = 1;
	size_t i;

	r->attr = attr;
	check_arguments(r, args, &valid);
	for (i = 0; i < args->n; i++)
		if (args->arg[i].value != NULL &&
		    args->arg[i].value->kind == EXPR_FUNCTION)
			check_arguments(r, &args->arg[i].value->args, &valid);
	if (!valid)
		return 0;
	if (args->n > 0) {
		r->arg_used = flags(r, r->arg_used, &r->arg_room, args->n);
		duplicates(r, args);
	}
	return 1;
}

int
visit_single(struct resolve *r, const char *name)
{
	const struct ast_attr *found = NULL, *a;
	int several = 0;
	size_t i;

	for (i = 0; i < r->attrs->n; i++) {
		a = &r->attrs->attr[i];
		if (a->name.text[0] != name[0] ||
		    strcmp(a->name.text, name) != 0)
			continue;
		r->attr_used[i] = 1;
		several = found != NULL;
		found = a;
	}
	if (found == NULL)
		return 0;
	if (!several)
		return set_attribute(r, found);
	for (i = 0; i < r->attrs->n; i++)
		if (strcmp(r->attrs->attr[i].name.text, name) == 0)
			finding_error(r->f, r->attrs->attr[i].span,
			    "Attribute \"@%s\" can only be defined once.",
			    name);
	return 0;
}

int
visit_repeated(struct resolve *r, const char *name)
{
	size_t i;

	if (r->repeated != name)
		r->repeated_from = 0;
	r->repeated = name;
	for (i = r->repeated_from; i < r->attrs->n; i++) {
		if (strcmp(r->attrs->attr[i].name.text, name) != 0)
			continue;
		r->attr_used[i] = 1;
		r->repeated_from = i + 1;
		if (set_attribute(r, &r->attrs->attr[i]))
			return 1;
	}
	return 0;
}

const struct ast_attr *
visit_native(struct resolve *r)
{
	const struct ast_attr *found = NULL, *a;
	const char *dot;
	size_t i;

	for (i = 0; i < r->attrs->n; i++) {
		a = &r->attrs->attr[i];
		dot = strchr(a->name.text, '.');
		if (dot == NULL)
			continue;
		r->attr_used[i] = 1;
		if (found != NULL)
			finding_error(r->f, a->span,
			    "Attribute \"@%.*s\" can only be defined once.",
			    (int)(dot - a->name.text), a->name.text);
		found = a;
	}
	return found;
}

void
visit_done(struct resolve *r)
{
	const struct ast_args *args = &r->attr->args;
	size_t i;

	for (i = 0; i < args->n; i++)
		if (!r->arg_used[i]) {
			finding_error(r->f, args->arg[i].span,
			    "No such argument.");
			suggest_argument(r->f, r->attr->name.text,
			    args->arg[i].name.text);
		}
	r->attr = NULL;
}

void
visit_discard(struct resolve *r)
{
	r->attr = NULL;
}

/* The argument of that name that is left, the last one; NULL: unnamed. */
static const struct ast_arg *
take(struct resolve *r, const char *name)
{
	const struct ast_args *args = &r->attr->args;
	size_t i;

	for (i = args->n; i-- > 0; )
		if (!r->arg_used[i] && same_name(args->arg[i].name.text,
		    name)) {
			r->arg_used[i] = 1;
			return &args->arg[i];
		}
	return NULL;
}

const struct ast_expr *
visit_arg(struct resolve *r, const char *name)
{
	const struct ast_arg *arg = take(r, name);

	return arg == NULL ? NULL : arg->value;
}

static const struct ast_expr *
default_arg(struct resolve *r, const char *name, int tell)
{
	const struct ast_arg *named = take(r, name), *unnamed = take(r, NULL);

	if (named != NULL && unnamed != NULL) {
		if (tell)
			finding_error(r->f, named->span, "Argument \"%s\" is "
			    "already specified as unnamed argument.", name);
		return NULL;
	}
	if (named == NULL && unnamed == NULL) {
		if (tell)
			finding_error(r->f, r->attr->span,
			    "Argument \"%s\" is missing.", name);
		return NULL;
	}
	return named != NULL ? named->value : unnamed->value;
}

const struct ast_expr *
visit_default_arg(struct resolve *r, const char *name)
{
	return default_arg(r, name, 1);
}

const struct ast_expr *
visit_default_quiet(struct resolve *r, const char *name)
{
	return default_arg(r, name, 0);
}

void
attr_error(struct resolve *r, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(r->mem, fmt, ap);
	va_end(ap);
	finding_error(r->f, r->attr->span, "Error parsing attribute \"@%s\": "
	    "%s", r->attr->name.text, text);
}
