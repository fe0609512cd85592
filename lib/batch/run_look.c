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

/* Where they are not many less than those looked at, counting the rows that
 * will be written is for nothing. */
static int
counts(const struct run *r)
{
	long long most = r->wrote.size;

	return r->job->counts != NULL && (r->looked.size > most + most / 4 ||
	    r->looked.size > r->wrote.most);
}

int
run_cut(struct run *r, struct diag *d)
{
	long long most = r->wrote.size, n = r->looked.size;
	struct edge *e = &r->edge[0];
	int rc;

	r->cut.turn.statement_ms = r->turn.statement_ms;
	arena_reset(r->edges[0]);
	if (counts(r))
		rc = cut_matching(&r->cut, r->edges[0], r->lo, n,
		    r->job->counts, most, e, d);
	else
		rc = cut_next(&r->cut, r->edges[0], r->lo, n, e, d);
	/* Some row of many has no value: the batch will tell in which range
	 * that is, and those before it are done first. */
	if (rc == -1 && retry_what(d) == RETRY_NOT && !db_lost(r->look)) {
		diag_reset(d);
		rc = cut_next(&r->cut, r->edges[0], r->lo,
		    most < n ? most : n, e, d);
	}
	r->known[0] = rc == 0;
	return rc;
}

/* --- the next range --- */

static int
cut_ahead(struct run *r, struct diag *d)
{
	const char *const *lo = r->edge[0].hi;

	if (lo == NULL || r->known[1])
		return 0;
	r->cut.turn.statement_ms = r->turn.lock_ms;
	r->matching = counts(r);
	r->asked_for = r->looked.size;
	return (r->matching ? cut_matching_send(&r->cut, lo, r->asked_for,
	    r->job->counts, r->wrote.size, d) :
	    cut_send(&r->cut, lo, r->asked_for, d)) == 0;
}

/* How far it is to the end is asked when it is needed: that takes another
 * query. */
static void
take_cut(struct run *r, struct diag *d)
{
	struct edge *e = &r->edge[1];
	int rc;

	arena_reset(r->edges[1]);
	rc = r->matching ? cut_matching_take(&r->cut, r->edges[1], e, d) :
	    cut_take(&r->cut, r->edges[1], r->asked_for, e, d);
	r->known[1] = rc == 0 && e->hi != NULL;
	if (rc == -1 && retry_what(d) == RETRY_SMALLER)
		pace_shrink(&r->looked);
}

/* --- others --- */

static int
mind(struct run *r, struct diag *d)
{
	return manners_mind(&r->manners, d);
}

static void
take_minded(struct run *r, struct diag *d)
{
	manners_minded(&r->manners, d);
}

/* Who has the lock that the batch waits for. */
static int
find_blocker(struct run *r, struct diag *d)
{
	char text[16];
	const char *pid = text;

	if (r->manners.pid == 0 || r->retries == 0)
		return 0;
	snprintf(text, sizeof(text), "%d", r->manners.pid);
	return db_send_query(r->look, sql_blockers, 1, &pid, d) == 0;
}

static void
take_blocker(struct run *r, struct diag *d)
{
	struct db_rows *rows = db_take(r->look, r->scratch, d);

	if (rows != NULL && rows->nrows > 0)
		r->who = arena_printf(r->scratch, "pid %s (%s, %s)",
		    db_cell(rows, 0, 0), db_cell(rows, 0, 1),
		    db_cell(rows, 0, 2));
}

static int
find_waiters(struct run *r, struct diag *d)
{
	r->asked = clock_now();
	return manners_blocks(&r->manners, d);
}

static void
take_waiters(struct run *r, struct diag *d)
{
	struct buf who = BUF_INIT;

	if (manners_blocked(&r->manners, &who, d) == 1)
		r->waiter = arena_strdup(r->scratch, buf_str(&who));
	buf_free(&who);
}

/*
 * Where a batch writes more of the log than the server has room for in
 * memory, its own session has to write that out, page by page.  The commit of
 * anybody who does not wait for it wakes the server's log writer, which does
 * so in large pieces, and beside.
 */
static const struct db_ask beat[] = {
	{ "BEGIN", 0, NULL },
	{ "SET LOCAL synchronous_commit=off", 0, NULL },
	{ "SELECT pg_catalog.pg_current_xact_id()", 0, NULL },
	{ "COMMIT", 0, NULL },
};
#define NBEAT (sizeof(beat) / sizeof(beat[0]))

static int
pulse(struct run *r, struct diag *d)
{
	r->pulsed = clock_now();
	return db_send_all(r->look, beat, NBEAT, NULL, d) == 0;
}

static void
take_pulse(struct run *r, struct diag *d)
{
	struct db_rows *out[NBEAT];

	if (db_take_all(r->look, r->scratch, NBEAT, out, d) == 0)
		return;
	rows_rollback(r->look);
	r->written = 0; /* it cannot be done here: no more of them */
}

/* --- all of it, one after the other --- */

enum {
	LOOK_NOTHING,
	LOOK_CUT,
	LOOK_MIND,
	LOOK_BLOCKER,
	LOOK_WAITERS,
	LOOK_PULSE,
	LOOK__MAX
};

static const struct {
	int (*send)(struct run *, struct diag *); /* 1: sent */
	void (*take)(struct run *, struct diag *);
} looks[LOOK__MAX] = {
	[LOOK_CUT] = { cut_ahead, take_cut },
	[LOOK_MIND] = { mind, take_minded },
	[LOOK_BLOCKER] = { find_blocker, take_blocker },
	[LOOK_WAITERS] = { find_waiters, take_waiters },
	[LOOK_PULSE] = { pulse, take_pulse },
};

/* What is to be done while a batch is at work. */
struct plan {
	int next;    /* of what is done once */
	double late; /* when others can be seen to wait */
	int ask;     /* for them */
	int heavy;   /* it writes much */
};

void
run_looked(struct run *r)
{
	struct diag ignored = DIAG_INIT;

	if (r->looking != LOOK_NOTHING)
		looks[r->looking].take(r, &ignored);
	r->looking = LOOK_NOTHING;
	diag_free(&ignored);
}

/* What is done next: LOOK_NOTHING for so many seconds; < 0: for good. */
static int
next(const struct run *r, struct plan *p, double *wait)
{
	double now = clock_now();
	int due = p->next < LOOK_BLOCKER || (p->ask && now >= p->late);

	if (due && p->next < LOOK_PULSE)
		return p->next++;
	if (p->heavy && now - r->pulsed >= PULSE)
		return LOOK_PULSE;
	*wait = p->heavy ? PULSE - (now - r->pulsed) : -1;
	if (p->ask && p->next < LOOK_PULSE &&
	    (*wait < 0 || *wait > p->late - now))
		*wait = p->late - now;
	return LOOK_NOTHING;
}

/* Has the batch answered?  What it is asked beside it is taken on the way. */
static int
answered(struct run *r, double wait)
{
	struct db *both[] = { r->db, r->look };
	int i;

	if (r->looking == LOOK_NOTHING)
		return db_answers(r->db, wait);
	i = db_wait_any(both, 2, -1, 60);
	if (i == 1)
		run_looked(r);
	/* -1: of two signals the second ends the batch */
	return i == 0 || (i == -1 && db_answers(r->db, 0));
}

/* Sends what is next; 0: there is nothing more to do. */
static int
look_on(struct run *r, struct plan *p, double *wait, struct diag *d)
{
	int which;

	while ((which = next(r, p, wait)) != LOOK_NOTHING)
		if (looks[which].send(r, d) == 1) {
			r->looking = which;
			return 1;
		}
	return *wait >= 0;
}

/* What fails here does not matter to the batch: the range is cut once more
 * when it is needed, manners are asked again, and it is told then. */
void
run_look(struct run *r, double since)
{
	struct plan p = { .next = LOOK_CUT,
		.late = since + r->o->batch_time * LATE,
		.heavy = r->written >= HEAVY };
	struct diag ignored = DIAG_INIT;
	double wait = 0;

	r->waiter = NULL;
	r->pulsed = clock_now();
	p.ask = r->retries > 0 || p.late - r->asked > ASK_EVERY;
	while ((r->looking != LOOK_NOTHING ||
	    look_on(r, &p, &wait, &ignored)) && !answered(r, wait))
		;
	diag_free(&ignored);
}
