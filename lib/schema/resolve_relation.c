/*
 * Stage four, relations: two fields of two models make one when they point
 * at each other and have the same relation name.  Which side holds the key
 * follows from their arities, then from `fields:', then from the alphabet.
 */
#include <string.h>

#include "base/arena.h"
#include "schema/resolve_priv.h"

/*
 * The relation fields of one model that have one other model as target; two
 * addresses, as scopes for their names: as given, and as in effect, since a
 * conventional name may be written out.
 */
struct pair {
	char given, effective;
};

/* Is the name given just the conventional one? */
static int
is_generated(const char *name, const char *a, const char *b)
{
	const char *first = strcmp(a, b) < 0 ? a : b;
	size_t n = strlen(first);

	return strncmp(name, first, n) == 0 &&
	    strncmp(name + n, "To", 2) == 0 &&
	    strcmp(name + n + 2, first == a ? b : a) == 0;
}

static void
add_side(struct resolve *r, const void *scope, const char *name,
    struct schema_field *f)
{
	struct side_list *list = map_get(&r->sides, scope, name);

	if (list == NULL) {
		list = arena_new_of(r->mem, struct side_list);
		map_put(&r->sides, scope, name, list);
	}
	list->field = arena_more(r->mem, list->field, list->n,
	    sizeof(*list->field));
	list->field[list->n++] = f;
}

static void
add_pair(struct resolve *r, struct schema_field *f)
{
	struct pair *p = map_get(&r->pairs, f->model, f->target->name);
	const char *name;

	if (p == NULL) {
		p = arena_new_of(r->mem, struct pair);
		map_put(&r->pairs, f->model, f->target->name, p);
	}
	name = f->side.name == NULL ? "" : f->side.name;
	add_side(r, &p->given, name, f);
	if (is_generated(name, f->model->name, f->target->name))
		name = "";
	add_side(r, &p->effective, name, f);
}

struct side_list *
relation_sides(const struct resolve *r, const struct schema_field *f)
{
	const struct pair *p = map_get(&r->pairs, f->model, f->target->name);
	const char *name = f->side.name;

	if (name == NULL ||
	    is_generated(name, f->model->name, f->target->name))
		name = "";
	return map_get(&r->sides, &p->effective, name);
}

/* The first field over there that points back under the same name. */
static struct schema_field *
opposite(const struct resolve *r, const struct schema_field *f)
{
	const struct pair *p = map_get(&r->pairs, f->target, f->model->name);
	const struct side_list *list = NULL;

	if (p != NULL)
		list = map_get(&r->sides, &p->given, f->side.name == NULL ? "" :
		    f->side.name);
	if (list == NULL)
		return NULL;
	if (list->field[0] != f)
		return list->field[0];
	return list->n > 1 ? list->field[1] : NULL;
}

/* Is f after o by model and field name? */
static int
comes_later(const struct schema_field *f, const struct schema_field *o)
{
	int c = strcmp(f->model->name, o->model->name);

	return c > 0 || (c == 0 && strcmp(f->name, o->name) > 0);
}

/* Without a field over there, only unique columns tell 1-1 from 1-n. */
static enum relation_kind
lone_kind(const struct resolve *r, const struct schema_field *f)
{
	const struct schema_index *x = NULL;

	if (f->side.nfields > 0)
		x = resolve_key(r, f->model, KEY_IN_ORDER, f->side.fields,
		    f->side.nfields);
	return x != NULL && x->kind == INDEX_UNIQUE ? RELATION_ONE_TO_ONE :
	    RELATION_ONE_TO_MANY;
}

/*
 * Is f the a side of a relation with o?  Each relation is met twice, once
 * from each of its fields, and made the time that f is.
 */
static int
is_a_side(const struct schema_field *f, const struct schema_field *o,
    enum relation_kind *kind)
{
	if (f->arity == ARITY_LIST && o->arity == ARITY_LIST) {
		*kind = f->side.has_fields || o->side.has_fields ?
		    RELATION_EMBEDDED : RELATION_MANY_TO_MANY;
		return !comes_later(f, o);
	}
	*kind = RELATION_ONE_TO_MANY;
	if (f->arity == ARITY_LIST || o->arity == ARITY_LIST)
		return o->arity == ARITY_LIST;
	*kind = RELATION_ONE_TO_ONE;
	if (f->arity != o->arity)
		return f->arity == ARITY_REQUIRED;
	if (f->arity == ARITY_OPTIONAL && f->side.has_fields)
		return 1;
	if (f->arity == ARITY_OPTIONAL && o->side.has_fields)
		return 0;
	return !comes_later(f, o);
}

static const char *
generated_name(struct arena *mem, const char *a, const char *b)
{
	return strcmp(a, b) < 0 ? arena_printf(mem, "%sTo%s", a, b) :
	    arena_printf(mem, "%sTo%s", b, a);
}

const char *
relation_name(struct resolve *r, const struct schema_field *f)
{
	return f->side.name != NULL ? f->side.name :
	    generated_name(r->mem, f->model->name, f->target->name);
}

/* "_" and the name, 63 characters of it in all. */
static const char *
join_table(struct arena *mem, const char *name)
{
	size_t n = 0, chars = 1;

	while (name[n] != '\0') {
		if (((unsigned char)name[n] & 0xc0) != 0x80 && chars++ == 63)
			break;
		n++;
	}
	return arena_printf(mem, "_%.*s", (int)n, name);
}

static const char *
key_name(struct arena *mem, const struct schema_relation *rel)
{
	const char *column[32], **c = column;
	size_t i;

	if (rel->map != NULL)
		return rel->map;
	if (rel->ncolumns > count(column))
		c = arena_array(mem, const char *, rel->ncolumns);
	for (i = 0; i < rel->ncolumns; i++)
		c[i] = rel->fields[i]->db_name;
	if (rel->ncolumns == 0)
		return schema_constraint_name(mem, rel->model_a->db_name,
		    (const char *[]){ "" }, 1, "_fkey");
	return schema_constraint_name(mem, rel->model_a->db_name, c,
	    rel->ncolumns, "_fkey");
}

/* What the a side says, where there is one. */
static void
take_side(struct schema_relation *rel, const struct schema_side *side)
{
	rel->fields = side->fields;
	rel->references = side->references;
	rel->ncolumns = side->nfields;
	rel->on_delete = side->on_delete;
	rel->on_update = side->on_update;
	rel->map = side->map;
}

static void
make_relation(struct resolve *r, struct schema_field *a,
    struct schema_field *b, enum relation_kind kind)
{
	struct schema_relation *rel = &r->s->relation[r->s->nrelations++];
	struct schema_field *f = a != NULL ? a : b;

	rel->kind = kind;
	rel->a = a;
	rel->b = b;
	rel->model_a = a != NULL ? a->model : b->target;
	rel->model_b = a != NULL ? a->target : b->model;
	rel->name = relation_name(r, f);
	rel->has_name = f->side.name != NULL;
	if (a != NULL) {
		take_side(rel, &a->side);
		a->relation = rel;
	}
	if (b != NULL)
		b->relation = rel;
	rel->db_name = kind == RELATION_MANY_TO_MANY ?
	    join_table(r->mem, rel->name) : key_name(r->mem, rel);
}

static void
relate(struct resolve *r, struct schema_field *f)
{
	struct schema_field *o = opposite(r, f);
	enum relation_kind kind;

	if (o != NULL) {
		if (is_a_side(f, o, &kind))
			make_relation(r, f, o, kind);
	} else if (f->arity == ARITY_LIST)
		make_relation(r, NULL, f, RELATION_ONE_TO_MANY);
	else
		make_relation(r, f, NULL, lone_kind(r, f));
}

typedef void each_fn(struct resolve *, struct schema_field *);

static size_t
each(struct resolve *r, each_fn *visit)
{
	struct schema_model *m;
	size_t i, n = 0;

	for (m = r->s->model; m < r->s->model + r->s->nmodels; m++)
		for (i = 0; i < m->nfields; i++)
			if (m->field[i].kind == FIELD_RELATION) {
				visit(r, &m->field[i]);
				n++;
			}
	return n;
}

void
resolve_relations(struct resolve *r)
{
	size_t n = each(r, add_pair);

	r->s->relation = arena_array(r->mem, struct schema_relation, n);
	each(r, relate);
}
