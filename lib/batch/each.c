/*
 * Ranges are taken from a pipe and given to sessions that are idle; one
 * thread waits for all of them and the pipe.  What is under way when
 * something fails is finished, and nothing new begins.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/sig.h"
#include "batch/each_priv.h"
#include "rows/session.h"

static int
is_stopping(const struct each *e)
{
	return e->failed || e->cancelled || sig_pending() != 0;
}

static size_t
count(const struct each *e, enum each_state state)
{
	size_t i, n = 0;

	for (i = 0; i < e->o->jobs; i++)
		n += e->worker[i].state == state;
	return n;
}

static struct each_worker *
find(const struct each *e, enum each_state state)
{
	size_t i;

	for (i = 0; i < e->o->jobs; i++)
		if (e->worker[i].state == state)
			return &e->worker[i];
	return NULL;
}

static int
may_begin(const struct each *e)
{
	return !is_stopping(e) && find(e, EACH_IDLE) != NULL &&
	    find(e, EACH_HELD) == NULL && e->hooks->ready(e->hooks->arg);
}

/* What waits for its time, or for another. */
static void
look_after(struct each *e, struct diag *d)
{
	struct each_worker *w;
	double now = clock_now();

	for (w = e->worker; w < e->worker + e->o->jobs; w++) {
		if ((w->state == EACH_PAUSE && sig_pending() != 0) ||
		    (w->state == EACH_HELD && is_stopping(e)))
			w->state = EACH_IDLE;
		if ((w->state == EACH_PAUSE && now >= w->resume &&
		    each_send(e, w, d) == -1) || (w->state == EACH_HELD &&
		    each_begin(e, w, d) == -1))
			each_fail(e, w, d);
	}
}

static double
patience(const struct each *e)
{
	double now = clock_now(), longest = e->o->run != NULL ? 1 : 60;
	const struct each_worker *w;

	for (w = e->worker; w < e->worker + e->o->jobs; w++)
		if (w->state == EACH_PAUSE && w->resume - now < longest)
			longest = w->resume - now;
	if (!is_stopping(e) && !e->hooks->ready(e->hooks->arg))
		longest = longest < 0.05 ? longest : 0.05;
	return longest < 0 ? 0 : longest;
}

static void
take(struct each *e, struct each_worker *w, struct diag *d)
{
	switch (each_take(e, w, d)) {
	case 1:
		each_done(e, w);
		break;
	case -1:
		each_fail(e, w, d);
		break;
	}
}

static void
wait_for_any(struct each *e, int reads, struct diag *d)
{
	struct each_worker *w, *busy[EACH_JOBS];
	struct db *db[EACH_JOBS];
	size_t n = 0, i;
	int which;

	for (w = e->worker; w < e->worker + e->o->jobs; w++)
		if (w->state == EACH_WORK || w->state == EACH_COMMIT) {
			busy[n] = w;
			db[n++] = w->turn.db;
		}
	which = db_wait_any(db, n, reads ? e->input.fd : -1, patience(e));
	if (which >= 0 && (size_t)which < n)
		take(e, busy[which], d);
	else if (which >= 0 && each_more(&e->input, d) == -1)
		each_fail(e, NULL, d);
	for (i = 0; i < n && sig_count() > 1; i++) /* cancels them */
		if (busy[i]->state == EACH_WORK ||
		    busy[i]->state == EACH_COMMIT)
			take(e, busy[i], d);
}

static int
is_over(const struct each *e)
{
	return count(e, EACH_IDLE) == e->o->jobs && (is_stopping(e) ||
	    (e->input.ended && e->input.at == e->input.in.len));
}

static void
loop(struct each *e, struct diag *d)
{
	int begins;

	while (!is_over(e)) {
		look_after(e, d);
		begins = may_begin(e);
		if (begins && each_next(e, find(e, EACH_IDLE), d) == 1)
			continue;
		if (is_over(e))
			break;
		wait_for_any(e, begins && !e->input.ended, d);
		if (e->o->run != NULL && each_tell(e, d) == -1)
			each_fail(e, NULL, d);
	}
}

static void
close_all(struct each *e)
{
	size_t i;

	for (i = 0; i < e->o->jobs; i++) {
		db_close(e->worker[i].turn.db);
		arena_free(e->worker[i].mem);
	}
	db_close(e->db);
	for (i = 0; i < e->ntables; i++)
		each_table_free(e->table[i]);
	buf_free(&e->input.in);
	buf_free(&e->told);
	buf_free(&e->first);
	arena_free(e->mem);
}

/* Whoever wrote the ranges may have ended before its time. */
static void
tell_missing(const struct each *e)
{
	const struct each_table *t;
	size_t i;

	for (i = 0; i < e->ntables; i++) {
		t = e->table[i];
		if (t->table != NULL && (t->npieces != 1 ||
		    t->piece->lo != NULL || t->piece->hi != NULL))
			note("run '%s': the ranges that came are not all of "
			    "table '%s'", e->o->run, t->table->shown);
	}
}

/* Why it ended; the run's own last words. */
static int
conclude(struct each *e, struct diag *d)
{
	const char *state = e->failed ? "failed" : e->cancelled ?
	    "cancelled" : sig_pending() != 0 ? "stopped" : "done";

	if (e->o->run == NULL)
		return 0;
	if (strcmp(state, "done") == 0)
		tell_missing(e);
	return each_finish(e, state, e->first.len > 0 ? buf_str(&e->first) :
	    NULL, d);
}

int
each_run(const struct db_url *url, const struct each_options *o,
    const struct each_hooks *hooks, struct each_counts *counts,
    struct diag *d)
{
	struct each e = { .o = o, .hooks = hooks, .counts = counts,
		.mem = arena_new(), .url = *url, .input.fd = o->fd };
	size_t i;
	int rc = -1;

	e.path = db_ident(e.mem, url->schema);
	e.worker = arena_array(e.mem, struct each_worker, o->jobs);
	for (i = 0; i < o->jobs; i++)
		e.worker[i].mem = arena_new();
	if ((e.db = db_open(url, 0, d)) != NULL && rows_stay(e.db, d) == 0 &&
	    (o->run == NULL || each_claim(&e, d) == 0)) {
		loop(&e, d);
		rc = conclude(&e, d) == -1 || e.failed ? -1 : 0;
		if (e.failed)
			d->status = e.status;
		if (o->run != NULL)
			each_release(&e);
	}
	close_all(&e);
	return rc;
}
