/* Transactions as pipelines: BEGIN, settings, the statements, COMMIT. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "rows/session.h"

enum {
	TURN_BEFORE = 3 /* what goes ahead of the statements */
};

static char *
own_settings(struct arena *mem, const struct turn *t)
{
	return arena_printf(mem, "SELECT pg_catalog.set_config("
	    "'search_path',%s,true),pg_catalog.set_config("
	    "'lock_timeout','%ld',true),pg_catalog.set_config("
	    "'statement_timeout','%ld',true),pg_catalog.set_config("
	    "'idle_in_transaction_session_timeout','%ld',true)%s",
	    db_literal(mem, t->path != NULL ? t->path : ""), t->lock_ms,
	    t->statement_ms, t->idle_ms, t->lazy ? ",pg_catalog.set_config("
	    "'synchronous_commit','off',true)" : "");
}

int
turn_send(const struct turn *t, const struct db_ask *ask, size_t n,
    int commit, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_ask *all;
	int rc;

	all = arena_array(mem, struct db_ask, n + TURN_BEFORE + 1);
	/* Who has set default_transaction_read_only means it. */
	all[0].sql = t->read_only ?
	    "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY" :
	    "BEGIN ISOLATION LEVEL READ COMMITTED";
	all[1].sql = rows_settings;
	all[2].sql = own_settings(mem, t);
	if (n > 0)
		memcpy(all + TURN_BEFORE, ask, n * sizeof(*ask));
	all[TURN_BEFORE + n].sql = "COMMIT";
	rc = db_send_all(t->db, all, n + TURN_BEFORE + (commit != 0), NULL,
	    d);
	arena_free(mem);
	return rc;
}

int
turn_take(const struct turn *t, struct arena *mem, size_t n, int commit,
    struct db_rows **out, size_t *failed, struct diag *d)
{
	size_t all = n + TURN_BEFORE + (commit != 0), done;
	struct db_rows **rows = arena_array(mem, struct db_rows *, all);

	if (db_take_all(t->db, mem, all, rows, d) == 0) {
		if (n > 0)
			memcpy(out, rows + TURN_BEFORE, n * sizeof(*rows));
		return 0;
	}
	done = db_completed(t->db);
	if (failed != NULL)
		*failed = done < TURN_BEFORE || done > n + TURN_BEFORE ? n :
		    done - TURN_BEFORE;
	rows_rollback(t->db);
	return -1;
}

int
turn_run(const struct turn *t, struct arena *mem, const struct db_ask *ask,
    size_t n, int commit, struct db_rows **out, struct diag *d)
{
	if (turn_send(t, ask, n, commit, d) == -1)
		return -1;
	return turn_take(t, mem, n, commit, out, NULL, d);
}
