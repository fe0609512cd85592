/* Batches that failed: those that are tried again, and those that are not. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/out.h"
#include "base/sig.h"
#include "batch/job.h"
#include "batch/range.h"
#include "batch/retry.h"
#include "batch/run_priv.h"
#include "db/conn.h"

/* Retries of one range after which it is looked at what others want. */
#define MANY 4

/* Was it one of our limits, or did somebody cancel it? */
static enum retry
what_failed(const struct run *r, double since, const struct diag *d)
{
	enum retry what = retry_what(d);

	if (what == RETRY_SMALLER && (clock_now() - since) * 1000 <
	    (double)r->turn.statement_ms * 0.9)
		return RETRY_NOT;
	return what;
}

static enum flow
fail(struct run *r, struct diag *d)
{
	struct buf text = BUF_INIT;
	struct range range;

	if (!r->known[0])
		return FLOW_ERROR;
	buf_addf(&text, "%s: in the ", buf_str(&d->text));
	range_of(r->scratch, r->job->table, r->job->key, &range);
	range.lo = (const char **)r->lo;
	range.hi = r->edge[0].hi;
	if (range.lo == NULL && range.hi == NULL)
		buf_adds(&text, "only batch");
	else {
		buf_adds(&text, "batch ");
		range_tell(&text, &range);
	}
	diag_set(d, "%s", buf_str(&text));
	if (d->hint.len == 0)
		diag_hint(d, "what was done before it stays done: once this "
		    "is put right, the same again goes on here");
	buf_free(&text);
	return FLOW_ERROR;
}

static const char *
why_again(const struct run *r, enum retry what, const struct diag *d)
{
	if (what == RETRY_SMALLER)
		return "it took too long, and is tried again in smaller parts";
	if (strcmp(d->sqlstate, "55P03") != 0)
		return arena_printf(r->scratch, "%s; it is tried again",
		    buf_str(&d->text));
	return arena_printf(r->scratch, "a lock is held by %s", r->who != NULL ?
	    r->who : "another session");
}

void
run_shrink(struct run *r)
{
	pace_shrink(&r->looked);
	pace_shrink(&r->wrote);
}

/* Where one row alone takes too long, it needs more time than that. */
static void
make_smaller(struct run *r, enum retry what)
{
	if (what == RETRY_SMALLER && r->looked.size == r->looked.least)
		r->turn.statement_ms *= 2;
	else if (what == RETRY_SMALLER)
		run_shrink(r); /* each of these has taken long */
	run_shrink(r);
	r->known[0] = r->known[1] = 0;
}

/* It is long now: others are told why, and asked what they want. */
static int
look_around(struct run *r, const char *why, struct diag *d)
{
	if (r->retries % MANY == 0 &&
	    journal_state(r->journal, "running", why, d) == -1)
		return -1;
	return r->retries < MANY ? 0 : journal_ask(r->journal, &r->wanted, d);
}

static enum flow
lost(struct diag *d)
{
	d->status = EXIT_LATER;
	if (d->hint.len == 0)
		diag_hint(d, "the same again goes on behind the last batch");
	return FLOW_ERROR;
}

enum flow
run_failed(struct run *r, double since, struct diag *d)
{
	enum retry what = what_failed(r, since, d);
	const char *why;

	if (db_lost(r->db) || db_lost(r->look))
		return lost(d);
	/* a second signal has cancelled it, or it does not matter any more */
	if (sig_pending() != 0)
		return run_should_stop(r);
	if (what == RETRY_NOT)
		return fail(r, d);
	r->retries++;
	why = why_again(r, what, d);
	diag_reset(d);
	run_tell_wait(r, why);
	make_smaller(r, what);
	if (look_around(r, why, d) == -1)
		return FLOW_ERROR;
	/* where nobody was in the way, nobody is waited for */
	return run_rest(r, retry_after(what == RETRY_SOON ? r->retries : 1),
	    d);
}
