/*
 * A run from its beginning, or where it was left, to its end: the pass over
 * the table, the count of what is left, and one more pass where there is
 * something.
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

#define LOOK_MOST 1000000 /* rows, where few of them are written */
#define IDLE_MS 10000 /* a transaction whose client hangs */

static enum flow
pass(struct run *r, struct diag *d)
{
	enum flow flow = FLOW_ON;

	while (flow == FLOW_ON && !r->journal->ended) {
		flow = run_wait(r, d);
		if (flow == FLOW_ON)
			flow = run_batch(r, d);
	}
	return flow;
}

static enum flow
go(struct run *r, struct run_result *out, struct diag *d)
{
	enum flow flow;

	for (;;) {
		if ((flow = pass(r, d)) != FLOW_ON || r->job->left == NULL)
			return flow;
		flow = run_left(r, &out->left, d);
		if (flow != FLOW_ON || out->left == 0 || r->journal->pass > 1)
			return flow;
		/* what others have written behind us */
		if (journal_pass(r->journal, 2, d) == -1)
			return FLOW_ERROR;
		r->lo = NULL;
		r->known[0] = r->known[1] = 0;
	}
}

static int
finish(struct run *r, const struct run_result *out, struct diag *d)
{
	const struct journal *j = r->journal;
	struct arena *mem = r->scratch;
	const char *said;

	said = arena_printf(mem, "%lld row%s in %lld batch%s", j->rows,
	    j->rows == 1 ? "" : "s", j->batches, j->batches == 1 ? "" : "es");
	if (out->left >= 0)
		said = arena_printf(mem, "%s; %lld left", said, out->left);
	if (out->end == RUN_CANCELLED)
		said = arena_printf(mem, "cancelled after %s", said);
	return journal_finish(r->journal, out->end == RUN_DONE ? "done" :
	    "cancelled", said, d);
}

/* The end is written down for good, whatever it is. */
static int
end(struct run *r, enum flow flow, struct run_result *out, struct diag *d)
{
	struct diag ignored = DIAG_INIT;

	out->why = r->why;
	out->end = flow == FLOW_STOP ? RUN_STOPPED :
	    flow == FLOW_CANCEL ? RUN_CANCELLED : RUN_DONE;
	if (flow == FLOW_STOP)
		return journal_state(r->journal, "stopped", r->why, d);
	if (flow == FLOW_ON && out->left == 0)
		run_beyond(r, &out->beyond);
	if (flow != FLOW_ERROR)
		return finish(r, out, d);
	/* without a connection it stays "running", and nobody is */
	if (!db_lost(r->db))
		journal_fail(r->journal, buf_str(&d->text), &ignored);
	diag_free(&ignored);
	return -1;
}

static int
is_pooled(const struct run *r)
{
	return r->journal->holder != NULL;
}

static int
stay(struct run *r, struct diag *d)
{
	if (is_pooled(r))
		return 0;
	return rows_stay(r->db, d) == -1 || rows_stay(r->look, d) == -1 ?
	    -1 : 0;
}

static void
prepare(struct run *r)
{
	long aim = (long)(r->o->batch_time * 1000);
	const struct job *job = r->job;
	size_t i;

	r->turn = (struct turn){ .db = r->db, .lazy = 1, .path = job->path,
		.lock_ms = aim > 0 ? aim : 1,
		.statement_ms = 20 * aim > 1000 ? 20 * aim : 1000,
		.idle_ms = IDLE_MS };
	r->statement_ms = r->turn.statement_ms;
	r->cut = (struct cut){ .turn = { .db = r->look, .read_only = 1,
		.path = job->path, .lock_ms = r->turn.lock_ms },
		.from = job->from, .alias = job->alias, .key = job->key };
	r->manners = (struct manners){ .mem = r->journal->mem, .db = r->look,
		/* behind a pooler it is another's, whatever it says */
		.pid = is_pooled(r) ? 0 : db_backend_pid(r->db),
		.table = job->table, .o = &r->o->manners, .path = job->path };
	pace_init(&r->looked, r->o->batch_time, r->o->least,
	    job->counts != NULL ? LOOK_MOST : r->o->most);
	pace_init(&r->wrote, r->o->batch_time, r->o->least, r->o->most);
	pace_again(&r->looked, r->journal->batch_size);
	pace_again(&r->wrote, r->journal->batch_size);
	r->scratch = arena_new();
	for (i = 0; i < 3; i++)
		r->edges[i] = arena_new();
	r->lo = r->journal->position;
	if (job->total >= 0)
		r->journal->total = job->total;
	r->began = r->told = clock_now();
	db_set_patience(r->db, 1);
	db_set_patience(r->look, 1);
}

static void
release(struct run *r)
{
	size_t i;

	db_set_patience(r->db, 0);
	db_set_patience(r->look, 0);
	arena_free(r->scratch);
	for (i = 0; i < 3; i++)
		arena_free(r->edges[i]);
}

int
run_job(struct db *db, struct db *look, const struct job *job,
    struct journal *j, const struct run_options *o,
    const struct run_hooks *hooks, struct run_result *out, struct diag *d)
{
	static const struct run_hooks none;
	struct run r = { .db = db, .look = look, .job = job, .journal = j,
		.o = o, .hooks = hooks != NULL ? hooks : &none };
	enum flow flow = FLOW_ERROR;
	int rc;

	*out = (struct run_result){ .left = -1, .beyond = -1 };
	prepare(&r);
	if (stay(&r, d) == 0 && manners_open(&r.manners, d) == 0)
		flow = go(&r, out, d);
	rc = end(&r, flow, out, d);
	release(&r);
	return rc;
}
