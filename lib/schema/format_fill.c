/*
 * What a schema lacks where a relation is told from one side only: the back
 * relation field, the columns of the key, the arguments of @relation.  Must
 * agree with Prisma's formatter in what is added, and in which order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/finding.h"
#include "schema/format.h"
#include "schema/plural.h"
#include "schema/schema.h"

/* A text to be put into a file. */
struct bit {
	unsigned file, at;
	size_t place; /* bits for one spot keep their order */
	const char *text;
};

struct fill {
	struct arena *mem;
	const struct schema *schema;
	struct bit *bit;
	size_t n, room;
};

/* A column of a key, as it is or as it should be called. */
struct column {
	const char *name;
	const struct schema_field *of; /* gives its type */
	const struct schema_field *target;
	enum ast_arity arity;
};

struct columns {
	struct column *column;
	size_t n;
};

static void
add_bit(struct fill *f, unsigned file, unsigned at, const char *text)
{
	struct bit *more;

	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : f->room * 2;
		more = arena_array(f->mem, struct bit, f->room);
		if (f->n > 0)
			memcpy(more, f->bit, f->n * sizeof(*more));
		f->bit = more;
	}
	f->bit[f->n] = (struct bit){ file, at, f->n, text };
	f->n++;
}

/* Before the closing brace. */
static void
add_line(struct fill *f, const struct schema_model *m, const char *text)
{
	add_bit(f, m->ast->span.file, m->ast->span.end - 1, text);
}

static const char *
arity_suffix(enum ast_arity arity)
{
	return arity == ARITY_LIST ? "[]" : arity == ARITY_OPTIONAL ? "?" : "";
}

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

static const struct schema_field *
scalar_field(const struct schema_model *m, const char *name)
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

static struct columns
infer_columns(struct fill *f, const struct schema_relation *rel)
{
	const struct schema_index *x = first_criterion(rel->model_b, 0);
	struct columns list = { .n = 0 };
	struct column *c;
	size_t i;

	if (x == NULL)
		return list;
	list.n = x->nfields;
	list.column = arena_array(f->mem, struct column, list.n);
	for (i = 0; i < list.n; i++) {
		c = &list.column[i];
		c->target = x->field[i].field;
		c->name = column_name(f->mem, rel->model_b->name,
		    c->target->name);
		c->of = scalar_field(rel->model_a, c->name);
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
add_fields(struct fill *f, const struct schema_relation *rel, struct buf *b)
{
	struct columns list = infer_columns(f, rel);
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

/* Both, between text before and after; the result lives in the arena. */
static const char *
both_arguments(struct fill *f, const struct schema_relation *rel,
    const char *before, const char *after)
{
	struct buf b = BUF_INIT;
	const char *text;

	buf_adds(&b, before);
	add_fields(f, rel, &b);
	buf_adds(&b, ", ");
	add_references(rel, &b);
	buf_adds(&b, after);
	text = arena_strndup(f->mem, buf_str(&b), b.len);
	buf_free(&b);
	return text;
}

static void
fill_back_relation(struct fill *f, const struct schema_relation *rel)
{
	const char *type = rel->model_a->name,
	    *name = name_camel(f->mem, type);
	int one = rel->kind == RELATION_ONE_TO_ONE;

	if (rel->b != NULL)
		return;
	add_line(f, rel->model_b, arena_printf(f->mem, "%s %s%s %s\n",
	    one ? name : name_plural(f->mem, name), type, one ? "?" : "[]",
	    rel->model_a->ignored ? "@ignore" : ""));
}

static enum ast_arity
forward_arity(struct fill *f, const struct schema_relation *rel)
{
	struct columns list = infer_columns(f, rel);
	size_t i;

	for (i = 0; i < list.n; i++)
		if (list.column[i].arity == ARITY_OPTIONAL)
			return ARITY_OPTIONAL;
	return ARITY_REQUIRED;
}

static void
fill_forward_relation(struct fill *f, const struct schema_relation *rel)
{
	const char *type = rel->model_b->name, *before;

	if (rel->a != NULL)
		return;
	before = arena_printf(f->mem, "%s %s%s @relation(",
	    name_camel(f->mem, type), type,
	    arity_suffix(forward_arity(f, rel)));
	add_line(f, rel->model_a, both_arguments(f, rel, before, ")\n"));
}

/* The attribute's own text, as written. */
static const char *
native_text(struct fill *f, const struct schema_field *field)
{
	const struct ast_attr *attr = field->native.attr;
	const struct source *source;

	if (attr == NULL)
		return "";
	source = &f->schema->ast->sources->file[attr->span.file];
	return arena_strndup(f->mem, source->text + attr->span.start,
	    attr->span.end - attr->span.start);
}

static void
fill_columns(struct fill *f, const struct schema_relation *rel)
{
	struct columns list;
	struct column *c;

	if (rel->a != NULL && rel->a->side.has_fields)
		return;
	list = infer_columns(f, rel);
	for (c = list.column; c < list.column + list.n; c++) {
		if (scalar_field(rel->model_a, c->name) != NULL)
			continue;
		if (c->of->kind != FIELD_SCALAR)
			return;
		add_line(f, rel->model_a, arena_printf(f->mem,
		    "%s %s%s %s\n", c->name, scalar_name[c->of->scalar],
		    arity_suffix(c->arity), native_text(f, c->target)));
	}
}

static void
fill_attribute(struct fill *f, const struct schema_relation *rel)
{
	const struct source *source;
	struct span span;

	if (rel->a == NULL || rel->a->side.attr != NULL)
		return;
	span = rel->a->ast->type.span;
	source = &f->schema->ast->sources->file[span.file];
	span.end += (unsigned)strspn(source->text + span.end, "[]?!");
	add_bit(f, span.file, span.end, both_arguments(f, rel,
	    " @relation(", ")"));
}

static int
has_arguments(const struct ast_attr *attr)
{
	size_t i;

	for (i = 0; i < attr->args.n; i++)
		if (attr->args.arg[i].value != NULL)
			return 1;
	return 0;
}

static void
fill_arguments(struct fill *f, const struct schema_relation *rel)
{
	const struct schema_side *side;
	struct buf b = BUF_INIT;
	int any;

	if (rel->a == NULL || rel->a->side.attr == NULL)
		return;
	side = &rel->a->side;
	if (side->has_fields && side->has_references)
		return;
	any = has_arguments(side->attr);
	buf_adds(&b, any ? ", " : "(");
	if (!side->has_fields)
		add_fields(f, rel, &b);
	if (!side->has_fields && !side->has_references)
		buf_adds(&b, ", ");
	if (!side->has_references)
		add_references(rel, &b);
	if (!any)
		buf_addc(&b, ')');
	add_bit(f, side->attr->span.file, side->attr->span.end - (any != 0),
	    arena_strndup(f->mem, buf_str(&b), b.len));
	buf_free(&b);
}

static void
each_relation(struct fill *f,
    void (*fill)(struct fill *, const struct schema_relation *))
{
	const struct schema_relation *rel = f->schema->relation;
	size_t i;

	for (i = 0; i < f->schema->nrelations; i++)
		if (rel[i].kind == RELATION_ONE_TO_ONE ||
		    rel[i].kind == RELATION_ONE_TO_MANY)
			fill(f, &rel[i]);
}

static void
fill_relation(struct fill *f, const struct schema_relation *rel)
{
	fill_back_relation(f, rel);
	fill_forward_relation(f, rel);
	fill_columns(f, rel);
}

static int
by_place(const void *a, const void *b)
{
	const struct bit *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* The file with its bits put in. */
static struct source
enrich(struct fill *f, unsigned file)
{
	struct source source = f->schema->ast->sources->file[file];
	struct buf b = BUF_INIT;
	const struct bit *bit;
	unsigned done = 0;
	size_t i;

	for (i = 0; i < f->n; i++) {
		bit = &f->bit[i];
		if (bit->file != file)
			continue;
		buf_add(&b, source.text + done, bit->at - done);
		buf_adds(&b, bit->text);
		done = bit->at;
	}
	if (b.len == 0)
		return source;
	buf_add(&b, source.text + done, source.len - done);
	source.text = arena_strndup(f->mem, buf_str(&b), b.len);
	source.len = b.len;
	buf_free(&b);
	return source;
}

static void
find_bits(struct fill *f)
{
	each_relation(f, fill_relation);
	each_relation(f, fill_attribute);
	each_relation(f, fill_arguments);
	if (f->n > 1)
		qsort(f->bit, f->n, sizeof(*f->bit), by_place);
}

void
schema_format_resolved(struct arena *a, const struct schema *s,
    struct sources *result)
{
	struct fill f = { .mem = a, .schema = s };
	const struct sources *sources = s->ast->sources;
	struct buf text = BUF_INIT;
	struct source source;
	unsigned i;

	if (s->sound)
		find_bits(&f);
	result->n = sources->n;
	result->file = arena_array(a, struct source, sources->n);
	for (i = 0; i < sources->n; i++) {
		source = enrich(&f, i);
		buf_reset(&text);
		format_text(&source, &text);
		source.text = arena_strndup(a, buf_str(&text), text.len);
		source.len = text.len;
		result->file[i] = source;
	}
	buf_free(&text);
}

void
schema_format(struct arena *a, const struct sources *sources,
    struct sources *result)
{
	struct findings findings;

	findings_init(&findings, a);
	schema_format_resolved(a, schema_resolve(a, ast_parse(a, sources,
	    &findings), &findings), result);
}
