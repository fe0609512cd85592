/* What the server says of a change before anything is written. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "batch/change_priv.h"
#include "batch/job.h"
#include "batch/look.h"
#include "db/conn.h"
#include "rows/equal.h"

enum {
	LOOK_MS = 1000 /* to look for a NULL */
};

/* --- may it be written to? --- */

static int
check_writable(const struct change *c, struct diag *d)
{
	struct db_rows *r;

	r = db_query(c->db, c->mem, "SELECT pg_catalog.pg_is_in_recovery(), "
	    "pg_catalog.current_setting('default_transaction_read_only'), "
	    "session_user::text", 0, NULL, d);
	if (r == NULL)
		return -1;
	if (*db_cell(r, 0, 0) == 't') {
		diag_hint(d, "connect to its primary");
		return diag_set(d, "the server is a standby: nothing can be "
		    "written to it");
	}
	if (strcmp(db_cell(r, 0, 1), "on") == 0) {
		diag_hint(d, "default_transaction_read_only is on: for the "
		    "server, for database '%s', or for role '%s'",
		    db_url_of(c->db)->dbname, db_cell(r, 0, 2));
		return diag_set(d, "the database is read-only");
	}
	return 0;
}

/* --- does it make sense? --- */

/* As it will run, with our bounds and our test. */
static int
check_work(const struct change *c, struct diag *d)
{
	struct turn t = look_turn(c->db, c->path);
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	struct job job;
	int rc;

	change_job(c, &job);
	buf_adds(&b, "EXPLAIN ");
	job.add_work(&b, &job, 0, 0);
	ask.sql = buf_str(&b);
	rc = look_run(&t, c->mem, c->table, &ask, 1, &r, d);
	buf_free(&b);
	return rc;
}

/* --- would a row be refused? --- */

/* May it get a NULL that it may not have?  Looking costs a scan. */
static int
at_risk(const struct change *c, size_t i)
{
	const struct sql_set *s = &c->update.set[i];
	const struct column *from = NULL;

	if (s->copies != NULL)
		from = table_column(c->table, s->copies);
	if (!c->set[i]->not_null || (from != NULL && from->not_null))
		return 0;
	return !s->constant || strcasestr(s->value.text, "null") != NULL;
}

static int
any_at_risk(const struct change *c)
{
	size_t i;

	for (i = 0; i < c->update.nset; i++)
		if (at_risk(c, i))
			return 1;
	return 0;
}

/* One row that would get a NULL where it may not be: which values are NULL,
 * and its key. */
static void
add_nulls(struct buf *b, const struct change *c)
{
	const char *or = "";
	size_t i;

	buf_adds(b, "SELECT ");
	for (i = 0; i < c->update.nset; i++)
		buf_addf(b, "(%s) IS NULL, ", c->update.set[i].value.text);
	for (i = 0; i < c->key->n; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		equal_output_of(b, c->key->column[i], arena_printf(c->mem,
		    "%s.%s", c->alias, c->key->column[i]->ident));
	}
	change_rows(b, c, 0);
	buf_adds(b, " AND CASE WHEN (");
	change_where(b, c, 0);
	buf_adds(b, ") THEN (");
	for (i = 0; i < c->update.nset; i++)
		if (at_risk(c, i)) {
			buf_addf(b, "%s(%s) IS NULL", or,
			    c->update.set[i].value.text);
			or = " OR ";
		}
	buf_adds(b, ") END LIMIT 1");
}

static int
foresee(const struct change *c, const struct db_rows *r, struct diag *d)
{
	size_t i, k, n = c->update.nset;
	struct buf key = BUF_INIT;

	for (i = 0; i < n; i++)
		if (at_risk(c, i) && *db_cell(r, 0, i) == 't')
			break;
	for (k = 0; k < c->key->n; k++)
		buf_addf(&key, "%s%s = %s", k > 0 ? ", " : "",
		    c->key->column[k]->name, db_cell(r, 0, n + k));
	change_place(c, c->update.set[i].value.offset, d);
	diag_hint(d, "leave such rows out by the condition, or give them "
	    "another value: coalesce(…, …)");
	diag_set(d, "column '%s' of table '%s' is NOT NULL, and would get "
	    "NULL where %s", c->set[i]->name, c->table->shown, buf_str(&key));
	buf_free(&key);
	return -1;
}

/* What takes long is left to the run. */
static int
check_nulls(const struct change *c, struct diag *d)
{
	struct turn t = look_turn(c->db, c->path);
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	int rc;

	if (!any_at_risk(c))
		return 0;
	t.statement_ms = LOOK_MS;
	add_nulls(&b, c);
	ask.sql = buf_str(&b);
	rc = look_run(&t, c->mem, c->table, &ask, 1, &r, d);
	buf_free(&b);
	if (rc == 0)
		return r->nrows > 0 ? foresee(c, r, d) : 0;
	/* nor is a value had that needs a write, as that of nextval() */
	if ((strcmp(d->sqlstate, "57014") != 0 || sig_pending()) &&
	    strcmp(d->sqlstate, "25006") != 0)
		return -1;
	diag_reset(d);
	return 0;
}

int
change_check(struct change *c, struct diag *d)
{
	if (check_writable(c, d) == -1 || change_check_plan(c, d) == -1 ||
	    check_work(c, d) == -1)
		return -1;
	return check_nulls(c, d);
}
