/* One migration: its script in units, each tied to the row (record.c). */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "db/conn.h"
#include "migrate/apply_priv.h"
#include "migrate/dir.h"
#include "migrate/history.h"

#define TICK 0.5 /* seconds between two looks at the clock */

/* Text around a unit: what comes before it, and before its last COMMIT. */
struct wrap {
	const char *before, *record;
};

static int
send(struct run *r, const struct unit *u, const struct wrap *w)
{
	struct buf b = BUF_INIT;
	struct units_failure f = { .unit = u };
	int rc;

	buf_reserve(&b, u->end - u->start + 512);
	if (u->chained && !db_in_transaction(r->db)) {
		buf_adds(&b, "BEGIN;");
		f.before_stmts++;
	}
	if (w->before != NULL) {
		buf_adds(&b, w->before);
		f.before_stmts++;
	}
	f.before_bytes = b.len;
	buf_add(&b, r->text + u->start, u->tail - u->start);
	/* many files have no newline, or no semicolon, at their end; and the
	 * last line may be a comment */
	if (w->record != NULL)
		buf_addf(&b, "\n;%s%s", w->record,
		    u->tail < u->end ? ";" : "");
	buf_add(&b, r->text + u->tail, u->end - u->tail);
	rc = db_exec(r->db, b.data, r->d);
	if (rc == -1 && !db_lost(r->db)) {
		f.sent = b.data;
		f.position = db_error_position(r->db);
		f.completed = db_completed(r->db);
		r->failed = units_locate(r->mem, &r->units, &f, r->d);
	}
	if (rc == 0 && db_in_transaction(r->db) && !u->chained &&
	    u + 1 == r->units.unit + r->units.n) {
		/* only a script that we could not parse comes here */
		diag_at(r->d, r->m->path, 0, 0);
		rc = diag_set(r->d, "this script leaves a transaction open");
	}
	buf_free(&b);
	return rc;
}

int
run_bare(struct run *r, const struct unit *u)
{
	return send(r, u, &(struct wrap){ NULL, NULL });
}

int
run_unit(struct run *r, size_t i, const char *before)
{
	const struct unit *u = &r->units.unit[i];
	struct buf record = BUF_INIT;
	int rc;

	if (u->kind == UNIT_ALONE) {
		if (alone_run(r, u) == -1)
			return -1;
		r->done = i + 1;
		return record_journal(r, 0, NULL);
	}
	if (u->kind == UNIT_ROLLBACK) {
		if (run_bare(r, u) == -1)
			return -1;
		r->done = i + 1;
		return record_journal(r, 0, NULL);
	}
	record_unit(&record, r, i);
	rc = send(r, u, &(struct wrap){ before, buf_str(&record) });
	buf_free(&record);
	if (rc == 0)
		r->done = i + 1;
	return rc;
}

/* What earlier units set for the session is set again on resumption. */
static int
replay_session(struct run *r)
{
	size_t i;

	for (i = 0; i < r->done; i++)
		if (r->units.unit[i].session &&
		    run_bare(r, &r->units.unit[i]) == -1)
			return -1;
	return 0;
}

static int
run_units(struct run *r)
{
	size_t i;

	if (r->done > 0 && replay_session(r) == -1)
		return -1;
	for (i = r->done; i < r->units.n; i++) {
		if (run_unit(r, i, NULL) == -1)
			return -1;
		if (sig_pending() != 0 && i + 1 < r->units.n)
			return diag_set(r->d, "interrupted after part %zu of "
			    "%zu", i + 1, r->units.n);
	}
	/* a script without a statement has no unit to finish it */
	return r->units.n == 0 ? record_journal(r, 0, NULL) : 0;
}

static void
just_tick(void *arg)
{
	struct run *r = arg;

	r->a->tick();
}

/*
 * An atomic script that failed has left nothing; when it failed only for
 * being one transaction, it is run again statement by statement.
 */
static int
run_script(struct run *r)
{
	struct diag first = DIAG_INIT, *d = r->d;
	int rc;

	if (r->units.mode != UNITS_ATOMIC)
		return run_units(r);
	rc = r->a->lock_timeout > 0 && r->units.n == 1 ?
	    patience_run(r) : run_units(r);
	if (rc == 0 || db_lost(r->db) || !units_need_steps(r->d->sqlstate))
		return rc;
	r->d = &first;
	rc = units_plan_steps(r->mem, &r->units, r->d);
	r->d = d;
	diag_free(&first);
	if (rc == -1) {
		/* One statement that we cannot parse: send it alone. */
		diag_reset(d);
		if (run_bare(r, &r->units.unit[0]) == -1)
			return -1;
		r->done = 1;
		return record_journal(r, 0, NULL);
	}
	r->a->whisper("%s: %s; running it statement by statement", r->m->name,
	    buf_str(&d->text));
	diag_reset(d);
	return run_units(r);
}

/* Picks up the thread of an earlier run: the same partition, checked. */
static int
resume_from(struct run *r, const struct history_row *resume)
{
	journal_read(r->mem, resume->logs, &r->journal);
	r->resumed = 1;
	if (!r->journal.found)
		return 0;
	if (r->journal.mode == UNITS_STEPS && r->units.mode != UNITS_STEPS &&
	    units_plan_steps(r->mem, &r->units, r->d) == -1)
		return -1;
	if (journal_check(&r->journal, &r->units, r->d) == -1)
		return -1;
	r->done = r->journal.done;
	if (r->journal.running > 0 && (r->done >= r->units.n ||
	    strcmp(r->units.unit[r->done].digest,
		r->journal.running_digest) != 0))
		r->journal.running = 0;
	return 0;
}

int
apply_migration(struct apply *a, struct arena *mem, const struct migration *m,
    const struct buf *text, const struct history_row *earlier, struct diag *d)
{
	const struct history_row *resume = NULL;
	struct run r = { .a = a, .db = a->db, .mem = mem, .m = m,
		.text = buf_str(text), .len = text->len, .d = d };
	int rc;

	if (earlier != NULL && history_unfinished(earlier))
		resume = earlier;
	r.journal.indexes = "";
	if (units_plan(mem, m->path, r.text, r.len, &r.units, d) == -1)
		return -1;
	if (resume != NULL && resume_from(&r, resume) == -1)
		return -1;
	if (record_begin(&r, resume) == -1)
		return -1;
	if (a->tick != NULL)
		db_set_tick(a->db, TICK, just_tick, &r);
	rc = run_script(&r);
	db_set_tick(a->db, 0, NULL, NULL);
	if (rc == 0)
		return 0;
	run_failed(&r, earlier);
	return -1;
}
