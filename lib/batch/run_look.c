/* What is done on the session beside, while a batch is at work. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "batch/job.h"
#include "batch/retry.h"
#include "batch/run_priv.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/session.h"

#define ASK_EVERY 0.2 /* seconds, whether others wait */
#define PULSE 0.008   /* seconds */
#define HEAVY 1000    /* rows written by the batch before */
#define LATE 0.6      /* of the time a batch should take: they show by then */

static int
cut(struct run *r, int which, const char *const *lo, struct diag *d)
{
	long long most = r->wrote.size;
	int rc;

	r->known[which] = 0;
	arena_reset(r->edges[which]);
	/* counting them is not for nothing */
	if (r->job->counts == NULL || (r->looked.size <= most + most / 4 &&
	    r->looked.size <= r->wrote.most))
		rc = cut_next(&r->cut, r->edges[which], lo, r->looked.size,
		    &r->edge[which], d);
	else
		rc = cut_matching(&r->cut, r->edges[which], lo,
		    r->looked.size, r->job->counts, most, &r->edge[which], d);
	/* Some row of many has no value: the batch will tell in which range
	 * that is, and those before it are done first. */
	if (rc == -1 && retry_what(d) == RETRY_NOT && !db_lost(r->look)) {
		diag_reset(d);
		rc = cut_next(&r->cut, r->edges[which], lo,
		    most < r->looked.size ? most : r->looked.size,
		    &r->edge[which], d);
	}
	r->known[which] = rc == 0;
	return rc;
}

int
run_cut(struct run *r, struct diag *d)
{
	r->cut.turn.statement_ms = r->turn.statement_ms;
	return cut(r, 0, r->lo, d);
}

/* The next one, while rows are locked: that must not last any longer. */
static void
cut_ahead(struct run *r, struct diag *d)
{
	r->cut.turn.statement_ms = r->turn.lock_ms;
	if (cut(r, 1, r->edge[0].hi, d) == -1 &&
	    retry_what(d) == RETRY_SMALLER)
		pace_shrink(&r->looked);
}

/* Who has the lock that the batch waits for. */
static void
find_blocker(struct run *r, struct diag *d)
{
	char pid[16];
	const char *params[] = { pid };
	struct db_rows *rows;

	if (r->manners.pid == 0)
		return;
	snprintf(pid, sizeof(pid), "%d", r->manners.pid);
	rows = db_query(r->look, r->scratch, sql_blockers, 1, params, d);
	if (rows != NULL && rows->nrows > 0)
		r->who = arena_printf(r->scratch, "pid %s (%s, %s)",
		    db_cell(rows, 0, 0), db_cell(rows, 0, 1),
		    db_cell(rows, 0, 2));
}

static void
find_waiters(struct run *r, struct diag *d)
{
	struct buf who = BUF_INIT;

	r->asked = clock_now();
	if (manners_blocks(&r->manners, &who, d) == 1)
		r->waiter = arena_strdup(r->scratch, buf_str(&who));
	buf_free(&who);
}

/*
 * Where a batch writes more of the log than the server has room for in
 * memory, its own session has to write that out, page by page.  The commit of
 * anybody who does not wait for it wakes the server's log writer, which does
 * so in large pieces, and beside.
 */
static int
pulse(struct run *r, struct diag *d)
{
	if (db_exec(r->look, "BEGIN;SET LOCAL synchronous_commit=off;"
	    "SELECT pg_catalog.pg_current_xact_id();COMMIT", d) == 0)
		return 0;
	rows_rollback(r->look);
	return -1;
}

/* Until the batch has answered, or there is nothing more to do. */
static void
look_on(struct run *r, double late, struct diag *d)
{
	int ask = r->retries > 0 || late - r->asked > ASK_EVERY;
	int heavy = r->written >= HEAVY;
	double now, wait;

	while (heavy || ask) {
		now = clock_now();
		if (ask && now >= late) {
			if (r->retries > 0)
				find_blocker(r, d);
			find_waiters(r, d);
			ask = 0;
		}
		wait = heavy && (!ask || late - now > PULSE) ? PULSE :
		    late - now;
		if (db_answers(r->db, wait))
			return;
		if (heavy && pulse(r, d) == -1)
			return;
	}
}

/*
 * What fails here does not matter to the batch: the range is cut once more
 * when it is needed, manners are asked again, and it is told then.
 */
void
run_look(struct run *r, double since)
{
	struct diag ignored = DIAG_INIT;

	r->waiter = NULL;
	if (r->edge[0].hi != NULL && !r->known[1])
		cut_ahead(r, &ignored);
	manners_mind(&r->manners, &ignored);
	look_on(r, since + r->o->batch_time * LATE, &ignored);
	diag_free(&ignored);
}
