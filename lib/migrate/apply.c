/*
 * One migration: its row, its script in units, and what ties them together.
 *
 * A simple query cannot carry parameters; what we append to a script is made
 * of our own uuid, digests and names, quoted by the one quoting function.
 * Names and operators are qualified: a script may have set search_path, and
 * what it sets stays for the next, as with Prisma.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/sql.h"
#include "migrate/apply_priv.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "sql/script.h"

#define TICK 0.5     /* seconds between two looks at the clock */
#define LOCK_TRIES 5 /* of an atomic script under --lock-timeout */

static const char *
table(const struct run *r)
{
	return r->a->history->table;
}

static void
add_where(struct buf *b, const struct run *r)
{
	buf_addf(b, " WHERE id OPERATOR(pg_catalog.=) %s",
	    db_literal(r->mem, r->id));
}

/* The two UPDATEs of Prisma in one: the row is finished. */
static void
add_finish(struct buf *b, const struct run *r)
{
	buf_addf(b, "UPDATE %s SET applied_steps_count = 1, logs = NULL, "
	    "finished_at = pg_catalog.clock_timestamp()", table(r));
	add_where(b, r);
}

static void
add_journal(struct buf *b, const struct run *r, size_t done, int running,
    const char *indexes)
{
	struct buf text = BUF_INIT;

	journal_write(&text, &r->units, done, running, indexes);
	buf_addf(b, "UPDATE %s SET applied_steps_count = %zu, logs = %s",
	    table(r), done, db_literal(r->mem, buf_str(&text)));
	add_where(b, r);
	buf_free(&text);
}

/* What is to be committed together with unit i. */
static void
add_record(struct buf *b, const struct run *r, size_t i)
{
	if (i + 1 == r->units.n)
		add_finish(b, r);
	else
		add_journal(b, r, i + 1, 0, NULL);
}

int
run_journal(struct run *r, int running, const char *indexes)
{
	struct buf b = BUF_INIT;
	int rc;

	if (!running && r->done == r->units.n)
		add_finish(&b, r);
	else
		add_journal(&b, r, r->done, running, indexes);
	rc = db_exec(r->db, buf_str(&b), r->d);
	buf_free(&b);
	return rc;
}

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

/* One unit and its record, in one transaction wherever that can be. */
static int
run_unit(struct run *r, size_t i, const char *before)
{
	const struct unit *u = &r->units.unit[i];
	struct buf record = BUF_INIT;
	int rc;

	if (u->kind == UNIT_ALONE) {
		if (alone_run(r, u) == -1)
			return -1;
		r->done = i + 1;
		return run_journal(r, 0, NULL);
	}
	if (u->kind == UNIT_ROLLBACK) {
		if (run_bare(r, u) == -1)
			return -1;
		r->done = i + 1;
		return run_journal(r, 0, NULL);
	}
	add_record(&record, r, i);
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
	return r->units.n == 0 ? run_journal(r, 0, NULL) : 0;
}

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
just_tick(void *arg)
{
	struct run *r = arg;

	r->a->tick();
}

static int
is_state(const struct run *r, const char *sqlstate)
{
	return strcmp(r->d->sqlstate, sqlstate) == 0;
}

static void
sleep_with_jitter(int attempt)
{
	struct pollfd pfd = { .fd = sig_fd(), .events = POLLIN };
	int ms = 250 << attempt;

	poll(&pfd, 1, ms / 2 + (int)arc4random_uniform((uint32_t)ms));
}

/* An atomic script that may not wait long for its locks: short tries. */
static int
run_atomic_with_timeout(struct run *r)
{
	struct watcher w = { .r = r };
	char *before;
	int i, rc = -1;

	before = arena_printf(r->mem, "SET LOCAL lock_timeout = %lld;",
	    (long long)(r->a->lock_timeout * 1000));
	db_set_tick(r->db, r->a->lock_timeout / 4, look_for_blocker, &w);
	for (i = 0; i < LOCK_TRIES && sig_pending() == 0; i++) {
		w.who = NULL;
		rc = run_unit(r, 0, before);
		if (rc == 0 || !is_state(r, "55P03"))
			break;
		r->a->say("%s: could not get a lock in %g s%s%s (try %d of %d)",
		    r->m->name, r->a->lock_timeout, w.who != NULL ?
		    ", blocked by " : "", w.who != NULL ? w.who : "", i + 1,
		    LOCK_TRIES);
		if (i + 1 < LOCK_TRIES)
			sleep_with_jitter(i);
	}
	if (rc == -1 && w.who != NULL && is_state(r, "55P03"))
		diag_hint(r->d, "blocked by %s", w.who);
	db_close(w.side);
	return rc;
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
	    run_atomic_with_timeout(r) : run_units(r);
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
		return run_journal(r, 0, NULL);
	}
	r->a->whisper("%s: %s; running it statement by statement", r->m->name,
	    buf_str(&d->text));
	diag_reset(d);
	return run_units(r);
}

static int
insert_row(struct run *r, const struct history_row *resume)
{
	static const char settle[] = "UPDATE %s SET rolled_back_at = "
	    "pg_catalog.clock_timestamp() WHERE id OPERATOR(pg_catalog.=) %s;";
	char sum[CHECKSUM_SIZE];
	struct buf b = BUF_INIT, logs = BUF_INIT;
	const char *params[5];
	int rc;

	checksum(r->text, r->len, sum);
	history_new_id(r->id);
	if (resume == NULL) {
		buf_addf(&b, "INSERT INTO %s (id, checksum, started_at, "
		    "migration_name) VALUES ($1, $2, "
		    "pg_catalog.clock_timestamp(), $3)", table(r));
		params[0] = r->id;
		params[1] = sum;
		params[2] = r->m->name;
		rc = db_query(r->db, r->mem, buf_str(&b), 3, params,
		    r->d) == NULL ? -1 : 0;
		buf_free(&b);
		return rc;
	}
	/* The old row is settled and the new one made in one transaction. */
	if (r->done > 0 || r->journal.running > 0)
		journal_write(&logs, &r->units, r->done,
		    r->journal.running > 0, r->journal.indexes);
	buf_addf(&b, settle, table(r), db_literal(r->mem, resume->id));
	buf_addf(&b, "INSERT INTO %s (id, checksum, started_at, "
	    "migration_name, applied_steps_count, logs) VALUES (%s, %s, "
	    "pg_catalog.clock_timestamp(), %s, %zu, %s)", table(r),
	    db_literal(r->mem, r->id), db_literal(r->mem, sum),
	    db_literal(r->mem, r->m->name), r->done,
	    logs.len > 0 ? db_literal(r->mem, buf_str(&logs)) : "NULL");
	rc = db_exec(r->db, buf_str(&b), r->d);
	buf_free(&logs);
	buf_free(&b);
	return rc;
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

static void
add_failure(struct buf *b, const struct run *r)
{
	const struct diag *d = r->d;

	struct sql_script script = { .text = r->text, .len = r->len };

	if (d->line > 0)
		buf_addf(b, "failed at %s:%zu", r->m->path, d->line);
	else
		buf_addf(b, "failed at %s", r->m->path);
	buf_addf(b, ": %s", buf_str(&d->text));
	if (r->failed != NULL)
		buf_addf(b, ": in %s", sql_head(r->mem, &script, r->failed));
	if (d->sqlstate[0] != '\0')
		buf_addf(b, " (SQLSTATE %s)", d->sqlstate);
	buf_addc(b, '\n');
	if (d->detail.len > 0)
		buf_addf(b, "DETAIL: %s\n", buf_str(&d->detail));
	if (d->hint.len > 0)
		buf_addf(b, "HINT: %s\n", buf_str(&d->hint));
}

/* The row says why; a mere lock timeout leaves no failed row behind. */
static void
record_failure(struct run *r)
{
	int settled = is_state(r, "55P03") && r->done == 0 &&
	    r->units.mode == UNITS_ATOMIC;
	struct buf logs = BUF_INIT, safe = BUF_INIT, sql = BUF_INIT;
	struct diag ignored = DIAG_INIT;

	if (db_lost(r->db))
		return;
	if (db_in_transaction(r->db))
		db_exec(r->db, "ROLLBACK", &ignored);
	if (r->units.mode != UNITS_ATOMIC)
		journal_write(&logs, &r->units, r->done, 0, NULL);
	add_failure(&logs, r);
	diag_redact(&safe, buf_str(&logs));
	buf_addf(&sql, "UPDATE %s SET applied_steps_count = %zu, logs = %s%s",
	    table(r), r->done, db_literal(r->mem, buf_str(&safe)), settled ?
	    ", rolled_back_at = pg_catalog.clock_timestamp()" : "");
	add_where(&sql, r);
	if (db_exec(r->db, buf_str(&sql), &ignored) == -1)
		r->a->say("%s", buf_str(&ignored.text));
	buf_free(&logs);
	buf_free(&safe);
	buf_free(&sql);
	diag_free(&ignored);
}

static void
add_grant(struct buf *b, const struct run *r)
{
	const struct history *h = r->a->history;

	if (!is_state(r, "42501") || h->may_create)
		return;
	buf_addf(b, "role '%s' may not create anything in schema '%s'; as its "
	    "owner or a superuser: GRANT USAGE, CREATE ON SCHEMA %s TO %s;\n",
	    h->role, h->schema, db_ident(r->mem, h->schema),
	    db_ident(r->mem, h->role));
}

/* What is left in the database, and what to do about it. */
static void
add_advice(struct buf *b, const struct run *r)
{
	if (db_lost(r->db))
		buf_adds(b, "the connection was lost: 'dbm migrate deploy "
		    "--retry' finds out what was done and goes on from there");
	else if (r->d->status == EXIT_LATER && r->units.mode == UNITS_ATOMIC)
		buf_adds(b, "nothing of it was left in the database: run 'dbm "
		    "migrate deploy' again later");
	else if (r->done == 0)
		buf_adds(b, "nothing of it was left in the database: mend the "
		    "cause and run 'dbm migrate deploy --retry'");
	else
		buf_addf(b, "%zu of its %zu parts are done and stay: mend the "
		    "cause and run 'dbm migrate deploy --retry', which goes "
		    "on after them", r->done, r->units.n);
}

static void
explain_failure(struct run *r, const struct history_row *earlier)
{
	struct buf text = BUF_INIT;
	struct diag *d = r->d;

	buf_addf(&text, "P3018: migration '%s' failed: %s", r->m->name,
	    buf_str(&d->text));
	diag_set(d, "%s", buf_str(&text));
	buf_reset(&text);
	if (d->hint.len > 0)
		buf_addf(&text, "%s\n", buf_str(&d->hint));
	add_grant(&text, r);
	add_advice(&text, r);
	/* `resolve --rolled-back' says so, but undoes nothing by itself */
	if (earlier != NULL && earlier->rolled_back != NULL &&
	    earlier->steps > 0)
		buf_addf(&text, "\nan earlier run of it, recorded as rolled "
		    "back, had finished %lld parts: see that they are undone",
		    earlier->steps);
	diag_hint(d, "%s", buf_str(&text));
	buf_free(&text);
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
	if (insert_row(&r, resume) == -1)
		return -1;
	if (a->tick != NULL)
		db_set_tick(a->db, TICK, just_tick, &r);
	rc = run_script(&r);
	db_set_tick(a->db, 0, NULL, NULL);
	if (rc == 0)
		return 0;
	record_failure(&r);
	explain_failure(&r, earlier);
	return -1;
}
