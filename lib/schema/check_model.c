/*
 * A model as a whole: its key, and the schema it is in.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"

/* Required and known to the client: good enough to name a row by. */
static int
is_strict(const struct schema_index *x)
{
	const struct schema_index_field *f;

	for (f = x->field; f < x->field + x->nfields; f++)
		if (f->field->arity == ARITY_OPTIONAL ||
		    f->field->kind == FIELD_UNSUPPORTED)
			return 0;
	return 1;
}

static void
add_fields(struct buf *b, const struct schema_index *x)
{
	size_t i;

	buf_adds(b, b->len > 0 ? "; " : "");
	for (i = 0; i < x->nfields; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", x->field[i].field->name);
}

/* What stands there and does not count goes into b. */
static int
has_key(const struct schema_model *m, struct buf *b)
{
	size_t i;

	if (m->id != NULL) {
		if (is_strict(m->id))
			return 1;
		add_fields(b, m->id);
	}
	for (i = 0; i < m->nindexes; i++) {
		if (m->index[i].kind != INDEX_UNIQUE)
			continue;
		if (is_strict(&m->index[i]))
			return 1;
		add_fields(b, &m->index[i]);
	}
	return 0;
}

static void
check_unique_criteria(struct check *c, const struct schema_model *m)
{
	const char *container = check_container(m);
	struct buf b = BUF_INIT;

	if (!m->ignored && !has_key(m, &b))
		finding_error(c->f, m->ast->span, "Error validating %s \"%s\": "
		    "Each %s must have at least one unique criteria that has "
		    "only required fields. Either mark a single field with "
		    "`@id`, `@unique` or add a multi field criterion with "
		    "`@@id([])` or `@@unique([])` to the %s.%s%s", container,
		    m->name, container, container, b.len > 0 ? " The "
		    "following unique criterias were not considered as they "
		    "contain fields that are not required: " : "",
		    buf_str(&b));
	buf_free(&b);
}

static void
check_key_client_name(struct check *c, const struct schema_model *m)
{
	const struct schema_index *id = m->id;
	const struct schema_field *f;
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < id->nfields; i++)
		buf_addf(&b, "%s%s", i > 0 ? "_" : "",
		    id->field[i].field->name);
	f = id->nfields > 1 ? resolve_field(c->r, m, buf_str(&b)) : NULL;
	if (f != NULL && f->kind != FIELD_RELATION)
		finding_error(c->f, id->attr->span, "Error validating %s "
		    "\"%s\": The field `%s` clashes with the `@@id` "
		    "attribute's name. Please resolve the conflict by "
		    "providing a custom id name: `@@id([...], name: "
		    "\"custom_name\")`", check_container(m), m->name,
		    f->name);
	buf_free(&b);
}

static void
check_key_fields(struct check *c, const struct schema_index *id)
{
	const char *attribute = check_index_attribute(id);
	int length = 0, sort = 0;
	size_t i;

	for (i = 0; i < id->nfields; i++) {
		length |= id->field[i].has_length;
		sort |= id->field[i].sort != SORT_NONE;
	}
	if (length)
		finding_error(c->f, id->attr->span, "Error parsing attribute "
		    "\"%s\": The length argument is not supported in the "
		    "primary key with the current connector", attribute);
	if (sort)
		finding_error(c->f, id->attr->span, "Error parsing attribute "
		    "\"%s\": The sort argument is not supported in the "
		    "primary key with the current connector", attribute);
}

static void
check_key_names(struct check *c, const struct schema_model *m)
{
	const struct schema_index *id = m->id;
	const char *attribute = check_index_attribute(id);
	struct span span = id->attr->span;
	const struct named named = { id->db_name, attribute,
		check_arg_span(id->attr, "map", span) };

	check_length(c, m, id->db_name, attribute, span);
	check_global_name(c, m, &named);
	check_local_name(c, m, &named);
	if (id->name != NULL && check_custom_taken(c, m, id->name))
		finding_error(c->f, check_arg_span(id->attr, "name", span),
		    "Error parsing attribute \"%s\": The given custom name "
		    "`%s` has to be unique on the model. Please provide a "
		    "different name for the `name` argument.", attribute,
		    id->name);
	if (id->nfields == 0)
		finding_error(c->f, span, "Error parsing attribute \"%s\": The "
		    "list of fields in an `%s()` attribute cannot be empty. "
		    "Please specify at least one field.", attribute,
		    attribute);
}

void
check_view(struct check *c, const struct schema_model *m)
{
	if (!(c->s->preview & PREVIEW_VIEWS)) {
		finding_error(c->f, m->ast->span, "Error validating: View "
		    "definitions are only available with the `views` preview "
		    "feature.");
		finding_hint(c->f, "add previewFeatures = [\"views\"] to the "
		    "generator");
	}
	check_model_schema(c, m);
	if (m->id != NULL)
		finding_error(c->f, m->id->attr->span,
		    "Error validating: Views cannot have primary keys.");
}

void
check_shard_key(struct check *c, const struct schema_model *m)
{
	const char *at = m->has_shard_fields ? "@@" : "@";
	struct span span;

	if (m->shard_key == NULL)
		return;
	span = m->shard_key->span;
	if (!(c->s->preview & PREVIEW_SHARD_KEYS))
		finding_error(c->f, span, "Error parsing attribute "
		    "\"%sshardKey\": Defining shard keys requires enabling "
		    "the `shardKeys` preview feature", at);
	finding_error(c->f, span, "Error parsing attribute \"%sshardKey\": "
	    "Shard keys are not currently supported for provider postgresql",
	    at);
}

void
check_model_key(struct check *c, const struct schema_model *m)
{
	check_unique_criteria(c, m);
	if (m->id == NULL)
		return;
	check_key_names(c, m);
	check_key_client_name(c, m);
	check_key_fields(c, m->id);
}

static int
is_declared(const struct schema_datasource *ds, const char *name)
{
	size_t i;

	for (i = 0; i < ds->nschemas; i++)
		if (strcmp(ds->schemas[i], name) == 0)
			return 1;
	return 0;
}

static int
is_undeclared(struct check *c, const char *schema, const struct ast_expr *e)
{
	const struct schema_datasource *ds = c->s->datasource;

	if (ds == NULL || schema == NULL || is_declared(ds, schema))
		return 0;
	finding_error(c->f, e->span, "This schema is not defined in the "
	    "datasource. Read more on `@@schema` at "
	    "https://pris.ly/d/multi-schema");
	finding_hint(c->f, "add \"%s\" to `schemas' in the datasource", schema);
	return 1;
}

static int
is_missing(const struct check *c, const char *schema)
{
	const struct schema_datasource *ds = c->s->datasource;

	return ds != NULL && ds->schemas_property != NULL && schema == NULL;
}

void
check_model_schema(struct check *c, const struct schema_model *m)
{
	const char *container = check_container(m);

	if (is_undeclared(c, m->schema, m->schema_expr))
		return;
	if (!is_missing(c, m->schema))
		return;
	finding_error(c->f, m->ast->span, "Error validating %s \"%s\": This "
	    "%s is missing an `@@schema` attribute.", container, m->name,
	    container);
	finding_hint(c->f, "write @@schema(\"%s\")",
	    c->s->datasource->schemas[0]);
}

void
check_enum_schema(struct check *c, const struct schema_enum *e)
{
	if (is_undeclared(c, e->schema, e->schema_expr))
		return;
	if (!is_missing(c, e->schema))
		return;
	finding_error(c->f, e->ast->span,
	    "This enum is missing an `@@schema` attribute.");
	finding_hint(c->f, "write @@schema(\"%s\")",
	    c->s->datasource->schemas[0]);
}
