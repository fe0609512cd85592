/* Runs, for those who look at them. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/job.h"
#include "batch/journal.h"
#include "batch/journal_priv.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/sql.h"

/* Columns of runs_list.sql. */
enum {
	LIST_ID,
	LIST_KIND,
	LIST_NAME,
	LIST_STATE,
	LIST_RELATION,
	LIST_WHAT,
	LIST_OPTIONS,
	LIST_ROLE,
	LIST_OS_USER,
	LIST_HOST,
	LIST_STARTED,
	LIST_FINISHED,
	LIST_TOLD,
	LIST_ROWS,
	LIST_EXAMINED,
	LIST_TOTAL,
	LIST_BATCHES,
	LIST_ACTIVE,
	LIST_REASON,
	LIST_ERROR,
	LIST_OUTCOME,
	LIST_KEPT,
	LIST_PASS,
	LIST_ONCE,
	LIST_UNDOES,
	LIST_KEY
};

/* In a schema of an older dbm, or in none, there is no run of batches. */
static int
exists(struct arena *mem, struct db *db, struct diag *d)
{
	struct db_rows *r;

	r = db_query(db, mem, "SELECT EXISTS (SELECT FROM "
	    "pg_catalog.pg_attribute WHERE attrelid OPERATOR(pg_catalog.=) "
	    "pg_catalog.to_regclass('dbm.runs') AND attname "
	    "OPERATOR(pg_catalog.=) 'pass_ms' AND NOT attisdropped)", 0, NULL,
	    d);
	return r == NULL ? -1 : *db_cell(r, 0, 0) == 't';
}

int
journal_grant(struct arena *mem, struct db *db, const char *rights,
    struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct db_rows *r;
	const char *role;

	if (strcmp(d->sqlstate, "42501") != 0)
		return -1;
	r = db_query(db, mem, "SELECT current_user", 0, NULL, &ignored);
	diag_free(&ignored);
	if (r == NULL)
		return -1;
	role = db_ident(mem, db_cell(r, 0, 0));
	return diag_hint(d, "as the owner of schema dbm: GRANT USAGE ON "
	    "SCHEMA dbm TO %s; GRANT %s ON dbm.runs TO %s;", role, rights,
	    role);
}

static void
read_row(const struct db_rows *r, size_t i, struct run_row *row)
{
	row->id = atoll(db_cell(r, i, LIST_ID));
	row->kind = db_cell(r, i, LIST_KIND);
	row->name = db_cell(r, i, LIST_NAME);
	row->state = db_cell(r, i, LIST_STATE);
	row->relation = db_cell(r, i, LIST_RELATION);
	row->what = db_cell(r, i, LIST_WHAT);
	row->options = db_cell(r, i, LIST_OPTIONS);
	row->role = db_cell(r, i, LIST_ROLE);
	row->os_user = db_cell(r, i, LIST_OS_USER);
	row->host = db_cell(r, i, LIST_HOST);
	row->started = db_cell(r, i, LIST_STARTED);
	row->finished = db_cell(r, i, LIST_FINISHED);
	row->told = db_cell(r, i, LIST_TOLD);
	row->rows = atoll(db_cell(r, i, LIST_ROWS));
	row->examined = atoll(db_cell(r, i, LIST_EXAMINED));
	row->total = db_cell(r, i, LIST_TOTAL) == NULL ? -1 :
	    atoll(db_cell(r, i, LIST_TOTAL));
	row->batches = atoll(db_cell(r, i, LIST_BATCHES));
	row->active = (double)atoll(db_cell(r, i, LIST_ACTIVE)) / 1000;
	row->reason = db_cell(r, i, LIST_REASON);
	row->last_error = db_cell(r, i, LIST_ERROR);
	row->outcome = db_cell(r, i, LIST_OUTCOME);
	row->kept = db_cell(r, i, LIST_KEPT);
	row->pass = atoi(db_cell(r, i, LIST_PASS));
	row->once = *db_cell(r, i, LIST_ONCE) == 't';
	row->undoes = atoll(db_cell(r, i, LIST_UNDOES));
	row->key = db_cell(r, i, LIST_KEY);
}

int
run_is_over(const struct run_row *row)
{
	return strcmp(row->state, "done") == 0 ||
	    strcmp(row->state, "cancelled") == 0;
}

int64_t
journal_key(struct arena *mem, const struct run_row *row)
{
	return lock_key(arena_printf(mem, "dbm run %s %s", row->kind,
	    row->name));
}

static int
is_active(const struct run_row *row)
{
	return strcmp(row->state, "running") == 0 ||
	    strcmp(row->state, "paused") == 0;
}

/* What says that it is at work, and whose lock nobody has, was killed. */
static int
tell_interrupted(struct arena *mem, struct db *db, struct run_row *row,
    size_t n, struct diag *d)
{
	int64_t *key = arena_array(mem, int64_t, n + 1);
	int *held = arena_array(mem, int, n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		key[i] = journal_key(mem, &row[i]);
	if (lock_held(db, key, n, held, d) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (is_active(&row[i]) && !held[i])
			row[i].state = "interrupted";
	return 0;
}

int
journal_is_done(struct arena *mem, struct db *db, const struct job *job,
    int *done, struct diag *d)
{
	struct turn turn = { .db = db, .read_only = 1 };
	const char *params[2] = { job->kind, job->name };
	struct db_ask ask = { "SELECT state FROM dbm.runs WHERE kind = $1 "
	    "AND name = $2 ORDER BY id DESC LIMIT 1", 2, params };
	struct db_rows *r;
	int rc;

	*done = 0;
	if (!job->once || (rc = exists(mem, db, d)) == 0)
		return 0;
	if (rc == -1 || turn_run(&turn, mem, &ask, 1, 1, &r, d) == -1)
		return journal_grant(mem, db, "SELECT", d);
	*done = r->nrows > 0 && strcmp(db_cell(r, 0, 0), "done") == 0;
	return 0;
}

int
journal_list(struct arena *mem, struct db *db, const char *which,
    struct run_row **out, size_t *n, struct diag *d)
{
	const char *params[1] = { which };
	struct db_ask ask = { sql_runs_list, 1, params };
	struct turn turn = { .db = db, .read_only = 1 };
	struct db_rows *r;
	size_t i;
	int rc;

	*n = 0;
	*out = NULL;
	if ((rc = exists(mem, db, d)) == 0)
		return 0;
	if (rc == -1 || turn_run(&turn, mem, &ask, 1, 1, &r, d) == -1)
		return journal_grant(mem, db, "SELECT", d);
	*n = r->nrows;
	*out = arena_array(mem, struct run_row, r->nrows + 1);
	for (i = 0; i < r->nrows; i++)
		read_row(r, i, &(*out)[i]);
	return tell_interrupted(mem, db, *out, *n, d);
}
