/* What the values and the condition of an UPDATE read and call. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "sql/update_priv.h"

enum part {
	PART_VALUE,
	PART_FROM,
	PART_WHERE
};

struct look {
	struct update_reader *r;
	const char **same;	/* names of the table itself, as another of
				 * the sources */
	size_t nsame;
	enum part part;
	int depth;		/* in so many sub-selects */
	const char *reads;	/* a column that is set */
	int sure;		/* and no column of another table */
	const char *row;	/* the name of a whole row, or of a column */
	int others;		/* something may be of another source */
	int times;		/* in so many casts to a date or a time */
	int moment;		/* a constant there is named after now */
	int failed;
};

static const char *
string_of(const json_t *list, size_t i)
{
	return json_string_value(json_object_get(update_node(
	    json_array_get(list, i), "String"), "sval"));
}

static const char *
set_column(const struct look *l, const char *name)
{
	const struct sql_update *u = l->r->u;
	size_t i;

	for (i = 0; i < u->nset; i++)
		if (strcmp(u->set[i].column, name) == 0)
			return u->set[i].column;
	return NULL;
}

static int
is_same(const struct look *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->nsame; i++)
		if (strcmp(l->same[i], name) == 0)
			return 1;
	return 0;
}

static void
reads(struct look *l, const char *column, int sure)
{
	if (column == NULL)
		return;
	if (l->reads == NULL)
		l->reads = column;
	l->sure |= sure;
}

/* Behind FROM the row itself is not to be seen; and of the condition it has
 * to be sure that it is what is read. */
static void
bare(struct look *l, const char *name)
{
	const char *column;

	l->others = 1;
	if ((l->part == PART_FROM && l->nsame == 0) ||
	    (l->part == PART_WHERE && l->depth > 0))
		return;
	if (name == NULL) {
		if (l->depth > 0 && l->nsame > 0)
			reads(l, l->r->u->set[0].column, 1);
	} else if ((column = set_column(l, name)) != NULL)
		reads(l, column, l->depth == 0 && json_object_get(
		    l->r->stmt, "fromClause") == NULL);
	else if (strcmp(name, l->r->u->alias) == 0 || is_same(l, name))
		l->row = arena_strdup(l->r->mem, name);
}

static void
qualified(struct look *l, const char *of, const char *name)
{
	int target = strcmp(of, l->r->u->alias) == 0;

	l->others |= !target;
	if (l->part != PART_WHERE)
		target |= is_same(l, of);
	if (l->part == PART_FROM)
		target = is_same(l, of);
	if (target)
		reads(l, name == NULL ? l->r->u->set[0].column :
		    set_column(l, name), 1);
}

static void
column_ref(struct look *l, const json_t *node)
{
	const json_t *fields = json_object_get(node, "fields");
	size_t n = json_array_size(fields);
	const char *of = n > 1 ? string_of(fields, n - 2) : NULL;

	if (n == 1)
		bare(l, string_of(fields, 0));
	else if (of != NULL)
		qualified(l, of, string_of(fields, n - 1));
}

/* age() of one date is its distance from today. */
static void
function_call(struct look *l, const json_t *node)
{
	const json_t *name = json_object_get(node, "funcname");
	struct sql_update *u = l->r->u;
	size_t n = json_array_size(name);
	const char *last = n > 0 ? string_of(name, n - 1) : NULL;

	if (l->part == PART_WHERE || last == NULL)
		return;
	if (strcmp(last, "age") == 0 &&
	    json_array_size(json_object_get(node, "args")) == 1)
		u->tells_time = 1;
	u->function = arena_more(l->r->mem, u->function, u->nfunctions,
	    sizeof(*u->function));
	u->function[u->nfunctions].schema = n == 1 ? NULL :
	    arena_strdup(l->r->mem, string_of(name, n - 2));
	u->function[u->nfunctions++].name = arena_strdup(l->r->mem, last);
}

static void
value_function(struct look *l, const json_t *node)
{
	const char *op = json_string_value(json_object_get(node, "op"));

	if (l->part != PART_WHERE && op != NULL &&
	    (strstr(op, "_DATE") != NULL || strstr(op, "TIME") != NULL))
		l->r->u->tells_time = 1;
}

/* USING and NATURAL read columns that are nowhere else named. */
static void
join(struct look *l, const json_t *node)
{
	const json_t *using = json_object_get(node, "usingClause");
	size_t i;

	if (l->nsame == 0 || l->part == PART_WHERE)
		return;
	if (json_is_true(json_object_get(node, "isNatural")))
		reads(l, l->r->u->set[0].column, 1);
	for (i = 0; i < json_array_size(using); i++)
		reads(l, set_column(l, string_of(using, i)), 1);
}

static void
parameter(struct look *l, const json_t *node)
{
	l->failed = 1;
	*l->r->offset = update_place(node);
	diag_set(l->r->d, "there is nothing to put in for the parameter $%d",
	    (int)json_integer_value(json_object_get(node, "number")));
}

static void
constant(struct look *l, const json_t *node)
{
	const char *text = json_string_value(json_object_get(
	    json_object_get(node, "sval"), "sval"));

	if (text == NULL || l->part == PART_WHERE || !update_is_moment(text))
		return;
	l->moment = 1;
	if (l->times > 0)
		l->r->u->tells_time = 1;
}

static void
walk(struct look *l, const json_t *o)
{
	static const struct {
		const char *node;
		void (*look)(struct look *, const json_t *);
	} nodes[] = {
		{ "A_Const", constant },
		{ "ColumnRef", column_ref },
		{ "FuncCall", function_call },
		{ "JoinExpr", join },
		{ "ParamRef", parameter },
		{ "SQLValueFunction", value_function },
	};
	const json_t *item;
	const char *key;
	int time;
	size_t i;

	json_array_foreach(o, i, item)
		walk(l, item);
	if (!json_is_object(o))
		return;
	/* the macro's cast drops const from what is only read */
	json_object_foreach((json_t *)(uintptr_t)o, key, item) {
		for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
			if (strcmp(nodes[i].node, key) == 0)
				nodes[i].look(l, item);
		time = update_makes_time(key, item);
		l->times += time;
		l->depth += strcmp(key, "SelectStmt") == 0;
		walk(l, item);
		l->depth -= strcmp(key, "SelectStmt") == 0;
		l->times -= time;
	}
}

/* Where else the table is read, and by what name. */
static void
find_same(struct look *l, const json_t *o)
{
	const struct sql_update *u = l->r->u;
	const json_t *item, *var = update_node(o, "RangeVar");
	const char *key, *name, *schema;
	size_t i;

	json_array_foreach(o, i, item)
		find_same(l, item);
	if (!json_is_object(o))
		return;
	json_object_foreach((json_t *)(uintptr_t)o, key, item)
		find_same(l, item);
	name = json_string_value(json_object_get(var, "relname"));
	schema = json_string_value(json_object_get(var, "schemaname"));
	if (name == NULL || strcmp(name, u->table) != 0 || (schema != NULL &&
	    u->schema != NULL && strcmp(schema, u->schema) != 0))
		return;
	item = json_object_get(json_object_get(var, "alias"), "aliasname");
	l->same = arena_more(l->r->mem, l->same, l->nsame, sizeof(*l->same));
	l->same[l->nsame++] = arena_strdup(l->r->mem, item != NULL ?
	    json_string_value(item) : name);
}

static void
look_at(struct look *l, enum part part, const json_t *o)
{
	l->part = part;
	l->reads = l->row = NULL;
	l->others = l->sure = l->moment = 0;
	walk(l, o);
}

/* Is it no more than a column of the row? */
static const char *
copy_of(const struct look *l, const json_t *value)
{
	const json_t *fields = json_object_get(update_node(value,
	    "ColumnRef"), "fields");
	size_t n = json_array_size(fields);
	const char *name;

	if (n == 0 || n > 2 || (name = string_of(fields, n - 1)) == NULL)
		return NULL;
	if (n == 1 ? json_object_get(l->r->stmt, "fromClause") != NULL :
	    strcmp(string_of(fields, 0), l->r->u->alias) != 0)
		return NULL;
	return arena_strdup(l->r->mem, name);
}

static int
is_constant(const json_t *value)
{
	const json_t *cast = update_node(value, "TypeCast");

	return update_node(cast != NULL ? json_object_get(cast, "arg") : value,
	    "A_Const") != NULL;
}

static void
look_at_value(struct look *l, struct sql_set *s, const json_t *value,
    const char *from)
{
	look_at(l, PART_VALUE, value);
	s->reads = l->reads;
	s->perhaps = l->reads != NULL && !l->sure;
	s->reads_row = l->row;
	s->moment = l->moment;
	/* by way of what FROM has read */
	if (s->reads == NULL && l->others)
		s->reads = from;
	s->constant = is_constant(value);
	s->copies = copy_of(l, value);
}

int
update_look(struct update_reader *r)
{
	struct look l = { .r = r };
	const json_t *from = json_object_get(r->stmt, "fromClause"), *t;
	const json_t *where = json_object_get(r->stmt, "whereClause");
	const char *by_from;
	size_t i;

	find_same(&l, from);
	look_at(&l, PART_FROM, from);
	by_from = l.reads;
	find_same(&l, where);
	find_same(&l, update_targets(r));
	json_array_foreach(update_targets(r), i, t)
		look_at_value(&l, &r->u->set[i], update_value(update_node(t,
		    "ResTarget")), by_from);
	look_at(&l, PART_WHERE, where);
	r->u->where_reads_set = l.reads != NULL;
	return l.failed ? -1 : 0;
}
