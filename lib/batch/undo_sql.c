/*
 * The statements of an undo.  All of the columns that a run has set are one
 * value, compared by its text: a row is restored where nobody has changed any
 * of them since.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "batch/job.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/key.h"
#include "batch/undo_priv.h"
#include "rows/equal.h"
#include "rows/table.h"

enum which {
	NOW,
	OLD,
	NEW
};

static void
add_text(struct buf *b, struct arena *mem, const struct undo_columns *all,
    enum which which)
{
	const struct column **c;
	size_t i;

	c = arena_array(mem, const struct column *, all->n);
	for (i = 0; i < all->n; i++)
		c[i] = which == NOW ? all->column[i].now :
		    which == OLD ? all->column[i].old : all->column[i].new;
	equal_text(b, c, all->n, which == NOW ? UNDO_TABLE : UNDO_KEPT);
}

static void
add_holds(struct buf *b, struct arena *mem, const struct undo *u,
    enum which which)
{
	add_text(b, mem, u->priv, NOW);
	buf_adds(b, " OPERATOR(pg_catalog.=) ");
	add_text(b, mem, u->priv, which);
}

/* What was written over by the same is as it was. */
static void
add_restorable(struct buf *b, struct arena *mem, const struct undo *u)
{
	add_holds(b, mem, u, NEW);
	buf_adds(b, " AND NOT ");
	add_holds(b, mem, u, OLD);
}

static void
add_same_key(struct buf *b, const struct undo *u)
{
	const struct undo_columns *all = u->priv;

	equal_key(b, all->key, UNDO_TABLE, UNDO_KEPT);
}

/*
 * To a type of the server's own as in any assignment, which refuses what
 * would be cut off; to others by the text, as it was kept.
 */
static void
add_set(struct buf *b, const struct undo_columns *all)
{
	const struct undo_column *c;
	size_t i;

	for (i = 0; i < all->n; i++) {
		c = &all->column[i];
		buf_addf(b, "%s%s = ", i > 0 ? ", " : "", c->now->ident);
		if (strcmp(c->now->type_schema, "pg_catalog") == 0)
			buf_addf(b, UNDO_KEPT ".%s", c->old->ident);
		else
			buf_addf(b, UNDO_KEPT ".%s::pg_catalog.text::%s",
			    c->old->ident, c->now->type);
	}
}

void
undo_add_work(struct buf *b, const struct job *job, size_t lo, size_t hi)
{
	const struct undo *u = job->arg;
	const struct undo_columns *all = u->priv;
	struct arena *mem = arena_new();

	buf_addf(b, "WITH " UNDO_KEPT " AS MATERIALIZED (SELECT *, "
	    KEEP_FEW_COLUMNS " FROM %s WHERE ", u->keep);
	key_within(b, all->key, NULL, lo, hi);
	buf_addf(b, ") UPDATE %s AS " UNDO_TABLE " SET ", u->table->from);
	add_set(b, all);
	buf_adds(b, " FROM " UNDO_KEPT " WHERE " KEEP_FEW(UNDO_KEPT) " AND ");
	add_same_key(b, u);
	buf_adds(b, " AND ");
	add_restorable(b, mem, u);
	arena_free(mem);
}

void
undo_add_left(struct buf *b, const struct undo *u)
{
	struct arena *mem = arena_new();

	buf_addf(b, "SELECT pg_catalog.count(*) FROM %s AS " UNDO_TABLE
	    ", %s AS " UNDO_KEPT " WHERE ", u->table->from, u->keep);
	add_same_key(b, u);
	buf_adds(b, " AND ");
	add_restorable(b, mem, u);
	arena_free(mem);
}

/* All that was kept, with what is there now. */
static void
add_kept(struct buf *b, const struct undo *u)
{
	buf_addf(b, " FROM %s AS " UNDO_KEPT " LEFT JOIN %s AS " UNDO_TABLE
	    " ON ", u->keep, u->table->from);
	add_same_key(b, u);
}

void
undo_add_count(struct buf *b, const struct undo *u)
{
	const struct undo_columns *all = u->priv;
	const char *first = all->key->column[0]->ident;
	struct arena *mem = arena_new();

	buf_addf(b, "SELECT count(*), count(*) FILTER (WHERE " UNDO_TABLE
	    ".%s IS NOT NULL AND ", first);
	add_restorable(b, mem, u);
	buf_addf(b, "), count(*) FILTER (WHERE " UNDO_TABLE ".%s IS NOT NULL "
	    "AND ", first);
	add_holds(b, mem, u, OLD);
	buf_addf(b, "), count(*) FILTER (WHERE " UNDO_TABLE ".%s IS NULL)",
	    first);
	add_kept(b, u);
	buf_adds(b, " WHERE true");
	arena_free(mem);
}

static void
add_output(struct buf *b, struct arena *mem, const struct column *c,
    const char *alias)
{
	struct column qualified = *c;

	qualified.ident = arena_printf(mem, "%s.%s", alias, c->ident);
	equal_output(b, &qualified);
}

void
undo_add_rest(struct buf *b, const struct undo *u, size_t limit)
{
	const struct undo_columns *all = u->priv;
	const char *first = all->key->column[0]->ident;
	struct arena *mem = arena_new();
	size_t i;

	buf_adds(b, "SELECT ");
	for (i = 0; i < all->key->n; i++) {
		add_output(b, mem, all->key->column[i], UNDO_KEPT);
		buf_adds(b, ", ");
	}
	buf_addf(b, UNDO_TABLE ".%s IS NULL", first);
	for (i = 0; i < all->n; i++) {
		buf_adds(b, ", ");
		add_output(b, mem, all->column[i].now, UNDO_TABLE);
	}
	add_kept(b, u);
	buf_addf(b, " WHERE " UNDO_TABLE ".%s IS NULL OR NOT ", first);
	add_holds(b, mem, u, NEW);
	buf_adds(b, " AND NOT ");
	add_holds(b, mem, u, OLD);
	buf_adds(b, " ORDER BY ");
	key_columns(b, all->key, UNDO_KEPT);
	buf_addf(b, " LIMIT %zu", limit);
	arena_free(mem);
}
