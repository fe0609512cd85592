/* Tables beside dbm.runs that nobody needs any more. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/change.h"
#include "batch/journal.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/sql.h"

enum {
	DROP_MS = 2000,
	IDLE_MS = 60000
};

/* What is done is done: that somebody is looking into such a table, or that
 * it is another role's who began the run, takes nothing away from it. */
static int
drop(struct db *db, struct arena *mem, const struct db_ask *ask, size_t n,
    struct diag *d)
{
	struct turn turn = { .db = db, .lock_ms = DROP_MS,
		.idle_ms = IDLE_MS };
	struct db_rows **rows = arena_array(mem, struct db_rows *, n);

	if (turn_run(&turn, mem, ask, n, 1, rows, d) == 0)
		return 0;
	if (strcmp(d->sqlstate, "55P03") != 0 &&
	    strcmp(d->sqlstate, "42501") != 0)
		return -1;
	diag_reset(d);
	return 0;
}

static int
drop_keys(struct arena *mem, struct db *db, const char *name, struct diag *d)
{
	struct db_ask ask = { .sql = arena_printf(mem,
	    "DROP TABLE IF EXISTS dbm.%s", db_ident(mem, name)) };

	return drop(db, mem, &ask, 1, d);
}

/* Those of runs that ended, and were killed before they could drop them. */
int
keep_sweep(struct arena *mem, struct db *db, struct diag *d)
{
	struct db_rows *r = db_query(db, mem, sql_keep_stale, 0, NULL, d);
	size_t i;

	if (r == NULL)
		return -1;
	for (i = 0; i < r->nrows; i++)
		if (drop_keys(mem, db, db_cell(r, i, 0), d) == -1)
			return -1;
	return 0;
}

/* Who has the same done every day would find as many of them. */
static int
drop_empty(struct arena *mem, const struct change *c, const struct journal *j,
    struct diag *d)
{
	struct db_ask ask[2] = { { .sql = arena_printf(mem, "DROP TABLE %s",
	    c->keep) }, { .sql = arena_printf(mem, "UPDATE dbm.runs SET "
	    "kept = NULL WHERE id OPERATOR(pg_catalog.=) %lld", j->id) } };
	struct db_rows *r;

	r = db_query(c->db, mem, arena_printf(mem, "SELECT FROM %s LIMIT 1",
	    c->keep), 0, NULL, d);
	if (r == NULL)
		return -1;
	return r->nrows > 0 ? 0 : drop(c->db, mem, ask, 2, d);
}

int
keep_done(struct change *c, struct journal *j, struct diag *d)
{
	struct arena *mem = arena_new();
	int rc = 0;

	if (c->keys != NULL)
		rc = drop_keys(mem, c->db, arena_printf(mem, "keys_%lld",
		    j->id), d);
	if (rc == 0 && c->keep != NULL && j->rows == 0)
		rc = drop_empty(mem, c, j, d);
	c->keys = c->keep = NULL;
	arena_free(mem);
	return rc;
}
