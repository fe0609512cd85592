/*
 * Stage five, checks of a schema that makes sense so far, in the order in
 * which Prisma tells what it finds.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/check_priv.h"

/* A type that holds itself has no end; told before that there are none. */
static void
check_composites(struct check *c)
{
	const struct ast *ast = c->r->ast;
	const struct ast_block *b;
	const struct ast_field *f;

	for (b = ast->block; b < ast->block + ast->nblocks; b++)
		for (f = b->field; f < b->field + b->nfields; f++)
			if (b->kind == BLOCK_TYPE && f->type.name != NULL &&
			    f->arity == ARITY_REQUIRED &&
			    strcmp(f->type.name, b->name.text) == 0)
				finding_error(c->f, f->span, "Error validating "
				    "field `%s` in composite type `%s`: The "
				    "type is the same as the parent and "
				    "causes an endless cycle. Please change "
				    "the field to be either optional or a "
				    "list.", f->name.text, b->name.text);
	for (b = ast->block; b < ast->block + ast->nblocks; b++) {
		if (b->kind != BLOCK_TYPE)
			continue;
		finding_error(c->f, b->span, "Error validating: Composite "
		    "types are not supported on Postgres.");
		finding_hint(c->f, "a field of type Json holds such a value");
	}
}

static void
check_unknown_functions(struct check *c)
{
	static const char *const known[] = { "autoincrement", "now", "uuid",
		"cuid", "ulid", "nanoid", "auto", "dbgenerated" };
	const struct schema_model *m;
	const struct ast_expr *e;
	size_t i, k;

	for (m = c->s->model; m < c->s->model + c->s->nmodels; m++)
		for (i = 0; i < m->nfields; i++) {
			e = m->field[i].dflt.expr;
			if (e == NULL || e->kind != EXPR_FUNCTION)
				continue;
			for (k = 0; k < count(known); k++)
				if (strcmp(known[k], e->text) == 0)
					break;
			if (k < count(known))
				continue;
			finding_error(c->f, e->span, "Unknown function in "
			    "@default(): `%s` is not known. You can read "
			    "about the available functions here: "
			    "https://pris.ly/d/attribute-functions", e->text);
			finding_hint(c->f, "PostgreSQL's own functions are "
			    "written dbgenerated(\"%s()\")", e->text);
		}
}

static void
check_extension_name(struct check *c, const struct schema_extension *x)
{
	if (x->name[0] == '\0')
		finding_error(c->f, x->span, "Error validating: The name of "
		    "an extension must not be empty.");
	else if (x->name[0] >= '0' && x->name[0] <= '9')
		finding_error(c->f, x->span, "Error validating: The name of "
		    "an extension must not start with a number.");
	else if (strchr(x->name, '-') != NULL)
		finding_error(c->f, x->span, "Error validating: The character "
		    "`-` is not allowed in extension names.");
}

static void
check_datasource(struct check *c)
{
	const struct schema_datasource *ds = c->s->datasource;
	size_t i;

	if (ds == NULL || !ds->has_extensions)
		return;
	if (!(c->s->preview & PREVIEW_EXTENSIONS)) {
		finding_error(c->f, ds->extensions_property->span, "The "
		    "`extensions` property is only available with the "
		    "`postgresqlExtensions` preview feature.");
		finding_hint(c->f, "add previewFeatures = "
		    "[\"postgresqlExtensions\"] to the generator");
		return;
	}
	for (i = 0; i < ds->nextensions; i++)
		check_extension_name(c, &ds->extension[i]);
}

static void
check_table(struct check *c, const struct schema_model *m)
{
	size_t i;

	check_model_key(c, m);
	check_shard_key(c, m);
	for (i = 0; i < m->nindexes; i++)
		check_index_types(c, &m->index[i]);
	check_model_schema(c, m);
	if (m->id != NULL && m->id->has_clustered)
		finding_error(c->f, m->id->attr->span, "Error parsing "
		    "attribute \"%s\": Defining clustering is not supported "
		    "in the current connector.", check_index_attribute(m->id));
}

/* -1: relations so unclear that nothing more can be said. */
static int
check_model(struct check *c, const struct schema_model *m)
{
	const struct schema_field *f;
	size_t i;

	if (m->is_view)
		check_view(c, m);
	else
		check_table(c, m);
	for (f = m->field; f < m->field + m->nfields; f++)
		if (f->kind != FIELD_RELATION)
			check_scalar_field(c, m, f);
	for (f = m->field; f < m->field + m->nfields; f++)
		if (f->kind == FIELD_RELATION &&
		    check_relation_field(c, m, f) == -1)
			return -1;
	for (i = 0; i < m->nindexes; i++)
		if (m->is_view)
			check_view_index(c, m, &m->index[i]);
		else
			check_index(c, m, &m->index[i]);
	return 0;
}

static int
check_models(struct check *c)
{
	const struct schema *s = c->s;
	const struct schema_model *m;
	int views;

	for (views = 0; views < 2; views++)
		for (m = s->model; m < s->model + s->nmodels; m++)
			if (m->is_view == views && check_model(c, m) == -1)
				return -1;
	return 0;
}

void
check_schema(struct resolve *r)
{
	struct schema *s = r->s;
	struct check c = { .r = r, .s = s, .f = r->f, .mem = r->mem };
	size_t i;

	c.is_prisma_mode = s->datasource != NULL &&
	    s->datasource->relation_mode_prisma;
	check_collect(&c);
	check_composites(&c);
	check_unknown_functions(&c);
	check_datasource(&c);
	check_model_names(&c);
	if (check_models(&c) == -1)
		return;
	check_enum_names(&c);
	for (i = 0; i < s->nenums; i++)
		check_enum_schema(&c, &s->enumeration[i]);
	for (i = 0; i < s->nrelations; i++)
		check_relation(&c, &s->relation[i]);
}
