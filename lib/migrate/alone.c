/*
 * Statements that refuse transactions.  They cannot be journaled together
 * with their effect, so the catalog is asked what an interrupted one left.
 *
 * While one runs, Prisma's advisory lock is not held: a Prisma process that
 * waits for it in pg_advisory_lock holds a snapshot, and CREATE INDEX
 * CONCURRENTLY would wait for that snapshot: a deadlock, which leaves an
 * INVALID index.  dbm's own lock stays, and the unfinished row keeps Prisma
 * out (P3009).
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
#include "db/lock.h"
#include "db/sql.h"
#include "migrate/apply_priv.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "sql/script.h"

#define TRIES 3		/* after a deadlock */
#define PATIENCE 300	/* seconds for another session's index build */

/* What the catalog says of the statement's effect. */
enum verdict {
	VERDICT_ERROR = -1,
	VERDICT_RUN,
	VERDICT_DONE
};

static char *
qualified(struct arena *mem, const char *schema, const char *name)
{
	if (schema == NULL)
		return db_ident(mem, name);
	return arena_printf(mem, "%s.%s", db_ident(mem, schema),
	    db_ident(mem, name));
}

static struct db_rows *
indexes_of(struct run *r, const struct sql_stmt *st)
{
	const char *params[1];

	params[0] = qualified(r->mem, st->schema, st->table);
	return db_query(r->db, r->mem, sql_table_indexes, 1, params, r->d);
}

static int
is_valid(const struct db_rows *rows, size_t i)
{
	return strcmp(db_cell(rows, i, 3), "t") == 0;
}

/* "16390,16392!": an exclamation mark where it is invalid */
static char *
index_list(struct run *r, const struct db_rows *rows)
{
	struct buf b = BUF_INIT;
	char *out;
	size_t i;

	for (i = 0; i < rows->nrows; i++)
		buf_addf(&b, "%s%s%s", i > 0 ? "," : "", db_cell(rows, i, 0),
		    is_valid(rows, i) ? "" : "!");
	out = arena_strdup(r->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* What follows the oid in the list: ',', '!' or NUL; -1: it is not there. */
static int
look_up(const char *list, const char *oid)
{
	size_t n = strlen(oid);
	const char *p = list;

	while ((p = strstr(p, oid)) != NULL) {
		if ((p == list || p[-1] == ',') &&
		    strchr("!,", p[n]) != NULL) /* or its NUL */
			return p[n];
		p += n;
	}
	return -1;
}

/* Waits until no other session builds on the table; 0, or -1. */
static int
wait_until_idle(struct run *r, const char *table)
{
	struct pollfd pfd = { .fd = sig_fd(), .events = POLLIN };
	const char *params[] = { table };
	struct db_rows *rows;
	int i;

	for (i = 0; i < PATIENCE * 2; i++) {
		rows = db_query(r->db, r->mem, sql_table_busy, 1, params, r->d);
		if (rows == NULL)
			return -1;
		if (rows->nrows == 0)
			return 0;
		if (i == 0)
			r->a->say("waiting: pid %s builds an index on %s",
			    db_cell(rows, 0, 0), table);
		poll(&pfd, 1, 500);
		if (sig_pending() != 0)
			return diag_set(r->d, "interrupted");
	}
	r->d->status = EXIT_LATER;
	return diag_set(r->d, "another session is still building an index on "
	    "%s", table);
}

static int
still_invalid(struct run *r, const char *oid)
{
	struct db_rows *rows = db_query(r->db, r->mem, "SELECT FROM "
	    "pg_catalog.pg_index WHERE indexrelid OPERATOR(pg_catalog.=) "
	    "$1::pg_catalog.oid AND NOT (indisvalid AND indisready AND "
	    "indislive)", 1, &oid, r->d);

	return rows == NULL ? -1 : rows->nrows > 0;
}

/* Not while another session builds it, nor when that has made it whole. */
static int
drop_index(struct run *r, const struct db_rows *rows, size_t i)
{
	const char *table = qualified(r->mem, db_cell(rows, i, 4),
	    db_cell(rows, i, 5));
	int invalid;

	if (wait_until_idle(r, table) == -1)
		return -1;
	invalid = still_invalid(r, db_cell(rows, i, 0));
	if (invalid != 1)
		return invalid;
	r->a->say("dropping the invalid index %s of an unfinished build",
	    db_cell(rows, i, 2));
	return db_execf(r->db, r->d, "DROP INDEX CONCURRENTLY IF EXISTS %s",
	    qualified(r->mem, db_cell(rows, i, 1), db_cell(rows, i, 2)));
}

static int
is_named(const struct sql_stmt *st, const struct db_rows *rows, size_t i)
{
	return st->object != NULL &&
	    strcmp(st->object, db_cell(rows, i, 2)) == 0;
}

/* Drops the indexes that are invalid now and were not before: ours. */
static int
drop_leftovers(struct run *r, const struct sql_stmt *st, const char *before)
{
	struct db_rows *rows = indexes_of(r, st);
	size_t i;

	if (rows == NULL)
		return -1;
	for (i = 0; i < rows->nrows; i++)
		if (!is_valid(rows, i) &&
		    look_up(before, db_cell(rows, i, 0)) != '!' &&
		    (st->object == NULL || is_named(st, rows, i)) &&
		    drop_index(r, rows, i) == -1)
			return -1;
	return 0;
}

/*
 * Before CREATE INDEX CONCURRENTLY.  An interrupted run's index, told by the
 * list that its journal kept, is either whole, and the statement done, or
 * invalid, and dropped.  An invalid one of the same name on the same table
 * goes when this migration ran before, or when IF NOT EXISTS would take it
 * for good.
 */
static enum verdict
before_create(struct run *r, const struct sql_stmt *st, int interrupted)
{
	struct db_rows *rows = indexes_of(r, st);
	size_t i;
	int mine;

	if (rows == NULL)
		return VERDICT_ERROR;
	for (i = 0; i < rows->nrows; i++) {
		mine = interrupted && look_up(r->journal.indexes,
		    db_cell(rows, i, 0)) == -1 &&
		    (st->object == NULL || is_named(st, rows, i));
		if (mine && is_valid(rows, i))
			return VERDICT_DONE;
		if (!is_valid(rows, i) && (mine || (is_named(st, rows, i) &&
		    (r->resumed || st->if_exists))) &&
		    drop_index(r, rows, i) == -1)
			return VERDICT_ERROR;
	}
	return VERDICT_RUN;
}

static enum verdict
ask(struct run *r, const char *sql, const char *param)
{
	struct db_rows *rows = db_query(r->db, r->mem, sql, 1, &param, r->d);

	if (rows == NULL)
		return VERDICT_ERROR;
	return strcmp(db_cell(rows, 0, 0), "t") == 0 ? VERDICT_DONE :
	    VERDICT_RUN;
}

/* Each of these asks: has it taken effect? */
static const struct {
	enum sql_effect effect;
	const char *sql;
} questions[] = {
	{ EFFECT_DROP_INDEX, "SELECT pg_catalog.to_regclass($1) IS NULL" },
	{ EFFECT_CREATE_DATABASE, "SELECT EXISTS (SELECT FROM "
	    "pg_catalog.pg_database WHERE datname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
	{ EFFECT_DROP_DATABASE, "SELECT NOT EXISTS (SELECT FROM "
	    "pg_catalog.pg_database WHERE datname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
	{ EFFECT_CREATE_TABLESPACE, "SELECT EXISTS (SELECT FROM "
	    "pg_catalog.pg_tablespace WHERE spcname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
	{ EFFECT_DROP_TABLESPACE, "SELECT NOT EXISTS (SELECT FROM "
	    "pg_catalog.pg_tablespace WHERE spcname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
	{ EFFECT_END_PREPARED, "SELECT NOT EXISTS (SELECT FROM "
	    "pg_catalog.pg_prepared_xacts WHERE gid "
	    "OPERATOR(pg_catalog.=) $1)" },
	{ EFFECT_CREATE_SUBSCRIPTION, "SELECT EXISTS (SELECT FROM "
	    "pg_catalog.pg_stat_subscription WHERE subname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
	{ EFFECT_DROP_SUBSCRIPTION, "SELECT NOT EXISTS (SELECT FROM "
	    "pg_catalog.pg_stat_subscription WHERE subname "
	    "OPERATOR(pg_catalog.=) $1::name)" },
};

/* A detach that was interrupted is finished, not begun again. */
static enum verdict
before_detach(struct run *r, const struct sql_stmt *st)
{
	const char *params[2];
	struct db_rows *rows;

	params[0] = qualified(r->mem, st->schema, st->table);
	params[1] = qualified(r->mem, st->object_schema, st->object);
	rows = db_query(r->db, r->mem,
	    "SELECT inhdetachpending FROM pg_catalog.pg_inherits "
	    "WHERE inhparent OPERATOR(pg_catalog.=) "
	    "pg_catalog.to_regclass($1)::pg_catalog.oid "
	    "AND inhrelid OPERATOR(pg_catalog.=) "
	    "pg_catalog.to_regclass($2)::pg_catalog.oid", 2, params, r->d);
	if (rows == NULL)
		return VERDICT_ERROR;
	if (rows->nrows == 0)
		return VERDICT_DONE;
	if (strcmp(db_cell(rows, 0, 0), "f") == 0)
		return VERDICT_RUN;
	return db_execf(r->db, r->d,
	    "ALTER TABLE %s DETACH PARTITION %s FINALIZE", params[0],
	    params[1]) == -1 ? VERDICT_ERROR : VERDICT_DONE;
}

/* Only of a statement that an earlier run had begun. */
static enum verdict
before_again(struct run *r, const struct sql_stmt *st)
{
	size_t i;

	if (st->effect == EFFECT_REINDEX && st->table != NULL)
		return drop_leftovers(r, st, r->journal.indexes) == -1 ?
		    VERDICT_ERROR : VERDICT_RUN;
	if (st->effect == EFFECT_DETACH)
		return before_detach(r, st);
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (questions[i].effect == st->effect && st->object != NULL)
			return ask(r, questions[i].sql,
			    st->effect == EFFECT_DROP_INDEX ?
			    qualified(r->mem, st->schema, st->object) :
			    st->object);
	return VERDICT_RUN;
}

/* Had an earlier run begun this very statement? */
static int
was_begun(const struct run *r, const struct unit *u)
{
	return r->journal.running == r->done + 1 &&
	    strcmp(r->journal.digest[r->done], u->digest) == 0;
}

static enum verdict
look_before(struct run *r, const struct unit *u, const struct sql_stmt *st)
{
	if (st->effect == EFFECT_CREATE_INDEX)
		return before_create(r, st, was_begun(r, u));
	return was_begun(r, u) ? before_again(r, st) : VERDICT_RUN;
}

static int
builds_index(const struct sql_stmt *st)
{
	return st->table != NULL && (st->effect == EFFECT_CREATE_INDEX ||
	    st->effect == EFFECT_REINDEX);
}

/* IF NOT EXISTS passes over an INVALID index with a mere notice. */
static int
check_valid(struct run *r, const struct sql_stmt *st)
{
	struct db_rows *rows = indexes_of(r, st);
	size_t i;

	if (rows == NULL)
		return -1;
	for (i = 0; i < rows->nrows; i++)
		if (is_named(st, rows, i) && !is_valid(rows, i))
			return diag_set(r->d, "index '%s' is INVALID",
			    st->object);
	return 0;
}

static int
take_lock(struct run *r)
{
	/* Whoever holds it meets an unfinished row and gives up soon. */
	return r->a->use_lock ? lock_acquire(r->db, LOCK_PRISMA, PATIENCE,
	    "this database's migration history", r->d) : 0;
}

/* Runs it; an index build that fails leaves nothing. */
static int
run_and_clean(struct run *r, const struct unit *u, const struct sql_stmt *st,
    const char *before)
{
	struct diag cleaning = DIAG_INIT, *d = r->d;
	int i, rc = -1;

	for (i = 0; i < TRIES; i++) {
		rc = run_bare(r, u, NULL);
		if (rc == 0 || !builds_index(st) || db_lost(r->db))
			break;
		/* the first error is the one to tell */
		r->d = &cleaning;
		if (sig_pending() == 0) {
			if (drop_leftovers(r, st, before) == 0)
				r->begun = 0;
			else
				r->a->say("%s", buf_str(&cleaning.text));
		}
		r->d = d;
		if (strcmp(d->sqlstate, "40P01") != 0)
			break;
		r->begun = r->done + 1;
	}
	diag_free(&cleaning);
	/* What the server has refused has not begun, but for what leaves
	 * something behind in halves. */
	if (rc == -1 && !db_lost(r->db) && !builds_index(st) &&
	    st->effect != EFFECT_DETACH)
		r->begun = 0;
	if (rc == 0 && st->effect == EFFECT_CREATE_INDEX)
		rc = check_valid(r, st);
	return rc;
}

/* -1: not run, or failed.  The journal keeps that it has begun. */
static int
run_watched(struct run *r, const struct unit *u, const struct sql_stmt *st)
{
	const char *before = "";
	struct db_rows *rows;

	switch (look_before(r, u, st)) {
	case VERDICT_ERROR:
		return -1;
	case VERDICT_DONE:
		r->a->whisper("found done: line %zu", u->line);
		return 0;
	default:
		break;
	}
	if (builds_index(st)) {
		if ((rows = indexes_of(r, st)) == NULL)
			return -1;
		before = index_list(r, rows);
	}
	r->begun = r->done + 1;
	r->begun_indexes = before;
	if (record_journal(r) == -1)
		return -1;
	return run_and_clean(r, u, st, before);
}

int
alone_run(struct run *r, const struct unit *u)
{
	struct diag second = DIAG_INIT, *d = r->d;
	int rc;

	if (r->a->use_lock && lock_release(r->db, LOCK_PRISMA, r->d) == -1)
		return -1;
	/* until it is known to be begun here, what the journal says holds */
	if (r->journal.running == r->done + 1) {
		r->begun = r->journal.running;
		r->begun_indexes = r->journal.indexes;
	}
	rc = run_watched(r, u, &r->units.stmt[u->first]);
	/*
	 * The lock comes first: whoever had it meanwhile must still have met
	 * an unfinished row.  If it cannot be had, the journal says that the
	 * statement has begun, and the next run asks the catalog.
	 */
	if (rc == 0 && take_lock(r) == -1)
		return -1;
	if (rc == 0) {
		r->done++;
		r->begun = 0;
		return record_done(r);
	}
	/* the first error is the one to tell */
	r->d = &second;
	if (!db_lost(r->db) && sig_pending() == 0 && take_lock(r) == -1)
		r->a->say("%s", buf_str(&second.text));
	r->d = d;
	diag_free(&second);
	return -1;
}

int
alone_prepare(struct run *r, const struct unit *u, const char *before)
{
	const struct sql_stmt *st = &r->units.stmt[u->first + u->n - 1];
	enum verdict verdict = VERDICT_RUN;

	if (was_begun(r, u))
		verdict = ask(r, "SELECT EXISTS (SELECT FROM "
		    "pg_catalog.pg_prepared_xacts WHERE gid "
		    "OPERATOR(pg_catalog.=) $1)", st->object);
	if (verdict == VERDICT_ERROR)
		return -1;
	if (verdict == VERDICT_RUN) {
		r->begun = r->done + 1;
		if (record_journal(r) == -1)
			return -1;
		if (run_bare(r, u, before) == -1) {
			if (!db_lost(r->db))
				r->begun = 0;
			return -1;
		}
	}
	r->done++;
	r->begun = 0;
	return record_done(r);
}
