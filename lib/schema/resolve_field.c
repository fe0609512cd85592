/*
 * Attributes of fields, in the order the engine looks at them.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"

static void
duplicate(struct resolve *r, const struct schema_model *m,
    const struct schema_field *f)
{
	finding_error(r->f, f->ast->span,
	    "Field \"%s\" is already defined on %s \"%s\".", f->name,
	    m->is_view ? "view" : "model", m->name);
	finding_hint(r->f, "another field of '%s' is called '%s' in the "
	    "database", m->name, f->db_name);
}

/* Its name may be that of a field which is mapped to another name. */
static void
check_mapped(struct resolve *r, const struct schema_model *m,
    const struct schema_field *f)
{
	const struct schema_field *other;

	if (map_put(&r->mapped, m, f->db_name, (void *)f) != NULL)
		duplicate(r, m, f);
	other = resolve_field(r, m, f->db_name);
	if (other == NULL || other == f || other->kind == FIELD_RELATION ||
	    other->kind == FIELD_UNKNOWN)
		return;
	/* Fields further down have not had their @map looked at yet. */
	if (other < f && other->db_name != other->name &&
	    strcmp(other->db_name, f->db_name) != 0)
		return;
	duplicate(r, m, f);
}

static void
field_map(struct resolve *r, struct schema_model *m, struct schema_field *f)
{
	const struct ast_expr *e = visit_default_arg(r, "name");
	const char *name = e == NULL ? NULL : coerce_string(r, e);

	if (name == NULL)
		return;
	f->db_name = name;
	check_mapped(r, m, f);
}

static void
field_ignore(struct resolve *r, struct schema_model *m, struct schema_field *f)
{
	(void)m;
	if (f->kind == FIELD_UNSUPPORTED)
		attr_error(r, "Fields of type `Unsupported` cannot take an "
		    "`@ignore` attribute. They are already treated as ignored "
		    "by the client due to their type.");
	else
		f->ignored = 1;
}

static void
field_relation(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	(void)m;
	(void)f;
	attr_error(r, "Invalid field type, not a relation.");
}

static void
field_updated_at(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	(void)m;
	if (f->kind != FIELD_SCALAR || f->scalar != SCALAR_DATETIME)
		attr_error(r, "Fields that are marked with @updatedAt must be "
		    "of type DateTime.");
	if (f->arity == ARITY_LIST)
		attr_error(r, "Fields that are marked with @updatedAt cannot "
		    "be lists.");
	f->updated_at = 1;
}

static void
field_default(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	(void)m;
	resolve_default(r, f);
}

static void
field_id(struct resolve *r, struct schema_model *m, struct schema_field *f)
{
	resolve_field_id(r, m, f);
}

static void
field_shard_key(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	(void)f;
	resolve_field_shard(r, m);
}

static const struct {
	const char *name;
	void (*visit)(struct resolve *, struct schema_model *,
	    struct schema_field *);
} attributes[] = {
	{ "map", field_map },
	{ "ignore", field_ignore },
	{ "relation", field_relation },
	{ "id", field_id },
	{ "shardKey", field_shard_key },
	{ "updatedAt", field_updated_at },
	{ "default", field_default },
};

static void
field_native(struct resolve *r, struct schema_field *f)
{
	const struct ast_attr *a = visit_native(r);
	const char **arg;
	size_t i, n = 0;

	if (a == NULL)
		return;
	arg = arena_array(r->mem, const char *, a->args.n);
	for (i = 0; i < a->args.n; i++)
		if (a->args.arg[i].value != NULL)
			arg[n++] = expr_text(r->mem, a->args.arg[i].value);
	f->native.name = strchr(a->name.text, '.') + 1;
	f->native.arg = arg;
	f->native.nargs = n;
	f->native.attr = a;
}

void
resolve_scalar_field(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	size_t i;

	visit_begin(r, &f->ast->attrs);
	if (f->ast->attrs.n == 0)
		return;
	for (i = 0; i < count(attributes); i++)
		if (visit_single(r, attributes[i].name)) {
			attributes[i].visit(r, m, f);
			visit_done(r);
		}
	if (f->kind == FIELD_SCALAR)
		field_native(r, f);
	if (visit_single(r, "unique")) {
		resolve_field_unique(r, m, f);
		visit_done(r);
	}
	visit_end(r);
}
