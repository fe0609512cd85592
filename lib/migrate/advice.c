/*
 * What to do about rows that are in the way.  The commands are made for the
 * shell: SQL stands in single quotes, and names in it are quoted.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/shell.h"
#include "db/conn.h"
#include "db/counts.h"
#include "migrate/plan_priv.h"
#include "migrate/site.h"
#include "schema/schema.h"

struct advice {
	struct arena *mem;
	const struct risk *r;
	const char *table;  /* quoted, for SQL */
	const char *column; /* likewise; "" where there is none */
	const char *model, *field;
	int push;
	int *on_rows; /* set: there are statements to be run */
	struct buf *b;
};

static void
add_sql(const struct advice *a, const char *sql)
{
	buf_addf(a->b, "dbm exec%s -c ",
	    site_hint_database(a->mem));
	shell_word(a->b, sql);
	buf_addc(a->b, '\n');
	*a->on_rows = 1;
}

static void
add_again(const struct advice *a, const char *what, const char *suffix)
{
	if (a->push) {
		buf_addf(a->b, "dbm db push%s\n", site_hint(a->mem));
		return;
	}
	buf_addf(a->b, "dbm migrate dev%s --name %s_%s%s\n",
	    site_hint(a->mem), what, a->field, suffix);
}

static const char *
qualified(struct arena *mem, const struct risk_column *on)
{
	const char *table = db_ident(mem, on->table);

	return strcmp(on->ns, "public") == 0 ? table :
	    arena_printf(mem, "%s.%s", db_ident(mem, on->ns), table);
}

static int
is_id(const struct advice *a)
{
	const struct cat_index *pk = a->r->change->to_table->pk;

	for (size_t i = 0; pk != NULL && i < pk->ncolumns; i++)
		if (pk->column[i].column == a->r->clause->to)
			return 1;
	return 0;
}

static void
add_id_by_hand(const struct advice *a)
{
	buf_addf(a->b, "the id of `%s` may not be optional: give it a default "
	    "of the database, such as `@default(autoincrement())`, or give "
	    "the rows their values by hand, in a migration made with "
	    "--create-only\n", a->model);
}

static void
add_three_steps(const struct advice *a)
{
	if (is_id(a)) {
		add_id_by_hand(a);
		return;
	}
	if (a->r->kind == RISK_ADD_REQUIRED)
		buf_addf(a->b, "`%s` of `%s`: give it a `@default(...)`, or in "
		    "three steps:\n", a->field, a->model);
	else
		buf_addf(a->b, "`%s` of `%s` in three steps:\n", a->field,
		    a->model);
	buf_adds(a->b, "  1. make it optional, add `?` to the type, and: ");
	add_again(a, "add", "");
	buf_adds(a->b, "  2. give the rows a value: ");
	add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = … WHERE %s IS "
	    "NULL", a->table, a->column, a->column));
	buf_adds(a->b, "  3. make it required, take the `?` away, and: ");
	add_again(a, "require", "");
}

static void
add_fill_first(const struct advice *a)
{
	const char *name = db_ident(a->mem, a->r->on.name);

	buf_addf(a->b, "`%s` of `%s`: give the rows a value first:\n  1. ",
	    a->field, a->model);
	add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = … WHERE %s%s IS "
	    "NULL", a->table, name, name, a->r->on.is_list ? "[1]" : ""));
	buf_adds(a->b, "  2. ");
	add_again(a, "require", "");
}

static void
add_new_column(const struct advice *a)
{
	if (is_id(a)) {
		add_id_by_hand(a);
		return;
	}
	buf_addf(a->b, "`%s` of `%s`: add a new field beside it, fill it from "
	    "the old one, then drop that:\n  1. add `%s_new` with the new "
	    "type%s, and: ", a->field, a->model, a->field,
	    a->r->clause->to->type.arity == ARITY_REQUIRED ?
	    " and `?`" : "");
	add_again(a, "add", "_new");
	buf_adds(a->b, "  2. ");
	add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = …", a->table,
	    db_ident(a->mem, arena_printf(a->mem, "%s_new", a->field))));
	buf_addf(a->b, "  3. drop `%s`, and: ", a->field);
	add_again(a, "drop", "");
	buf_addf(a->b, "  4. call the new one `%s`, and: dbm %s%s%s%s "
	    "--rename ", a->field, a->push ? "db push" : "migrate dev",
	    site_hint(a->mem), a->push ? "" : " --name rename_",
	    a->push ? "" : a->field);
	shell_word(a->b, arena_printf(a->mem, "%s.%s_new=%s", a->model,
	    a->field, a->field));
	buf_addc(a->b, '\n');
}

static void
add_find_misfits(const struct advice *a)
{
	buf_addf(a->b, "`%s` of `%s`: shorten or change what does not fit "
	    "first: ", a->field, a->model);
	add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = … WHERE …",
	    a->table, db_ident(a->mem, a->r->on.name)));
}

static const char *
column_list(const struct advice *a)
{
	struct buf b = BUF_INIT;
	const char *out;

	for (size_t i = 0; i < a->r->ncolumns; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    db_ident(a->mem, a->r->column[i].name));
	out = arena_strdup(a->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static void
add_find_duplicates(const struct advice *a)
{
	const char *list = column_list(a);

	if (a->r->ncolumns == 0 && a->r->kind == RISK_ADD_PK) {
		add_id_by_hand(a);
		return;
	}
	if (a->r->ncolumns == 0) {
		buf_addf(a->b, "`%s`: all rows would get the same: add it as "
		    "optional and without a default, give each row its own, "
		    "then require it\n", a->model);
		return;
	}
	buf_addf(a->b, "`%s`: the values that are there more than once: ",
	    a->model);
	add_sql(a, arena_printf(a->mem, "SELECT %s, count(*) FROM %s GROUP BY "
	    "%s HAVING count(*) > 1", list, a->table, list));
}

/* In dollar quotes, where they can be, the shell's do not get in the way. */
static const char *
value(const struct advice *a, const char *text)
{
	return strchr(text, '$') != NULL ? db_literal(a->mem, text) :
	    arena_printf(a->mem, "$$%s$$", text);
}

/* Each in its turn, since a list may have several of them. */
static void
add_replace_in_list(const struct advice *a, const struct risk_column *on,
    const char *removed)
{
	const char *name = db_ident(a->mem, on->name);

	buf_adds(a->b, "  ");
	add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = array_replace(%s, "
	    "%s, …) WHERE %s = ANY (%s)", qualified(a->mem, on), name, name,
	    value(a, removed), value(a, removed), name));
}

static void
add_replace_values(const struct advice *a)
{
	const struct change *c = a->r->change;
	struct buf values = BUF_INIT;
	const struct risk_column *on;
	const char *name;
	size_t i, k;

	for (i = 0; i < c->nremoved; i++)
		buf_addf(&values, "%s%s", i > 0 ? ", " : "",
		    value(a, c->removed[i]));
	buf_addf(a->b, "`%s`: give the rows another value first:\n",
	    a->r->name);
	for (i = 0; i < a->r->ncolumns; i++) {
		on = &a->r->column[i];
		for (k = 0; on->is_list && k < c->nremoved; k++)
			add_replace_in_list(a, on, c->removed[k]);
		if (on->is_list)
			continue;
		name = db_ident(a->mem, on->name);
		buf_adds(a->b, "  ");
		add_sql(a, arena_printf(a->mem, "UPDATE %s SET %s = … WHERE "
		    "%s IN (%s)", qualified(a->mem, on), name, name,
		    buf_str(&values)));
	}
	buf_free(&values);
}

static void
add_find_orphans(const struct advice *a)
{
	buf_addf(a->b, "`%s`: the rows that refer to nothing: ", a->model);
	add_sql(a, arena_printf(a->mem, "SELECT c.* FROM %s",
	    counts_orphans(a->mem, a->r)));
}

static void (*const advices[RISK__MAX])(const struct advice *) = {
	[RISK_ADD_REQUIRED] = add_three_steps,
	[RISK_ADD_REQUIRED_CLIENT] = add_three_steps,
	[RISK_MAKE_REQUIRED] = add_fill_first,
	[RISK_MAKE_LIST] = add_new_column,
	[RISK_RECREATE_REQUIRED] = add_new_column,
	[RISK_CAST] = add_find_misfits,
	[RISK_ADD_UNIQUE] = add_find_duplicates,
	[RISK_REMOVE_VALUES] = add_replace_values,
	[RISK_ADD_FK] = add_find_orphans,
	[RISK_ADD_PK] = add_find_duplicates,
};

/* A clause without a column, and a change without a clause, have no field. */
static void
name_it(struct advice *a)
{
	const struct clause *c = a->r->clause;
	const struct cat_table *t = a->r->change->to_table;

	if (a->r->on.table != NULL)
		a->table = qualified(a->mem, &a->r->on);
	a->model = t != NULL && t->model != NULL ? t->model->name :
	    a->r->table;
	a->field = c != NULL && c->to != NULL ? c->to->name : "";
	a->column = db_ident(a->mem, a->field);
	if (c != NULL && c->to != NULL && c->to->field != NULL)
		a->field = c->to->field->name;
}

void
plan_advice(struct arena *mem, const struct plan *p, int push, struct buf *b)
{
	int on_rows = 0;
	struct advice a = { .mem = mem, .push = push, .on_rows = &on_rows,
		.b = b };

	for (size_t i = 0; i < p->risks->n; i++) {
		a.r = &p->risks->item[i];
		if (risk_level(a.r) != RISK_BLOCKED ||
		    advices[a.r->kind] == NULL)
			continue;
		name_it(&a);
		advices[a.r->kind](&a);
	}
	if (on_rows && !push)
		buf_adds(b, "the rows of every other database have to be "
		    "mended too before that migration is deployed there: put "
		    "the UPDATE into it (--create-only), or: dbm exec --url "
		    "remote -c …\n");
	if (b->len > 0)
		b->data[--b->len] = '\0';
}
