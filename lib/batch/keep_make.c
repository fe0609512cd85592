/* The statements that make the tables beside dbm.runs. */
#include "base/arena.h"
#include "base/buf.h"
#include "batch/change.h"
#include "batch/keep_priv.h"
#include "batch/key.h"

void
keep_ask(struct keep_asks *a, struct db_ask ask)
{
	a->ask = arena_more(a->mem, a->ask, a->n, sizeof(*a->ask));
	a->ask[a->n++] = ask;
}

static void
add_sql(struct keep_asks *a, const char *sql)
{
	keep_ask(a, (struct db_ask){ .sql = sql });
}

static void
add_buf(struct keep_asks *a, struct buf *b)
{
	add_sql(a, arena_strdup(a->mem, buf_str(b)));
	buf_free(b);
}

void
keep_ask_drop(struct keep_asks *a, const char *table)
{
	add_sql(a, arena_printf(a->mem, "DROP TABLE %s", table));
}

const char *
keep_key(struct arena *mem, const struct change *c)
{
	return columns_list(mem, c->key->column, c->key->n, "");
}

/* One row of another table may belong to several of ours, or the reverse. */
void
keep_ask_keys(struct keep_asks *a, const struct change *c, const char *table)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "CREATE TABLE %s AS SELECT %s", table,
	    c->update.from.text != NULL ? "DISTINCT " : "");
	key_columns(&b, c->key, c->alias);
	change_rows(&b, c, 0);
	add_buf(a, &b);
	add_sql(a, arena_printf(a->mem, "ALTER TABLE %s ADD PRIMARY KEY (%s)",
	    table, keep_key(a->mem, c)));
	add_sql(a, arena_printf(a->mem, "ANALYZE %s", table));
}

/* The undo finds by it which column is kept where. */
static void
add_comment(struct keep_asks *a, const char *table, const char *column,
    const char *of)
{
	add_sql(a, arena_printf(a->mem, "COMMENT ON COLUMN %s.%s IS %s",
	    table, column, db_literal(a->mem, of)));
}

void
keep_ask_table(struct keep_asks *a, const struct change *c, const char *table)
{
	struct keep_pair *pair = keep_pairs(a->mem, c);
	struct buf b = BUF_INIT;
	const char *type;
	size_t i;

	buf_addf(&b, "CREATE TABLE %s AS SELECT ", table);
	key_columns(&b, c->key, c->alias);
	buf_addf(&b, " FROM %s WITH NO DATA", c->target);
	add_buf(a, &b);
	buf_addf(&b, "ALTER TABLE %s", table);
	for (i = 0; i < c->update.nset; i++) {
		type = keep_type(a->mem, c->set[i]);
		buf_addf(&b, " ADD COLUMN %s %s, ADD COLUMN %s %s,",
		    pair[i].old, type, pair[i].new, type);
	}
	buf_addf(&b, " ADD PRIMARY KEY (%s)", keep_key(a->mem, c));
	add_buf(a, &b);
	for (i = 0; i < c->update.nset; i++) {
		add_comment(a, table, pair[i].old, c->set[i]->name);
		add_comment(a, table, pair[i].new, c->set[i]->name);
	}
}
