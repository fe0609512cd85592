#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "batch/look.h"
#include "batch/run.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/table.h"

struct turn
look_turn(struct db *db, const char *path)
{
	double ms = run_options.wait * 1000, most = INT_MAX / 2;

	/* 0 is no limit; something may be added to the most */
	return (struct turn){ .db = db, .read_only = 1, .path = path,
		.lock_ms = (long)(ms < 1 ? 1 : ms > most ? most : ms) };
}

int
look_failed(struct db *db, const struct table *t, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct arena *mem;
	struct db_rows *r;

	if (strcmp(d->sqlstate, "55P03") != 0)
		return -1;
	mem = arena_new();
	r = db_query(db, mem, sql_table_lock, 1, &t->oid, &ignored);
	if (r != NULL && r->nrows > 0)
		diag_set(d, "table '%s' is locked by pid %s (%s, %s)",
		    t->shown, db_cell(r, 0, 0), db_cell(r, 0, 1),
		    db_cell(r, 0, 2));
	else
		diag_set(d, "table '%s' is locked by another session",
		    t->shown);
	d->status = EXIT_LATER;
	arena_free(mem);
	diag_free(&ignored);
	return diag_hint(d, "it was waited for %g second%s: --wait",
	    run_options.wait, run_options.wait == 1 ? "" : "s");
}

int
look_run(const struct turn *turn, struct arena *mem, const struct table *t,
    const struct db_ask *ask, size_t n, struct db_rows **out, struct diag *d)
{
	return turn_run(turn, mem, ask, n, 1, out, d) == 0 ? 0 :
	    look_failed(turn->db, t, d);
}
