/*
 * What belongs on which side of a relation.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"

static void say(struct check *, const struct schema_field *at, const char *,
    ...) __attribute__((format(printf, 3, 4)));

static void
say(struct check *c, const struct schema_field *at, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(c->mem, fmt, ap);
	va_end(ap);
	finding_error(c->f, at->ast->span,
	    "Error parsing attribute \"@relation\": %s", text);
}

void
check_lone_side(struct check *c, const struct schema_field *f)
{
	const char *container = check_container(f->model);

	finding_error(c->f, f->ast->span, "Error validating field `%s` in %s "
	    "`%s`: The relation field `%s` on %s `%s` is missing an opposite "
	    "relation field on the model `%s`. Either run `prisma format` or "
	    "add it manually.", f->name, container, f->model->name, f->name,
	    container, f->model->name, f->target->name);
	finding_hint(c->f, "'dbm format' adds it");
}

static int
has_actions(const struct schema_side *s)
{
	return s->on_delete != ACTION_NONE || s->on_update != ACTION_NONE;
}

/* "The relation fields `b` on Model `B` and `a` on Model `A`" and more */
static void
both(struct check *c, const struct schema_field *at,
    const struct schema_field *first, const struct schema_field *second,
    const char *text)
{
	say(c, at, "The relation fields `%s` on Model `%s` and `%s` on Model "
	    "`%s` %s in the @relation attribute. You have to provide it %s "
	    "one of the two fields.", first->name, first->model->name,
	    second->name, second->model->name, text,
	    strncmp(text, "do not", 6) == 0 ? "on" : "only on");
}

static void
check_defined(struct check *c, const struct schema_field *a,
    const struct schema_field *b)
{
	static const char fields[] = "do not provide the `fields` argument";
	static const char references[] =
	    "do not provide the `references` argument";

	if (a->side.nfields == 0 && b->side.nfields == 0) {
		both(c, a, a, b, fields);
		both(c, b, b, a, fields);
	}
	if (a->side.nreferences == 0 && b->side.nreferences == 0) {
		both(c, a, a, b, references);
		both(c, b, b, a, references);
	}
}

static void
check_one_side_only(struct check *c, const struct schema_field *a,
    const struct schema_field *b)
{
	static const char fields[] = "both provide the `fields` argument";
	static const char references[] =
	    "both provide the `references` argument";

	if (a->side.nreferences > 0 && b->side.nreferences > 0) {
		both(c, a, a, b, references);
		both(c, b, a, b, references);
	}
	if (a->side.nfields > 0 && b->side.nfields > 0) {
		both(c, a, a, b, fields);
		both(c, b, a, b, fields);
	}
}

static void
check_actions(struct check *c, const struct schema_field *a,
    const struct schema_field *b)
{
	static const char text[] =
	    "both provide the `onDelete` or `onUpdate` argument";

	if (!has_actions(&b->side))
		return;
	if (has_actions(&a->side)) {
		both(c, b, b, a, text);
		both(c, a, a, b, text);
		return;
	}
	say(c, b, "The relation field `%s` on Model `%s` must not specify the "
	    "`onDelete` or `onUpdate` argument in the @relation attribute. "
	    "You must only specify it on the opposite field `%s` on model "
	    "`%s`.", b->name, b->model->name, a->name, a->model->name);
}

static void
check_unique(struct check *c, const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	struct buf b = BUF_INIT;
	size_t i;

	if (!side->has_fields || resolve_key(c->r, rel->model_a, KEY_IN_ORDER,
	    side->fields, side->nfields) != NULL)
		return;
	for (i = 0; i < side->nfields; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", side->fields[i]->name);
	if (side->nfields == 1)
		say(c, rel->a, "A one-to-one relation must use unique fields "
		    "on the defining side. Either add an `@unique` attribute "
		    "to the field `%s`, or change the relation to "
		    "one-to-many.", buf_str(&b));
	else
		say(c, rel->a, "A one-to-one relation must use unique fields "
		    "on the defining side. Either add an `@@unique([%s])` "
		    "attribute to the model, or change the relation to "
		    "one-to-many.", buf_str(&b));
	buf_free(&b);
}

static void
mixed_up(struct check *c, const struct schema_field *at,
    const struct schema_field *a, const struct schema_field *b,
    const char *here, const char *there)
{
	say(c, at, "The relation field `%s` on Model `%s` provides the `%s` "
	    "argument in the @relation attribute. And the related field `%s` "
	    "on Model `%s` provides the `%s` argument. You must provide both "
	    "arguments on the same side.", a->name, a->model->name, here,
	    b->name, b->model->name, there);
}

/* These make sense only where nothing else is wrong. */
static void
check_mix(struct check *c, const struct schema_field *a,
    const struct schema_field *b)
{
	if (c->f->nerrors > 0)
		return;
	if (a->side.nfields > 0 && b->side.nreferences > 0) {
		mixed_up(c, a, a, b, "fields", "references");
		mixed_up(c, b, a, b, "fields", "references");
	}
	if (a->side.nreferences > 0 && b->side.nfields > 0)
		mixed_up(c, a, a, b, "references", "fields");
	if (c->f->nerrors == 0 && b->arity == ARITY_REQUIRED)
		say(c, b, "The relation field `%s` on Model `%s` is required. "
		    "This is not valid because it's not possible to "
		    "enforce this constraint on the database level. Please "
		    "change the field type from `%s` to `%s?` to fix this.",
		    b->name, b->model->name, a->model->name, a->model->name);
	if (c->f->nerrors == 0 && a->arity == ARITY_REQUIRED &&
	    (b->side.has_fields || b->side.has_references))
		say(c, b, "The relation field `%s.%s` defines the `fields` "
		    "and/or `references` argument. You must set them on the "
		    "required side of the relation (`%s.%s`) in order for the "
		    "constraints to be enforced. Alternatively, you can "
		    "change this field to be required and the opposite "
		    "optional, or make both sides of the relation optional.",
		    b->model->name, b->name, a->model->name, a->name);
}

void
check_one_to_one(struct check *c, const struct schema_relation *rel)
{
	const struct schema_field *a = rel->a, *b = rel->b;

	if (b != NULL) {
		check_defined(c, a, b);
		check_one_side_only(c, a, b);
		check_actions(c, a, b);
	}
	check_unique(c, rel);
	if (b != NULL)
		check_mix(c, a, b);
}

static void
must_specify(struct check *c, const struct schema_field *f, const char *arg,
    const char *more)
{
	say(c, f, "The relation field `%s` on Model `%s` must specify the "
	    "`%s` argument in the @relation attribute.%s", f->name,
	    f->model->name, arg, more);
	finding_hint(c->f, "'dbm format' fills it in");
}

void
check_one_to_many(struct check *c, const struct schema_relation *rel)
{
	const struct schema_field *a = rel->a, *b = rel->b;

	if (a->side.nfields == 0)
		must_specify(c, a, "fields", " You can run `prisma format` to "
		    "fix this automatically.");
	if (a->side.nreferences == 0)
		must_specify(c, a, "references", "");
	if (b->side.nfields > 0 || b->side.nreferences > 0)
		say(c, b, "The relation field `%s` on Model `%s` must not "
		    "specify the `fields` or `references` argument in the "
		    "@relation attribute. You must only specify it on the "
		    "opposite field `%s` on model `%s`.", b->name,
		    b->model->name, a->name, a->model->name);
	if (has_actions(&b->side))
		say(c, b, "The relation field `%s` on Model `%s` must not "
		    "specify the `onDelete` or `onUpdate` argument in the "
		    "@relation attribute. You must only specify it on the "
		    "opposite field `%s` on model `%s`, or in case of a many "
		    "to many relation, in an explicit join table.", b->name,
		    b->model->name, a->name, a->model->name);
}

/* A table of pairs refers to one id column on each side. */
static void
check_singular_id(struct check *c, const struct schema_field *f)
{
	const struct schema_index *id = f->target->id;
	const struct schema_side *side = &f->side;
	const char *container = check_container(f->target);
	struct buf b = BUF_INIT;
	size_t i;

	if (id == NULL || id->nfields != 1) {
		finding_error(c->f, f->ast->span, "Error validating field `%s` "
		    "in %s `%s`: The relation field `%s` on %s `%s` "
		    "references `%s` which does not have an `@id` field. "
		    "Models without `@id` cannot be part of a many to many "
		    "relation. Use an explicit intermediate Model to "
		    "represent this relationship.", f->name, container,
		    f->model->name, f->name, container, f->model->name,
		    f->target->name);
		return;
	}
	if (!side->has_references || (side->nreferences == 1 &&
	    side->references[0] == id->field[0].field))
		return;
	for (i = 0; i < side->nreferences; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    side->references[i]->name);
	finding_error(c->f, f->ast->span, "Error validating: Implicit "
	    "many-to-many relations must always reference the id field of the "
	    "related model. Change the argument `references` to use the id "
	    "field of the related model `%s`. But it is referencing the "
	    "following fields that are not the id: %s", f->target->name,
	    buf_str(&b));
	buf_free(&b);
}

static void
no_actions(struct check *c, const struct schema_field *f)
{
	static const char *const arg[] = { "onDelete", "onUpdate" };
	const enum ref_action given[] = { f->side.on_delete,
		f->side.on_update };
	const struct ast_args *args;
	size_t i, k;

	for (i = 0; i < 2; i++) {
		if (given[i] == ACTION_NONE)
			continue;
		args = &f->side.attr->args;
		for (k = 0; k < args->n; k++)
			if (args->arg[k].name.text != NULL &&
			    strcmp(args->arg[k].name.text, arg[i]) == 0)
				finding_error(c->f, args->arg[k].value->span,
				    "Error validating: Referential actions on "
				    "implicit many-to-many relations are not "
				    "supported");
	}
}

void
check_many_to_many(struct check *c, const struct schema_relation *rel)
{
	const struct schema_field *const side[] = { rel->a, rel->b };
	size_t i;

	for (i = 0; rel->kind == RELATION_EMBEDDED && i < 2; i++)
		finding_error(c->f, side[i]->ast->span, "Error validating: "
		    "Embedded many-to-many relations are not supported on "
		    "Postgres. Please use the syntax defined in "
		    "https://pris.ly/d/relational-database-many-to-many");
	if (rel->kind == RELATION_EMBEDDED)
		return;
	for (i = 0; i < 2; i++)
		if (rel->model_a->is_view || rel->model_b->is_view)
			finding_error(c->f, side[i]->ast->span, "Error "
			    "validating: Implicit many-to-many relations are "
			    "not supported for views.");
	for (i = 0; i < 2; i++)
		check_singular_id(c, side[i]);
	for (i = 0; i < 2; i++)
		no_actions(c, side[i]);
	for (i = 0; i < 2; i++)
		if (side[i]->side.has_references)
			say(c, side[i], "Implicit many-to-many relation "
			    "should not have references argument defined. "
			    "Either remove it, or change the relation to "
			    "one-to-many.");
}
