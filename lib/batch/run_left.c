/*
 * What would still be written, once a pass is over.  One query tells it where
 * that does not take long; else it is counted range by range: a query that
 * goes on for minutes holds up whoever wants to alter the table, and behind
 * him everybody else.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "batch/job.h"
#include "batch/key.h"
#include "batch/retry.h"
#include "batch/run_priv.h"
#include "db/conn.h"
#include "rows/table.h"

#define COUNT_MOST 1000000 /* rows of a range */

struct count {
	struct run *run;
	struct arena *mem;	 /* of a query */
	struct arena *place[2];	 /* the bounds, in turns */
	const char *const *lo;
	struct edge edge;
	struct pace pace;
	long long sum;
	long limit_ms;		 /* of a query */
	int retries;
};

static int
ask(struct run *r, struct arena *mem, const struct db_ask *query,
    long limit_ms, long long *answer, struct diag *d)
{
	struct turn turn = { .db = r->db, .read_only = 1,
		.path = r->job->path, .lock_ms = r->statement_ms,
		.statement_ms = limit_ms };
	struct db_rows *rows;

	if (turn_run(&turn, mem, query, 1, 1, &rows, d) == -1)
		return -1;
	*answer = atoll(db_cell(rows, 0, 0));
	return 0;
}

/* The rest of the query is a condition: the bounds go behind it. */
static int
count_range(struct count *c, long long *n, struct diag *d)
{
	const struct job *job = c->run->job;
	size_t width = job->key->n, i, nparams = 0;
	const char **params = arena_array(c->mem, const char *, 2 * width);
	struct db_ask query = { .params = params };
	struct buf b = BUF_INIT;
	int rc;

	for (i = 0; c->lo != NULL && i < width; i++)
		params[nparams++] = c->lo[i];
	for (i = 0; c->edge.hi != NULL && i < width; i++)
		params[nparams++] = c->edge.hi[i];
	buf_addf(&b, "%s AND ", job->left);
	key_within(&b, job->key, job->alias, c->lo != NULL ? 1 : 0,
	    c->edge.hi == NULL ? 0 : c->lo != NULL ? width + 1 : 1);
	query.sql = buf_str(&b);
	query.nparams = nparams;
	rc = ask(c->run, c->mem, &query, c->limit_ms, n, d);
	buf_free(&b);
	return rc;
}

/* An error that passes makes the next try a smaller one. */
static enum flow
again(struct count *c, struct diag *d)
{
	struct run *r = c->run;

	if (db_lost(r->db) || db_lost(r->look))
		return FLOW_ERROR;
	if (run_should_stop(r) != FLOW_ON)
		return FLOW_STOP;
	if (retry_what(d) == RETRY_NOT)
		return FLOW_ERROR;
	/* what takes long however few its rows are */
	if (retry_what(d) == RETRY_SMALLER && c->pace.size == c->pace.least)
		c->limit_ms *= 2;
	diag_reset(d);
	pace_shrink(&c->pace);
	return run_rest(r, retry_after(++c->retries), d);
}

/* One range: FLOW_ON with the sum grown, or to be tried again. */
static enum flow
next_range(struct count *c, struct diag *d)
{
	struct arena *free_one;
	double since = clock_now();
	long long n;

	arena_reset(c->mem);
	arena_reset(c->place[1]);
	if (cut_next(&c->run->cut, c->place[1], c->lo, c->pace.size, &c->edge,
	    d) == -1 || count_range(c, &n, d) == -1)
		return again(c, d);
	pace_took(&c->pace, c->edge.rows, clock_now() - since);
	c->sum += n;
	c->retries = 0;
	c->lo = c->edge.hi;
	free_one = c->place[0];
	c->place[0] = c->place[1];
	c->place[1] = free_one;
	return run_should_stop(c->run);
}

static enum flow
count_ranges(struct run *r, long long *left, struct diag *d)
{
	struct count c = { .run = r, .mem = arena_new(),
		.place = { arena_new(), arena_new() },
		.limit_ms = r->statement_ms };
	enum flow flow;

	pace_init(&c.pace, r->o->batch_time, 1, COUNT_MOST);
	r->cut.turn.statement_ms = r->statement_ms;
	do
		flow = next_range(&c, d);
	while (flow == FLOW_ON && (c.retries > 0 || c.lo != NULL));
	*left = c.sum;
	arena_free(c.mem);
	arena_free(c.place[0]);
	arena_free(c.place[1]);
	return flow;
}

static enum flow
count_all(struct run *r, long long *left, struct diag *d)
{
	struct db_ask query = { r->job->left, 0, NULL };

	arena_reset(r->scratch);
	if (ask(r, r->scratch, &query, r->statement_ms, left, d) == 0)
		return FLOW_ON;
	if (db_lost(r->db))
		return FLOW_ERROR;
	if (run_should_stop(r) != FLOW_ON)
		return FLOW_STOP;
	if (retry_what(d) == RETRY_NOT)
		return FLOW_ERROR;
	diag_reset(d);
	return count_ranges(r, left, d);
}

enum flow
run_left(struct run *r, long long *left, struct diag *d)
{
	const char *said;
	enum flow flow;

	if ((flow = run_should_stop(r)) != FLOW_ON)
		return flow;
	run_tell_wait(r, "what is left is counted");
	db_set_patience(r->db, 0);
	flow = count_all(r, left, d);
	db_set_patience(r->db, 1);
	run_tell_wait(r, NULL);
	if (flow != FLOW_ERROR)
		return flow;
	said = arena_strdup(r->scratch, buf_str(&d->text));
	diag_set(d, "cannot count what is left: %s", said);
	return FLOW_ERROR;
}

void
run_beyond(struct run *r, long long *beyond)
{
	struct db_ask query = { r->job->beyond, 0, NULL };
	struct diag ignored = DIAG_INIT;
	long long n;

	if (r->job->beyond != NULL && ask(r, r->scratch, &query,
	    r->statement_ms, &n, &ignored) == 0)
		*beyond = n;
	diag_free(&ignored);
}
