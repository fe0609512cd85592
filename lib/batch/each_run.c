/*
 * The run that remembers which ranges are done: each is written down in its
 * own transaction.  Whoever claims a run counts it up; a transaction of an
 * earlier claim sees that, or is waited for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/record.h"
#include "base/sig.h"
#include "batch/each_priv.h"
#include "db/lock.h"
#include "db/runs.h"
#include "rows/session.h"
#include "sql/bind.h"

enum {
	FETCH = 1000,
	TELL = 1 /* seconds between two signs of life */
};

static const char *
number(struct arena *mem, long long n)
{
	return arena_printf(mem, "%lld", n);
}

static const char *
what(struct each *e)
{
	struct buf b = BUF_INIT;
	const char *text;
	size_t i;

	for (i = 0; i < e->o->nbinds; i++)
		buf_addf(&b, "%s%s", i > 0 ? ";\n" : "", e->o->bind[i].text);
	text = arena_strdup(e->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

/* --- claiming --- */

static const char find_sql[] =
    "SELECT id, state, what FROM dbm.runs WHERE kind = 'each' AND name = $1 "
    "ORDER BY id DESC LIMIT 1 FOR UPDATE";

static const char begin_sql[] =
    "INSERT INTO dbm.runs (kind, name, state, what, os_user, host, options, "
    "row_count, told_at) VALUES ('each', $1, 'running', $2, $3, $4, $5, 0, "
    "pg_catalog.clock_timestamp()) RETURNING id, pass";

static const char resume_sql[] =
    "UPDATE dbm.runs SET state = 'running', pass = pass + 1, wanted = NULL, "
    "reason = NULL, last_error = NULL, outcome = NULL, finished_at = NULL, "
    "told_at = pg_catalog.clock_timestamp() WHERE id = $1 "
    "RETURNING id, pass";

/* One that is not finished may not be twice. */
static const char drop_sql[] =
    "UPDATE dbm.runs SET state = 'cancelled', "
    "finished_at = pg_catalog.clock_timestamp(), "
    "outcome = 'begun again' WHERE kind = 'each' AND name = $1 "
    "AND state <> 'done' AND state <> 'cancelled'";

static int
check_what(struct each *e, const struct db_rows *r, const char *text,
    struct diag *d)
{
	if (strcmp(db_cell(r, 0, 2), text) == 0)
		return 0;
	diag_hint(d, "give this another --run, or say --again where it is to "
	    "begin anew");
	return diag_set(d, "run '%s' is of something else: %s", e->o->run,
	    db_cell(r, 0, 2));
}

/* In one transaction with the row locked: those of an earlier claim that are
 * under way still, of a client that was killed, are waited for. */
static int
take_row(struct each *e, struct diag *d)
{
	const char *text = what(e), *params[] = { e->o->run, text,
		runs_os_user(), runs_host(e->mem), e->o->options };
	struct db_rows *r;
	const char *id;

	if (db_execf(e->db, d, "BEGIN ISOLATION LEVEL READ COMMITTED;"
	    "SET LOCAL lock_timeout = %ld", e->o->wait < 1 ? 1000 :
	    each_ms(e->o->wait)) == -1)
		return -1;
	r = db_query(e->db, e->mem, find_sql, 1, params, d);
	if (r == NULL && strcmp(d->sqlstate, "55P03") == 0)
		return diag_set(d, "run '%s': what somebody has begun of it "
		    "is under way still", e->o->run);
	if (r == NULL)
		return -1;
	if (r->nrows > 0 && !e->o->again) {
		id = db_cell(r, 0, 0);
		if (check_what(e, r, text, d) == -1)
			return -1;
		r = db_query(e->db, e->mem, resume_sql, 1, &id, d);
	} else {
		if (db_query(e->db, e->mem, drop_sql, 1, params, d) == NULL)
			return -1;
		r = db_query(e->db, e->mem, begin_sql, 5, params, d);
	}
	if (r == NULL || db_exec(e->db, "COMMIT", d) == -1)
		return -1;
	e->run = atoll(db_cell(r, 0, 0));
	e->claim = atoll(db_cell(r, 0, 1));
	return 0;
}

static void
load_page(struct each *e, struct arena *mem, const struct db_rows *r)
{
	char *field[4];
	size_t i;

	for (i = 0; i < r->nrows; i++)
		if (record_split(arena_strdup(mem, db_cell(r, i, 0)), field,
		    4) == 4)
			each_table_add(each_table_named(e, field[0],
			    field[1]), field[2], field[3]);
}

/* In the order in which they were finished: what touches comes together. */
static int
load_done(struct each *e, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_rows *r;
	int rc;

	rc = db_execf(e->db, d, "BEGIN READ ONLY; DECLARE done CURSOR FOR "
	    "SELECT range FROM dbm.run_ranges WHERE run = %lld "
	    "ORDER BY finished_at", e->run);
	while (rc == 0) {
		arena_reset(mem);
		r = db_query(e->db, mem, arena_printf(mem,
		    "FETCH %d FROM done", FETCH), 0, NULL, d);
		if (r == NULL)
			rc = -1;
		else if (r->nrows == 0)
			break;
		else
			load_page(e, mem, r);
	}
	arena_free(mem);
	return rc == -1 ? -1 : db_exec(e->db, "COMMIT", d);
}

int
each_claim(struct each *e, struct diag *d)
{
	e->lock = lock_key(arena_printf(e->mem, "dbm run each %s",
	    e->o->run));
	if (runs_prepare_ranges(e->db, d) == -1 || lock_hold(e->db, e->lock,
	    e->o->wait, arena_printf(e->mem, "run '%s'", e->o->run),
	    &e->holder, d) == -1)
		return -1;
	if (take_row(e, d) == 0 && load_done(e, d) == 0) {
		e->when_told = clock_now();
		return 0;
	}
	rows_rollback(e->db);
	each_release(e);
	return -1;
}

void
each_release(struct each *e)
{
	lock_let_go(e->db, e->lock, e->holder);
	e->holder = NULL;
}

/* --- inside the transaction of a range --- */

/* KEY SHARE: so many at once as there are sessions, and no claim meanwhile.
 * search_path is that of the statements. */
struct db_ask
each_mine(struct each *e, struct arena *mem)
{
	const char **params = arena_array(mem, const char *, 2);

	params[0] = number(mem, e->run);
	params[1] = number(mem, e->claim);
	return (struct db_ask){ "SELECT FROM dbm.runs WHERE id "
	    "OPERATOR(pg_catalog.=) $1 AND pass OPERATOR(pg_catalog.=) $2 "
	    "FOR KEY SHARE", 2, params };
}

static const char *
gap_record(struct each_worker *w, const struct each_gap *g)
{
	const char *field[] = { w->field[0], w->field[1], g->lo, g->hi };
	struct buf b = BUF_INIT;
	const char *text;
	size_t i;

	for (i = 0; i < 4; i++) {
		if (i > 0)
			buf_addc(&b, '\t');
		record_add(&b, field[i]);
	}
	text = arena_strdup(w->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

/* So what is remembered never has a key twice.  The rows go with the first. */
static const char record_sql[] =
    "INSERT INTO dbm.run_ranges (run, range, row_count) "
    "SELECT $1::pg_catalog.int8, g.range, CASE g.i WHEN 1 THEN "
    "$3::pg_catalog.int8 ELSE 0 END FROM ROWS FROM "
    "(pg_catalog.unnest($2::pg_catalog.text[])) WITH ORDINALITY "
    "AS g (range, i)";

struct db_ask
each_record(struct each *e, struct each_worker *w)
{
	const char **params = arena_array(w->mem, const char *, 3);
	const char **gap = arena_array(w->mem, const char *, w->ngaps);
	size_t i;

	for (i = 0; i < w->ngaps; i++)
		gap[i] = gap_record(w, &w->gap[i]);
	params[0] = number(w->mem, e->run);
	params[1] = db_array(w->mem, gap, w->ngaps);
	params[2] = number(w->mem, w->rows);
	return (struct db_ask){ record_sql, 3, params };
}

/* --- its row --- */

int
each_tell(struct each *e, struct diag *d)
{
	struct turn turn = { .db = e->db, .lock_ms = 1000 };
	const char *params[3];
	struct db_ask ask = { "UPDATE dbm.runs SET told_at = "
	    "pg_catalog.clock_timestamp(), relation = coalesce($3, relation) "
	    "WHERE id = $1 AND pass = $2", 3, params };
	struct db_rows *r;
	struct arena *mem;
	int rc;

	if (clock_now() - e->when_told < TELL)
		return 0;
	e->when_told = clock_now();
	mem = arena_new();
	params[0] = number(mem, e->run);
	params[1] = number(mem, e->claim);
	params[2] = e->ntables > 0 ? e->table[0]->name : NULL;
	rc = turn_run(&turn, mem, &ask, 1, 1, &r, d);
	arena_free(mem);
	if (rc == 0 || strcmp(d->sqlstate, "55P03") != 0)
		return rc;
	diag_reset(d); /* whoever looks at it has it locked: next time */
	return 0;
}

int
each_finish(struct each *e, const char *state, const char *error,
    struct diag *d)
{
	const char *params[6] = { number(e->mem, e->run),
		number(e->mem, e->claim), state, error,
		e->ntables > 0 ? e->table[0]->name : NULL };

	if (db_lost(e->db))
		return 0; /* that is what was told */
	return db_query(e->db, e->mem, "UPDATE dbm.runs SET state = $3, "
	    "last_error = $4, relation = coalesce($5, relation), "
	    "told_at = pg_catalog.clock_timestamp(), "
	    "finished_at = CASE WHEN $3 = 'done' THEN "
	    "pg_catalog.clock_timestamp() END, (row_count, batches) = ("
	    "SELECT coalesce(pg_catalog.sum(row_count), 0), "
	    "pg_catalog.count(*) FROM dbm.run_ranges WHERE run = $1) "
	    "WHERE id = $1 AND pass = $2", 5, params, d) == NULL ? -1 : 0;
}
