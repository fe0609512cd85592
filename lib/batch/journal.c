/*
 * The row of a run, written: inside of its batches, and between them.
 *
 * Whoever works on a run counts its batches.  A row that says another number
 * has been gone on with by somebody else, whatever became of the lock.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "batch/journal.h"
#include "batch/turn.h"
#include "db/conn.h"

/* Columns of journal_lock(). */
enum {
	LOCK_BATCHES,
	LOCK_PASS,
	LOCK_STATE,
	LOCK_WANTED
};

#define OWN_LIMIT 10000 /* ms: for a row that nobody holds for long */

/* The end of the table, as a position: no key is empty. */
#define POSITION_END "{}"

static const char *
number(struct arena *mem, long long n)
{
	return arena_printf(mem, "%lld", n);
}

static const char *
milliseconds(struct arena *mem, double seconds)
{
	return number(mem, (long long)(seconds * 1000));
}

/* --- in a batch --- */

struct db_ask
journal_lock(struct journal *j, struct arena *mem)
{
	const char **params = arena_array(mem, const char *, 1);
	/* what refers to the row may come and go meanwhile: NO KEY */
	struct db_ask ask = { "SELECT batches, pass, state, wanted "
	    "FROM dbm.runs WHERE id OPERATOR(pg_catalog.=) $1 "
	    "FOR NO KEY UPDATE", 1, params };

	params[0] = number(mem, j->id);
	return ask;
}

static enum journal_wanted
read_wanted(const char *cell)
{
	if (cell == NULL)
		return WANTED_NOTHING;
	return strcmp(cell, "pause") == 0 ? WANTED_PAUSE : WANTED_CANCEL;
}

static int
is_ours(const struct journal *j, const struct db_rows *r)
{
	return r->nrows == 1 &&
	    atoll(db_cell(r, 0, LOCK_BATCHES)) == j->batches &&
	    atoi(db_cell(r, 0, LOCK_PASS)) == j->pass &&
	    strcmp(db_cell(r, 0, LOCK_STATE), "done") != 0 &&
	    strcmp(db_cell(r, 0, LOCK_STATE), "cancelled") != 0;
}

static int
not_ours(const struct journal *j, struct diag *d)
{
	d->status = EXIT_LATER;
	return diag_set(d, "another session has gone on with run %lld", j->id);
}

int
journal_locked(struct journal *j, const struct db_rows *r,
    enum journal_wanted *wanted, struct diag *d)
{
	*wanted = WANTED_NOTHING;
	if (r->nrows == 0)
		return diag_set(d, "run %lld is not in dbm.runs any more",
		    j->id);
	*wanted = read_wanted(db_cell(r, 0, LOCK_WANTED));
	if (*wanted == WANTED_CANCEL || is_ours(j, r))
		return 0;
	return not_ours(j, d);
}

struct db_ask
journal_advance(struct journal *j, struct arena *mem,
    const char *const *position, long long examined, long long rows,
    double seconds)
{
	const char **params = arena_array(mem, const char *, 9);
	struct db_ask ask = { "UPDATE dbm.runs SET position = $2, "
	    "batches = $3, examined = $4, row_count = $5, active_ms = $6, "
	    "batch_size = $7, total = $8, pass_ms = $9, state = 'running', "
	    "reason = NULL, told_at = pg_catalog.clock_timestamp() "
	    "WHERE id OPERATOR(pg_catalog.=) $1", 9, params };

	params[0] = number(mem, j->id);
	params[1] = position == NULL ? POSITION_END :
	    db_array(mem, position, j->ncolumns);
	params[2] = number(mem, j->batches + 1);
	params[3] = number(mem, j->examined + examined);
	params[4] = number(mem, j->rows + rows);
	params[5] = milliseconds(mem, j->active + seconds);
	params[6] = number(mem, j->batch_size);
	params[7] = j->total < 0 ? NULL : number(mem, j->total);
	params[8] = milliseconds(mem, j->pass_active + seconds);
	return ask;
}

void
journal_advanced(struct journal *j, const char *const *position,
    long long examined, long long rows, double seconds)
{
	struct arena *old = j->place[0];
	size_t i;

	j->batches++;
	j->examined += examined;
	j->rows += rows;
	j->active += seconds;
	j->pass_active += seconds;
	j->ended = position == NULL;
	j->place[0] = j->place[1];
	j->place[1] = old;
	arena_reset(j->place[0]);
	j->position = position == NULL ? NULL :
	    arena_array(j->place[0], const char *, j->ncolumns);
	for (i = 0; position != NULL && i < j->ncolumns; i++)
		j->position[i] = arena_strdup(j->place[0], position[i]);
}

/* --- between batches --- */

/* One statement in a transaction of its own; a commit that is lazy is not
 * waited for. */
static int
write_row(struct journal *j, struct arena *mem, const struct db_ask *ask,
    int lazy, struct db_rows **out, struct diag *d)
{
	struct turn turn = { .db = j->db, .lazy = lazy,
		.lock_ms = OWN_LIMIT, .statement_ms = OWN_LIMIT };

	return turn_run(&turn, mem, ask, 1, 1, out, d);
}

#define OURS " WHERE id OPERATOR(pg_catalog.=) $1 AND "                        \
	"batches OPERATOR(pg_catalog.=) $2"

/* set: what is set, with one text or two as $3 and $4. */
static int
write_state(struct journal *j, const char *set, const char *const text[2],
    struct diag *d)
{
	struct arena *mem = arena_new();
	const char *params[4] = { number(mem, j->id), number(mem, j->batches),
		text[0], text[1] };
	struct db_ask ask = { .nparams = strstr(set, "$4") != NULL ? 4 : 3,
		.params = params };
	struct db_rows *r;
	int rc;

	ask.sql = arena_printf(mem, "UPDATE dbm.runs SET %s, "
	    "told_at = pg_catalog.clock_timestamp()" OURS, set);
	rc = write_row(j, mem, &ask, 0, &r, d);
	if (rc == 0 && r->affected == 0)
		rc = not_ours(j, d);
	arena_free(mem);
	return rc;
}

int
journal_pass(struct journal *j, int pass, struct diag *d)
{
	const char *text[2] = { number(j->mem, pass) };

	if (write_state(j, "pass = $3, position = NULL, examined = 0, "
	    "pass_ms = 0", text, d) == -1)
		return -1;
	j->pass = pass;
	j->position = NULL;
	j->ended = 0;
	j->examined = 0;
	j->pass_active = 0;
	return 0;
}

int
journal_state(struct journal *j, const char *state, const char *reason,
    struct diag *d)
{
	const char *text[2] = { state, reason };

	return write_state(j, "state = $3, reason = $4", text, d);
}

int
journal_fail(struct journal *j, const char *error, struct diag *d)
{
	const char *text[2] = { error };

	return write_state(j, "state = 'failed', reason = NULL, "
	    "last_error = $3", text, d);
}

int
journal_finish(struct journal *j, const char *state, const char *outcome,
    struct diag *d)
{
	const char *text[2] = { state, outcome };

	return write_state(j, "state = $3, outcome = $4, reason = NULL, "
	    "wanted = NULL, finished_at = pg_catalog.clock_timestamp()", text,
	    d);
}

int
journal_ask(struct journal *j, enum journal_wanted *wanted, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *params[1] = { number(mem, j->id) };
	struct db_ask ask = { "UPDATE dbm.runs SET "
	    "told_at = pg_catalog.clock_timestamp() "
	    "WHERE id OPERATOR(pg_catalog.=) $1 "
	    "RETURNING batches, pass, state, wanted", 1, params };
	struct db_rows *r;
	int rc;

	rc = write_row(j, mem, &ask, 1, &r, d);
	if (rc == 0)
		rc = journal_locked(j, r, wanted, d);
	arena_free(mem);
	return rc;
}
