/*
 * One batch.  BEGIN, settings, the row of the run and the work go out in one
 * round trip, the place of the run and COMMIT in another: between them we
 * look whether the run is still ours.  While the server works, the next range
 * is cut beside it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "batch/job.h"
#include "batch/run_priv.h"
#include "db/conn.h"
#include "rows/session.h"
#include "rows/table.h"

#define TELL_EVERY 1.0 /* seconds, where nothing had to be written */
#define LIMIT 3	       /* times the last batch, where that took very long */
#define LEAST 1e-4     /* seconds that the rows of a batch take */
#define TOO_LONG 1.5   /* times the aim: what is cut already is too large */

/* The statement of the range at work, with its bounds. */
static struct db_ask
work(const struct run *r)
{
	const char *const *hi = r->edge[0].hi;
	size_t n = r->job->key->n, i, nparams = 0;
	const char **params = arena_array(r->scratch, const char *, 2 * n);
	struct db_ask ask = { .params = params };
	struct buf b = BUF_INIT;

	for (i = 0; r->lo != NULL && i < n; i++)
		params[nparams++] = r->lo[i];
	for (i = 0; hi != NULL && i < n; i++)
		params[nparams++] = hi[i];
	r->job->add_work(&b, r->job, r->lo != NULL ? 1 : 0,
	    hi == NULL ? 0 : r->lo != NULL ? n + 1 : 1);
	ask.sql = arena_strdup(r->scratch, buf_str(&b));
	ask.nparams = nparams;
	buf_free(&b);
	return ask;
}

/*
 * Where nothing had to be written, the place is not worth a write either:
 * it goes with the next that is, or once a second.
 */
static int
is_idle(const struct run *r, long long rows)
{
	return rows == 0 && r->edge[0].hi != NULL &&
	    clock_now() - r->told < TELL_EVERY;
}

static int
commit(struct run *r, long long rows, int idle, double since, struct diag *d)
{
	double now = clock_now(), took;
	struct db_rows *out[2];
	struct db_ask ask[2] = { { "COMMIT", 0, NULL } };
	size_t n = 1;

	r->journal->batch_size = r->edge[0].rows;
	if (!idle) {
		ask[1] = ask[0];
		ask[0] = journal_advance(r->journal, r->scratch,
		    r->edge[0].hi, r->idle.examined + r->edge[0].rows, rows,
		    r->idle.seconds + now - since);
		n = 2;
	}
	if (db_query_all(r->db, r->scratch, ask, n, NULL, out, d) == -1) {
		rows_rollback(r->db);
		return -1;
	}
	took = clock_now() - now;
	if (!idle && (r->trip == 0 || took < r->trip))
		r->trip = took;
	return 0;
}

/* What the rows have taken: no number of them makes the way to the server and
 * back any shorter. */
static double
of_rows(const struct run *r, double seconds)
{
	double work = seconds - 2 * r->trip;

	return work > LEAST ? work : LEAST;
}

/*
 * The batch is over: how large is the next?  What a row that is written takes
 * shows only where there are many of them.
 */
static void
learn(struct run *r, long long rows, double seconds)
{
	long long examined = r->edge[0].rows;
	double work = of_rows(r, seconds);

	pace_took(&r->looked, examined, work);
	if (rows >= examined / 2 || rows >= r->wrote.size / 5 * 4)
		pace_took(&r->wrote, rows, work);
	/* a limit that was raised is lowered to what it takes */
	r->turn.statement_ms = (long)(seconds * 1000) * LIMIT;
	if (r->turn.statement_ms < r->statement_ms)
		r->turn.statement_ms = r->statement_ms;
	if (r->waiter != NULL)
		run_shrink(r);
	if (work > r->o->batch_time * TOO_LONG || r->waiter != NULL)
		r->known[1] = 0;
}

static void
step(struct run *r)
{
	struct arena *old = r->edges[2];

	r->lo = r->edge[0].hi;
	r->edges[2] = r->edges[0];
	r->edges[0] = r->edges[1];
	r->edges[1] = old;
	r->edge[0] = r->edge[1];
	r->known[0] = r->known[1];
	r->known[1] = 0;
	r->retries = 0;
}

static void
tell(struct run *r, long long rows, double seconds)
{
	struct run_batch b = { .journal = r->journal, .lo = r->lo,
		.hi = r->edge[0].hi, .examined = r->edge[0].rows,
		.rows = rows, .seconds = seconds, .retries = r->retries };

	run_tell_wait(r, NULL);
	if (r->hooks->batch != NULL &&
	    r->hooks->batch(r->hooks->arg, &b) == -1)
		r->unread = 1;
}

struct done {
	long long rows;
	double seconds;
	int idle;
	int failed; /* and may be tried again */
};

static void
committed(struct run *r, const struct done *done)
{
	long long rows = done->rows;
	double seconds = done->seconds;

	r->written = rows;
	if (done->idle) {
		r->idle.examined += r->edge[0].rows;
		r->idle.seconds += seconds;
	} else {
		journal_advanced(r->journal, r->edge[0].hi,
		    r->idle.examined + r->edge[0].rows, rows,
		    r->idle.seconds + seconds);
		r->idle.examined = 0;
		r->idle.seconds = 0;
		r->told = clock_now();
	}
	tell(r, rows, seconds);
	learn(r, rows, seconds);
	step(r);
}

/* The answers of a batch at work, and its commit. */
static enum flow
finish(struct run *r, double since, struct done *done, struct diag *d)
{
	struct db_rows *out[2];

	done->failed = 1;
	if (turn_take(&r->turn, r->scratch, 2, 0, out, NULL, d) == -1)
		return FLOW_ERROR;
	done->failed = 0;
	if (journal_locked(r->journal, out[0], &r->wanted, d) == -1 ||
	    r->wanted == WANTED_CANCEL) {
		rows_rollback(r->db);
		return r->wanted == WANTED_CANCEL ? FLOW_CANCEL : FLOW_ERROR;
	}
	done->rows = out[1]->affected;
	done->idle = is_idle(r, done->rows);
	done->failed = commit(r, done->rows, done->idle, since, d) == -1;
	done->seconds = clock_now() - since;
	return done->failed ? FLOW_ERROR : FLOW_ON;
}

enum flow
run_batch(struct run *r, struct diag *d)
{
	double since = clock_now();
	struct done done = { 0 };
	struct db_ask ask[2];
	enum flow flow;

	arena_reset(r->scratch);
	r->who = NULL;
	if (!r->known[0] && run_cut(r, d) == -1)
		return run_failed(r, since, d);
	since = clock_now();
	ask[0] = journal_lock(r->journal, r->scratch);
	ask[1] = work(r);
	if (turn_send(&r->turn, ask, 2, 0, d) == -1)
		return FLOW_ERROR;
	run_look(r, since);
	flow = finish(r, since, &done, d);
	run_looked(r); /* rows are not locked any more while that is awaited */
	if (done.failed)
		return run_failed(r, since, d);
	if (flow != FLOW_ON)
		return flow;
	committed(r, &done);
	if (r->waiter == NULL)
		return FLOW_ON;
	run_tell_wait(r, r->waiter);
	return run_rest(r, r->o->batch_time, d);
}
