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
#include "migrate/lock.h"
#include "sql/script.h"

#define TICK 0.5 /* seconds between two looks at the clock */

/* Text around a unit: what comes before it, and before its last COMMIT. */
struct wrap {
	const char *before, *record;
};

static void
add_text(struct buf *b, const struct run *r, const struct unit *u,
    const struct wrap *w, struct units_failure *f)
{
	buf_reserve(b, u->end - u->start + 512);
	if (u->chained && !db_in_transaction(r->db)) {
		buf_adds(b, "BEGIN;");
		f->before_stmts++;
	}
	if (w->before != NULL) {
		buf_adds(b, w->before);
		f->before_stmts++;
	}
	f->before_bytes = b->len;
	buf_add(b, r->text + u->start, u->tail - u->start);
	/* many files have no newline, or no semicolon, at their end; and the
	 * last line may be a comment */
	if (w->record != NULL) {
		buf_addf(b, "\n;%s%s", w->record, u->tail < u->end ? ";" : "");
		f->record_stmts = RECORD_STMTS;
	}
	buf_add(b, r->text + u->tail, u->end - u->tail);
}

static int
send(struct run *r, const struct unit *u, const struct wrap *w)
{
	struct units_failure f = { .unit = u };
	struct buf b = BUF_INIT;
	int rc;

	add_text(&b, r, u, w, &f);
	rc = db_restore_encoding(r->db, r->d);
	if (rc == 0)
		rc = db_exec(r->db, b.data, r->d);
	if (rc == -1 && !db_lost(r->db)) {
		f.sent = b.data;
		f.position = db_error_position(r->db);
		f.completed = db_completed(r->db);
		r->failed = units_locate(&r->units, &f, r->d);
	}
	if (rc == 0 && r->units.stmt == NULL && db_in_transaction(r->db)) {
		diag_at(r->d, r->m->path, 0, 0);
		rc = diag_set(r->d, "this script leaves a transaction open");
	}
	buf_free(&b);
	return rc;
}

int
run_bare(struct run *r, const struct unit *u, const char *before)
{
	return send(r, u, &(struct wrap){ before, NULL });
}

/* Where the record cannot travel with the unit. */
static int
run_then_record(struct run *r, const struct unit *u, const char *before)
{
	if (run_bare(r, u, before) == -1)
		return -1;
	r->done++;
	return record_done(r);
}

static int
mentions(const struct run *r, const struct unit *u, const char *word)
{
	size_t i, n = strlen(word);

	for (i = u->start; i + n <= u->end; i++)
		if (strncasecmp(r->text + i, word, n) == 0)
			return 1;
	return 0;
}

/* DISCARD ALL and the like let go of advisory locks. */
static int
keep_lock(struct run *r, const struct unit *u)
{
	if (!r->a->use_lock ||
	    (!mentions(r, u, "discard") && !mentions(r, u, "advisory_unlock")))
		return 0;
	return migrate_lock_keep(r->db, r->d);
}

/*
 * Did it fail only for our record?  A procedure that commits cannot be one of
 * several statements, and a BEGIN READ ONLY lets nothing be written.
 */
static int
refuses_company(struct run *r, const struct unit *u)
{
	struct diag ignored = DIAG_INIT;
	int refuses;

	if (db_lost(r->db) || u->kind == UNIT_BARE || u->kind == UNIT_PREPARE)
		return 0;
	refuses = run_failed_with(r, "25006") ? r->failed == NULL :
	    r->units.mode == UNITS_STEPS && u->n == 1 &&
	    units_need_steps(r->d->sqlstate);
	if (refuses && db_in_transaction(r->db))
		refuses = db_exec(r->db, "ROLLBACK", &ignored) == 0;
	diag_free(&ignored);
	return refuses;
}

int
run_unit(struct run *r, size_t i, const char *before)
{
	const struct unit *u = &r->units.unit[i];
	struct buf record = BUF_INIT;
	int rc;

	if (u->kind == UNIT_ALONE)
		return alone_run(r, u) == -1 ? -1 : keep_lock(r, u);
	if (u->kind == UNIT_PREPARE)
		rc = alone_prepare(r, u, before);
	else if (u->kind == UNIT_BARE || r->units.open_ended ||
	    db_is_read_only(r->db))
		rc = run_then_record(r, u, before);
	else {
		record_unit(&record, r, i);
		rc = send(r, u, &(struct wrap){ before, buf_str(&record) });
		buf_free(&record);
		if (rc == 0)
			r->done = i + 1;
	}
	if (rc == -1 && r->done == i && refuses_company(r, u)) {
		diag_reset(r->d);
		rc = run_then_record(r, u, before);
	}
	return rc == -1 ? -1 : keep_lock(r, u);
}

/* What earlier units set for the session is set again on resumption. */
static int
replay_session(struct run *r)
{
	const struct units *u = &r->units;
	struct unit one = { .kind = UNIT_IMPLICIT, .n = 1 };
	size_t i, k;

	for (i = 0; i < r->done; i++) {
		if (u->unit[i].kind == UNIT_BARE) /* rolled back */
			continue;
		for (k = u->unit[i].first;
		    k < u->unit[i].first + u->unit[i].n; k++) {
			if (u->stmt[k].kind != SQL_SESSION)
				continue;
			one.first = k;
			one.start = u->stmt[k].code;
			one.end = one.tail = u->stmt[k].end;
			if (run_bare(r, &one, NULL) == -1)
				return -1;
		}
	}
	return 0;
}

/* A statement that runs alone waits for whole transactions, not only for
 * locks: a timeout would but leave it in halves. */
static int
run_with_timeout(struct run *r, size_t i)
{
	if (r->a->lock_timeout > 0 && r->units.unit[i].kind != UNIT_ALONE)
		return patience_run(r, i);
	return run_unit(r, i, NULL);
}

static int
run_units(struct run *r)
{
	size_t i;

	if (r->done > 0 && replay_session(r) == -1)
		return -1;
	for (i = r->done; i < r->units.n; i++) {
		if (run_with_timeout(r, i) == -1)
			return -1;
		if (sig_pending() != 0 && i + 1 < r->units.n)
			return diag_set(r->d, "interrupted after part %zu of "
			    "%zu", i + 1, r->units.n);
	}
	/* a script without a statement has no unit to finish it */
	return r->units.n == 0 ? record_done(r) : 0;
}

static void
just_tick(void *arg)
{
	struct run *r = arg;

	r->a->tick();
}

void
run_ticks(struct run *r)
{
	db_set_tick(r->db, TICK, r->a->tick != NULL ? just_tick : NULL, r);
}

/*
 * An atomic script that failed has left nothing; when it failed only for
 * being one transaction, it is run again statement by statement.
 */
static int
run_script(struct run *r)
{
	struct diag ignored = DIAG_INIT;
	int rc;

	rc = run_units(r);
	if (rc == 0 || r->units.mode != UNITS_ATOMIC || r->done > 0 ||
	    db_lost(r->db) || !units_need_steps(r->d->sqlstate))
		return rc;
	r->a->whisper("%s: %s; running it statement by statement", r->m->name,
	    buf_str(&r->d->text));
	rc = units_plan_steps(r->mem, &r->units, &ignored);
	diag_free(&ignored);
	diag_reset(r->d);
	if (rc == -1) /* one statement that we cannot parse, perhaps */
		return run_then_record(r, &r->units.unit[0], NULL);
	return record_journal(r) == -1 ? -1 : run_units(r);
}

/* Picks up the thread of an earlier run: the same partition, checked. */
static int
resume_from(struct run *r, const struct history_row *earlier)
{
	struct journal *j = &r->journal;

	journal_read(r->mem, earlier->logs, earlier->steps, j);
	r->resumed = 1;
	if (!j->found || (j->done == 0 && j->mode != UNITS_STEPS))
		return 0;
	if (units_plan_after(r->mem, &r->units, j->nstmt, j->done,
	    j->mode == UNITS_STEPS, r->d) == -1 ||
	    journal_check(j, &r->units, r->d) == -1)
		return -1;
	r->done = j->done;
	if (j->running > 0 && j->running == r->done + 1) {
		r->begun = j->running;
		r->begun_indexes = j->indexes;
	}
	return 0;
}

int
apply_migration(struct apply *a, struct arena *mem, const struct migration *m,
    const struct buf *text, const struct history_row *earlier, struct diag *d)
{
	struct run r = { .a = a, .db = a->db, .mem = mem, .m = m,
		.text = buf_str(text), .len = text->len, .d = d };
	int rc, resume;

	resume = earlier != NULL && history_unfinished(earlier);
	r.journal.indexes = r.begun_indexes = "";
	if (units_plan(mem, m->path, r.text, r.len, &r.units, d) == -1)
		return -1;
	/* An earlier script has made '\' escape, which our parser does not
	 * see: this one goes as it is, in one piece. */
	if (db_escapes_strings(r.db) && strchr(r.text, '\\') != NULL)
		units_plan_whole(mem, m->path, r.text, r.len, &r.units);
	if (resume && resume_from(&r, earlier) == -1)
		return -1;
	if (record_begin(&r, resume) == -1)
		return -1;
	run_ticks(&r);
	rc = r.done > 0 && r.done == r.units.n ? record_done(&r) :
	    run_script(&r);
	db_set_tick(a->db, 0, NULL, NULL);
	if (rc == 0)
		return 0;
	run_failed(&r, earlier);
	return -1;
}
