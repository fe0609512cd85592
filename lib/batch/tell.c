/* Runs as records, and as a line for people. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/sig.h"
#include "batch/change.h"
#include "batch/range.h"
#include "batch/tell.h"
#include "rows/table.h"

const struct out_column tell_batch_columns[TELL_BATCH_COLUMNS] = {
	{ "table", OUT_TEXT },
	{ "columns", OUT_TEXT },
	{ "lower", OUT_TEXT },
	{ "upper", OUT_TEXT },
	{ "rows", OUT_NUMBER },
	{ "milliseconds", OUT_NUMBER },
	{ "examined", OUT_NUMBER },
	{ "retries", OUT_NUMBER },
	{ "run", OUT_NUMBER },
};

int
tell_on_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

void
tell_begin(struct tell *t, const struct journal *j)
{
	t->scratch = arena_new();
	t->began = j->examined;
	t->pass = j->pass;
	if (j->resumed)
		note("run %lld '%s' goes on: %lld row%s changed so far", j->id,
		    t->job->name, j->rows, j->rows == 1 ? "" : "s");
	else
		verbose("run %lld '%s' begins", j->id, t->job->name);
	progress_start(0);
}

/* --- progress --- */

static void
show_progress(struct tell *t, const struct journal *j, double seconds)
{
	struct progress_flow f = { .unit = "rows", .percent = 1,
		.waiting = t->waits, .units_before = t->began };
	struct buf what = BUF_INIT, batch = BUF_INIT;

	if (j->pass != t->pass) { /* each goes over the table from its start */
		t->pass = j->pass;
		t->began = f.units_before = 0;
	}
	buf_addf(&what, "%s%s", t->job->table->shown, j->pass > 1 ?
	    " (last pass)" : "");
	buf_addf(&batch, "batch %lld rows", j->batch_size);
	if (seconds > 0)
		buf_addf(&batch, " %.0f ms", seconds * 1000);
	f.what = buf_str(&what);
	f.note = j->batch_size > 0 ? buf_str(&batch) : NULL;
	f.units = j->examined;
	/* an estimate: that there are more rows shows at the end */
	f.units_total = j->total > j->examined ? j->total : 0;
	if (sig_usr1() > 0)
		progress_flow_now(&f);
	else
		progress_flow(&f);
	buf_free(&what);
	buf_free(&batch);
}

/* --- the hooks --- */

static int
on_batch(void *arg, const struct run_batch *batch)
{
	const struct journal *j = batch->journal;
	const char *field[RANGE_FIELDS];
	struct tell *t = arg;
	struct range r;
	size_t i;

	t->waits = NULL;
	if (t->out != NULL) {
		range_of(t->scratch, t->job->table, t->job->key, &r);
		r.lo = batch->lo;
		r.hi = batch->hi;
		r.rows = batch->rows;
		range_fields(t->scratch, &r, field);
		for (i = 0; i < RANGE_FIELDS; i++)
			out_field(t->out, field[i]);
		out_number(t->out, (long long)(batch->seconds * 1000 + 0.5));
		if (batch->examined >= 0)
			out_number(t->out, batch->examined);
		else
			out_field(t->out, NULL);
		out_number(t->out, batch->retries);
		out_number(t->out, j->id);
		arena_reset(t->scratch);
	}
	show_progress(t, j, batch->seconds);
	/* who reads this sees a batch when it is committed */
	return t->out == NULL || (fflush(stdout) == 0 && !ferror(stdout)) ?
	    0 : -1;
}

static void
on_waiting(void *arg, const struct journal *j, const char *why)
{
	struct tell *t = arg;

	if (why != NULL && t->waits == NULL)
		verbose("waiting: %s", why);
	t->waits = why;
	show_progress(t, j, 0);
}

struct run_hooks
tell_hooks(struct tell *t)
{
	return (struct run_hooks){ on_batch, on_waiting, t };
}

/* --- the end --- */

static const char *
plural(long long n)
{
	return n == 1 ? "" : "s";
}

/* There is no asking afterwards what is left: all that is known is which rows
 * there were. */
static void
tell_once(const struct journal *j)
{
	long long missed = j->examined - j->rows;

	if (missed <= 0)
		note("verified: each of the %lld row%s of the start, once",
		    j->examined, plural(j->examined));
	else
		warning("%lld of the %lld rows of the start %s left out: gone, "
		    "or not such any more as the condition says", missed,
		    j->examined, missed == 1 ? "was" : "were");
}

void
tell_end(struct tell *t, const struct journal *j, const struct run_result *r)
{
	const char *name = t->job->name;

	progress_clear();
	arena_free(t->scratch);
	if (r == NULL)
		return;
	if (r->end == RUN_STOPPED)
		note("%s: stopped by %s after %lld row%s; the same command "
		    "goes on (run %lld '%s')", t->job->table->shown,
		    r->why != NULL ? r->why : "a signal", j->rows,
		    plural(j->rows), j->id, name);
	else if (r->end == RUN_CANCELLED)
		note("%s: cancelled after %lld row%s (run %lld '%s')",
		    t->job->table->shown, j->rows, plural(j->rows), j->id,
		    name);
	else {
		note("%s: %lld row%s changed in %lld batch%s, %.1f s (run "
		    "%lld '%s')", t->job->table->shown, j->rows,
		    plural(j->rows), j->batches, j->batches == 1 ? "" : "es",
		    j->active, j->id, name);
		if (t->job->once)
			tell_once(j);
		if (r->left == 0)
			note("verified: 0 rows left to change");
		if (r->beyond > 0)
			note("%lld row%s that --where leaves out %s not as "
			    "--set says", r->beyond, plural(r->beyond),
			    r->beyond == 1 ? "is" : "are");
		if (r->left > 0)
			warning("%lld row%s still not as wanted: a trigger of "
			    "the table, or another session, has made %s so",
			    r->left, r->left == 1 ? " is" : "s are",
			    r->left == 1 ? "it" : "them");
	}
}
