/*
 * Relations: first each field that is part of one, then each as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"

/* `a`, `b` and `c` */
static void
add_list(struct buf *b, const struct side_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		buf_addf(b, "%s`%s`", i == 0 ? "" :
		    i + 1 == list->n ? " and " : ", ", list->field[i]->name);
}

static const char *
ambiguity(const struct schema_field *f, size_t n)
{
	int self = f->model == f->target;

	if (f->side.name == NULL && self)
		return n == 2 ? "Ambiguous self relation detected. The fields "
		    "%s in model `%s` both refer to `%s`. If they are part of "
		    "the same relation add the same relation name for them "
		    "with `@relation(<name>)`." :
		    "Unnamed self relation detected. The fields %s in model "
		    "`%s` have no relation name. Please provide a relation "
		    "name for one of them by adding `@relation(<name>).";
	if (f->side.name == NULL)
		return "Ambiguous relation detected. The fields %s in model "
		    "`%s` both refer to `%s`. Please provide different "
		    "relation names for them by adding `@relation(<name>).";
	if (self)
		return "Wrongly named self relation detected. The fields %s "
		    "in model `%s` have the same relation name. At most two "
		    "relation fields can belong to the same relation and "
		    "therefore have the same name. Please assign a different "
		    "relation name to one of them.";
	return "Wrongly named relation detected. The fields %s in model `%s` "
	    "both use the same relation name. Please provide different "
	    "relation names for them through `@relation(<name>).";
}

/* -1: several fields of one model say that they are the same relation. */
static int
check_ambiguity(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	const struct side_list *list;
	const char *fmt, *p;
	struct buf b = BUF_INIT, names = BUF_INIT;
	const char *const arg[] = { NULL, m->name, f->target->name };
	size_t i = 0;

	list = relation_sides(c->r, f);
	if (list->n < 2 || (f->side.name != NULL &&
	    m == f->target && list->n == 2))
		return 0;
	add_list(&names, list);
	fmt = ambiguity(f, list->n);
	for (p = fmt; *p != '\0'; p++)
		if (p[0] == '%' && p[1] == 's') {
			buf_adds(&b, i == 0 ? buf_str(&names) : arg[i]);
			i++;
			p++;
		} else
			buf_addc(&b, *p);
	finding_error(c->f, f->ast->span, "Error validating %s \"%s\": %s",
	    check_container(m), m->name, buf_str(&b));
	buf_free(&b);
	buf_free(&names);
	return -1;
}

static void
check_ignored(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	if (f->target->ignored && !f->ignored && !m->ignored)
		finding_error(c->f, f->ast->span, "Error parsing attribute "
		    "\"@ignore\": The relation field `%s` on Model `%s` must "
		    "specify the `@ignore` attribute, because the model %s it "
		    "is pointing to is marked ignored.", f->name, m->name,
		    f->target->name);
}

/* Without foreign keys the client acts, and it cannot do all of them. */
static void
check_action(struct check *c, const struct schema_field *f,
    enum ref_action action, const char *arg)
{
	if (!c->is_prisma_mode || (action != ACTION_NO_ACTION &&
	    action != ACTION_SET_DEFAULT))
		return;
	finding_error(c->f, check_arg_span(f->side.attr, arg, f->ast->span),
	    "Error validating: Invalid referential action: `%s`. Allowed "
	    "values: (`Cascade`, `Restrict`, `SetNull`)%s",
	    ref_action_name[action], action == ACTION_NO_ACTION ?
	    ". `NoAction` is not implemented for Postgres when using "
	    "`relationMode = \"prisma\"`, you could try using `Restrict` "
	    "instead. Learn more at https://pris.ly/d/relation-mode" : "");
}

/* Do the first columns of the index cover the relation's? */
static int
covers(const struct schema_index *x, const struct schema_side *side)
{
	size_t i;

	if (x->nfields < side->nfields)
		return 0;
	for (i = 0; i < side->nfields; i++)
		if (x->field[i].field != side->fields[i])
			return 0;
	return 1;
}

static void
check_missing_index(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	size_t i;

	if (!c->is_prisma_mode || !f->side.has_fields)
		return;
	for (i = 0; i < m->nindexes; i++)
		if (covers(&m->index[i], &f->side))
			return;
	if (m->id != NULL && covers(m->id, &f->side))
		return;
	finding_warning(c->f, f->side.attr->span, "With `relationMode = "
	    "\"prisma\"`, no foreign keys are used, so relation fields will "
	    "not benefit from the index usually created by the relational "
	    "database under the hood. This can lead to poor performance when "
	    "querying these fields. We recommend adding an index manually. "
	    "Learn more at https://pris.ly/d/relation-mode-prisma-indexes");
}

int
check_relation_field(struct check *c, const struct schema_model *m,
    const struct schema_field *f)
{
	if (check_ambiguity(c, m, f) == -1)
		return -1;
	check_client_name(c, m, f);
	check_ignored(c, m, f);
	check_action(c, f, f->side.on_delete, "onDelete");
	check_action(c, f, f->side.on_update, "onUpdate");
	if (f->side.map != NULL)
		check_length(c, m, f->side.map, "@relation",
		    f->side.attr->span);
	check_missing_index(c, m, f);
	return 0;
}

static void
add_names(struct buf *b, struct schema_field *const *field, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", field[i]->name);
}

static void
check_references(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	struct buf b = BUF_INIT;

	if (side->nreferences == 0 || resolve_key(c->r, rel->model_b,
	    KEY_ANY_ORDER, side->references, side->nreferences) != NULL)
		return;
	add_names(&b, side->references, side->nreferences);
	if (side->nreferences == 1)
		finding_error(c->f, rel->a->ast->span, "Error parsing "
		    "attribute \"@relation\": The argument `references` must "
		    "refer to a unique criterion in the related model. "
		    "Consider adding an `@unique` attribute to the field `%s` "
		    "in the model `%s`.", buf_str(&b), rel->model_b->name);
	else
		finding_error(c->f, rel->a->ast->span, "Error parsing "
		    "attribute \"@relation\": The argument `references` must "
		    "refer to a unique criterion in the related model. "
		    "Consider adding an `@@unique([%s])` attribute to the "
		    "model `%s`.", buf_str(&b), rel->model_b->name);
	buf_free(&b);
}

static void
check_count(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;

	if (side->has_fields && side->has_references &&
	    side->nfields != side->nreferences)
		finding_error(c->f, side->attr->span, "Error validating: You "
		    "must specify the same number of fields in `fields` and "
		    "`references`.");
}

static void
check_arity(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	struct buf b = BUF_INIT;
	size_t i;

	if (rel->a->arity != ARITY_REQUIRED)
		return;
	for (i = 0; i < side->nfields; i++)
		if (side->fields[i]->arity == ARITY_OPTIONAL)
			break;
	if (i == side->nfields)
		return;
	add_names(&b, side->fields, side->nfields);
	finding_error(c->f, rel->a->ast->span, "Error validating: The relation "
	    "field `%s` uses the scalar fields %s. At least one of those "
	    "fields is optional. Hence the relation field must be optional as "
	    "well.", rel->a->name, buf_str(&b));
	finding_hint(c->f, "write %s?", rel->model_b->name);
	buf_free(&b);
}

static int
same_type(const struct schema_field *a, const struct schema_field *b)
{
	if (a->kind != b->kind)
		return 0;
	switch (a->kind) {
	case FIELD_SCALAR:
		return a->scalar == b->scalar;
	case FIELD_ENUM:
		return a->enumeration == b->enumeration;
	case FIELD_UNSUPPORTED:
		return strcmp(a->ast->type.unsupported,
		    b->ast->type.unsupported) == 0;
	default:
		return 0;
	}
}

static void
check_types(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	const struct schema_field *a, *b;
	size_t i;

	for (i = 0; i < side->nfields && i < side->nreferences; i++) {
		a = side->fields[i];
		b = side->references[i];
		if (same_type(a, b))
			continue;
		finding_error(c->f, rel->a->ast->span, "Error parsing "
		    "attribute \"@relation\": The type of the field `%s` in "
		    "the model `%s` is not matching the type of the "
		    "referenced field `%s` in model `%s`.", a->name,
		    a->model->name, b->name, b->model->name);
		finding_hint(c->f, "make %s.%s %s", a->model->name, a->name,
		    b->ast->type.name != NULL ? b->ast->type.name :
		    "the same Unsupported type");
	}
}

static void
check_key_name(struct check *c, const struct schema_relation *rel)
{
	struct named named = { rel->db_name, "@relation",
		rel->model_b->ast->span };

	if (rel->a != NULL)
		named.span = rel->a->ast->span;
	if (rel->a != NULL && rel->a->side.attr != NULL)
		named.span = check_arg_span(rel->a->side.attr, "map",
		    named.span);
	check_local_name(c, rel->model_a, &named);
}

static void
set_null(struct check *c, const struct schema_field *f, const char *arg)
{
	if (c->is_prisma_mode)
		finding_error(c->f, f->ast->span, "Error parsing attribute "
		    "\"@relation\": The `%s` referential action of a relation "
		    "must not be set to `SetNull` when a referenced field is "
		    "required. Either choose another referential action, or "
		    "make the referenced fields optional.", arg);
	else
		finding_warning(c->f, f->ast->span, "The `%s` referential "
		    "action of a relation should not be set to `SetNull` when "
		    "a referenced field is required. We recommend either to "
		    "choose another referential action, or to make the "
		    "referenced fields optional. Read more at "
		    "https://pris.ly/d/postgres-set-null", arg);
}

static void
check_set_null(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	size_t i;

	for (i = 0; i < side->nfields; i++)
		if (side->fields[i]->arity == ARITY_REQUIRED)
			break;
	if (side->has_fields && i == side->nfields)
		return;
	if (side->on_delete == ACTION_SET_NULL)
		set_null(c, rel->a, "onDelete");
	if (side->on_update == ACTION_SET_NULL)
		set_null(c, rel->a, "onUpdate");
}

static void
check_inline(struct check *c, const struct schema_relation *rel)
{
	if (c->is_prisma_mode && rel->a != NULL && rel->b != NULL)
		check_cycle(c, rel);
	if (rel->a != NULL) {
		check_references(c, rel);
		check_count(c, rel);
		check_arity(c, rel);
		check_types(c, rel);
	}
	check_key_name(c, rel);
	if (rel->a != NULL)
		check_set_null(c, rel);
	if (rel->a == NULL || rel->b == NULL)
		check_lone_side(c, rel->a != NULL ? rel->a : rel->b);
	if (rel->kind == RELATION_ONE_TO_ONE)
		check_one_to_one(c, rel);
	else if (rel->a != NULL && rel->b != NULL)
		check_one_to_many(c, rel);
}

void
check_relation(struct check *c, const struct schema_relation *rel)
{
	if (rel->kind < RELATION_MANY_TO_MANY)
		check_inline(c, rel);
	else
		check_many_to_many(c, rel);
}
