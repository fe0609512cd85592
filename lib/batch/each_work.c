/* The transaction of one range. */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/sig.h"
#include "batch/each_priv.h"
#include "batch/retry.h"
#include "rows/session.h"
#include "sql/bind.h"

enum {
	TRIES = 10,
	IDLE_MS = 30000 /* we are stopped, or gone without a word: locks go */
};

static int
has_run(const struct each *e)
{
	return e->o->run != NULL;
}

long
each_ms(double seconds)
{
	return seconds * 1000 < INT_MAX ? (long)(seconds * 1000) : INT_MAX;
}

int
each_send(struct each *e, struct each_worker *w, struct diag *d)
{
	size_t n = 0, i;
	struct db_ask *ask;

	ask = arena_array(w->mem, struct db_ask, e->o->nbinds + 1);
	if (has_run(e))
		ask[n++] = each_mine(e, w->mem);
	for (i = 0; i < e->o->nbinds; i++)
		ask[n++] = each_ask(w, &e->o->bind[i]);
	w->turn.path = e->path;
	w->turn.lock_ms = each_ms(e->o->lock_timeout);
	w->turn.idle_ms = IDLE_MS;
	w->began = clock_now();
	w->state = EACH_WORK;
	return turn_send(&w->turn, ask, n, !has_run(e) && !e->o->dry_run, d);
}

/* What the last statement has written that writes; where none does, what the
 * last one has returned. */
static long long
rows_of(struct db_rows *const *r, size_t n)
{
	size_t i = n;

	while (i-- > 0)
		if (r[i]->wrote)
			return r[i]->affected;
	return n > 0 ? r[n - 1]->affected : 0;
}

static int
send_commit(struct each *e, struct each_worker *w, struct diag *d)
{
	/* whatever role the statements have taken: the run is ours */
	const struct db_ask ask[] = {
		{ "SET LOCAL SESSION AUTHORIZATION DEFAULT", 0, NULL },
		{ "SET LOCAL ROLE NONE", 0, NULL },
		each_record(e, w),
		{ "COMMIT", 0, NULL },
	};

	w->state = EACH_COMMIT;
	return db_send_all(w->turn.db, ask, 4, NULL, d);
}

static int
take_work(struct each *e, struct each_worker *w, size_t *failed,
    struct diag *d)
{
	int commit = !has_run(e) && !e->o->dry_run;
	size_t first = (size_t)has_run(e), n = first + e->o->nbinds;
	struct db_rows **r = arena_array(w->mem, struct db_rows *, n);

	*failed = e->o->nbinds;
	if (turn_take(&w->turn, w->mem, n, commit, r, failed, d) == -1) {
		*failed = *failed < first ? n : *failed - first;
		return -1;
	}
	w->rows = rows_of(r + first, e->o->nbinds);
	w->seconds = clock_now() - w->began;
	if (!has_run(e)) {
		if (!commit)
			rows_rollback(w->turn.db);
		return 1;
	}
	if (r[0]->nrows > 0)
		return send_commit(e, w, d);
	rows_rollback(w->turn.db);
	return diag_set(d, "run '%s' has been taken over by another",
	    e->o->run);
}

static int
take_commit(struct each_worker *w, struct diag *d)
{
	struct db_rows *r[4];

	if (db_take_all(w->turn.db, w->mem, 4, r, d) == -1) {
		rows_rollback(w->turn.db);
		return -1;
	}
	w->seconds = clock_now() - w->began;
	return 1;
}

static int
is_retried(struct each_worker *w, const struct diag *d)
{
	double after;

	if (retry_what(d) != RETRY_SOON || w->tries >= TRIES ||
	    sig_pending() != 0)
		return 0;
	after = retry_after(++w->tries);
	verbose("line %zu: %s: tried again in %.2f s", w->line,
	    buf_str(&d->text), after);
	w->resume = clock_now() + after;
	w->state = EACH_PAUSE;
	return 1;
}

static void
explain(struct each *e, struct each_worker *w, size_t failed, struct diag *d)
{
	struct buf b = BUF_INIT;

	if (failed < e->o->nbinds)
		each_locate(w, &e->o->bind[failed], d);
	if (d->file.len == 0) {
		buf_addf(&b, "%s, ", w->table->table->shown);
		range_tell(&b, &w->range);
		buf_addf(&b, ": %s", buf_str(&d->text));
		diag_set(d, "%s", buf_str(&b));
		diag_at(d, e->o->file, w->line, 0);
	}
	if (db_lost(w->turn.db) && e->o->run == NULL)
		diag_hint(d, "it may have been committed, or not");
	if (w->tries >= TRIES && retry_what(d) == RETRY_SOON)
		buf_addf(&d->detail, "%sit was tried %d times",
		    d->detail.len > 0 ? "\n" : "", TRIES + 1);
	buf_free(&b);
}

int
each_take(struct each *e, struct each_worker *w, struct diag *d)
{
	size_t failed = e->o->nbinds;
	int rc;

	if (w->state == EACH_WORK)
		rc = take_work(e, w, &failed, d);
	else
		rc = take_commit(w, d);
	if (rc != -1)
		return rc;
	if (is_retried(w, d)) {
		diag_reset(d);
		return 0;
	}
	explain(e, w, failed, d);
	return -1;
}
