/*
 * Attributes of relation fields: @relation, and those that do not belong
 * there.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/resolve_priv.h"

/* Names of fields, in a list for messages; collects one kind of problem. */
static void
add_name(struct buf *b, const char *name)
{
	buf_addf(b, "%s%s", b->len > 0 ? ", " : "", name);
}

/* The fields of a list, and those that could not be found. */
struct list {
	struct schema_field **field;
	size_t n;
	struct buf unknown, relations;
};

/* None of them counts where one does not. */
static void
resolve_fields(struct resolve *r, const struct ast_expr *e,
    const struct schema_model *m, struct list *p)
{
	const struct ast_expr *const *item;
	struct schema_field *f;
	size_t i, n = expr_items(&e, &item);

	r->mark++;
	p->field = arena_array(r->mem, struct schema_field *, n);
	for (i = 0; i < n; i++) {
		f = resolve_field(r, m, item[i]->text);
		if (f == NULL) {
			add_name(&p->unknown, item[i]->text);
		} else if (f->kind == FIELD_RELATION) {
			add_name(&p->relations, f->name);
		} else if (f->mark == r->mark) {
			finding_error(r->f, r->attr->span, "Error validating "
			    "model \"%s\": The unique index definition refers "
			    "to the field %s multiple times.", m->name,
			    f->name);
			buf_reset(&p->unknown);
			buf_reset(&p->relations);
			p->n = 0;
			return;
		} else {
			f->mark = r->mark;
			p->field[p->n++] = f;
		}
	}
	if (p->unknown.len > 0 || p->relations.len > 0)
		p->n = 0;
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
	struct list p = { NULL, 0, BUF_INIT, BUF_INIT };

	f->side.has_fields = 1;
	if (!are_constants(r, e))
		return;
	resolve_fields(r, e, f->model, &p);
	f->side.fields = p.field;
	f->side.nfields = p.n;
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
	struct list p = { NULL, 0, BUF_INIT, BUF_INIT };

	f->side.has_references = 1;
	if (!are_constants(r, e))
		return;
	resolve_fields(r, e, f->target, &p);
	f->side.references = p.field;
	f->side.nreferences = p.n;
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
