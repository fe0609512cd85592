/*
 * Datasource and generators: what the schema there was says, in the order
 * that Prisma writes, comments left out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

static const struct ast_expr *
property(const struct ast_block *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->nproperties; i++)
		if (strcmp(b->property[i].name.text, name) == 0)
			return b->property[i].value;
	return NULL;
}

/* Numbers and words become strings. */
static void
add_value(struct buf *out, const struct ast_expr *e)
{
	size_t i;

	if (e->kind == EXPR_ARRAY) {
		buf_addc(out, '[');
		for (i = 0; i < e->nitems; i++) {
			buf_adds(out, i > 0 ? ", " : "");
			add_value(out, e->item[i]);
		}
		buf_addc(out, ']');
	} else if (e->kind == EXPR_FUNCTION) {
		buf_addf(out, "%s(", e->text);
		for (i = 0; i < e->args.n; i++)
			if (e->args.arg[i].value != NULL)
				add_value(out, e->args.arg[i].value);
		buf_addc(out, ')');
	} else {
		pull_string(out, e->text);
	}
}

static void
add_line(struct buf *out, const char *name, const struct ast_expr *value)
{
	if (value == NULL)
		return;
	buf_addf(out, "%s = ", name);
	add_value(out, value);
	buf_addc(out, '\n');
}

static void
add_property(struct buf *out, const struct ast_block *b, const char *name)
{
	add_line(out, name, property(b, name));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As the engine knows them today. */
static const char *
feature_name(const char *name)
{
	return strcmp(name, "fullTextSearch") == 0 ?
	    "fullTextSearchPostgres" : name;
}

static void
add_strings(struct buf *out, const char *name, const char **item, size_t n)
{
	size_t i;

	qsort(item, n, sizeof(*item), by_text);
	buf_addf(out, "%s = [", name);
	for (i = 0; i < n; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		pull_string(out, item[i]);
	}
	buf_adds(out, "]\n");
}

static void
add_features(struct pull *p, const struct ast_block *b, struct buf *out)
{
	const struct ast_expr *e = property(b, "previewFeatures");
	const char **item;
	size_t i;

	if (e == NULL || e->kind != EXPR_ARRAY)
		return;
	item = arena_array(p->mem, const char *, e->nitems + 1);
	for (i = 0; i < e->nitems; i++)
		item[i] = feature_name(e->item[i]->text);
	add_strings(out, "previewFeatures", item, e->nitems);
}

static int
by_name(const void *a, const void *b)
{
	const struct ast_property *const *x = a, *const *y = b;

	return strcmp((*x)->name.text, (*y)->name.text);
}

static void
add_others(struct pull *p, const struct ast_block *b, struct buf *out)
{
	static const char *const known[] = { "provider", "output",
		"previewFeatures", "binaryTargets" };
	const struct ast_property **other;
	size_t i, j, n = 0;

	other = arena_array(p->mem, const struct ast_property *,
	    b->nproperties + 1);
	for (i = 0; i < b->nproperties; i++) {
		for (j = 0; j < 4; j++)
			if (strcmp(b->property[i].name.text, known[j]) == 0)
				break;
		if (j == 4 && b->property[i].value != NULL)
			other[n++] = &b->property[i];
	}
	qsort(other, n, sizeof(*other), by_name);
	for (i = 0; i < n; i++)
		add_property(out, b, other[i]->name.text);
}

static void
add_generator(struct pull *p, const struct ast_block *b, struct buf *out)
{
	const struct ast_expr *targets = property(b, "binaryTargets");

	buf_addf(out, "generator %s {\n", b->name.text);
	add_property(out, b, "provider");
	add_property(out, b, "output");
	add_features(p, b, out);
	if (targets != NULL && targets->nitems > 0)
		add_property(out, b, "binaryTargets");
	add_others(p, b, out);
	buf_adds(out, "}\n\n");
}

/* --- datasource --- */

static const struct schema_extension *
prev_extension(const struct schema_datasource *ds, const char *name)
{
	size_t i;

	for (i = 0; i < ds->nextensions; i++)
		if (strcmp(ds->extension[i].db_name, name) == 0)
			return &ds->extension[i];
	return NULL;
}

/* Those that are taken into a schema that does not name them. */
static int
is_usual_extension(const char *name)
{
	static const char *const usual[] = { "citext", "postgis", "pg_crypto",
		"uuid-ossp" };
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcmp(usual[i], name) == 0)
			return 1;
	return 0;
}

static void
add_argument(struct buf *out, const char *name, const char *value,
    const char **comma)
{
	buf_addf(out, "%s%s: ", *comma, name);
	pull_string(out, value);
	*comma = ", ";
}

static void
add_extension(struct pull *p, const struct cat_extension *e,
    const struct schema_extension *prev, struct buf *out)
{
	const char *comma = "(";

	buf_adds(out, pull_sanitize(p->mem, e->name));
	if (pull_needs_sanitizing(e->name))
		add_argument(out, "map", e->name, &comma);
	if (prev != NULL && prev->version != NULL)
		add_argument(out, "version", e->version, &comma);
	if (prev == NULL || prev->schema != NULL)
		add_argument(out, "schema", e->schema, &comma);
	if (*comma == ',')
		buf_addc(out, ')');
}

static void
add_extensions(struct pull *p, const struct schema_datasource *ds,
    struct buf *out)
{
	const struct schema_extension *prev;
	const char *comma = "extensions = [";
	size_t i;

	if ((p->config->preview & PREVIEW_EXTENSIONS) == 0)
		return;
	for (i = 0; i < p->cat->nextensions; i++) {
		prev = prev_extension(ds, p->cat->extension[i].name);
		if (prev == NULL &&
		    !is_usual_extension(p->cat->extension[i].name))
			continue;
		buf_adds(out, comma);
		add_extension(p, &p->cat->extension[i], prev, out);
		comma = ", ";
	}
	if (*comma == ',')
		buf_adds(out, "]\n");
}

static void
add_namespaces(struct buf *out, const char *const *ns, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	buf_adds(out, "schemas = [");
	for (i = 0; i < n; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		pull_string(out, ns[i]);
	}
	buf_adds(out, "]\n");
}

static void
add_given_namespaces(struct pull *p, const struct schema_datasource *ds,
    struct buf *out)
{
	const char **ns = arena_array(p->mem, const char *, ds->nschemas + 1);
	size_t i;

	for (i = 0; i < ds->nschemas; i++)
		ns[i] = ds->schemas[i];
	qsort(ns, ds->nschemas, sizeof(*ns), by_text);
	add_namespaces(out, ns, ds->nschemas);
}

static void
add_datasource(struct pull *p, const struct schema_datasource *ds,
    struct buf *out)
{
	buf_addf(out, "datasource %s {\n", ds->name);
	add_property(out, ds->ast, "provider");
	add_property(out, ds->ast, "url");
	add_property(out, ds->ast, "directUrl");
	add_property(out, ds->ast, "shadowDatabaseUrl");
	add_property(out, ds->ast, "relationMode");
	if (property(ds->ast, "relationMode") == NULL) /* its old name */
		add_line(out, "relationMode",
		    property(ds->ast, "referentialIntegrity"));
	add_extensions(p, ds, out);
	if (p->opts->nns > 0)
		add_namespaces(out, p->opts->ns, p->opts->nns);
	else
		add_given_namespaces(p, ds, out);
	buf_adds(out, "}\n\n");
}

void
pull_config(struct pull *p)
{
	const struct schema *s = p->config;
	size_t i;

	if (s == NULL || s->datasource == NULL) {
		buf_adds(&p->out[0], "datasource db {\n"
		    "provider = \"postgresql\"\n"
		    "url = env(\"DATABASE_URL\")\n");
		add_namespaces(&p->out[0], p->opts->ns, p->opts->nns);
		buf_adds(&p->out[0], "}\n\n");
	}
	for (i = 0; s != NULL && i < s->ngenerators; i++)
		add_generator(p, s->generator[i].ast,
		    pull_out(p, s->generator[i].ast));
	if (s != NULL && s->datasource != NULL)
		add_datasource(p, s->datasource,
		    pull_out(p, s->datasource->ast));
}
