/*
 * Names in the database: of tables, enums, keys and indexes.  Indexes and
 * primary keys share a name space per schema; foreign keys must only differ
 * from what else is on their table.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/check_priv.h"

/* Equal names of schemas must have equal addresses. */
static const void *
schema_scope(struct check *c, const char *schema)
{
	static const char none = 0;
	const void *scope;

	if (schema == NULL)
		return &none;
	scope = map_get(&c->schemas, NULL, schema);
	if (scope == NULL) {
		map_put(&c->schemas, NULL, schema, (void *)schema);
		scope = schema;
	}
	return scope;
}

static void
add(struct check *c, struct map *m, const void *scope, const char *name)
{
	struct use *u = map_get(m, scope, name);

	if (u == NULL) {
		u = arena_new_of(c->mem, struct use);
		map_put(m, scope, name, u);
	}
	u->n++;
}

static int
is_taken(const struct map *m, const void *scope, const char *name)
{
	const struct use *u = map_get(m, scope, name);

	return u != NULL && u->n > 1;
}

static void
collect_index(struct check *c, const struct schema_model *m,
    const struct schema_index *x)
{
	add(c, &c->global, schema_scope(c, m->schema), x->db_name);
	add(c, &c->local, m, x->db_name);
	if (x->name != NULL)
		add(c, &c->custom, m, x->name);
}

void
check_collect(struct check *c)
{
	const struct schema *s = c->s;
	const struct schema_relation *rel;
	const struct schema_model *m;
	size_t i;

	map_init(&c->schemas, c->mem, 16);
	map_init(&c->global, c->mem, s->nmodels * 4);
	map_init(&c->local, c->mem, s->nmodels * 4);
	map_init(&c->custom, c->mem, 16);
	for (m = s->model; m < s->model + s->nmodels; m++) {
		if (m->id != NULL)
			collect_index(c, m, m->id);
		for (i = 0; i < m->nindexes; i++)
			collect_index(c, m, &m->index[i]);
	}
	for (rel = s->relation; rel < s->relation + s->nrelations; rel++) {
		if (rel->kind >= RELATION_MANY_TO_MANY)
			continue;
		m = rel->a != NULL ? rel->model_a : rel->model_b;
		if (!m->is_view)
			add(c, &c->local, m, rel->db_name);
	}
}

static void
name_taken(struct check *c, const struct named *n, const char *namespace)
{
	finding_error(c->f, n->span, "Error parsing attribute \"%s\": The "
	    "given constraint name `%s` has to be unique in the following "
	    "namespace: %s. Please provide a different name using the `map` "
	    "argument.", n->attribute, n->name, namespace);
}

void
check_global_name(struct check *c, const struct schema_model *m,
    const struct named *n)
{
	if (is_taken(&c->global, schema_scope(c, m->schema), n->name))
		name_taken(c, n, "global for primary key, indexes and unique "
		    "constraints");
}

void
check_local_name(struct check *c, const struct schema_model *m,
    const struct named *n)
{
	if (is_taken(&c->local, m, n->name))
		name_taken(c, n, arena_printf(c->mem, "on model `%s` for "
		    "primary key, indexes, unique constraints and foreign "
		    "keys", m->name));
}

int
check_custom_taken(const struct check *c, const struct schema_model *m,
    const char *name)
{
	return is_taken(&c->custom, m, name);
}

void
check_length(struct check *c, const struct schema_model *m, const char *name,
    const char *attribute, struct span span)
{
	if (name != NULL && strlen(name) > 63)
		finding_error(c->f, span, "Error validating model \"%s\": The "
		    "constraint name '%s' specified in the `map` argument for "
		    "the `%s` constraint is too long for your chosen "
		    "provider. The maximum allowed length is 63 bytes.",
		    m->name, name, attribute);
}

struct span
check_arg_span(const struct ast_attr *a, const char *name,
    struct span fallback)
{
	size_t i;

	for (i = 0; i < a->args.n; i++)
		if (a->args.arg[i].name.text != NULL &&
		    strcmp(a->args.arg[i].name.text, name) == 0)
			return a->args.arg[i].span;
	return fallback;
}

const char *
check_index_attribute(const struct schema_index *x)
{
	switch (x->kind) {
	case INDEX_ID:
		return x->on != NULL ? "@id" : "@@id";
	case INDEX_UNIQUE:
		return x->on != NULL ? "@unique" : "@@unique";
	case INDEX_FULLTEXT:
		return "@@fulltext";
	default:
		return "@@index";
	}
}

const char *
check_container(const struct schema_model *m)
{
	return m->is_view ? "view" : "model";
}

static void
clash(struct check *c, const struct schema_model *m,
    const struct schema_model *before)
{
	const struct ast_attr *map = ast_attr(&m->ast->attrs, "map");
	const struct schema_model *other = before;

	if (map == NULL) {
		map = ast_attr(&before->ast->attrs, "map");
		other = m;
	}
	finding_error(c->f, map != NULL ? map->span : m->ast->span,
	    "The model with database name \"%s\" could not be defined because "
	    "another model or view with this name exists: \"%s\"", m->db_name,
	    other->name);
}

void
check_model_names(struct check *c)
{
	const struct schema_model *m, *before;
	struct map seen;
	int views;

	map_init(&seen, c->mem, c->s->nmodels);
	for (views = 0; views < 2; views++)
		for (m = c->s->model; m < c->s->model + c->s->nmodels; m++) {
			if (m->is_view != views)
				continue;
			before = map_put(&seen, schema_scope(c, m->schema),
			    m->db_name, (void *)m);
			if (before != NULL)
				clash(c, m, before);
		}
}

void
check_enum_names(struct check *c)
{
	const struct schema_enum *e;
	struct map seen;

	map_init(&seen, c->mem, c->s->nenums);
	for (e = c->s->enumeration; e < c->s->enumeration + c->s->nenums; e++)
		if (map_put(&seen, schema_scope(c, e->schema), e->db_name,
		    (void *)e) != NULL)
			finding_error(c->f, e->ast->span, "An enum with the "
			    "same database name is already defined.");
}
