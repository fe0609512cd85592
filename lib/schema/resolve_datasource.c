/*
 * The datasource.  One without url is fine here: comparing files needs none,
 * and Prisma 7 has it elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/config_priv.h"
#include "schema/suggest.h"

static const char *const keys[] = { "provider", "url", "directUrl",
	"shadowDatabaseUrl", "relationMode", "referentialIntegrity",
	"extensions", "previewFeatures", "schemas" };

static const char *
provider_of(struct resolve *r, const struct ast_block *b)
{
	const struct ast_expr *e = config_value(b, "provider");

	if (e == NULL)
		finding_error(r->f, b->span, "Argument \"provider\" is missing "
		    "in data source block \"%s\".", b->name.text);
	else if (e->kind == EXPR_FUNCTION && strcmp(e->text, "env") == 0)
		finding_error(r->f, b->span, "A datasource must not use the "
		    "env() function in the provider argument.");
	else if (e->kind != EXPR_STRING)
		finding_error(r->f, e->span, "Error validating datasource "
		    "`%s`: The provider argument in a datasource must be a "
		    "string literal", b->name.text);
	else if (e->text[0] == '\0')
		finding_error(r->f, e->span, "Error validating datasource "
		    "`%s`: The provider argument in a datasource must not be "
		    "empty", b->name.text);
	else
		return e->text;
	return NULL;
}

static int
is_postgresql(struct resolve *r, const char *provider, struct span span)
{
	static const char *const other[] = { "mysql", "sqlite", "sqlserver",
		"mongodb", "cockroachdb" };
	struct suggestion s;
	size_t i;

	if (strcmp(provider, "postgresql") == 0 ||
	    strcmp(provider, "postgres") == 0)
		return 1;
	for (i = 0; i < count(other); i++)
		if (strcmp(provider, other[i]) == 0) {
			finding_error(r->f, span, "The provider is \"%s\": dbm "
			    "speaks PostgreSQL only.", provider);
			return 0;
		}
	finding_error(r->f, span, "Datasource provider not known: \"%s\".",
	    provider);
	suggest_begin(&s, r->f, provider);
	suggest_offer(&s, "postgresql");
	if (!suggest_tell(r->f, &s))
		finding_hint(r->f, "write provider = \"postgresql\"");
	return 0;
}

static void
relation_mode(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p = config_property(b, "relationMode");
	const struct ast_property *old = config_property(b,
	    "referentialIntegrity");
	const char *mode;

	if (old != NULL)
		finding_warning(r->f, old->span, "The `referentialIntegrity` "
		    "attribute is deprecated. Please use `relationMode` "
		    "instead. Learn more at https://pris.ly/d/relation-mode");
	if (p != NULL && old != NULL) {
		finding_error(r->f, old->span, "The `referentialIntegrity` "
		    "and `relationMode` attributes cannot be used together. "
		    "Please use only `relationMode` instead.");
		return;
	}
	if (p == NULL)
		p = old;
	mode = p == NULL ? NULL : coerce_string(r, p->value);
	if (mode == NULL)
		return;
	ds->relation_mode_prisma = strcmp(mode, "prisma") == 0;
	if (!ds->relation_mode_prisma && strcmp(mode, "foreignKeys") != 0)
		finding_error(r->f, b->span, "Error validating datasource "
		    "`relationMode`: Invalid relation mode setting: \"%s\". "
		    "Supported values: \"prisma\", \"foreignKeys\"", mode);
}

static void
extension_argument(struct resolve *r, const struct ast_arg *a,
    struct schema_extension *x, struct map *seen)
{
	const struct {
		const char *name, **to;
	} known[] = { { "map", &x->db_name }, { "schema", &x->schema },
		{ "version", &x->version } };
	size_t k;

	if (a->name.text == NULL) {
		finding_error(r->f, a->span,
		    "Error validating: The argument must have a name");
		return;
	}
	if (map_put(seen, x, a->name.text, x) != NULL) {
		finding_error(r->f, a->span, "Error validating: The argument "
		    "`%s` can only be defined once", a->name.text);
		return;
	}
	for (k = 0; k < count(known); k++)
		if (strcmp(known[k].name, a->name.text) == 0)
			break;
	if (k == count(known))
		finding_error(r->f, a->span, "Argument not known: \"%s\".",
		    a->name.text);
	else if (a->value != NULL &&
	    (*known[k].to = coerce_string(r, a->value)) == NULL)
		finding_error(r->f, a->span, "Error validating: The `%s` "
		    "argument must be a string literal", a->name.text);
}

static int
by_name(const void *va, const void *vb)
{
	const struct schema_extension *a = va, *b = vb;
	int c = strcmp(a->name, b->name);

	/* Equal names stay in their order. */
	return c != 0 ? c : (a->span.start > b->span.start) -
	    (a->span.start < b->span.start);
}

static void
extensions(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p = config_property(b, "extensions");
	const struct ast_expr *const *item, *e;
	struct schema_extension *x;
	struct map seen;
	size_t i, k, n;

	if (p == NULL)
		return;
	e = p->value;
	n = expr_items(&e, &item);
	for (i = 0; i < n; i++)
		if (item[i]->kind != EXPR_CONSTANT &&
		    item[i]->kind != EXPR_FUNCTION) {
			mismatch(r, "constant or function", item[i]);
			return;
		}
	ds->extensions_property = p;
	ds->has_extensions = 1;
	ds->extension = arena_array(r->mem, struct schema_extension, n);
	map_init(&seen, r->mem, 0);
	for (i = 0; i < n; i++) {
		x = &ds->extension[ds->nextensions++];
		x->name = item[i]->text;
		x->span = item[i]->span;
		for (k = 0; k < item[i]->args.n; k++)
			extension_argument(r, &item[i]->args.arg[k], x, &seen);
		if (x->db_name == NULL)
			x->db_name = x->name;
	}
	qsort(ds->extension, n, sizeof(*ds->extension), by_name);
}

/* A shadow database that is the real one would be emptied. */
static void
check_shadow(struct resolve *r, const struct ast_block *b,
    const struct ast_expr *shadow, const char *text, const char *key)
{
	const struct ast_expr *e = config_value(b, key);
	const char *other;

	if (e == NULL || e->kind != shadow->kind)
		return;
	other = e->kind == EXPR_STRING ? e->text :
	    e->args.n == 1 && e->args.arg[0].value != NULL ?
	    e->args.arg[0].value->text : NULL;
	if (other == NULL || strcmp(other, text) != 0)
		return;
	finding_error(r->f, e->span, "shadowDatabaseUrl is the same as %s for "
	    "datasource \"%s\". Please specify a different database as shadow "
	    "database to avoid data loss.", key, b->name.text);
	r->f->nurls++;
}

/* 0: what it has for a url is none, and the engine looks no further. */
static int
urls(struct resolve *r, const struct ast_block *b)
{
	const struct ast_expr *url = config_value(b, "url"), *e;
	const struct ast_expr *shadow = config_value(b, "shadowDatabaseUrl");
	const char *text;

	if (url != NULL && config_string_or_env(r, url) == NULL)
		return 0;
	text = shadow == NULL ? NULL : config_string_or_env(r, shadow);
	e = config_value(b, "directUrl");
	if (e != NULL)
		config_string_or_env(r, e);
	if (text != NULL && *text != '\0') {
		check_shadow(r, b, shadow, text, "directUrl");
		check_shadow(r, b, shadow, text, "url");
	}
	return 1;
}

static int
by_text(const void *va, const void *vb)
{
	const struct ast_expr *const *a = va, *const *b = vb;
	int c = strcmp((*a)->text, (*b)->text);

	return c != 0 ? c : ((*a)->span.start > (*b)->span.start) -
	    ((*a)->span.start < (*b)->span.start);
}

/* All strings, and at least one. */
static int
are_schemas(struct resolve *r, const struct ast_expr *e)
{
	const struct ast_expr *const *item, *list = e;
	size_t i, n = expr_items(&list, &item);
	int all = n > 0;

	for (i = 0; i < n; i++)
		if (coerce_string(r, item[i]) == NULL)
			all = 0;
	if (n == 0)
		finding_error(r->f, e->span,
		    "If provided, the schemas array can not be empty.");
	return all;
}

static void
schemas(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p = config_property(b, "schemas");
	const struct ast_expr *const *item, **sorted, *e;
	const char **name;
	size_t i, n;

	if (p == NULL || !are_schemas(r, p->value))
		return;
	e = p->value;
	n = expr_items(&e, &item);
	ds->schemas_property = p;
	sorted = arena_array(r->mem, const struct ast_expr *, n);
	memcpy(sorted, item, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_text);
	name = arena_array(r->mem, const char *, n);
	for (i = 0; i < n; i++) {
		name[i] = sorted[i]->text;
		if (i > 0 && strcmp(name[i], name[i - 1]) == 0)
			finding_error(r->f, sorted[i - 1]->span, "Duplicated "
			    "schema names are not allowed");
	}
	ds->schemas = name;
	ds->nschemas = n;
}

static void
unknown_keys(struct resolve *r, const struct ast_block *b)
{
	const struct ast_property *p;
	struct suggestion s;
	size_t i;

	for (p = b->property; p < b->property + b->nproperties; p++) {
		suggest_begin(&s, r->f, p->name.text);
		for (i = 0; i < count(keys); i++) {
			if (strcmp(keys[i], p->name.text) == 0)
				break;
			suggest_offer(&s, keys[i]);
		}
		if (i < count(keys) ||
		    map_get(&r->names, b, p->name.text) != p)
			continue;
		finding_error(r->f, p->span, "Property not known: \"%s\".",
		    p->name.text);
		suggest_tell(r->f, &s);
	}
}

int
config_datasource(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p;

	ds->ast = b;
	ds->name = b->name.text;
	if (!config_have_values(r, b, "datasource") ||
	    (ds->provider = provider_of(r, b)) == NULL ||
	    !is_postgresql(r, ds->provider, config_value(b, "provider")->span))
		return 0;
	relation_mode(r, b, ds);
	extensions(r, b, ds);
	if (!urls(r, b))
		return 0;
	p = config_property(b, "previewFeatures");
	if (p != NULL)
		finding_error(r->f, p->span, "Preview features are only "
		    "supported in the generator block. Please move this field "
		    "to the generator block.");
	schemas(r, b, ds);
	unknown_keys(r, b);
	return 1;
}
