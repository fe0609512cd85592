/*
 * Ranges are taken from a pipe and given to sessions that are idle; one
 * thread waits for all of them and the pipe.  What is under way when
 * something fails is finished, and nothing new begins.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/record.h"
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

/* Ends it; several sessions may say the same. */
static void
fail(struct each *e, const struct diag *d)
{
	if (e->first.len == 0) {
		e->status = d->status;
		buf_adds(&e->first, buf_str(&d->text));
	}
	e->failed = 1;
	if (sig_count() < 2 && strcmp(buf_str(&e->told),
	    buf_str(&d->text)) != 0)
		e->hooks->failed(e->hooks->arg, d);
	buf_reset(&e->told);
	buf_adds(&e->told, buf_str(&d->text));
}

/* --- one range --- */

static void
finish_range(struct each *e, struct each_worker *w)
{
	size_t i;

	w->state = EACH_IDLE;
	e->counts->ranges++;
	e->counts->rows += w->rows;
	for (i = 0; i < w->ngaps; i++)
		each_table_add(w->table, w->gap[i].lo, w->gap[i].hi);
	if (e->hooks->done(e->hooks->arg, &w->range, w->rows, w->seconds) ==
	    -1)
		e->failed = 1;
}

static int
open_session(struct each *e, struct each_worker *w, struct diag *d)
{
	if (w->turn.db != NULL)
		return 0;
	if ((w->turn.db = db_open(&e->url, 0, d)) == NULL)
		return -1;
	/* the first signal lets it finish what it does */
	db_set_patience(w->turn.db, 1);
	return rows_stay(w->turn.db, d);
}

/* Its range is read: sends it, if nothing stands against it. */
static int
begin(struct each *e, struct each_worker *w, struct diag *d)
{
	int known = e->o->run != NULL ? each_known(e, w, d) : 0;

	if (known == -1)
		return -1;
	w->state = known == 2 ? EACH_HELD : EACH_IDLE;
	if (known == 1) {
		e->counts->skipped++;
		verbose("line %zu: done before", w->line);
	}
	if (known != 0)
		return 0;
	if (each_fits(e, w, d) == -1 || open_session(e, w, d) == -1)
		return -1;
	return each_send(e, w, d);
}

static int
read_range(struct each *e, struct each_worker *w, char *line,
    struct diag *d)
{
	char *field[RANGE_FIELDS];
	size_t n;

	arena_reset(w->mem);
	w->line = e->input.line;
	w->tries = 0;
	w->nholes = w->ngaps = 0;
	n = record_split(line, field, RANGE_FIELDS);
	if (range_read(w->mem, field, n, &w->range, d) == -1)
		return -1;
	range_fields(w->mem, &w->range, w->field);
	w->table = each_table(e, &w->range, d);
	return w->table == NULL ? -1 : 0;
}

/* A line for an idle session: 1, or there is none yet. */
static int
next_range(struct each *e, struct each_worker *w, struct diag *d)
{
	char *line;
	int rc = each_line(&e->input, &line, d);

	if (rc == 0)
		return 0;
	if (rc == -1 || read_range(e, w, line, d) == -1 ||
	    begin(e, w, d) == -1) {
		if (d->file.len == 0)
			diag_at(d, e->o->file, e->input.line, 0);
		fail(e, d);
		diag_reset(d);
		w->state = EACH_IDLE;
	}
	return 1;
}

/* --- all of them --- */

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
		    begin(e, w, d) == -1)) {
			w->state = EACH_IDLE;
			fail(e, d);
			diag_reset(d);
		}
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
		finish_range(e, w);
		break;
	case -1:
		w->state = EACH_IDLE;
		fail(e, d);
		diag_reset(d);
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
	else if (which >= 0 && each_more(&e->input, d) == -1) {
		fail(e, d);
		diag_reset(d);
	}
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
		if (begins && next_range(e, find(e, EACH_IDLE), d) == 1)
			continue;
		if (is_over(e))
			break;
		wait_for_any(e, begins && !e->input.ended, d);
		if (e->o->run != NULL && each_tell(e, d) == -1) {
			fail(e, d);
			diag_reset(d);
		}
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
