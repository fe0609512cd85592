/*
 * The columns of a key that a relation lacks, and the arguments of @relation
 * that would name them.  Must agree with Prisma's formatter.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/format_key.h"

/* What of the model can be referred to: its first unique criterion. */
static const struct schema_index *
first_criterion(const struct schema_model *m, int strict)
{
	const struct schema_index *x;
	size_t i, k;

	for (i = 0; i <= m->nindexes; i++) {
		x = i == 0 ? m->id : &m->index[i - 1];
		if (x == NULL || (i > 0 && x->kind != INDEX_UNIQUE))
			continue;
		for (k = 0; strict && k < x->nfields; k++)
			if (x->field[k].field->arity == ARITY_OPTIONAL ||
			    x->field[k].field->kind == FIELD_UNSUPPORTED)
				break;
		if (!strict || k == x->nfields)
			return x;
	}
	return NULL;
}

const struct schema_field *
format_key_column(const struct schema_model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->nfields; i++)
		if (m->field[i].kind != FIELD_RELATION &&
		    strcmp(m->field[i].name, name) == 0)
			return &m->field[i];
	return NULL;
}

/* modelField */
static const char *
column_name(struct arena *a, const char *model, const char *field)
{
	char *name = arena_printf(a, "%s%s", model, field);
	size_t n = strlen(model);

	if (name[0] >= 'A' && name[0] <= 'Z')
		name[0] = (char)(name[0] - 'A' + 'a');
	if (name[n] >= 'a' && name[n] <= 'z')
		name[n] = (char)(name[n] - 'a' + 'A');
	return name;
}

struct columns
format_key_columns(struct arena *a, const struct schema_relation *rel)
{
	const struct schema_index *x = first_criterion(rel->model_b, 0);
	struct columns list = { .n = 0 };
	struct column *c;
	size_t i;

	if (x == NULL)
		return list;
	list.n = x->nfields;
	list.column = arena_array(a, struct column, list.n);
	for (i = 0; i < list.n; i++) {
		c = &list.column[i];
		c->target = x->field[i].field;
		c->name = column_name(a, rel->model_b->name,
		    c->target->name);
		c->of = format_key_column(rel->model_a, c->name);
		if (c->of != NULL)
			c->arity = c->of->arity;
		else
			c->arity = rel->a != NULL ? rel->a->arity :
			    ARITY_OPTIONAL;
		if (c->of == NULL)
			c->of = c->target;
	}
	return list;
}

/* fields: [a, b] */
static void
add_fields(struct arena *a, const struct schema_relation *rel, struct buf *b)
{
	struct columns list = format_key_columns(a, rel);
	size_t i;

	buf_adds(b, "fields: [");
	for (i = 0; i < list.n; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", list.column[i].name);
	buf_addc(b, ']');
}

/* references: [a, b] */
static void
add_references(const struct schema_relation *rel, struct buf *b)
{
	const struct schema_index *x;
	size_t i;

	buf_adds(b, "references: [");
	if (rel->a != NULL && rel->a->side.has_references)
		for (i = 0; i < rel->a->side.nreferences; i++)
			buf_addf(b, "%s%s", i > 0 ? ", " : "",
			    rel->a->side.references[i]->name);
	else if ((x = first_criterion(rel->model_b, 1)) != NULL)
		for (i = 0; i < x->nfields; i++)
			buf_addf(b, "%s%s", i > 0 ? ", " : "",
			    x->field[i].field->name);
	buf_addc(b, ']');
}

const char *
format_key_arguments(struct arena *a, const struct schema_relation *rel,
    int fields, int references)
{
	struct buf b = BUF_INIT;
	const char *text;

	if (fields)
		add_fields(a, rel, &b);
	if (fields && references)
		buf_adds(&b, ", ");
	if (references)
		add_references(rel, &b);
	text = arena_strndup(a, buf_str(&b), b.len);
	buf_free(&b);
	return text;
}
