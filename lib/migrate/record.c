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

void
record_unit(struct buf *b, const struct run *r, size_t i)
{
	if (i + 1 == r->units.n)
		add_finish(b, r);
	else
		add_journal(b, r, i + 1, 0, NULL);
}

int
record_journal(struct run *r, int running, const char *indexes)
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

int
record_begin(struct run *r, const struct history_row *resume)
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

/* The row says why; a mere lock timeout leaves no failed row behind. */
void
record_failure(struct run *r, const char *why)
{
	int settled = run_failed_with(r, "55P03") && r->done == 0 &&
	    r->units.mode == UNITS_ATOMIC;
	struct buf logs = BUF_INIT, sql = BUF_INIT;
	struct diag ignored = DIAG_INIT;

	if (db_lost(r->db))
		return;
	if (db_in_transaction(r->db))
		db_exec(r->db, "ROLLBACK", &ignored);
	if (r->units.mode != UNITS_ATOMIC)
		journal_write(&logs, &r->units, r->done, 0, NULL);
	diag_redact(&logs, why);
	buf_addf(&sql, "UPDATE %s SET applied_steps_count = %zu, logs = %s%s",
	    table(r), r->done, db_literal(r->mem, buf_str(&logs)), settled ?
	    ", rolled_back_at = pg_catalog.clock_timestamp()" : "");
	add_where(&sql, r);
	if (db_exec(r->db, buf_str(&sql), &ignored) == -1)
		r->a->say("%s", buf_str(&ignored.text));
	buf_free(&logs);
	buf_free(&sql);
	diag_free(&ignored);
}
