/* What has become of the rows that a run has changed, and what its record says
 * of it. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/journal.h"
#include "batch/keep.h"
#include "batch/look.h"
#include "batch/run.h"
#include "batch/turn.h"
#include "batch/undo_priv.h"
#include "db/conn.h"
#include "rows/table.h"

static struct db_rows *
ask(struct undo *u, struct buf *sql, struct diag *d)
{
	struct turn turn = look_turn(u->db, NULL);
	struct db_ask one = { buf_str(sql), 0, NULL };
	struct db_rows *r = NULL;

	look_run(&turn, u->mem, u->table, &one, 1, &r, d);
	buf_free(sql);
	return r;
}

static const char *
shown(const char *value)
{
	return value != NULL ? value : "NULL";
}

/* "a, b 1, x: v c", or "id 4: gone" */
static const char *
tell_row(const struct undo *u, const struct db_rows *r, size_t row)
{
	const struct undo_columns *all = u->priv;
	size_t i, n = all->key->n;
	struct buf b = BUF_INIT;
	const char *said;

	for (i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    all->key->column[i]->name);
	for (i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : " ",
		    shown(db_cell(r, row, i)));
	if (*db_cell(r, row, n) == 't')
		buf_adds(&b, ": gone");
	else
		for (i = 0; i < all->n; i++)
			buf_addf(&b, "%s %s %s", i > 0 ? "," : ":",
			    all->column[i].now->name,
			    shown(db_cell(r, row, n + 1 + i)));
	said = arena_strdup(u->mem, buf_str(&b));
	buf_free(&b);
	return said;
}

/* Who wants to see all of them has the table that they are kept in. */
static int
find_rest(struct undo *u, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct db_rows *r;
	size_t i;

	undo_add_rest(&b, u, sizeof(u->rest) / sizeof(u->rest[0]));
	if ((r = ask(u, &b, d)) == NULL)
		return -1;
	for (i = 0; i < r->nrows; i++)
		u->rest[i] = tell_row(u, r, i);
	u->nrest = r->nrows;
	return 0;
}

int
undo_count(struct undo *u, struct diag *d)
{
	const struct undo_columns *all = u->priv;
	struct look look = { .turn = look_turn(u->db, NULL),
		.table = u->table, .from = arena_printf(u->mem,
		"%s AS " UNDO_KEPT, u->keep), .alias = UNDO_KEPT,
		.key = all->key };
	struct buf b = BUF_INIT;
	long long sum[4];
	int rc;

	undo_add_count(&b, u);
	rc = look_count(&look, buf_str(&b), 4, sum, d);
	buf_free(&b);
	if (rc == -1)
		return -1;
	u->kept = sum[0];
	u->restorable = sum[1];
	u->restored = sum[2];
	u->gone = sum[3];
	u->changed = u->kept - u->restorable - u->restored - u->gone;
	return u->changed + u->gone > 0 ? find_rest(u, d) : 0;
}

/*
 * Half of its rows would be as before, and half of them not: it does not go
 * on any more.
 */
int
undo_begin(const struct undo *u, struct diag *d)
{
	int rc;

	if (run_is_over(u->run))
		return 0;
	/* somebody may have gone on with it while its rows were counted */
	rc = journal_end(u->mem, u->db, u->run, d);
	return rc == 1 ? undo_refuse_busy(u->run, d) : rc;
}

/* What an earlier undo has said stays where this one had nothing to do. */
static const char mark[] =
    "UPDATE dbm.runs SET outcome = pg_catalog.concat_ws('; ', nullif("
    "pg_catalog.regexp_replace(outcome, "
    "'(; )?(partly )?undone by run .*', ''), ''), $2::text) "
    "WHERE id = $1 AND ($3 OR coalesce(outcome, '') !~ 'undone by run ')";

int
undo_end(struct undo *u, const struct journal *j,
    const struct run_result *result, struct diag *d)
{
	struct turn turn = { .db = u->db };
	const char *params[3];
	struct db_ask one = { mark, 3, params };
	struct db_rows *r;

	if (undo_count(u, d) == -1)
		return -1;
	params[0] = arena_printf(u->mem, "%lld", u->run->id);
	params[1] = arena_printf(u->mem, "%sundone by run %lld: rows as "
	    "before %lld, changed since %lld, gone %lld",
	    result->end == RUN_DONE && u->restorable == 0 ? "" : "partly ",
	    j->id, u->restored, u->changed, u->gone);
	params[2] = j->rows > 0 ? "t" : "f";
	return turn_run(&turn, u->mem, &one, 1, 1, &r, d);
}
