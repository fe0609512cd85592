/*
 * Tables beside dbm.runs: keys and before images of a run.
 *
 * They are made in one transaction, which also says so in dbm.runs: a run
 * that is killed has all of it or nothing.
 */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/change.h"
#include "batch/journal.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/sql.h"
#include "rows/session.h"

enum {
	LOCK_MS = 10000,  /* somebody may be changing the table's columns */
	DROP_MS = 2000,
	IDLE_MS = 60000
};

/* All or nothing, and only while the run is ours. */
static int
make(struct keep_asks *a, const struct change *c, struct journal *j,
    struct diag *d)
{
	struct turn turn = { .db = c->db, .path = c->path,
		.lock_ms = LOCK_MS, .idle_ms = IDLE_MS };
	enum journal_wanted wanted;
	struct db_rows **rows;

	rows = arena_array(a->mem, struct db_rows *, a->n);
	if (turn_run(&turn, a->mem, a->ask, a->n, 0, rows, d) == -1)
		return -1;
	if (journal_locked(j, rows[0], &wanted, d) == 0 &&
	    rows_commit(c->db, d) == 0)
		return 0;
	rows_rollback(c->db);
	return -1;
}

/* --- finding them --- */

/* 1: it is there; 0: it can be made; -1: diag, with the GRANT. */
static int
look(struct db *db, const char *name, struct diag *d)
{
	struct own_table t = { name, NULL, NULL };

	return own_prepare(db, &t, d);
}

int
keep_check(struct db *db, struct diag *d)
{
	return look(db, "keep_0", d) == -1 ? -1 : 0;
}

static int
is_gone(const struct journal *j, const char *name, struct diag *d)
{
	diag_hint(d, "cancel it: what it has done so far stays as it is");
	return diag_set(d, "table dbm.%s of run %lld is gone", name, j->id);
}

/* 1: it is there, 0: it is to be made. */
static int
find_keys(struct db *db, const struct journal *j, const char *name,
    struct diag *d)
{
	int rc = look(db, name, d);

	return rc == 0 && j->batches > 0 ? is_gone(j, name, d) : rc;
}

/* Its table may have got another key since it began. */
static int
check_key(struct arena *mem, const struct change *c, const struct journal *j,
    struct diag *d)
{
	const char *params[] = { j->kept, c->table->oid };
	const char *now = keep_key(mem, c), *was = "";
	struct db_rows *r;
	size_t i;

	r = db_query(c->db, mem, sql_keep_columns, 2, params, d);
	if (r == NULL)
		return -1;
	for (i = 0; i < r->nrows && *db_cell(r, i, KEEP_IS_KEY) == 't'; i++)
		was = arena_printf(mem, "%s%s%s", was, i > 0 ? ", " : "",
		    db_ident(mem, db_cell(r, i, KEEP_NAME)));
	if (strcmp(was, now) == 0)
		return 1;
	diag_hint(d, "undo it, or cancel it, and begin anew");
	return diag_set(d, "run %lld has kept rows by the key (%s), not by "
	    "(%s)", j->id, was, now);
}

static int
find_keep(struct arena *mem, const struct change *c, const struct journal *j,
    const char *name, struct diag *d)
{
	int rc = look(c->db, name, d);

	if (rc == 1 && j->kept != NULL)
		return check_key(mem, c, j, d);

	if (rc == 0 && j->kept != NULL && j->batches > 0)
		return is_gone(j, name, d);
	if (rc == 0 && j->batches > 0) {
		diag_hint(d, "go on without, or cancel it and begin anew");
		return diag_set(d, "run %lld has not kept what was there "
		    "before its first %lld batch%s", j->id, j->batches,
		    j->batches == 1 ? "" : "es");
	}
	return rc;
}

/* --- dropping them --- */

/* Where somebody is looking into it, the next run sweeps it. */
static int
drop(struct db *db, const char *name, struct diag *d)
{
	struct arena *mem = arena_new();
	struct turn turn = { .db = db, .lock_ms = DROP_MS,
		.idle_ms = IDLE_MS };
	struct db_ask ask = { .sql = arena_printf(mem,
	    "DROP TABLE IF EXISTS dbm.%s", db_ident(mem, name)) };
	struct db_rows *rows;
	int rc;

	rc = turn_run(&turn, mem, &ask, 1, 1, &rows, d);
	arena_free(mem);
	if (rc == 0 || strcmp(d->sqlstate, "55P03") != 0)
		return rc;
	diag_reset(d);
	return 0;
}

/* Those of runs that ended, and were killed before they could drop them. */
static int
sweep(struct arena *mem, struct db *db, struct diag *d)
{
	struct db_rows *r = db_query(db, mem, sql_keep_stale, 0, NULL, d);
	size_t i;

	if (r == NULL)
		return -1;
	for (i = 0; i < r->nrows; i++)
		if (drop(db, db_cell(r, i, 0), d) == -1)
			return -1;
	return 0;
}

int
keep_drop_keys(struct change *c, struct journal *j, struct diag *d)
{
	if (c->keys == NULL)
		return 0;
	c->keys = NULL;
	return drop(c->db, arena_printf(c->mem, "keys_%lld", j->id), d);
}

/* --- all of it --- */

/* What is missing goes into the statements. */
static int
prepare_keys(struct keep_asks *a, struct change *c, const struct journal *j,
    struct diag *d)
{
	const char *name = arena_printf(c->mem, "keys_%lld", j->id);
	const char *table = arena_printf(c->mem, "dbm.%s", name);
	int rc = find_keys(c->db, j, name, d);

	if (rc == 0) {
		keep_ask_keys(a, c, table);
		rc = sweep(a->mem, c->db, d);
	}
	if (rc == -1)
		return -1;
	c->keys = table;
	return 0;
}

static int
prepare_keep(struct keep_asks *a, struct change *c, struct journal *j,
    struct diag *d)
{
	const char *name = j->kept != NULL ? j->kept :
	    arena_printf(c->mem, "keep_%lld", j->id);
	const char *table = arena_printf(c->mem, "dbm.%s",
	    db_ident(c->mem, name));
	int rc = find_keep(a->mem, c, j, name, d);

	if (rc == -1)
		return -1;
	if (rc == 0) {
		keep_ask_table(a, c, table);
		keep_ask(a, (struct db_ask){ .sql = arena_printf(a->mem,
		    "UPDATE dbm.runs SET kept = %s WHERE id "
		    "OPERATOR(pg_catalog.=) %lld", db_literal(a->mem, name),
		    j->id) });
	}
	j->kept = name;
	c->keep = table;
	return 0;
}

int
keep_prepare(struct change *c, struct journal *j, int before_images,
    struct diag *d)
{
	struct keep_asks a = { .mem = arena_new() };
	int rc = 0;

	keep_ask(&a, journal_lock(j, a.mem));
	/* The keys are read by the statement's own condition: not of them. */
	if (c->once)
		rc = prepare_keys(&a, c, j, d);
	if (rc == 0 && (before_images || j->kept != NULL))
		rc = prepare_keep(&a, c, j, d);
	if (rc == 0 && a.n > 1)
		rc = make(&a, c, j, d);
	arena_free(a.mem);
	return rc;
}
