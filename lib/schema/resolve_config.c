/*
 * The datasource and the generators.  A datasource without url is fine
 * here: comparing files needs none, and Prisma 7 has it elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/preview.h"
#include "schema/resolve_priv.h"
#include "schema/suggest.h"

static const char *const keys[] = { "provider", "url", "directUrl",
	"shadowDatabaseUrl", "relationMode", "referentialIntegrity",
	"extensions", "previewFeatures", "schemas" };

/* Of two with one name the later one counts; the first was told already. */
static const struct ast_property *
property(const struct ast_block *b, const char *name)
{
	const struct ast_property *p = b->property + b->nproperties;

	while (p-- > b->property)
		if (strcmp(p->name.text, name) == 0)
			return p;
	return NULL;
}

static const struct ast_expr *
value(const struct ast_block *b, const char *name)
{
	const struct ast_property *p = property(b, name);

	return p == NULL ? NULL : p->value;
}

/* The first property without a value ends it, as in the engine. */
static int
have_values(struct resolve *r, const struct ast_block *b, const char *kind)
{
	size_t i;

	for (i = 0; i < b->nproperties; i++)
		if (b->property[i].value == NULL) {
			finding_error(r->f, b->span, "Property %s in %s %s "
			    "needs to be assigned a value",
			    b->property[i].name.text, kind, b->name.text);
			return 0;
		}
	return 1;
}

/* "…" or env("…"), whose name it then is; NULL has been told. */
static const char *
string_or_env(struct resolve *r, const struct ast_expr *e)
{
	if (e->kind == EXPR_STRING)
		return e->text;
	if (e->kind != EXPR_FUNCTION || strcmp(e->text, "env") != 0) {
		mismatch(r, "String", e);
		return NULL;
	}
	if (e->args.n != 1 || e->args.arg[0].value == NULL) {
		finding_error(r->f, e->span, "Exactly one string parameter "
		    "must be passed to the env function.");
		return NULL;
	}
	return coerce_string(r, e->args.arg[0].value);
}

static const char *
provider_of(struct resolve *r, const struct ast_block *b)
{
	const struct ast_expr *e = value(b, "provider");

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
	const struct ast_property *p = property(b, "relationMode");
	const struct ast_property *old = property(b, "referentialIntegrity");
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
extension_argument(struct resolve *r, const struct ast_expr *e, size_t i,
    struct schema_extension *x)
{
	const struct ast_arg *a = &e->args.arg[i];
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
	for (k = 0; k < i; k++)
		if (e->args.arg[k].name.text != NULL &&
		    strcmp(e->args.arg[k].name.text, a->name.text) == 0) {
			finding_error(r->f, a->span, "Error validating: The "
			    "argument `%s` can only be defined once",
			    a->name.text);
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
	const struct ast_property *p = property(b, "extensions");
	const struct ast_expr *const *item, *e;
	struct schema_extension *x;
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
	for (i = 0; i < n; i++) {
		x = &ds->extension[ds->nextensions++];
		x->name = item[i]->text;
		x->span = item[i]->span;
		for (k = 0; k < item[i]->args.n; k++)
			extension_argument(r, item[i], k, x);
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
	const struct ast_expr *e = value(b, key);
	const char *other;

	if (e == NULL || e->kind != shadow->kind)
		return;
	other = e->kind == EXPR_STRING ? e->text :
	    e->args.n == 1 && e->args.arg[0].value != NULL ?
	    e->args.arg[0].value->text : NULL;
	if (other != NULL && strcmp(other, text) == 0)
		finding_error(r->f, e->span, "shadowDatabaseUrl is the same as "
		    "%s for datasource \"%s\". Please specify a different "
		    "database as shadow database to avoid data loss.", key,
		    b->name.text);
}

/* 0: what it has for a url is none, and the engine looks no further. */
static int
urls(struct resolve *r, const struct ast_block *b)
{
	const struct ast_expr *url = value(b, "url"), *e;
	const struct ast_expr *shadow = value(b, "shadowDatabaseUrl");
	const char *text;

	if (url != NULL && string_or_env(r, url) == NULL)
		return 0;
	text = shadow == NULL ? NULL : string_or_env(r, shadow);
	e = value(b, "directUrl");
	if (e != NULL)
		string_or_env(r, e);
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

static void
schemas(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p = property(b, "schemas");
	const struct ast_expr *const *item, **sorted, *e;
	const char **name;
	size_t i, n;
	int all = 1;

	if (p == NULL)
		return;
	e = p->value;
	n = expr_items(&e, &item);
	for (i = 0; i < n; i++)
		if (coerce_string(r, item[i]) == NULL)
			all = 0;
	if (n == 0)
		finding_error(r->f, p->value->span,
		    "If provided, the schemas array can not be empty.");
	if (!all || n == 0)
		return;
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

/* 0: nothing of it can be used. */
static int
read_datasource(struct resolve *r, const struct ast_block *b,
    struct schema_datasource *ds)
{
	const struct ast_property *p;

	ds->ast = b;
	ds->name = b->name.text;
	if (!have_values(r, b, "datasource") ||
	    (ds->provider = provider_of(r, b)) == NULL ||
	    !is_postgresql(r, ds->provider, value(b, "provider")->span))
		return 0;
	relation_mode(r, b, ds);
	extensions(r, b, ds);
	if (!urls(r, b))
		return 0;
	p = property(b, "previewFeatures");
	if (p != NULL)
		finding_error(r->f, p->span, "Preview features are only "
		    "supported in the generator block. Please move this field "
		    "to the generator block.");
	schemas(r, b, ds);
	unknown_keys(r, b);
	return 1;
}

static void
datasources(struct resolve *r)
{
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	struct schema_datasource *ds;
	size_t n = 0;

	for (b = r->ast->block; b < end; b++) {
		if (b->kind != BLOCK_DATASOURCE)
			continue;
		ds = arena_new_of(r->mem, struct schema_datasource);
		if (read_datasource(r, b, ds) && n++ == 0)
			r->s->datasource = ds;
	}
	for (b = r->ast->block; n > 1 && b < end; b++)
		if (b->kind == BLOCK_DATASOURCE)
			finding_error(r->f, b->span, "Error validating "
			    "datasource `%s`: You defined more than one "
			    "datasource. This is not allowed yet because "
			    "support for multiple databases has not been "
			    "implemented yet.", b->name.text);
}

static void
preview_features(struct resolve *r, const struct ast_expr *e)
{
	const struct ast_expr *const *item, *list = e;
	size_t i, n = expr_items(&list, &item);
	int all = 1;

	for (i = 0; i < n; i++)
		if (coerce_string(r, item[i]) == NULL)
			all = 0;
	for (i = 0; all && i < n; i++)
		r->s->preview |= preview_bit(r->f, item[i]->text, e->span);
}

static void
binary_targets(struct resolve *r, const struct ast_expr *e)
{
	const struct ast_expr *const *item;
	size_t i, n = expr_items(&e, &item);

	for (i = 0; i < n; i++)
		string_or_env(r, item[i]);
}

static int
read_generator(struct resolve *r, const struct ast_block *b,
    struct schema_generator *g)
{
	const struct ast_expr *e;

	g->ast = b;
	g->name = b->name.text;
	if (!have_values(r, b, "generator"))
		return 0;
	e = value(b, "engineType");
	if (e != NULL && e->kind != EXPR_STRING)
		mismatch(r, "String", e);
	e = value(b, "provider");
	if (e == NULL) {
		finding_error(r->f, b->span, "Argument \"provider\" is missing "
		    "in generator block \"%s\".", b->name.text);
		return 0;
	}
	g->provider = string_or_env(r, e);
	if (g->provider == NULL)
		return 0;
	e = value(b, "output");
	if (e != NULL)
		string_or_env(r, e);
	e = value(b, "binaryTargets");
	if (e != NULL)
		binary_targets(r, e);
	e = value(b, "previewFeatures");
	if (e != NULL)
		preview_features(r, e);
	return 1;
}

void
resolve_config(struct resolve *r)
{
	const struct ast_block *b, *end = r->ast->block + r->ast->nblocks;
	struct schema *s = r->s;

	datasources(r);
	s->generator = arena_array(r->mem, struct schema_generator,
	    r->ast->nblocks);
	for (b = r->ast->block; b < end; b++)
		if (b->kind == BLOCK_GENERATOR &&
		    read_generator(r, b, &s->generator[s->ngenerators]))
			s->ngenerators++;
}
