/*
 * Tables beside dbm.runs: keys and before images of a run.
 *
 * They are made in one transaction, which also says so in dbm.runs: a run
 * that is killed has all of it or nothing.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/change.h"
#include "batch/journal.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/key.h"
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

/* The statements of a transaction. */
struct asks {
	struct arena *mem;
	struct db_ask *ask;
	size_t n;
};

static void
add(struct asks *a, struct db_ask ask)
{
	a->ask = arena_more(a->mem, a->ask, a->n, sizeof(*a->ask));
	a->ask[a->n++] = ask;
}

static void
add_sql(struct asks *a, const char *sql)
{
	add(a, (struct db_ask){ .sql = sql });
}

static void
add_buf(struct asks *a, struct buf *b)
{
	add_sql(a, arena_strdup(a->mem, buf_str(b)));
	buf_free(b);
}

static const char *
key_list(struct arena *mem, const struct change *c)
{
	return columns_list(mem, c->key->column, c->key->n, "");
}

/* --- making them --- */

/* One row of another table may belong to several of ours, or the reverse. */
static void
add_keys(struct asks *a, const struct change *c, const char *table)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "CREATE TABLE %s AS SELECT %s", table,
	    c->update.from.text != NULL ? "DISTINCT " : "");
	key_columns(&b, c->key, c->alias);
	change_rows(&b, c, 0);
	add_buf(a, &b);
	add_sql(a, arena_printf(a->mem, "ALTER TABLE %s ADD PRIMARY KEY (%s)",
	    table, key_list(a->mem, c)));
	add_sql(a, arena_printf(a->mem, "ANALYZE %s", table));
}

/* The undo finds by it which column is kept where. */
static void
add_comment(struct asks *a, const char *table, const char *column,
    const char *of)
{
	add_sql(a, arena_printf(a->mem, "COMMENT ON COLUMN %s.%s IS %s",
	    table, column, db_literal(a->mem, of)));
}

static void
add_keep(struct asks *a, const struct change *c, const char *table)
{
	struct keep_pair *pair = keep_pairs(a->mem, c);
	struct buf b = BUF_INIT;
	const char *type;
	size_t i;

	buf_addf(&b, "CREATE TABLE %s AS SELECT ", table);
	key_columns(&b, c->key, c->alias);
	buf_addf(&b, " FROM %s WITH NO DATA", c->target);
	add_buf(a, &b);
	buf_addf(&b, "ALTER TABLE %s", table);
	for (i = 0; i < c->update.nset; i++) {
		type = keep_type(a->mem, c->set[i]);
		buf_addf(&b, " ADD COLUMN %s %s, ADD COLUMN %s %s,",
		    pair[i].old, type, pair[i].new, type);
	}
	buf_addf(&b, " ADD PRIMARY KEY (%s)", key_list(a->mem, c));
	add_buf(a, &b);
	for (i = 0; i < c->update.nset; i++) {
		add_comment(a, table, pair[i].old, c->set[i]->name);
		add_comment(a, table, pair[i].new, c->set[i]->name);
	}
}

/* All or nothing, and only while the run is ours. */
static int
make(struct asks *a, const struct change *c, struct journal *j,
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

static int
find_keep(struct db *db, const struct journal *j, const char *name,
    struct diag *d)
{
	int rc = look(db, name, d);

	if (rc == 0 && j->kept != NULL)
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
	return rc;
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
	struct diag why = DIAG_INIT;

	if (c->keys == NULL)
		return 0;
	/* Where it is in use by who looks into it, the next run sweeps it. */
	if (drop(c->db, arena_printf(c->mem, "keys_%lld", j->id),
	    &why) == -1 && strcmp(why.sqlstate, "55P03") != 0) {
		*d = why;
		return -1;
	}
	diag_free(&why);
	c->keys = NULL;
	return 0;
}

/* --- all of it --- */

/* What is missing goes into the statements. */
static int
prepare_keys(struct asks *a, struct change *c, const struct journal *j,
    struct diag *d)
{
	const char *name = arena_printf(c->mem, "keys_%lld", j->id);
	const char *table = arena_printf(c->mem, "dbm.%s", name);
	int rc = find_keys(c->db, j, name, d);

	if (rc == 0) {
		add_keys(a, c, table);
		rc = sweep(a->mem, c->db, d);
	}
	if (rc == -1)
		return -1;
	c->keys = table;
	return 0;
}

static int
prepare_keep(struct asks *a, struct change *c, struct journal *j,
    struct diag *d)
{
	const char *name = j->kept != NULL ? j->kept :
	    arena_printf(c->mem, "keep_%lld", j->id);
	const char *table = arena_printf(c->mem, "dbm.%s",
	    db_ident(c->mem, name));
	int rc = find_keep(c->db, j, name, d);

	if (rc == -1)
		return -1;
	if (rc == 0) {
		add_keep(a, c, table);
		add_sql(a, arena_printf(a->mem, "UPDATE dbm.runs SET kept = "
		    "%s WHERE id OPERATOR(pg_catalog.=) "
		    "%lld", db_literal(a->mem, name),
		    j->id));
	}
	j->kept = name;
	c->keep = table;
	return 0;
}

int
keep_prepare(struct change *c, struct journal *j, int before_images,
    struct diag *d)
{
	struct asks a = { .mem = arena_new() };
	int rc = 0;

	add(&a, journal_lock(j, a.mem));
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
