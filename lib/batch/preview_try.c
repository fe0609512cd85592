/*
 * One batch, run and rolled back.  EXPLAIN (ANALYZE, WAL) of the statement
 * itself tells what it has cost: the server's own counters have the work of
 * others in them.  But it does not see what triggers behind it write: only
 * where there are some, it is by how far the WAL has grown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/sig.h"
#include "batch/change.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "batch/look.h"
#include "batch/preview_priv.h"
#include "batch/retry.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"
#include "rows/session.h"

enum {
	FIRST_ROWS = 100,
	FIRST_LOOK = 1000, /* at so many, where few of them are written */
	TRIES = 8,
	LOOK_MS = 5000, /* to find an edge */
	IDLE_MS = 10000 /* rows are locked, should we be stopped */
};

/* The key that comes before that of the first row, so that the batch has
 * something to do; *lo stays NULL where none does. */
static int
find_start(struct previewer *p, const char *const **lo)
{
	const struct key *k = p->c->key;
	struct turn t = look_turn(p->c->db, NULL);
	struct db_ask ask = { NULL, k->n, p->v->sample[0].key };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	size_t i;
	int rc;

	t.statement_ms = LOOK_MS;
	for (i = 0; i < k->n; i++) {
		buf_adds(&b, i > 0 ? ", " : "SELECT ");
		equal_output_of(&b, k->column[i], arena_printf(p->mem,
		    "%s.%s", p->c->alias, k->column[i]->ident));
	}
	buf_addf(&b, " FROM %s WHERE ", p->c->target);
	key_compare(&b, k, p->c->alias, "<", 1);
	for (i = 0; i < k->n; i++)
		buf_addf(&b, "%s %s.%s DESC", i > 0 ? "," : " ORDER BY",
		    p->c->alias, k->column[i]->ident);
	buf_adds(&b, " LIMIT 1");
	ask.sql = buf_str(&b);
	rc = turn_run(&t, p->mem, &ask, 1, 1, &r, p->d);
	buf_free(&b);
	if (rc == 0 && r->nrows > 0)
		*lo = r->cell;
	return rc;
}

/* --- the try --- */

static long long
more(const struct db_rows *before, const struct db_rows *after, size_t col)
{
	return atoll(db_cell(after, 0, col)) - atoll(db_cell(before, 0, col));
}

/* What transactions before this one did may not have been taken off yet. */
static void
read_counters(struct previewer *p, const struct db_rows *before,
    const struct db_rows *after)
{
	if (p->v->wal_bytes == -1)
		p->v->wal_bytes = more(before, after, 2);
	/* track_counts may be off */
	if (!p->hot_known && p->v->tried > 0 &&
	    more(before, after, 0) == p->v->tried) {
		p->hot_known = 1;
		p->hot_share = (double)more(before, after, 1) /
		    (double)p->v->tried;
	}
	p->v->hot = !p->hot_known ? -1 :
	    (long long)(p->hot_share * (double)p->v->tried + 0.5);
}

static long
aim_ms(const struct previewer *p)
{
	long ms = (long)(p->aim * 1000);

	return ms > 0 ? ms : 1;
}

/* The statement inside of bounds, and what its parameters are. */
static struct db_ask
explain(struct previewer *p, const char *const *lo, const char *const *hi)
{
	size_t n = p->c->key->n, i, nparams = 0;
	const char **param = arena_array(p->mem, const char *, n * 2);
	struct db_ask ask = { .params = param };
	struct buf b = BUF_INIT;

	for (i = 0; lo != NULL && i < n; i++)
		param[nparams++] = lo[i];
	for (i = 0; hi != NULL && i < n; i++)
		param[nparams++] = hi[i];
	buf_adds(&b, "EXPLAIN (ANALYZE, WAL, TIMING OFF, FORMAT JSON) ");
	p->job.add_work(&b, &p->job, lo != NULL ? 1 : 0,
	    hi == NULL ? 0 : lo != NULL ? n + 1 : 1);
	ask.sql = arena_strdup(p->mem, buf_str(&b));
	ask.nparams = nparams;
	buf_free(&b);
	return ask;
}

/* seconds: from the statement on until all is as before. */
static int
run_once(struct previewer *p, const char *const *lo, const char *const *hi,
    double *seconds)
{
	const struct change *c = p->c;
	long limit = aim_ms(p);
	struct turn t = { .db = c->db, .path = c->path, .lock_ms = limit,
		.statement_ms = limit * 20 > 1000 ? limit * 20 : 1000,
		.idle_ms = IDLE_MS };
	struct db_ask count = { sql_preview_counters, 1, &c->table->oid };
	struct db_ask ask[3] = { count, explain(p, lo, hi), count };
	struct db_rows **made = arena_array(p->mem, struct db_rows *,
	    p->nmake), *r[3];
	double began;
	int rc;

	if (turn_run(&t, p->mem, p->make, p->nmake, 0, made, p->d) == -1)
		return -1;
	began = clock_now();
	rc = db_query_all(c->db, p->mem, ask, 3, NULL, r, p->d);
	rows_rollback(c->db);
	*seconds = clock_now() - began;
	if (rc == -1)
		return -1;
	preview_read_plan(p, db_cell(r[1], 0, 0));
	read_counters(p, r[0], r[2]);
	return 0;
}

/* The range that a batch would have, which writes so many rows and looks at
 * no more than that. */
static int
cut(struct previewer *p, const char *const *lo, long long look, long long n,
    struct edge *e)
{
	struct cut cut = { .turn = { .db = p->c->db, .read_only = 1,
		.path = p->c->path, .lock_ms = aim_ms(p),
		.statement_ms = LOOK_MS }, .from = p->job.from,
		.alias = p->job.alias, .key = p->c->key };

	if (p->job.counts != NULL)
		return cut_matching(&cut, p->mem, lo, look, p->job.counts, n,
		    e, p->d);
	if (cut_send(&cut, lo, n, p->d) == -1)
		return -1;
	return cut_take(&cut, p->mem, n, e, p->d);
}

/*
 * A batch like those of the run: while it works the next one is cut, and two
 * small statements more, as ours beside it are, keep its place.  What that
 * takes longer than the work itself each batch takes, however few rows it
 * has.
 */
static int
batch(struct previewer *p, const char *const *lo, long long look, long long n,
    struct edge *e)
{
	double began = clock_now(), cutting, working;

	if (cut(p, lo, look, n, e) == -1)
		return -1;
	cutting = clock_now() - began;
	if (run_once(p, lo, e->hi, &working) == -1)
		return -1;
	p->fixed = (cutting > working ? cutting : working) - p->v->seconds;
	return 0;
}

/* How much more to try next; 0: it was near enough. */
static double
growth(const struct previewer *p, long long look, long long n)
{
	int full = p->job.counts != NULL && p->v->tried < n ?
	    look >= PREVIEW_LOOK_MOST : n >= p->most;

	if (p->v->seconds > p->aim * 0.7 || full)
		return 0;
	if (p->v->seconds > 0 && p->aim / p->v->seconds < 10)
		return p->aim / p->v->seconds;
	return 10;
}

static long long
larger(long long n, double factor, long long most)
{
	n = (long long)((double)n * factor) + 1;
	return n < most ? n : most;
}

/* The time of one more like it; but the pages that it changes are in the log
 * already. */
static int
time_again(struct previewer *p, const char *const *lo, long long look,
    long long n)
{
	struct preview first = *p->v;
	struct edge e;
	int rc = batch(p, lo, look, n, &e);

	p->v->wal_bytes = first.wal_bytes;
	return rc;
}

/*
 * From few rows to as many as a batch would have: what the first one costs,
 * and what is not in memory yet, says little.  So there are two at least.
 */
static int
grow(struct previewer *p, const char *const *lo)
{
	long long n = FIRST_ROWS < p->most ? FIRST_ROWS : p->most;
	long long look = FIRST_LOOK;
	struct edge e;
	double factor;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (batch(p, lo, look, n, &e) == -1)
			return -1;
		factor = e.hi == NULL ? 0 : growth(p, look, n);
		if (factor == 0)
			break;
		n = larger(n, factor, p->most);
		look = larger(look, factor, PREVIEW_LOOK_MOST);
	}
	return tries > 0 ? 0 : time_again(p, lo, look, n);
}

int
preview_try(struct previewer *p)
{
	const char *const *lo = NULL;

	if (find_start(p, &lo) == 0 && grow(p, lo) == 0)
		return 0;
	if (db_lost(p->c->db) || sig_pending() ||
	    retry_what(p->d) == RETRY_NOT) {
		if (p->d->hint.len == 0)
			diag_hint(p->d, "so did one batch end that was tried "
			    "and rolled back: nothing is changed");
		return -1;
	}
	diag_reset(p->d);
	return 0;
}
