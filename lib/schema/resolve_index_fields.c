/*
 * The fields of an index, each with its arguments: [a, b(sort: Desc)].
 */
#include <string.h>

#include "base/arena.h"
#include "schema/index_priv.h"
#include "schema/opclass.h"

static const struct ast_arg *
find_arg(const struct ast_expr *function, const char *name)
{
	const struct ast_args *args = &function->args;
	size_t i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].value != NULL &&
		    args->arg[i].name.text != NULL &&
		    strcmp(args->arg[i].name.text, name) == 0)
			return &args->arg[i];
	return NULL;
}

static void
field_sort(struct resolve *r, const struct ast_arg *a,
    struct schema_index_field *f)
{
	const char *word = coerce_constant(r, a->value);

	if (word == NULL)
		return;
	if (strcmp(word, "Asc") == 0)
		f->sort = SORT_ASC;
	else if (strcmp(word, "Desc") == 0)
		f->sort = SORT_DESC;
	else
		finding_error(r->f, a->span,
		    "Unexpected token. Expected one of: Asc, Desc");
}

static void
raw_ops(struct resolve *r, const struct ast_expr *e,
    struct schema_index_field *f)
{
	if (e->args.n != 1 || e->args.arg[0].value == NULL)
		finding_error(r->f, e->span, "Unexpected token. Expected one "
		    "of: Wrong number of arguments. Expected: 1, got: %zu",
		    e->args.n);
	else if (e->args.arg[0].value->kind != EXPR_STRING)
		finding_error(r->f, e->span, "Unexpected token. Expected one "
		    "of: Invalid parameter type: expected string");
	else {
		f->ops = e->args.arg[0].value->text;
		f->ops_raw = 1;
	}
}

static void
field_ops(struct resolve *r, const struct ast_arg *a,
    struct schema_index_field *f)
{
	const struct ast_expr *e = a->value;
	const struct opclass *c;

	if (e->kind == EXPR_CONSTANT) {
		c = opclass_find(e->text);
		if (c != NULL) {
			f->ops = c->sql;
			return;
		}
		finding_error(r->f, e->span, "Unexpected token. Expected one "
		    "of: Invalid operator class: %s", e->text);
		finding_hint(r->f, "name it as PostgreSQL does: raw(\"%s\")",
		    e->text);
	} else if (e->kind == EXPR_FUNCTION && strcmp(e->text, "raw") == 0)
		raw_ops(r, e, f);
	else
		finding_error(r->f, a->span,
		    "Unexpected token. Expected one of: operator class");
}

static void
field_args(struct resolve *r, const struct ast_expr *e,
    struct schema_index_field *f)
{
	const struct ast_arg *a;
	long long length;

	a = find_arg(e, "sort");
	if (a != NULL)
		field_sort(r, a, f);
	a = find_arg(e, "length");
	if (a != NULL && coerce_integer(r, a->value, &length) == 0)
		f->has_length = length >= 0;
	a = find_arg(e, "ops");
	if (a != NULL)
		field_ops(r, a, f);
}

/* name or name(sort: …); 0 where one of them is something else. */
static int
are_fields(struct resolve *r, const struct ast_expr *e,
    struct schema_index_field *field)
{
	const struct ast_expr *const *item;
	size_t i, n = expr_items(&e, &item);
	int all = 1;

	for (i = 0; i < n; i++)
		if (item[i]->kind == EXPR_FUNCTION)
			field_args(r, item[i], &field[i]);
		else if (item[i]->kind != EXPR_CONSTANT) {
			mismatch(r, "constant literal", item[i]);
			all = 0;
		}
	return all;
}

void
problems_add(struct buf *b, const char *name)
{
	buf_addf(b, "%s%s", b->len > 0 ? ", " : "", name);
}

static void
relation_problem(struct problems *p, const struct schema_field *f)
{
	size_t i;

	problems_add(&p->relations, f->name);
	for (i = 0; i < f->side.nfields; i++)
		problems_add(&p->suggested, f->side.fields[i]->name);
}

/* a.b reaches into a composite type, which PostgreSQL has none of. */
static struct schema_field *
find_field(struct resolve *r, const struct schema_model *m, const char *name,
    struct problems *p)
{
	const char *dot = strchr(name, '.');
	struct schema_field *f;

	if (dot == NULL || !p->follow) {
		f = resolve_field(r, m, name);
		if (f == NULL)
			problems_add(&p->unknown, name);
		return f;
	}
	f = resolve_field(r, m, arena_strndup(r->mem, name,
	    (size_t)(dot - name)));
	if (f == NULL)
		buf_addf(&p->unknown, "%s%.*s", p->unknown.len > 0 ? ", " : "",
		    (int)(dot - name), name);
	else if (f->kind != FIELD_COMPOSITE && f->kind != FIELD_RELATION) {
		problems_add(&p->unknown, name);
		return NULL;
	}
	return f;
}

/* That is told alone. */
static void
twice(struct resolve *r, const struct schema_model *m, const char *name,
    struct problems *p)
{
	finding_error(r->f, r->attr->span, "Error validating model \"%s\": "
	    "The unique index definition refers to the field %s multiple "
	    "times.", m->name, name);
	buf_reset(&p->unknown);
	buf_reset(&p->relations);
}

int
index_fields(struct resolve *r, const struct schema_model *m,
    const struct ast_expr *e, struct schema_index *x, struct problems *p)
{
	const struct ast_expr *const *item;
	struct schema_index_field *field;
	struct schema_field *f;
	size_t i, n = expr_items(&e, &item);

	field = arena_array(r->mem, struct schema_index_field, n);
	if (!are_fields(r, e, field))
		return -1;
	r->mark++;
	for (i = 0; i < n; i++) {
		f = find_field(r, m, item[i]->text, p);
		if (f == NULL)
			continue;
		if (f->kind == FIELD_RELATION)
			relation_problem(p, f);
		else if (f->mark == r->mark && f->kind != FIELD_COMPOSITE) {
			twice(r, m, f->name, p);
			return -1;
		}
		f->mark = r->mark;
		field[i].field = f;
	}
	if (p->unknown.len > 0 || p->relations.len > 0)
		return -1;
	x->field = field;
	x->nfields = n;
	return 0;
}

void
problems_free(struct problems *p)
{
	buf_free(&p->unknown);
	buf_free(&p->relations);
	buf_free(&p->suggested);
}
