/* An undo: finds what a run has kept, and of what. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "batch/job.h"
#include "batch/journal.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/key.h"
#include "batch/undo_priv.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/sql.h"
#include "rows/name.h"
#include "rows/session.h"
#include "rows/table.h"

static int
is_true(const struct db_rows *r, size_t row, size_t col)
{
	return *db_cell(r, row, col) == 't';
}

/* --- the table that was changed --- */

int
undo_refuse_busy(const struct run_row *r, struct diag *d)
{
	d->status = EXIT_LATER;
	diag_hint(d, "wait for it, or end it: dbm backfill --cancel %lld",
	    r->id);
	return diag_set(d, "run %lld '%s' is at work", r->id, r->name);
}

static int
refuse(const struct undo *u, struct diag *d)
{
	const struct run_row *r = u->run;

	if (strcmp(r->kind, "undo") == 0) {
		diag_hint(d, "to have it done again, give the command of the "
		    "run that it undoes once more");
		return diag_set(d, "run %lld is an undo itself", r->id);
	}
	/* paused: somebody is waiting to go on with it */
	if (strcmp(r->state, "running") == 0 ||
	    strcmp(r->state, "paused") == 0)
		return undo_refuse_busy(r, d);
	if (r->rows == 0)
		return diag_set(d, "run %lld '%s' has changed nothing: there "
		    "is nothing to undo", r->id, r->name);
	if (r->kept == NULL) {
		diag_hint(d, "'dbm promote' and 'dbm backfill --keep-before' "
		    "do");
		return diag_set(d, "run %lld '%s' has not kept what was there "
		    "before", r->id, r->name);
	}
	return 0;
}

static int
find_table(struct undo *u, struct diag *d)
{
	struct copy_name name;
	struct tables all;
	const char *rest;

	if (copy_name_parse(u->mem, u->run->relation, &rest, &name, d) == -1)
		return -1;
	if (name.schema == NULL || *rest != '\0')
		return diag_set(d, "'%s' is no table with its schema",
		    u->run->relation);
	if (tables_read(u->mem, u->db, &name.schema, 1, &all, d) == -1)
		return -1;
	u->table = table_find(&all, name.schema, name.table);
	if (u->table == NULL)
		return diag_set(d, "there is no table %s any more",
		    u->run->relation);
	return 0;
}

/* --- what was kept of it --- */

static struct column *
called(struct arena *mem, const struct column *now, const char *name)
{
	struct column *c = arena_new_of(mem, struct column);

	*c = *now;
	c->name = name;
	c->ident = db_ident(mem, name);
	return c;
}

static int
add_column(struct undo *u, struct undo_columns *all,
    const struct db_rows *r, size_t row, struct diag *d)
{
	const char *of = db_cell(r, row, KEEP_OF);
	const struct column *now = of == NULL ? NULL :
	    table_column(u->table, of);
	struct undo_column *c;

	if (now == NULL || now->generated)
		return diag_set(d, "table '%s' has no column '%s' any more "
		    "that could be set", u->table->shown,
		    of != NULL ? of : db_cell(r, row, KEEP_NAME));
	all->column = arena_more(u->mem, all->column, all->n,
	    sizeof(*all->column));
	c = &all->column[all->n++];
	c->now = now;
	c->old = called(u->mem, now, db_cell(r, row, KEEP_NAME));
	c->new = called(u->mem, now, db_cell(r, row + 1, KEEP_NAME));
	return 0;
}

/* The key that they were kept by, which has to be what it was. */
static int
find_key(struct undo *u, struct undo_columns *all, const struct db_rows *r,
    struct diag *d)
{
	const struct column **avoid;
	struct buf by = BUF_INIT;
	size_t i;

	for (i = 0; i < r->nrows && is_true(r, i, KEEP_IS_KEY); i++) {
		buf_addf(&by, "%s%s", i > 0 ? "," : "",
		    db_cell(r, i, KEEP_NAME));
		if (!is_true(r, i, KEEP_IS_SAME)) {
			buf_free(&by);
			return diag_set(d, "column '%s' of table '%s' is not "
			    "any more as it was in run %lld, whose rows are "
			    "found by it", db_cell(r, i, KEEP_NAME),
			    u->table->shown, u->run->id);
		}
	}
	avoid = arena_array(u->mem, const struct column *, all->n + 1);
	for (i = 0; i < all->n; i++)
		avoid[i] = all->column[i].now;
	all->key = batch_key(u->mem, u->table, buf_str(&by), avoid, all->n, d);
	buf_free(&by);
	return all->key == NULL ? -1 : 0;
}

static int
find_columns(struct undo *u, struct diag *d)
{
	struct undo_columns *all = arena_new_of(u->mem, struct undo_columns);
	const char *params[] = { u->run->kept, u->table->oid };
	struct db_rows *r;
	size_t i;

	r = db_query(u->db, u->mem, sql_keep_columns, 2, params, d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return diag_set(d, "what run %lld has kept is gone: there is "
		    "no table dbm.%s", u->run->id, u->run->kept);
	for (i = 0; i < r->nrows && is_true(r, i, KEEP_IS_KEY);)
		i++;
	for (; i + 1 < r->nrows; i += 2) /* the old value, and the new one */
		if (add_column(u, all, r, i, d) == -1)
			return -1;
	u->priv = all;
	return find_key(u, all, r, d);
}

/* May this role do it? */
static int
check_rights(struct undo *u, struct diag *d)
{
	const struct undo_columns *all = u->priv;
	struct own_table kept = { u->run->kept, NULL, NULL };
	const char **name = arena_array(u->mem, const char *, all->n + 1);
	const char *params[] = { u->table->oid, NULL };
	struct db_rows *r;
	size_t i;

	for (i = 0; i < all->n; i++)
		name[i] = all->column[i].now->name;
	params[1] = db_array(u->mem, name, all->n);
	r = db_query(u->db, u->mem, sql_change_rights, 2, params, d);
	if (r == NULL || own_prepare(u->db, &kept, d) == -1)
		return -1;
	if (db_cell(r, 0, 2) == NULL)
		return 0;
	diag_hint(d, "GRANT %s ON %s TO %s;", db_cell(r, 0, 2),
	    u->table->ident, db_cell(r, 0, 0));
	return diag_set(d, "permission denied for table '%s'",
	    u->table->shown);
}

/* In a transaction, so that types are told with their schemas also behind a
 * pooler. */
int
undo_open(struct undo *u, struct diag *d)
{
	int rc;

	if (refuse(u, d) == -1 ||
	    rows_begin(u->db, ROWS_READ, NULL, d) == -1)
		return -1;
	u->keep = arena_printf(u->mem, "dbm.%s",
	    db_ident(u->mem, u->run->kept));
	rc = find_table(u, d) == -1 || find_columns(u, d) == -1 ? -1 :
	    check_rights(u, d);
	rows_rollback(u->db);
	return rc;
}

/* --- putting it back --- */

void
undo_job(const struct undo *u, struct job *job)
{
	const struct undo_columns *all = u->priv;
	struct buf b = BUF_INIT;

	memset(job, 0, sizeof(*job));
	undo_add_left(&b, u);
	job->kind = "undo";
	job->name = arena_printf(u->mem, "undo of %lld", u->run->id);
	job->what = arena_printf(u->mem, "undo of run %lld '%s': %s",
	    u->run->id, u->run->name, u->run->what);
	/* for the triggers of the table */
	job->path = db_ident(u->mem, db_url_of(u->db)->schema);
	job->table = u->table;
	job->from = arena_printf(u->mem, "%s AS " UNDO_KEPT, u->keep);
	job->alias = UNDO_KEPT;
	job->key = all->key;
	job->add_work = undo_add_work;
	job->left = arena_strdup(u->mem, buf_str(&b));
	job->total = u->kept;
	job->undoes = u->run->id;
	job->arg = u;
	buf_free(&b);
}
