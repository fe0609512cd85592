/* How a run is begun, or gone on with. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "batch/job.h"
#include "batch/journal.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/runs.h"
#include "rows/table.h"

/* Columns of the run that is gone on with. */
enum {
	RUN_ID,
	RUN_WHAT,
	RUN_PASS,
	RUN_BATCHES,
	RUN_SIZE,
	RUN_EXAMINED,
	RUN_ROWS,
	RUN_TOTAL,
	RUN_ACTIVE,
	RUN_PASS_ACTIVE,
	RUN_KEY,
	RUN_POSITION,
	RUN_KEPT,
	RUN_KEYS
};

/* Whoever had it may still be at its last commit: the row is waited for. */
static const char find_run[] =
    "SELECT id, what, pass, batches, coalesce(batch_size, 0), examined, "
    "coalesce(row_count, 0), total, active_ms, pass_ms, key, position, "
    "kept, pg_catalog.to_regclass('dbm.keys_' || id) FROM dbm.runs "
    "WHERE kind = $1 AND name = $2 AND state <> 'done' "
    "AND state <> 'cancelled' FOR NO KEY UPDATE";

/* What was cancelled after its first rows would do these a second time. */
static const char find_done[] =
    "SELECT pg_catalog.to_char(finished_at AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD HH24:MI:SS \"UTC\"'), CASE state WHEN 'done' THEN 'done' "
    "ELSE 'cancelled after ' || row_count || ' rows' END FROM dbm.runs "
    "WHERE kind = $1 AND name = $2 AND (state = 'done' OR "
    "state = 'cancelled' AND row_count > 0) ORDER BY id DESC LIMIT 1";

static long long
cell_number(const struct db_rows *r, size_t col, long long missing)
{
	const char *cell = db_cell(r, 0, col);

	return cell == NULL ? missing : atoll(cell);
}

static const char *
key_names(struct arena *mem, const struct key *k)
{
	const char **name = arena_array(mem, const char *, k->n);
	size_t i;

	for (i = 0; i < k->n; i++)
		name[i] = k->column[i]->name;
	return db_array(mem, name, k->n);
}

static void
read_position(struct journal *j, const char *cell)
{
	const char **value;
	size_t n;

	if (cell == NULL)
		return;
	value = db_array_read(j->mem, cell, &n);
	if (n == 0)
		j->ended = 1;
	else if (n == j->ncolumns)
		j->position = value;
}

static void
read_run(struct journal *j, const struct db_rows *r)
{
	const char *keys = db_cell(r, 0, RUN_KEYS);
	const char *kept = db_cell(r, 0, RUN_KEPT);

	j->id = cell_number(r, RUN_ID, 0);
	j->resumed = 1;
	j->pass = (int)cell_number(r, RUN_PASS, 1);
	j->batches = cell_number(r, RUN_BATCHES, 0);
	j->batch_size = cell_number(r, RUN_SIZE, 0);
	j->examined = cell_number(r, RUN_EXAMINED, 0);
	j->rows = cell_number(r, RUN_ROWS, 0);
	if (j->total < 0)
		j->total = cell_number(r, RUN_TOTAL, -1);
	j->active = (double)cell_number(r, RUN_ACTIVE, 0) / 1000;
	j->pass_active = (double)cell_number(r, RUN_PASS_ACTIVE, 0) / 1000;
	j->kept = kept == NULL ? NULL : arena_strdup(j->mem, kept);
	j->keys = keys == NULL ? NULL :
	    arena_printf(j->mem, "dbm.keys_%lld", j->id);
	read_position(j, db_cell(r, 0, RUN_POSITION));
}

static int
is_key(struct arena *mem, const struct key *k, const char *names)
{
	const char **name;
	size_t i, n;

	name = db_array_read(mem, names, &n);
	for (i = 0; i < n && i < k->n; i++)
		if (strcmp(name[i], k->column[i]->name) != 0)
			return 0;
	return n == k->n;
}

/* A key that is another by now has other positions. */
static int
check_key(struct journal *j, const struct job *job, const char *was,
    struct diag *d)
{
	if (was == NULL || is_key(j->mem, job->key, was))
		return 0;
	if (job->once) {
		diag_hint(d, "say --by with these columns, or --cancel it");
		return diag_set(d, "run '%s' was begun by the key %s, and "
		    "would now go by %s", job->name, was,
		    key_names(j->mem, job->key));
	}
	j->position = NULL; /* what is done already is left alone */
	j->ended = 0;
	j->examined = 0;
	j->pass_active = 0;
	j->pass = 1;
	return 0;
}

static int
refuse_name(const struct job *job, const char *what, struct diag *d)
{
	diag_hint(d, "say another --name, or end that one: dbm %s --cancel %s",
	    strcmp(job->kind, "promote") == 0 ? "backfill" : job->kind,
	    job->name);
	return diag_set(d, "run '%s' is not finished, and does something "
	    "else: %s", job->name, what);
}

static int
resume(struct journal *j, const struct job *job, const struct db_rows *r,
    struct diag *d)
{
	struct turn turn = { .db = j->db };
	const char *params[5];
	struct db_ask ask = { "UPDATE dbm.runs SET state = 'running', "
	    "wanted = NULL, reason = NULL, key = $2, total = $3, pass = $4, "
	    "position = CASE WHEN $5::pg_catalog.bool THEN position END, "
	    "examined = CASE WHEN $5::pg_catalog.bool THEN examined ELSE 0 "
	    "END, pass_ms = CASE WHEN $5::pg_catalog.bool THEN pass_ms ELSE 0 "
	    "END, told_at = pg_catalog.clock_timestamp() WHERE id = $1", 5,
	    params };

	if (strcmp(db_cell(r, 0, RUN_WHAT), job->what) != 0)
		return refuse_name(job, db_cell(r, 0, RUN_WHAT), d);
	read_run(j, r);
	if (check_key(j, job, db_cell(r, 0, RUN_KEY), d) == -1)
		return -1;
	params[0] = arena_printf(j->mem, "%lld", j->id);
	params[1] = key_names(j->mem, job->key);
	params[2] = j->total < 0 ? NULL :
	    arena_printf(j->mem, "%lld", j->total);
	params[3] = arena_printf(j->mem, "%d", j->pass);
	params[4] = j->position != NULL || j->ended ? "t" : "f";
	return turn_run(&turn, j->mem, &ask, 1, 1, &(struct db_rows *){ NULL },
	    d);
}

static int
begin(struct journal *j, const struct job *job, struct diag *d)
{
	struct turn turn = { .db = j->db };
	const char *params[] = { job->kind, job->name, job->what,
		runs_os_user(), runs_host(j->mem), job->options,
		job->table->ident, key_names(j->mem, job->key), j->total < 0 ?
		NULL : arena_printf(j->mem, "%lld", j->total), job->undoes ==
		0 ? NULL : arena_printf(j->mem, "%lld", job->undoes),
		job->once ? "t" : "f" };
	struct db_ask ask[2] = { { "INSERT INTO dbm.runs (kind, name, state, "
	    "what, os_user, host, options, relation, key, total, undoes, "
	    "once, row_count, told_at) VALUES ($1, $2, 'running', $3, $4, $5, "
	    "$6, $7, $8, $9, $10, $11, 0, pg_catalog.clock_timestamp()) "
	    "RETURNING id", 11, params }, { "UPDATE dbm.runs SET "
	    "kept = 'keep_' || id WHERE kind = $1 AND name = $2 "
	    "AND state = 'running'", 2, params } };
	struct db_rows *r[2];

	if (turn_run(&turn, j->mem, ask, job->keeps ? 2 : 1, 1, r, d) == -1)
		return -1;
	j->id = atoll(db_cell(r[0], 0, 0));
	if (job->keeps)
		j->kept = arena_printf(j->mem, "keep_%lld", j->id);
	return 0;
}

static int
find(struct journal *j, const struct job *job, double wait, struct diag *d)
{
	struct turn turn = { .db = j->db,
		.lock_ms = wait < 1 ? 1000 :
		wait * 1000 < INT_MAX ? (long)(wait * 1000) : INT_MAX };
	const char *params[2] = { job->kind, job->name };
	struct db_ask ask[2] = { { find_run, 2, params },
		{ find_done, 2, params } };
	struct db_rows *r[2];

	if (turn_run(&turn, j->mem, ask, 2, 1, r, d) == -1)
		return -1;
	if (r[0]->nrows > 0)
		return resume(j, job, r[0], d);
	if (job->once && r[1]->nrows > 0) {
		diag_hint(d, "it would touch the same rows a second time; "
		    "where that is meant, say another --name");
		return diag_set(d, "run '%s' was %s at %s, and is meant to "
		    "be done once", job->name, db_cell(r[1], 0, 1),
		    db_cell(r[1], 0, 0));
	}
	return begin(j, job, d);
}

int
journal_claim(struct journal *j, const struct job *job, double wait,
    struct diag *d)
{
	j->lock = lock_key(arena_printf(j->mem, "dbm run %s %s", job->kind,
	    job->name));
	j->total = job->total;
	j->ncolumns = job->key->n;
	j->pass = 1;
	if (runs_prepare(j->db, d) == -1 || lock_hold(j->db, j->lock, wait,
	    arena_printf(j->mem, "run '%s'", job->name), &j->holder, d) == -1)
		return -1;
	j->place[0] = arena_new();
	j->place[1] = arena_new();
	if (find(j, job, wait, d) == 0)
		return 0;
	journal_release(j);
	return -1;
}

void
journal_release(struct journal *j)
{
	lock_let_go(j->db, j->lock, j->holder);
	arena_free(j->place[0]);
	arena_free(j->place[1]);
	j->holder = NULL;
	j->place[0] = j->place[1] = NULL;
	j->position = NULL;
}
