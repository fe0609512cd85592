/*
 * Walks the changes as the engine's destructive change checker does; texts
 * stand in risk_text.c.
 */
#include <string.h>

#include "base/arena.h"
#include "catalog/risk.h"

const char *const risk_level_name[RISK_LEVEL__MAX] = {
	[RISK_SAFE] = "safe",
	[RISK_MAY_FAIL] = "may fail",
	[RISK_DESTRUCTIVE] = "destructive",
	[RISK_BLOCKED] = "blocked",
};

/* before: while nothing is counted; after: where the count is not 0. */
static const struct {
	enum risk_need need;
	enum risk_level before, after;
} kinds[RISK__MAX] = {
	[RISK_DROP_TABLE] = { NEED_ROWS, RISK_DESTRUCTIVE, RISK_DESTRUCTIVE },
	[RISK_DROP_COLUMN] = { NEED_VALUES, RISK_DESTRUCTIVE,
	    RISK_DESTRUCTIVE },
	[RISK_CAST] = { NEED_VALUES, RISK_DESTRUCTIVE, RISK_DESTRUCTIVE },
	[RISK_RECREATE_COLUMN] = { NEED_VALUES, RISK_DESTRUCTIVE,
	    RISK_DESTRUCTIVE },
	[RISK_CHANGE_PK] = { NEED_ANY_ROW, RISK_MAY_FAIL, RISK_MAY_FAIL },
	[RISK_ADD_UNIQUE] = { NEED_DUPLICATES, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_REMOVE_VALUES] = { NEED_USES, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_ADD_REQUIRED] = { NEED_ROWS, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_ADD_REQUIRED_CLIENT] = { NEED_ROWS, RISK_MAY_FAIL,
	    RISK_BLOCKED },
	[RISK_MAKE_REQUIRED] = { NEED_NULLS, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_MAKE_LIST] = { NEED_VALUES, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_RECREATE_REQUIRED] = { NEED_ANY_ROW, RISK_DESTRUCTIVE,
	    RISK_BLOCKED },
	[RISK_ADD_FK] = { NEED_ORPHANS, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_ADD_PK] = { NEED_DUPLICATES, RISK_MAY_FAIL, RISK_BLOCKED },
	[RISK_FIRST_OF_LIST] = { NEED_LONGER, RISK_DESTRUCTIVE,
	    RISK_DESTRUCTIVE },
};

struct walk {
	struct arena *mem;
	const struct changes *changes;
	struct risks *out;
	size_t step;
};

/* The name that the database has now: that of before a rename. */
static const char *
old_table(const struct changes *c, const struct cat_table *t)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->item[i].kind == CHANGE_RENAME_TABLE &&
		    strcmp(c->item[i].new_name, t->name) == 0 &&
		    strcmp(c->item[i].from_table->ns, t->ns) == 0)
			return c->item[i].old_name;
	return t->name;
}

static const char *
old_column(const struct changes *c, const struct cat_column *column)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->item[i].kind == CHANGE_RENAME_COLUMN &&
		    strcmp(c->item[i].new_name, column->name) == 0 &&
		    strcmp(c->item[i].from_table->name, column->table->name)
		    == 0 &&
		    strcmp(c->item[i].from_table->ns, column->table->ns) == 0)
			return c->item[i].old_name;
	return column->name;
}

static struct risk_column
place(const struct walk *w, const struct cat_table *t,
    const struct cat_column *column)
{
	struct risk_column out = { .ns = t->ns,
		.table = old_table(w->changes, t) };

	if (column != NULL) {
		out.name = old_column(w->changes, column);
		out.is_list = column->type.arity == ARITY_LIST;
	}
	return out;
}

static struct risk *
add(struct walk *w, enum risk_kind kind, const struct clause *clause)
{
	struct risks *out = w->out;
	struct risk *r;

	out->item = arena_more(w->mem, out->item, out->n, sizeof(*r));
	r = &out->item[out->n++];
	r->kind = kind;
	r->need = kinds[kind].need;
	r->step = w->step;
	r->change = &w->changes->item[w->step];
	r->clause = clause;
	r->count = r->misfits = r->rounded = -1;
	return r;
}

/* Of a column: its name in messages, and where it is counted. */
static void
add_column(struct walk *w, enum risk_kind kind, const struct clause *clause,
    const struct cat_column *named)
{
	struct risk *r = add(w, kind, clause);
	const struct cat_table *t = r->change->from_table;

	r->table = t->name;
	r->name = named->name;
	r->on = place(w, t, clause->from);
}

static int
is_required(const struct cat_column *c)
{
	return c->type.arity == ARITY_REQUIRED;
}

/* The column of the new table has nothing for the rows that are there. */
static int
lacks_value(const struct cat_column *c)
{
	return is_required(c) && c->dflt.kind == CAT_DEFAULT_NONE &&
	    !c->autoincrement;
}

static void
walk_add_column(struct walk *w, const struct clause *c)
{
	if (lacks_value(c->to))
		add_column(w, c->to->client_default ?
		    RISK_ADD_REQUIRED_CLIENT : RISK_ADD_REQUIRED, c, c->to);
}

static void
walk_alter_column(struct walk *w, const struct clause *c)
{
	enum ast_arity before = c->from->type.arity, after = c->to->type.arity;
	int converts = clause_converts_list(w->changes, c);

	if (converts && before == ARITY_LIST)
		add_column(w, RISK_FIRST_OF_LIST, c, c->from);
	if (c->arity && after == ARITY_REQUIRED &&
	    (before == ARITY_OPTIONAL || converts))
		add_column(w, RISK_MAKE_REQUIRED, c, c->from);
	if (c->arity && before != ARITY_LIST && after == ARITY_LIST &&
	    !converts)
		add_column(w, RISK_MAKE_LIST, c, c->from);
	if (c->cast == CAST_RISKY || c->cast == CAST_IMPOSSIBLE)
		add_column(w, RISK_CAST, c, c->from);
}

static void
walk_recreate_column(struct walk *w, const struct clause *c)
{
	if (c->arity && c->from->type.arity == ARITY_OPTIONAL &&
	    lacks_value(c->to))
		add_column(w, RISK_ADD_REQUIRED, c, c->from);
	else if (lacks_value(c->to))
		add_column(w, RISK_RECREATE_REQUIRED, c, c->from);
	else
		add_column(w, RISK_RECREATE_COLUMN, c, c->from);
}

static int
is_recreated(const struct change *change, const char *name)
{
	for (size_t i = 0; i < change->nclauses; i++)
		if (change->clause[i].kind == CLAUSE_RECREATE_COLUMN &&
		    strcmp(change->clause[i].to->name, name) == 0)
			return 1;
	return 0;
}

/*
 * Columns that are new hold the same value in all rows, or NULL, or one that
 * differs from row to row.
 */
static void
take_key_column(struct walk *w, struct risk *r, const struct cat_column *to)
{
	const struct cat_table *from = r->change->from_table;
	const struct cat_column *column = catalog_column(from, to->name);

	if (column != NULL && !is_recreated(r->change, to->name))
		r->column[r->ncolumns++] = place(w, from, column);
	else if (to->dflt.kind != CAT_DEFAULT_VALUE &&
	    to->dflt.kind != CAT_DEFAULT_NOW)
		r->never = 1;
}

/* A primary key, or a unique index, of a table that is there. */
static void
add_key(struct walk *w, enum risk_kind kind, const struct clause *clause,
    const struct cat_index *key)
{
	struct risk *r = add(w, kind, clause);

	r->table = key->table->name;
	r->on = place(w, r->change->from_table, NULL);
	r->column = arena_array(w->mem, struct risk_column, key->ncolumns);
	for (size_t i = 0; i < key->ncolumns; i++)
		take_key_column(w, r, key->column[i].column);
}

static void
walk_clause(struct walk *w, const struct change *change,
    const struct clause *c)
{
	struct risk *r;

	switch (c->kind) {
	case CLAUSE_DROP_PK:
		r = add(w, RISK_CHANGE_PK, c);
		r->table = change->from_table->name;
		r->on = place(w, change->from_table, NULL);
		break;
	case CLAUSE_DROP_COLUMN:
		add_column(w, RISK_DROP_COLUMN, c, c->from);
		break;
	case CLAUSE_ADD_COLUMN:
		walk_add_column(w, c);
		break;
	case CLAUSE_ALTER_COLUMN:
		walk_alter_column(w, c);
		break;
	case CLAUSE_RECREATE_COLUMN:
		walk_recreate_column(w, c);
		break;
	case CLAUSE_ADD_PK:
		add_key(w, RISK_ADD_PK, c, change->to_table->pk);
		break;
	case CLAUSE_RENAME_PK:
		break;
	}
}

static void
walk_index(struct walk *w, const struct change *change)
{
	const struct cat_index *index = change->to_index;

	if (change->from_table != NULL && index->kind == INDEX_UNIQUE &&
	    !change->recreated)
		add_key(w, RISK_ADD_UNIQUE, NULL, index);
}

static int
uses(const struct cat_column *c, const struct cat_enum *e)
{
	return c->type.native == NATIVE_ENUM && c->type.enumeration != NULL &&
	    strcmp(c->type.enumeration->name, e->name) == 0 &&
	    strcmp(c->type.enumeration->ns, e->ns) == 0;
}

/* Only the columns that stay of this type are converted. */
static void
take_uses(struct walk *w, struct risk *r, const struct cat_table *t,
    const struct cat_enum *e)
{
	const struct cat_table *to = NULL;
	const struct cat_column *column;
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		if (!uses(&t->column[i], e))
			continue;
		if (to == NULL && (to = catalog_table(w->changes->to, t->ns,
		    t->name)) == NULL)
			return;
		column = catalog_column(to, t->column[i].name);
		if (column == NULL || !uses(column, e))
			continue;
		r->column = arena_more(w->mem, r->column, r->ncolumns,
		    sizeof(*r->column));
		r->column[r->ncolumns++] = place(w, t, &t->column[i]);
	}
}

static void
walk_enum(struct walk *w, const struct change *change)
{
	const struct catalog *from = w->changes->from;
	struct risk *r;
	size_t i;

	if (change->nremoved == 0)
		return;
	r = add(w, RISK_REMOVE_VALUES, NULL);
	r->name = change->to_enum->name;
	for (i = 0; i < from->ntables; i++)
		take_uses(w, r, &from->table[i], change->from_enum);
}

/* Rows can only be in the way where table and columns are there already. */
static void
walk_fk(struct walk *w, const struct change *change)
{
	const struct cat_fk *fk = change->to_fk;
	const struct catalog *c = w->changes->from;
	const struct cat_table *from = catalog_table(c, fk->table->ns,
	    fk->table->name);
	const struct cat_table *target = catalog_table(c, fk->target->ns,
	    fk->target->name);
	const struct cat_column *a, *b;
	struct risk_column *pair;
	struct risk *r;
	size_t i;

	if (from == NULL || target == NULL)
		return;
	pair = arena_array(w->mem, struct risk_column, fk->ncolumns * 2);
	for (i = 0; i < fk->ncolumns; i++) {
		a = catalog_column(from, fk->column[i]->name);
		b = catalog_column(target, fk->target_column[i]->name);
		if (a == NULL || b == NULL ||
		    type_cast(&a->type, &b->type) != CAST_NONE)
			return;
		pair[2 * i] = place(w, from, a);
		pair[2 * i + 1] = place(w, target, b);
	}
	r = add(w, RISK_ADD_FK, NULL);
	r->table = fk->table->name;
	r->name = fk->name;
	r->on = place(w, from, NULL);
	r->column = pair;
	r->ncolumns = fk->ncolumns * 2;
}

static void
walk_change(struct walk *w, const struct change *change)
{
	struct risk *r;

	switch (change->kind) {
	case CHANGE_ALTER_TABLE:
		for (size_t i = 0; i < change->nclauses; i++)
			walk_clause(w, change, &change->clause[i]);
		break;
	case CHANGE_DROP_TABLE:
		r = add(w, RISK_DROP_TABLE, NULL);
		r->table = change->from_table->name;
		r->on = place(w, change->from_table, NULL);
		break;
	case CHANGE_CREATE_INDEX:
		walk_index(w, change);
		break;
	case CHANGE_ALTER_ENUM:
		walk_enum(w, change);
		break;
	case CHANGE_ADD_FK:
		walk_fk(w, change);
		break;
	default:
		break;
	}
}

struct risks *
risks_find(struct arena *mem, const struct changes *changes)
{
	struct risks *out = arena_new_of(mem, struct risks);
	struct walk w = { .mem = mem, .changes = changes, .out = out };

	out->changes = changes;
	for (w.step = 0; w.step < changes->n; w.step++)
		walk_change(&w, &changes->item[w.step]);
	return out;
}

enum risk_level
risk_level(const struct risk *r)
{
	if (r->count == -1)
		return kinds[r->kind].before;
	if (r->count == 0)
		return RISK_SAFE;
	if (r->kind == RISK_CAST && r->misfits != -1)
		return r->misfits > 0 ? RISK_BLOCKED :
		    r->rounded > 0 ? RISK_DESTRUCTIVE : RISK_SAFE;
	return kinds[r->kind].after;
}

enum risk_level
risks_of_change(const struct risks *risks, const struct change *change)
{
	enum risk_level worst = RISK_SAFE, level;

	for (size_t i = 0; i < risks->n; i++) {
		if (risks->item[i].change != change)
			continue;
		level = risk_level(&risks->item[i]);
		if (level > worst)
			worst = level;
	}
	return worst;
}

int
risk_is_step(const struct risk *r)
{
	return r->kind >= RISK_ADD_REQUIRED && r->kind <=
	    RISK_RECREATE_REQUIRED;
}
