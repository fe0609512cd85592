/*
 * Scalar fields: native types, defaults, what is written Unsupported.
 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"
#include "schema/native.h"
#include "schema/suggest.h"

static void
taken(struct check *c, const struct schema_model *m, const char *name,
    const char *attribute)
{
	const char *container = check_container(m);

	finding_error(c->f, m->ast->span, "Error validating %s \"%s\": The "
	    "custom name `%s` specified for the `%s` attribute is already "
	    "used as a name for a field. Please choose a different name.",
	    container, m->name, name, attribute);
}

/* A name: of a key or unique index stands beside the fields in the client. */
void
check_client_name(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	size_t i;

	if (c->custom.n == 0 || map_get(&c->custom, m, f->name) == NULL)
		return;
	for (i = 0; i < m->nindexes; i++)
		if (m->index[i].name != NULL &&
		    strcmp(m->index[i].name, f->name) == 0) {
			taken(c, m, f->name, "@@unique");
			break;
		}
	if (m->id != NULL && m->id->name != NULL &&
	    strcmp(m->id->name, f->name) == 0)
		taken(c, m, f->name, "@@id");
}

static void
check_prefix(struct check *c, const struct schema_field *f)
{
	const char *name = f->native.attr->name.text;
	const struct schema_datasource *ds = c->s->datasource;
	int n = (int)(strchr(name, '.') - name);

	if (ds == NULL || (strncmp(ds->name, name, (size_t)n) == 0 &&
	    ds->name[n] == '\0'))
		return;
	finding_error(c->f, f->native.attr->span, "The prefix %.*s is "
	    "invalid. It must be equal to the name of an existing datasource "
	    "e.g. %s. Did you mean to use %s.%s?", n, name, ds->name,
	    ds->name, f->native.name);
}

static void
unknown_native(struct check *c, const struct schema_field *f)
{
	struct suggestion s;
	size_t i;

	finding_error(c->f, f->native.attr->span, "Native type %s is not "
	    "supported for postgresql connector.", f->native.name);
	suggest_begin(&s, c->f, f->native.name);
	for (i = 0; i < NATIVE_ENUM; i++)
		suggest_offer(&s, native_info[i].name);
	suggest_tell(c->f, &s);
}

static void
out_of_range(struct check *c, const struct schema_field *f, const char *text,
    const char *why)
{
	finding_error(c->f, f->native.attr->span, "Argument M is out of range "
	    "for native type `%s` of Postgres: %s", text, why);
}

static void
check_range(struct check *c, const struct schema_field *f,
    const struct native_info *t, const unsigned value[2])
{
	const char *text;

	if (f->native.nargs == 0)
		return;
	text = t->nargs == 2 ?
	    arena_printf(c->mem, "%s(%u,%u)", t->name, value[0], value[1]) :
	    arena_printf(c->mem, "%s(%u)", t->name, value[0]);
	if (t->nargs == 2 && value[1] > value[0])
		finding_error(c->f, f->native.attr->span, "The scale must not "
		    "be larger than the precision for the %s native type in "
		    "Postgres.", text);
	else if (t->nargs == 2 && (value[0] > 1000 || value[0] == 0))
		out_of_range(c, f, text, "Precision must be positive with a "
		    "maximum value of 1000.");
	else if (strstr(t->name, "Bit") != NULL && value[0] == 0)
		out_of_range(c, f, text, "M must be a positive integer.");
	else if (t->scalar == SCALAR_DATETIME && value[0] > 6)
		out_of_range(c, f, text, "M can range from 0 to 6.");
}

static void
not_numbers(struct check *c, const struct schema_field *f,
    const struct native_info *t)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < f->native.nargs; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", f->native.arg[i]);
	finding_error(c->f, f->native.attr->span, "Expected %s, but found "
	    "(%s).", t->nargs == 2 ? "two nonnegative integers" :
	    "a nonnegative integer", buf_str(&b));
	buf_free(&b);
}

static void
check_native(struct check *c, const struct schema_field *f)
{
	const struct native_info *t;
	struct span span = f->native.attr->span;
	unsigned value[2];

	check_prefix(c, f);
	t = native_find(f->native.name);
	if (t == NULL)
		unknown_native(c, f);
	else if (f->native.nargs > 0 && t->nargs == 0)
		finding_error(c->f, span, "Function \"%s\" takes 0 arguments, "
		    "but received %zu.", t->name, f->native.nargs);
	else if (f->native.nargs > t->nargs)
		finding_error(c->f, span, "Native type %s takes %zu optional "
		    "arguments, but received %zu.", t->name, t->nargs,
		    f->native.nargs);
	else if (t->scalar != f->scalar)
		finding_error(c->f, span, "Native type %s is not compatible "
		    "with declared field type %s, expected field type %s.",
		    t->name, scalar_name[f->scalar], scalar_name[t->scalar]);
	else if (native_arguments(t, f->native.arg, f->native.nargs, value)
	    == -1)
		not_numbers(c, f, t);
	else
		check_range(c, f, t, value);
}

static const char *
trimmed(struct arena *mem, const char *s, size_t n)
{
	for (; n > 0 && isspace((unsigned char)*s); n--)
		s++;
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	return arena_strndup(mem, s, n);
}

/* "a, b" up to the closing bracket. */
static size_t
split(struct arena *mem, const char *s, const char *end, const char *arg[3])
{
	size_t n = 0, len;

	for (;; s += len + 1) {
		len = 0;
		while (s + len < end && s[len] != ',')
			len++;
		if (n < 3)
			arg[n++] = trimmed(mem, s, len);
		if (s + len >= end)
			return n;
	}
}

/* Unsupported("VarChar(30)") is what String @db.VarChar(30) is for. */
static void
check_unsupported(struct check *c, const struct schema_field *f)
{
	const char *text = f->ast->type.unsupported, *open, *close = NULL;
	const char *arg[3], *args = "";
	const struct native_info *t;
	unsigned value[2];
	size_t n = 0;

	open = strchr(text, '(');
	if (open != NULL)
		close = strchr(open, ')');
	if (c->s->datasource == NULL || open == text)
		return;
	t = native_find(trimmed(c->mem, text, open == NULL ? strlen(text) :
	    (size_t)(open - text)));
	if (close != NULL)
		n = split(c->mem, open + 1, close, arg);
	if (t == NULL || native_arguments(t, arg, n, value) == -1)
		return;
	if (n > 0 && t->nargs == 1)
		args = arena_printf(c->mem, "(%u)", value[0]);
	else if (n > 0 && t->nargs == 2)
		args = arena_printf(c->mem, "(%u,%u)", value[0], value[1]);
	finding_error(c->f, f->ast->span, "Error validating: The type "
	    "`Unsupported(\"%s\")` you specified in the type definition for "
	    "the field `%s` is supported as a native type by Prisma. Please "
	    "use the native type notation `%s @%s.%s%s` for full support.",
	    text, f->name, scalar_name[t->scalar], c->s->datasource->name,
	    t->name, args);
}

void
check_scalar_field(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	check_client_name(c, m, f);
	if (f->native.name != NULL)
		check_native(c, f);
	if (f->dflt.kind != DEFAULT_NONE)
		check_default(c, f);
	if (f->kind == FIELD_UNSUPPORTED)
		check_unsupported(c, f);
}
