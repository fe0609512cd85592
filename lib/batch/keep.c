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
#include "batch/look.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/sql.h"
#include "rows/session.h"

enum {
	IDLE_MS = 60000
};

/* All or nothing, and only while the run is ours. */
static int
make(struct keep_asks *a, const struct change *c, struct journal *j,
    struct diag *d)
{
	struct turn turn = look_turn(c->db, c->path);
	enum journal_wanted wanted;
	struct db_rows **rows;

	turn.read_only = 0;
	turn.idle_ms = IDLE_MS;
	rows = arena_array(a->mem, struct db_rows *, a->n);
	if (turn_run(&turn, a->mem, a->ask, a->n, 0, rows, d) == -1)
		return look_failed(c->db, c->table, d);
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

/* What stands under a name of ours: a table that goes on, or none; or one
 * that is in the way, for a run that has done nothing has nothing yet. */
enum found {
	FOUND_ERROR = -1,
	FOUND_NONE,
	FOUND_OURS,
	FOUND_OTHER
};

/* Keys that are there before the first batch may be of another database's run,
 * or of one whose record was deleted: they would be taken for all there is to
 * do. */
static enum found
find_keys(struct db *db, const struct journal *j, const char *name,
    struct diag *d)
{
	int rc = look(db, name, d);

	if (rc == -1 || j->batches == 0)
		return rc == 1 ? FOUND_OTHER : (enum found)rc;
	return rc == 1 ? FOUND_OURS : (enum found)is_gone(j, name, d);
}

/* Rows in it are all that is left of a run, whichever: it is not for us to
 * drop them, nor to have them undone with ours. */
static enum found
find_before(struct arena *mem, struct db *db, const struct journal *j,
    const char *name, struct diag *d)
{
	struct db_rows *r;

	r = db_query(db, mem, arena_printf(mem, "SELECT FROM dbm.%s LIMIT 1",
	    db_ident(mem, name)), 0, NULL, d);
	if (r == NULL)
		return FOUND_ERROR;
	if (r->nrows == 0)
		return FOUND_OTHER;
	diag_hint(d, "rename it, or drop it; then the same again goes on");
	return (enum found)diag_set(d, "there is a table dbm.%s already, with "
	    "rows of another run: run %lld has kept none yet", name, j->id);
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
		return 0;
	diag_hint(d, "undo it, or cancel it, and begin anew");
	return diag_set(d, "run %lld has kept rows by the key (%s), not by "
	    "(%s)", j->id, was, now);
}

static enum found
find_keep(struct arena *mem, const struct change *c, const struct journal *j,
    const char *name, struct diag *d)
{
	int rc = look(c->db, name, d);

	if (rc == -1)
		return FOUND_ERROR;
	if (j->batches == 0)
		return rc == 0 ? FOUND_NONE :
		    find_before(mem, c->db, j, name, d);
	if (rc == 1 && j->kept != NULL)
		return check_key(mem, c, j, d) == -1 ? FOUND_ERROR :
		    FOUND_OURS;
	if (j->kept != NULL)
		return (enum found)is_gone(j, name, d);
	diag_hint(d, "go on without, or cancel it and begin anew");
	return (enum found)diag_set(d, "run %lld has not kept what was there "
	    "before its first %lld batch%s", j->id, j->batches,
	    j->batches == 1 ? "" : "es");
}

/* --- all of it --- */

/* What is missing goes into the statements. */
static int
prepare_keys(struct keep_asks *a, struct change *c, const struct journal *j,
    struct diag *d)
{
	const char *name = arena_printf(c->mem, "keys_%lld", j->id);
	const char *table = arena_printf(c->mem, "dbm.%s", name);
	enum found found = find_keys(c->db, j, name, d);

	if (found == FOUND_ERROR)
		return -1;
	if (found == FOUND_OTHER)
		keep_ask_drop(a, table);
	if (found != FOUND_OURS) {
		keep_ask_keys(a, c, table);
		if (keep_sweep(a->mem, c->db, d) == -1)
			return -1;
	}
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
	enum found found = find_keep(a->mem, c, j, name, d);

	if (found == FOUND_ERROR)
		return -1;
	if (found == FOUND_OTHER)
		keep_ask_drop(a, table);
	if (found != FOUND_OURS) {
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
