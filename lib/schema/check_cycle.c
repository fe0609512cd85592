/*
 * With relationMode = "prisma" the client carries out what foreign keys
 * would; a change that could come back to where it began is refused.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"

/* A way through relations, from the last step to the first. */
struct step {
	const struct schema_relation *rel;
	const struct step *before;
	struct step *next; /* on the stack of those still to go */
};

static enum ref_action
on_delete(const struct schema_relation *rel)
{
	const struct schema_side *side = &rel->a->side;
	size_t i;

	if (side->on_delete != ACTION_NONE)
		return side->on_delete;
	for (i = 0; i < side->nfields; i++)
		if (side->fields[i]->arity == ARITY_REQUIRED)
			return ACTION_RESTRICT;
	return rel->a->arity == ARITY_REQUIRED ? ACTION_RESTRICT :
	    ACTION_SET_NULL;
}

static enum ref_action
on_update(const struct schema_relation *rel)
{
	return rel->a->side.on_update != ACTION_NONE ?
	    rel->a->side.on_update : ACTION_CASCADE;
}

static int
modifies(enum ref_action a)
{
	return a != ACTION_NO_ACTION && a != ACTION_RESTRICT;
}

static void
refuse(struct check *c, const struct schema_relation *rel, const char *text)
{
	const struct schema_side *side = &rel->a->side;
	int deletes = side->on_delete == ACTION_NONE &&
	    modifies(on_delete(rel));
	int updates = side->on_update == ACTION_NONE;
	struct buf b = BUF_INIT;

	if (deletes && updates)
		buf_addf(&b, " (Implicit default `onDelete`: `%s`, and "
		    "`onUpdate`: `Cascade`)", ref_action_name[on_delete(rel)]);
	else if (deletes)
		buf_addf(&b, " (Implicit default `onDelete`: `%s`)",
		    ref_action_name[on_delete(rel)]);
	else if (updates)
		buf_adds(&b, " (Implicit default `onUpdate`: `Cascade`)");
	finding_error(c->f, rel->a->ast->span, "Error validating: %s%s Read "
	    "more at https://pris.ly/d/cyclic-referential-actions", text,
	    buf_str(&b));
	buf_free(&b);
}

static void
add_path(struct buf *b, const struct step *s)
{
	if (s->before != NULL) {
		add_path(b, s->before);
		buf_adds(b, " \xe2\x86\x92 ");
	}
	buf_addf(b, "%s.%s", s->rel->model_a->name, s->rel->a->name);
}

static void
refuse_path(struct check *c, const struct schema_relation *rel,
    const struct step *s)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "Reference causes a cycle. One of the @relation "
	    "attributes in this cycle must have `onDelete` and `onUpdate` "
	    "referential actions set to `NoAction`. Cycle path: ");
	add_path(&b, s);
	buf_addc(&b, '.');
	refuse(c, rel, buf_str(&b));
	buf_free(&b);
}

static struct step *
push(struct check *c, struct step *stack, const struct schema_relation *rel,
    const struct step *before)
{
	struct step *s = arena_new_of(c->mem, struct step);

	s->rel = rel;
	s->before = before;
	s->next = stack;
	return s;
}

/* All complete relations whose key is on that model. */
static struct step *
push_all(struct check *c, struct step *stack, const struct schema_model *m,
    const struct step *before, struct map *visited)
{
	const struct schema_relation *rel;
	size_t i;

	for (i = 0; i < m->nfields; i++) {
		rel = m->field[i].relation;
		if (rel == NULL || rel->a != &m->field[i] || rel->b == NULL ||
		    rel->kind >= RELATION_MANY_TO_MANY ||
		    map_get(visited, m, rel->a->name) != NULL)
			continue;
		stack = push(c, stack, rel, before);
	}
	return stack;
}

/* 1: that step closes a circle, and it was told. */
static int
closes(struct check *c, const struct schema_relation *rel,
    const struct step *s)
{
	if (s->rel->model_a == s->rel->model_b) {
		refuse(c, rel, "A self-relation must have `onDelete` and "
		    "`onUpdate` referential actions set to `NoAction` in one "
		    "of the @relation attributes.");
		return 1;
	}
	if (s->rel->model_b == rel->model_a) {
		refuse_path(c, rel, s);
		return 1;
	}
	return 0;
}

void
check_cycle(struct check *c, const struct schema_relation *rel)
{
	struct step *stack, *s;
	struct map visited;

	map_init(&visited, c->mem, 16);
	stack = push(c, NULL, rel, NULL);
	while (stack != NULL) {
		s = stack;
		stack = s->next;
		map_put(&visited, s->rel->model_a, s->rel->a->name, s);
		if (!modifies(on_update(s->rel)) &&
		    !modifies(on_delete(s->rel)))
			continue;
		if (closes(c, rel, s))
			return;
		stack = push_all(c, stack, s->rel->model_b, s, &visited);
	}
}
