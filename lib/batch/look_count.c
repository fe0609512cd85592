/*
 * Numbers of a whole table.  One query tells them where that does not take
 * long; else they are added up range by range: a query that goes on for
 * minutes holds up whoever wants to alter the table, and behind him everybody
 * else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/sig.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "batch/look.h"
#include "batch/pace.h"
#include "db/conn.h"
#include "rows/table.h"

#define AIM 0.1 /* seconds of a range */

enum {
	LIMIT_MS = 1000,
	MOST = 1000000 /* rows of a range */
};

struct count {
	const struct look *look;
	const char *sql;
	size_t n;
	long long *sum;
	struct arena *mem;	/* of a query */
	const char *const *lo;
	struct edge edge;
	long limit;		/* ms */
};

/* A limit is for the query alone, and a lock is waited for before it. */
static int
ask(struct count *c, struct db_rows **out, struct diag *d)
{
	const struct look *l = c->look;
	size_t n = l->key->n, i, nparams = 0;
	const char **params = arena_array(c->mem, const char *, 2 * n);
	struct db_ask all[3] = { { .sql = arena_printf(c->mem,
	    "SELECT FROM %s LIMIT 0", l->from) }, { .sql =
	    arena_printf(c->mem, "SELECT pg_catalog.set_config("
	    "'statement_timeout','%ld',true)", c->limit) },
		{ .params = params } };
	struct buf b = BUF_INIT;
	struct db_rows *r[3] = { NULL };
	int rc;

	for (i = 0; c->lo != NULL && i < n; i++)
		params[nparams++] = c->lo[i];
	for (i = 0; c->edge.hi != NULL && i < n; i++)
		params[nparams++] = c->edge.hi[i];
	buf_addf(&b, "%s AND ", c->sql);
	key_within(&b, l->key, l->alias, c->lo != NULL ? 1 : 0,
	    c->edge.hi == NULL ? 0 : c->lo != NULL ? n + 1 : 1);
	all[2].sql = buf_str(&b);
	all[2].nparams = nparams;
	rc = turn_run(&l->turn, c->mem, all, 3, 1, r, d);
	buf_free(&b);
	*out = r[2];
	return rc;
}

static void
add(struct count *c, const struct db_rows *r)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		c->sum[i] += atoll(db_cell(r, 0, i));
}

/* One range.  -1: diag. */
static int
next(struct count *c, struct arena *place, long long rows, struct diag *d)
{
	struct cut cut = { .turn = c->look->turn, .from = c->look->from,
		.alias = c->look->alias, .key = c->look->key };
	struct db_rows *r;

	cut.turn.statement_ms = c->limit + cut.turn.lock_ms;
	arena_reset(c->mem);
	arena_reset(place);
	if (cut_next(&cut, place, c->lo, rows, &c->edge, d) == -1 ||
	    ask(c, &r, d) == -1)
		return -1;
	add(c, r);
	return 0;
}

static int
is_slow(const struct count *c, const struct diag *d)
{
	return strcmp(d->sqlstate, "57014") == 0 && sig_pending() == 0 &&
	    !db_lost(c->look->turn.db);
}

/* place: the bounds, in turns. */
static int
count_ranges(struct count *c, struct arena *place[2], struct diag *d)
{
	int at = 0, ended = 0;
	struct pace pace;
	double since;

	pace_init(&pace, AIM, 1, MOST);
	while (!ended) {
		since = clock_now();
		if (next(c, place[at], pace.size, d) == 0) {
			pace_took(&pace, c->edge.rows, clock_now() - since);
			c->lo = c->edge.hi;
			ended = c->lo == NULL;
			at = !at;
		} else if (is_slow(c, d)) {
			diag_reset(d);
			if (pace.size == pace.least)
				c->limit *= 2;
			pace_shrink(&pace);
		} else
			return -1;
	}
	return 0;
}

int
look_count(const struct look *l, const char *sql, size_t n, long long *sum,
    struct diag *d)
{
	struct count c = { .look = l, .sql = sql, .n = n, .sum = sum,
		.mem = arena_new(), .limit = LIMIT_MS };
	struct arena *place[2] = { arena_new(), arena_new() };
	struct db_rows *r;
	int rc;

	memset(sum, 0, n * sizeof(*sum));
	rc = ask(&c, &r, d);
	if (rc == 0)
		add(&c, r);
	else if (is_slow(&c, d)) {
		diag_reset(d);
		rc = count_ranges(&c, place, d);
	}
	if (rc == -1)
		look_failed(l->turn.db, l->table, d);
	arena_free(c.mem);
	arena_free(place[0]);
	arena_free(place[1]);
	return rc;
}
