/*
 * What of a range is done already.  Values of a key compare as its column
 * does, so the server is asked, with all the pieces at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "batch/each_priv.h"
#include "batch/key.h"

/* What is under way may have locked the table, and is ours to commit: no
 * answer for long. */
enum {
	LOCK_MS = 100
};

/* The pieces that are done, behind them those under way, and the range
 * itself. */
struct known {
	struct arena *mem;
	const struct each_worker *w;
	const struct key *key;
	const char *const **lo, *const **hi;
	size_t ndone, n;
};

static void
add(struct known *k, const char *lo, const char *hi)
{
	k->lo[k->n] = range_values(k->mem, lo, k->key->n);
	k->hi[k->n++] = range_values(k->mem, hi, k->key->n);
}

static void
gather(struct known *k, const struct each *e)
{
	const struct each_table *t = k->w->table;
	const struct each_worker *w;
	size_t i, most = t->npieces + e->o->jobs + 1;

	k->lo = arena_array(k->mem, const char *const *, most);
	k->hi = arena_array(k->mem, const char *const *, most);
	for (i = 0; i < t->npieces; i++)
		add(k, t->piece[i].lo, t->piece[i].hi);
	k->ndone = k->n;
	for (w = e->worker; w < e->worker + e->o->jobs; w++)
		if (w != k->w && w->table == t && (w->state == EACH_WORK ||
		    w->state == EACH_COMMIT || w->state == EACH_PAUSE))
			add(k, w->field[2], w->field[3]);
	add(k, k->w->field[2], k->w->field[3]);
}

/* ROW(s.l1::type, …), with the column's own collation. */
static void
add_side(struct buf *b, const struct key *k, char side)
{
	size_t i;

	buf_adds(b, k->n > 1 ? "ROW(" : "");
	for (i = 0; i < k->n; i++)
		buf_addf(b, "%scoalesce(s.%c%zu::%s, t.%s)", i > 0 ? ", " : "",
		    side, i, k->column[i]->type, k->column[i]->ident);
	buf_adds(b, k->n > 1 ? ")" : "");
}

/* "s.l < $5": a side of a piece and a bound of the range. */
static void
add_test(struct buf *b, const struct key *k, char side, const char *operator,
    size_t param)
{
	size_t i;

	add_side(b, k, side);
	buf_addf(b, " OPERATOR(%s.%s) %s", k->order, operator,
	    k->n > 1 ? "ROW(" : "");
	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s$%zu::%s", i > 0 ? ", " : "", param + i,
		    k->column[i]->type);
	buf_adds(b, k->n > 1 ? ")" : "");
}

/* Is a side of a piece, if it has that one, so to the bound? */
static void
add_or_open(struct buf *b, const struct key *k, char side,
    const char *operator, size_t param)
{
	buf_addf(b, "(s.%c0 IS NULL", side);
	if (param > 0) {
		buf_adds(b, " OR ");
		add_test(b, k, side, operator, param);
	}
	buf_adds(b, ")");
}

static void
add_from(struct buf *b, const struct known *k)
{
	size_t n = k->key->n, i;

	buf_adds(b, " FROM ROWS FROM (");
	for (i = 0; i < 2 * n; i++)
		buf_addf(b, "%spg_catalog.unnest($%zu::pg_catalog.text[])",
		    i > 0 ? ", " : "", i + 1);
	buf_adds(b, ") WITH ORDINALITY AS s (");
	for (i = 0; i < 2 * n; i++)
		buf_addf(b, "%c%zu, ", i < n ? 'l' : 'h', i % n);
	buf_addf(b, "i) LEFT JOIN ONLY %s t ON false",
	    k->w->table->table->ident);
}

/*
 * Which pieces have keys in common with the range, in the order of the key;
 * do they have its first key, and its last?  lo, hi: parameters, 0: open.
 */
static void
add_query(struct buf *b, const struct known *k, size_t lo, size_t hi)
{
	buf_adds(b, "SELECT s.i, ");
	add_or_open(b, k->key, 'l', "<=", lo);
	buf_adds(b, ", ");
	add_or_open(b, k->key, 'h', ">=", hi);
	add_from(b, k);
	buf_adds(b, " WHERE true");
	if (hi > 0) {
		buf_adds(b, " AND ");
		add_or_open(b, k->key, 'l', "<", hi);
	}
	if (lo > 0) {
		buf_adds(b, " AND ");
		add_or_open(b, k->key, 'h', ">", lo);
	}
	buf_adds(b, " ORDER BY s.l0 IS NOT NULL, ");
	add_side(b, k->key, 'l');
}

/* A column of bounds, over all pieces. */
static const char *
column(const struct known *k, const char *const **bound, size_t i)
{
	const char **item = arena_array(k->mem, const char *, k->n);
	size_t j;

	for (j = 0; j < k->n; j++)
		item[j] = bound[j] == NULL ? NULL : bound[j][i];
	return db_array(k->mem, item, k->n);
}

static int
is_alone(const struct known *k)
{
	return k->n == k->ndone + 1;
}

static struct db_rows *
ask(const struct known *k, const struct each *e, struct diag *d)
{
	struct turn turn = { .db = e->db, .read_only = 1,
		.lock_ms = LOCK_MS };
	const struct range *r = &k->w->range;
	size_t n = k->key->n, at = 2 * n, lo = 0, hi = 0, i;
	struct db_ask one = { .nparams = 0 };
	struct buf b = BUF_INIT;
	struct db_rows *rows;
	const char **params;
	int rc;

	if (is_alone(k))
		turn.lock_ms = each_ms(e->o->lock_timeout);
	one.params = params = arena_array(k->mem, const char *, 4 * n);
	for (i = 0; i < n; i++) {
		params[i] = column(k, k->lo, i);
		params[n + i] = column(k, k->hi, i);
	}
	if (r->lo != NULL) {
		lo = at + 1;
		memcpy(params + at, r->lo, n * sizeof(*params));
		at += n;
	}
	if (r->hi != NULL) {
		hi = at + 1;
		memcpy(params + at, r->hi, n * sizeof(*params));
		at += n;
	}
	one.nparams = at;
	add_query(&b, k, lo, hi);
	one.sql = buf_str(&b);
	rc = turn_run(&turn, k->mem, &one, 1, 1, &rows, d);
	buf_free(&b);
	return rc == -1 ? NULL : rows;
}

static void
add_gap(struct each_worker *w, const char *lo, const char *hi)
{
	w->gap[w->ngaps++] = (struct each_gap){ lo, hi };
}

/* The pieces that are done, one behind the other, and what is between. */
static int
read_pieces(struct known *k, struct each_worker *w, const struct db_rows *r)
{
	const char *from = w->field[2];
	int first, last, open = 1;
	size_t i, n = w->table->key->n, which;

	for (i = 0; i < r->nrows; i++) {
		which = (size_t)atoll(db_cell(r, i, 0)) - 1;
		first = *db_cell(r, i, 1) == 't';
		last = *db_cell(r, i, 2) == 't';
		if (which == k->n - 1)
			continue;
		if (which >= k->ndone)
			return 2;
		if (first && last)
			return 1;
		w->hole[w->nholes++] = (struct each_hole){ k->lo[which],
			k->hi[which] };
		if (!first)
			add_gap(w, from, range_bound(k->mem, k->lo[which], n));
		from = range_bound(k->mem, k->hi[which], n);
		open = !last;
	}
	if (open)
		add_gap(w, from, w->field[3]);
	return 0;
}

int
each_known(struct each *e, struct each_worker *w, struct diag *d)
{
	struct known k = { .mem = w->mem, .w = w, .key = w->table->key };
	const struct db_rows *r;

	gather(&k, e);
	if ((r = ask(&k, e, d)) == NULL) {
		if (strcmp(d->sqlstate, "55P03") != 0 || is_alone(&k))
			return -1;
		diag_reset(d);
		return 2;
	}
	/* what is taken for done later must be what it says it is */
	if (r->nrows == 0)
		return diag_set(d, "the lower bound of this range is not "
		    "below its upper one");
	w->nholes = w->ngaps = 0;
	w->hole = arena_array(w->mem, struct each_hole, r->nrows);
	w->gap = arena_array(w->mem, struct each_gap, r->nrows);
	return read_pieces(&k, w, r);
}
