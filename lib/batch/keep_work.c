/*
 * A batch that keeps what was there before, in one statement.
 *
 * Rows are locked first: what a row held at that moment is what is
 * overwritten, also where another session has changed it since the snapshot
 * of the statement was taken.  The lock is the one that an UPDATE takes, so
 * that foreign keys can go on pointing at it.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "batch/change.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/key.h"

/* Nothing in them is called as something in the user's own expressions. */
#define OLD "dbm_old"
#define NEW "dbm_new"
#define KEPT "dbm_kept"

struct work {
	struct arena *mem;
	const struct change *c;
	const struct keep_pair *pair;
	size_t lo, hi;
};

static const char *
set_column(const struct work *w, size_t i)
{
	return arena_printf(w->mem, "%s.%s", w->c->alias,
	    w->c->set[i]->ident);
}

static void
add_from(struct buf *b, const struct work *w)
{
	if (w->c->update.from.text != NULL)
		buf_addf(b, ", %s", w->c->update.from.text);
}

/* What is locked: key and old values. */
static void
add_old(struct buf *b, const struct work *w)
{
	const struct change *c = w->c;
	size_t i;

	buf_adds(b, OLD " AS MATERIALIZED (SELECT ");
	for (i = 0; i < c->key->n; i++)
		buf_addf(b, "%s.%s AS dbm_k%zu, ", c->alias,
		    c->key->column[i]->ident, i + 1);
	for (i = 0; i < c->update.nset; i++) {
		keep_value(b, c->set[i], set_column(w, i));
		buf_addf(b, " AS dbm_o%zu, ", i + 1);
	}
	buf_addf(b, KEEP_FEW_COLUMNS " FROM %s", c->target);
	add_from(b, w);
	buf_adds(b, " WHERE ");
	key_within(b, c->key, c->alias, w->lo, w->hi);
	if (c->keys != NULL) {
		buf_adds(b, " AND ");
		change_in_keys(b, c);
	}
	buf_adds(b, " AND ");
	change_where(b, c, 1);
	buf_addf(b, " FOR NO KEY UPDATE OF %s)", c->alias);
}

/*
 * The condition stands here again only where it says which row of another
 * table belongs to which of ours.
 */
static void
add_new(struct buf *b, const struct work *w)
{
	const struct change *c = w->c;
	size_t i;

	buf_addf(b, NEW " AS (UPDATE %s SET ", c->target);
	change_set(b, c);
	buf_adds(b, " FROM " OLD);
	add_from(b, w);
	buf_adds(b, " WHERE " KEEP_FEW(OLD));
	for (i = 0; i < c->key->n; i++)
		buf_addf(b, " AND %s.%s %s " OLD ".dbm_k%zu", c->alias,
		    c->key->column[i]->ident, c->key->equal[i], i + 1);
	if (c->update.from.text != NULL) {
		buf_adds(b, " AND ");
		change_where(b, c, 1);
	}
	buf_adds(b, " RETURNING ");
	for (i = 0; i < c->key->n; i++)
		buf_addf(b, OLD ".dbm_k%zu, ", i + 1);
	for (i = 0; i < c->update.nset; i++)
		buf_addf(b, OLD ".dbm_o%zu, ", i + 1);
	for (i = 0; i < c->update.nset; i++) {
		keep_value(b, c->set[i], set_column(w, i));
		buf_adds(b, i + 1 < c->update.nset ? ", " : ")");
	}
}

static void
add_row(struct buf *b, const struct work *w, const char *alias, int old)
{
	size_t i;

	buf_adds(b, "ROW(");
	for (i = 0; i < w->c->update.nset; i++)
		buf_addf(b, "%s%s.%s", i > 0 ? ", " : "", alias, old ?
		    w->pair[i].old : w->pair[i].new);
	buf_adds(b, ")::pg_catalog.text");
}

/*
 * A row that comes again, in the last pass: where it held what we had
 * written, it is still to get back what was there at first; else what another
 * has put there since.
 */
static void
add_again(struct buf *b, const struct work *w)
{
	const struct keep_pair *p;
	size_t i;

	buf_addf(b, " ON CONFLICT (%s) DO UPDATE SET ",
	    columns_list(w->mem, w->c->key->column, w->c->key->n, ""));
	for (i = 0; i < w->c->update.nset; i++) {
		p = &w->pair[i];
		buf_addf(b, "%s%s = CASE WHEN ", i > 0 ? ", " : "", p->old);
		add_row(b, w, KEPT, 0);
		buf_adds(b, " OPERATOR(pg_catalog.=) ");
		add_row(b, w, "excluded", 1);
		buf_addf(b, " THEN " KEPT ".%s ELSE excluded.%s END, "
		    "%s = excluded.%s", p->old, p->old, p->new, p->new);
	}
}

static void
add_keep(struct buf *b, const struct work *w)
{
	size_t i;

	buf_addf(b, "INSERT INTO %s AS " KEPT " (%s", w->c->keep,
	    columns_list(w->mem, w->c->key->column, w->c->key->n, ""));
	for (i = 0; i < w->c->update.nset; i++)
		buf_addf(b, ", %s", w->pair[i].old);
	for (i = 0; i < w->c->update.nset; i++)
		buf_addf(b, ", %s", w->pair[i].new);
	buf_adds(b, ") SELECT * FROM " NEW);
	add_again(b, w);
}

void
keep_add_work(struct buf *b, const struct job *job, size_t lo, size_t hi)
{
	struct work w = { arena_new(), job->arg, NULL, lo, hi };

	w.pair = keep_pairs(w.mem, w.c);
	buf_adds(b, "WITH ");
	add_old(b, &w);
	buf_adds(b, ", ");
	add_new(b, &w);
	buf_addc(b, ' ');
	add_keep(b, &w);
	arena_free(w.mem);
}
