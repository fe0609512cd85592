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
#include "schema/format_key.h"
#include "schema/plural.h"

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

static void
fill_back_relation(struct fill *f, const struct schema_relation *rel)
{
	int one = rel->kind == RELATION_ONE_TO_ONE;
	const char *type = rel->model_a->name, *name;

	if (rel->b != NULL)
		return;
	name = name_camel(f->mem, type);
	add_line(f, rel->model_b, arena_printf(f->mem, "%s %s%s %s\n",
	    one ? name : name_plural(f->mem, name), type, one ? "?" : "[]",
	    rel->model_a->ignored ? "@ignore" : ""));
}

static enum ast_arity
forward_arity(struct fill *f, const struct schema_relation *rel)
{
	struct columns list = format_key_columns(f->mem, rel);
	size_t i;

	for (i = 0; i < list.n; i++)
		if (list.column[i].arity == ARITY_OPTIONAL)
			return ARITY_OPTIONAL;
	return ARITY_REQUIRED;
}

static void
fill_forward_relation(struct fill *f, const struct schema_relation *rel)
{
	const char *type = rel->model_b->name;

	if (rel->a == NULL)
		add_line(f, rel->model_a, arena_printf(f->mem,
		    "%s %s%s @relation(%s)\n", name_camel(f->mem, type), type,
		    arity_suffix(forward_arity(f, rel)),
		    format_key_arguments(f->mem, rel, 1, 1)));
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
	list = format_key_columns(f->mem, rel);
	for (c = list.column; c < list.column + list.n; c++) {
		if (format_key_column(rel->model_a, c->name) != NULL)
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
	add_bit(f, span.file, span.end, arena_printf(f->mem, " @relation(%s)",
	    format_key_arguments(f->mem, rel, 1, 1)));
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
	const char *more;
	struct span span;

	if (rel->a == NULL || rel->a->side.attr == NULL)
		return;
	side = &rel->a->side;
	if (side->has_fields && side->has_references)
		return;
	more = format_key_arguments(f->mem, rel, !side->has_fields,
	    !side->has_references);
	span = side->attr->span;
	if (has_arguments(side->attr))
		add_bit(f, span.file, span.end - 1,
		    arena_printf(f->mem, ", %s", more));
	else
		add_bit(f, span.file, span.end,
		    arena_printf(f->mem, "(%s)", more));
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
