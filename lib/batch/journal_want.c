/* What somebody wants of a run, whether somebody is at work on it or not. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/journal.h"
#include "batch/journal_priv.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/lock.h"

/* 1: it is over by now. */
static int
set_wanted(struct arena *mem, struct db *db, const struct run_row *row,
    const char *sql, const char *wanted, struct diag *d)
{
	const char *params[2] = { arena_printf(mem, "%lld", row->id), wanted };
	struct db_ask ask = { sql, wanted == NULL ? 1 : 2, params };
	struct turn turn = { .db = db, .statement_ms = 30000 };
	struct db_rows *r;

	if (turn_run(&turn, mem, &ask, 1, 1, &r, d) == -1)
		return journal_grant(mem, db, "SELECT, UPDATE", d);
	return r->affected == 0;
}

static int
has_ended(const struct run_row *row, struct diag *d)
{
	return diag_set(d, "run '%s' has ended meanwhile", row->name);
}

#define UNFINISHED " WHERE id = $1 AND state <> 'done' AND state <> 'cancelled'"

/* Somebody may read them: he is not waited for for ever. */
static int
drop_keys(struct arena *mem, struct db *db, const struct run_row *row,
    struct diag *d)
{
	struct turn turn = { .db = db, .lock_ms = 10000 };
	struct db_ask ask = { arena_printf(mem, "DROP TABLE IF EXISTS "
	    "dbm.keys_%lld", row->id), 0, NULL };

	return turn_run(&turn, mem, &ask, 1, 1, &(struct db_rows *){ NULL },
	    d);
}

/* Nobody works on it: whoever has its lock may end it. */
static int
cancel_now(struct arena *mem, struct db *db, const struct run_row *row,
    struct diag *d)
{
	int64_t key = journal_key(mem, row);
	struct db *holder;
	int rc;

	if (lock_hold(db, key, 0, arena_printf(mem, "run '%s'", row->name),
	    &holder, d) == -1)
		return -1;
	rc = set_wanted(mem, db, row, "UPDATE dbm.runs SET "
	    "state = 'cancelled', wanted = NULL, reason = NULL, "
	    "finished_at = pg_catalog.clock_timestamp(), "
	    "outcome = 'cancelled'" UNFINISHED, NULL, d);
	if (rc == 0 && row->once)
		rc = drop_keys(mem, db, row, d);
	lock_let_go(db, key, holder);
	return rc;
}

int
journal_end(struct arena *mem, struct db *db, const struct run_row *row,
    struct diag *d)
{
	int64_t key = journal_key(mem, row);
	int held, rc;

	if (lock_held(db, &key, 1, &held, d) == -1)
		return -1;
	if (held)
		return 1;
	rc = cancel_now(mem, db, row, d);
	return rc == 1 ? has_ended(row, d) : rc;
}

static int
wish(struct arena *mem, struct db *db, const struct run_row *row,
    enum journal_wanted wanted, struct diag *d)
{
	int rc;

	if (wanted == WANTED_NOTHING)
		rc = set_wanted(mem, db, row, "UPDATE dbm.runs SET "
		    "wanted = NULL" UNFINISHED, NULL, d);
	else
		rc = set_wanted(mem, db, row, "UPDATE dbm.runs SET "
		    "wanted = $2" UNFINISHED, wanted == WANTED_PAUSE ?
		    "pause" : "cancel", d);
	return rc == 1 ? has_ended(row, d) : rc;
}

static int
is_each(const struct run_row *row)
{
	return strcmp(row->kind, "each") == 0;
}

/* It reads its ranges from a pipe, and looks at nothing else. */
static int
not_for_each(const struct run_row *row, struct diag *d)
{
	diag_hint(d, "it ends when it is interrupted, and goes on when it is "
	    "given its ranges again");
	return diag_set(d, "run '%s' is one of 'dbm each'", row->name);
}

int
journal_want(struct arena *mem, struct db *db, const struct run_row *row,
    enum journal_wanted wanted, struct diag *d)
{
	int64_t key = journal_key(mem, row);
	int held;

	if (run_is_over(row))
		return diag_set(d, "run '%s' is %s", row->name, row->state);
	if (lock_held(db, &key, 1, &held, d) == -1)
		return -1;
	if (is_each(row) && (held || wanted != WANTED_CANCEL))
		return not_for_each(row, d);
	if (!held)
		return wanted == WANTED_CANCEL ?
		    journal_end(mem, db, row, d) : 0;
	/* What had it may be a statement that its client, killed, has left
	 * behind: nobody will read the wish then. */
	if (wish(mem, db, row, wanted, d) == -1 ||
	    lock_held(db, &key, 1, &held, d) == -1)
		return -1;
	if (held)
		return 1;
	if (wanted == WANTED_CANCEL)
		return cancel_now(mem, db, row, d);
	return 0;
}
