/*
 * --lock-timeout: a unit may not wait long for its locks, where others would
 * queue behind it.  What failed has left nothing, and is tried a few times.
 */
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/sql.h"
#include "migrate/apply_priv.h"
#include "migrate/dir.h"

#define LOCK_TRIES 5

/* Names who stands in the way of a statement that waits for a lock. */
struct watcher {
	struct run *r;
	struct db *side;
	char *who;
	int tried;
};

static void
look_for_blocker(void *arg)
{
	struct watcher *w = arg;
	struct diag ignored = DIAG_INIT;
	char pid[16];
	const char *params[] = { pid };
	struct db_rows *rows;

	if (w->r->a->tick != NULL)
		w->r->a->tick();
	if (w->side == NULL && !w->tried++)
		w->side = db_open(db_url_of(w->r->db), DB_READ_ONLY, &ignored);
	if (w->side != NULL) {
		snprintf(pid, sizeof(pid), "%d", db_backend_pid(w->r->db));
		rows = db_query(w->side, w->r->mem, sql_blockers, 1, params,
		    &ignored);
		if (rows != NULL && rows->nrows > 0)
			w->who = arena_printf(w->r->mem,
			    "pid %s (%s, %s): %s", db_cell(rows, 0, 0),
			    db_cell(rows, 0, 1), db_cell(rows, 0, 2),
			    db_cell(rows, 0, 3));
	}
	diag_free(&ignored);
}

static void
sleep_with_jitter(int attempt)
{
	struct pollfd pfd = { .fd = sig_fd(), .events = POLLIN };
	int ms = 250 << attempt;

	poll(&pfd, 1, ms / 2 + (int)arc4random_uniform((uint32_t)ms));
}

/* Milliseconds, at least one: 0 would be no limit at all. */
static char *
set_timeout(struct run *r)
{
	double ms = ceil(r->a->lock_timeout * 1000);

	return arena_printf(r->mem, "SET LOCAL lock_timeout = %.0f;",
	    ms < 1 ? 1 : ms > INT_MAX ? INT_MAX : ms);
}

int
patience_run(struct run *r, size_t unit)
{
	struct watcher w = { .r = r };
	char *before = set_timeout(r);
	int i, rc = -1;

	db_set_tick(r->db, r->a->lock_timeout / 4, look_for_blocker, &w);
	for (i = 0; i < LOCK_TRIES && sig_pending() == 0; i++) {
		w.who = NULL;
		rc = run_unit(r, unit, before);
		if (rc == 0 || !run_failed_with(r, "55P03") ||
		    (db_in_transaction(r->db) &&
			db_exec(r->db, "ROLLBACK", r->d) == -1))
			break;
		r->a->say("%s: could not get a lock in %g s%s%s (try %d of %d)",
		    r->m->name, r->a->lock_timeout, w.who != NULL ?
		    ", blocked by " : "", w.who != NULL ? w.who : "", i + 1,
		    LOCK_TRIES);
		if (i + 1 < LOCK_TRIES)
			sleep_with_jitter(i);
	}
	run_ticks(r);
	if (rc == -1 && w.who != NULL && run_failed_with(r, "55P03"))
		diag_hint(r->d, "blocked by %s", w.who);
	db_close(w.side);
	return rc;
}
