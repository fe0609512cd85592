/*
 * The blocks of settings: the datasource, and the generators.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/config_priv.h"
#include "schema/preview.h"

const struct ast_property *
config_property(const struct ast_block *b, const char *name)
{
	const struct ast_property *p = b->property + b->nproperties;

	while (p-- > b->property)
		if (strcmp(p->name.text, name) == 0)
			return p;
	return NULL;
}

const struct ast_expr *
config_value(const struct ast_block *b, const char *name)
{
	const struct ast_property *p = config_property(b, name);

	return p == NULL ? NULL : p->value;
}

int
config_have_values(struct resolve *r, const struct ast_block *b,
    const char *kind)
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

const char *
config_string_or_env(struct resolve *r, const struct ast_expr *e)
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
		if (config_datasource(r, b, ds) && n++ == 0)
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
		config_string_or_env(r, item[i]);
}

static int
read_generator(struct resolve *r, const struct ast_block *b,
    struct schema_generator *g)
{
	const struct ast_expr *e;

	g->ast = b;
	g->name = b->name.text;
	if (!config_have_values(r, b, "generator"))
		return 0;
	e = config_value(b, "engineType");
	if (e != NULL && e->kind != EXPR_STRING)
		mismatch(r, "String", e);
	e = config_value(b, "provider");
	if (e == NULL) {
		finding_error(r->f, b->span, "Argument \"provider\" is missing "
		    "in generator block \"%s\".", b->name.text);
		return 0;
	}
	g->provider = config_string_or_env(r, e);
	if (g->provider == NULL)
		return 0;
	e = config_value(b, "output");
	if (e != NULL)
		config_string_or_env(r, e);
	e = config_value(b, "binaryTargets");
	if (e != NULL)
		binary_targets(r, e);
	e = config_value(b, "previewFeatures");
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
