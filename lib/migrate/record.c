/*
 * The row of a migration at work.
 *
 * A simple query cannot carry parameters; what we append to a script is made
 * of our own uuid, digests and names, quoted by the one quoting function.
 * Names and operators are qualified: a script may have set search_path, and
 * what it sets stays for the next, as with Prisma.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "db/conn.h"
#include "migrate/apply_priv.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/history.h"

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
add_done(struct buf *b, const struct run *r, size_t done)
{
	if (done == r->units.n) {
		add_finish(b, r);
		return;
	}
	buf_addf(b, "UPDATE %s SET applied_steps_count = %zu", table(r), done);
	add_where(b, r);
}

void
record_unit(struct buf *b, const struct run *r, size_t i)
{
	buf_adds(b, DB_OWN_ROLE);
	add_done(b, r, i + 1);
}

int
record_done(struct run *r)
{
	struct buf b = BUF_INIT;
	int rc;

	add_done(&b, r, r->done);
	rc = db_exec_own(r->db, buf_str(&b), r->d);
	buf_free(&b);
	return rc;
}

/* The journal of a script that is not atomic; "" for one that is. */
static void
add_journal(struct buf *b, const struct run *r)
{
	if (r->units.mode != UNITS_ATOMIC)
		journal_write(b, &r->units, r->begun, r->begun_indexes);
}

static int
write_logs(struct run *r, const struct buf *logs, const char *more)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_addf(&b, "UPDATE %s SET applied_steps_count = %zu, logs = %s%s",
	    table(r), r->done, db_literal(r->mem, buf_str(logs)), more);
	add_where(&b, r);
	rc = db_exec_own(r->db, buf_str(&b), r->d);
	buf_free(&b);
	return rc;
}

int
record_journal(struct run *r)
{
	struct buf logs = BUF_INIT;
	int rc;

	add_journal(&logs, r);
	rc = write_logs(r, &logs, "");
	buf_free(&logs);
	return rc;
}

/* Somebody who had the lock in between may have done it already. */
static void
add_insert(struct buf *b, struct run *r)
{
	const char *name = db_literal(r->mem, r->m->name);
	struct buf logs = BUF_INIT;
	char sum[CHECKSUM_SIZE];

	checksum(r->text, r->len, sum);
	history_new_id(r->id);
	add_journal(&logs, r);
	buf_addf(b, "INSERT INTO %s (id, checksum, started_at, "
	    "migration_name, applied_steps_count, logs) SELECT %s, %s, "
	    "pg_catalog.clock_timestamp(), %s, %zu, %s WHERE NOT EXISTS "
	    "(SELECT FROM %s WHERE migration_name OPERATOR(pg_catalog.=) %s "
	    "AND rolled_back_at IS NULL)", table(r),
	    db_literal(r->mem, r->id), db_literal(r->mem, sum), name, r->done,
	    logs.len > 0 ? db_literal(r->mem, buf_str(&logs)) : "NULL",
	    table(r), name);
	buf_free(&logs);
}

int
record_begin(struct run *r, int settle)
{
	struct buf b = BUF_INIT;
	int rc;

	/* what an earlier run left is settled in the same transaction */
	if (settle)
		buf_addf(&b, "UPDATE %s SET rolled_back_at = "
		    "pg_catalog.clock_timestamp() WHERE migration_name "
		    "OPERATOR(pg_catalog.=) %s AND finished_at IS NULL AND "
		    "rolled_back_at IS NULL;", table(r),
		    db_literal(r->mem, r->m->name));
	add_insert(&b, r);
	rc = db_exec_own(r->db, buf_str(&b), r->d);
	if (rc == 0 && db_affected(r->db) == 0) {
		r->d->status = EXIT_LATER;
		diag_hint(r->d, "'dbm status' tells what it did");
		rc = diag_set(r->d, "migration '%s' has been begun by another "
		    "run meanwhile", r->m->name);
	}
	buf_free(&b);
	return rc;
}

void
record_failure(struct run *r, const char *why)
{
	int settled = run_failed_with(r, "55P03") && run_left_nothing(r);
	struct diag second = DIAG_INIT, *d = r->d;
	struct buf logs = BUF_INIT;

	if (db_lost(r->db))
		return;
	r->d = &second; /* the first error is the one to tell */
	if (db_in_transaction(r->db))
		db_exec(r->db, "ROLLBACK", r->d);
	add_journal(&logs, r);
	diag_redact(&logs, why);
	if (write_logs(r, &logs, settled ?
	    ", rolled_back_at = pg_catalog.clock_timestamp()" : "") == -1)
		r->a->say("the failure could not be recorded: %s",
		    buf_str(&second.text));
	r->d = d;
	buf_free(&logs);
	diag_free(&second);
}
