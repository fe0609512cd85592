/*
 * Attributes of fields, in the order the engine looks at them.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
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

/* Names of fields, in a list for messages; collects one kind of problem. */
static void
add_name(struct buf *b, const char *name)
{
	buf_addf(b, "%s%s", b->len > 0 ? ", " : "", name);
}

/* Where the fields of a list could not all be found. */
struct problems {
	struct buf unknown, relations;
};

/* -1: one is there twice. */
static int
resolve_fields(struct resolve *r, const struct ast_expr *e,
    const struct schema_model *m, struct schema_field **field, size_t *nfields,
    struct problems *p)
{
	const struct ast_expr *const *item;
	struct schema_field *f;
	struct map seen;
	size_t i, n = expr_items(&e, &item);

	map_init(&seen, r->mem, n);
	for (i = 0; i < n; i++) {
		f = resolve_field(r, m, item[i]->text);
		if (f == NULL) {
			add_name(&p->unknown, item[i]->text);
		} else if (f->kind == FIELD_RELATION) {
			add_name(&p->relations, f->name);
		} else if (map_put(&seen, NULL, f->name, f) != NULL) {
			finding_error(r->f, r->attr->span, "Error validating "
			    "model \"%s\": The unique index definition refers "
			    "to the field %s multiple times.", m->name,
			    f->name);
			buf_reset(&p->unknown);
			buf_reset(&p->relations);
			return -1;
		} else
			field[(*nfields)++] = f;
	}
	return p->unknown.len > 0 || p->relations.len > 0 ? -1 : 0;
}

/* All must be bare words; 0 where one is not. */
static int
are_constants(struct resolve *r, const struct ast_expr *e)
{
	const struct ast_expr *const *item;
	size_t i, n = expr_items(&e, &item);
	int all = 1;

	for (i = 0; i < n; i++)
		if (coerce_constant(r, item[i]) == NULL)
			all = 0;
	return all;
}

static void
side_fields(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	struct problems p = { BUF_INIT, BUF_INIT };
	const struct ast_expr *const *item;
	struct schema_side *side = &f->side;

	side->has_fields = 1;
	if (!are_constants(r, e))
		return;
	side->fields = arena_array(r->mem, struct schema_field *,
	    expr_items(&e, &item));
	if (resolve_fields(r, e, f->model, side->fields, &side->nfields, &p)
	    == -1)
		side->nfields = 0;
	if (p.unknown.len > 0) {
		finding_error(r->f, e->span, "Error validating: The argument "
		    "fields must refer only to existing fields. The following "
		    "fields do not exist in this model: %s",
		    buf_str(&p.unknown));
		suggest_field(r, f->model, buf_str(&p.unknown));
	}
	if (p.relations.len > 0)
		finding_error(r->f, e->span, "Error validating: The argument "
		    "fields must refer only to scalar fields. But it is "
		    "referencing the following relation fields: %s",
		    buf_str(&p.relations));
	buf_free(&p.unknown);
	buf_free(&p.relations);
}

static void
side_references(struct resolve *r, struct schema_field *f,
    const struct ast_expr *e)
{
	struct problems p = { BUF_INIT, BUF_INIT };
	const struct ast_expr *const *item;
	struct schema_side *side = &f->side;

	side->has_references = 1;
	if (!are_constants(r, e))
		return;
	side->references = arena_array(r->mem, struct schema_field *,
	    expr_items(&e, &item));
	if (resolve_fields(r, e, f->target, side->references,
	    &side->nreferences, &p) == -1)
		side->nreferences = 0;
	if (p.unknown.len > 0) {
		finding_error(r->f, r->attr->span, "Error validating: The "
		    "argument `references` must refer only to existing fields "
		    "in the related model `%s`. The following fields do not "
		    "exist in the related model: %s", f->target->name,
		    buf_str(&p.unknown));
		suggest_field(r, f->target, buf_str(&p.unknown));
	}
	if (p.relations.len > 0)
		finding_error(r->f, r->attr->span, "Error validating: The "
		    "argument `references` must refer only to scalar fields "
		    "in the related model `%s`. But it is referencing the "
		    "following relation fields: %s", f->target->name,
		    buf_str(&p.relations));
	buf_free(&p.unknown);
	buf_free(&p.relations);
}

const char *const ref_action_name[ACTION__MAX] = {
	[ACTION_NONE] = "",
	[ACTION_CASCADE] = "Cascade",
	[ACTION_RESTRICT] = "Restrict",
	[ACTION_NO_ACTION] = "NoAction",
	[ACTION_SET_NULL] = "SetNull",
	[ACTION_SET_DEFAULT] = "SetDefault",
};

static enum ref_action
side_action(struct resolve *r, const char *arg)
{
	const struct ast_expr *e = visit_arg(r, arg);
	const char *name = e == NULL ? NULL : coerce_constant(r, e);
	enum ref_action a;

	if (name == NULL)
		return ACTION_NONE;
	for (a = ACTION_CASCADE; a < ACTION__MAX; a++)
		if (strcmp(ref_action_name[a], name) == 0)
			return a;
	finding_error(r->f, e->span, "Error parsing attribute \"@relation\": "
	    "Invalid referential action: `%s`", name);
	finding_hint(r->f, "there are Cascade, Restrict, NoAction, SetNull "
	    "and SetDefault");
	return ACTION_NONE;
}

static void
visit_relation(struct resolve *r, struct schema_field *f)
{
	struct schema_side *side = &f->side;
	const struct ast_expr *e;

	side->attr = r->attr;
	e = visit_arg(r, "fields");
	if (e != NULL)
		side_fields(r, f, e);
	e = visit_arg(r, "references");
	if (e != NULL)
		side_references(r, f, e);
	e = visit_default_quiet(r, "name");
	if (e != NULL)
		side->name = coerce_string(r, e);
	if (side->name != NULL && *side->name == '\0') {
		attr_error(r, "A relation cannot have an empty name.");
		side->name = NULL;
	}
	side->on_delete = side_action(r, "onDelete");
	side->on_update = side_action(r, "onUpdate");
	side->map = name_arg(r, "map");
}

static void
relation_unique(struct resolve *r, const struct schema_field *f)
{
	const struct schema_side *side = &f->side;
	struct buf b = BUF_INIT;
	const char *names;
	size_t i;

	for (i = 0; i < side->nfields; i++)
		add_name(&b, side->fields[i]->name);
	names = arena_strdup(r->mem, buf_str(&b));
	buf_reset(&b);
	if (side->nfields == 1)
		buf_addf(&b, " Did you mean to put it on `%s`?", names);
	else if (side->nfields > 1)
		buf_addf(&b, " Did you mean to provide `@@unique([%s])`?",
		    names);
	attr_error(r, "The field `%s` is a relation field and cannot be marked "
	    "with `unique`. Only scalar fields can be made unique.%s", f->name,
	    buf_str(&b));
	buf_free(&b);
}

void
resolve_relation_field(struct resolve *r, struct schema_field *f)
{
	visit_begin(r, &f->ast->attrs);
	if (visit_single(r, "relation")) {
		visit_relation(r, f);
		visit_done(r);
	}
	if (visit_single(r, "id")) {
		attr_error(r, "The field `%s` is a relation field and cannot "
		    "be marked with `@id`. Only scalar fields can be declared "
		    "as id.", f->name);
		visit_discard(r);
	}
	if (visit_single(r, "ignore")) {
		f->ignored = 1;
		visit_done(r);
	}
	if (visit_single(r, "default")) {
		attr_error(r, "Cannot set a default value on a relation "
		    "field.");
		visit_discard(r);
	}
	if (visit_single(r, "map")) {
		attr_error(r, "The attribute `@map` cannot be used on relation "
		    "fields.");
		visit_default_arg(r, "name");
		visit_discard(r);
	}
	if (visit_single(r, "unique")) {
		relation_unique(r, f);
		visit_discard(r);
	}
	visit_end(r);
}
