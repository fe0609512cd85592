/* What the server says of a change before anything is written. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "base/utf8.h"
#include "batch/change_priv.h"
#include "batch/job.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"

enum {
	LOOK_MS = 1000, /* to look for a NULL */
	PLAN_MS = 60000
};

static struct turn
look(const struct change *c, long limit)
{
	return (struct turn){ .db = c->db, .read_only = 1, .path = c->path,
		.lock_ms = PLAN_MS, .statement_ms = limit };
}

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

/* GRANT … for what is missing of the table itself. */
static void
hint_grant(const struct change *c, struct diag *d)
{
	const char *param[] = { c->table->oid, change_columns(c) };
	struct diag ignored = DIAG_INIT;
	struct db_rows *r;

	r = db_query(c->db, c->mem, sql_change_rights, 2, param, &ignored);
	diag_free(&ignored);
	if (r == NULL)
		return;
	if (db_cell(r, 0, 1) != NULL)
		diag_hint(d, "GRANT USAGE ON SCHEMA %s TO %s;",
		    db_ident(c->mem, c->table->schema), db_cell(r, 0, 0));
	else if (db_cell(r, 0, 2) != NULL)
		diag_hint(d, "GRANT %s ON %s TO %s;", db_cell(r, 0, 2),
		    c->table->ident, db_cell(r, 0, 0));
}

/* --- does it make sense? --- */

/* Where a part of the user's stands in a statement of ours. */
struct piece {
	size_t at, length, offset;
};

struct pieces {
	struct buf sql;
	struct piece *piece;
	size_t n;
};

static void
add_piece(const struct change *c, struct pieces *p,
    const struct sql_part *part)
{
	p->piece = arena_more(c->mem, p->piece, p->n, sizeof(*p->piece));
	p->piece[p->n++] = (struct piece){ p->sql.len, strlen(part->text),
		part->offset };
	buf_adds(&p->sql, part->text);
}

/* The statement as it was written, with the names made out. */
static void
add_plain(const struct change *c, struct pieces *p)
{
	const struct sql_update *u = &c->update;
	size_t i;

	buf_addf(&p->sql, "EXPLAIN UPDATE %s SET ", c->target);
	for (i = 0; i < u->nset; i++) {
		buf_addf(&p->sql, "%s%s = (", i > 0 ? ", " : "",
		    c->set[i]->ident);
		add_piece(c, p, &u->set[i].value);
		buf_adds(&p->sql, ")");
	}
	if (u->from.text != NULL) {
		buf_adds(&p->sql, " FROM ");
		add_piece(c, p, &u->from);
	}
	if (u->where.text != NULL) {
		buf_adds(&p->sql, " WHERE (");
		add_piece(c, p, &u->where);
		buf_adds(&p->sql, ")");
	}
}

/*
 * The server's place in our statement is one in the user's.  Of a value that
 * does not fit its column it names the column, which is ours: the value then.
 */
static void
place(const struct change *c, const struct pieces *p, struct diag *d)
{
	size_t at = db_error_position(c->db), i;

	/* a constant that does not fit has no place */
	if (at == 0 && c->update.nset == 1 &&
	    strncmp(d->sqlstate, "22", 2) == 0)
		change_place(c, c->update.set[0].value.offset, d);
	if (at == 0)
		return;
	at = utf8_offset(buf_str(&p->sql), p->sql.len, at - 1);
	for (i = 0; i < p->n; i++)
		if (at <= p->piece[i].at + p->piece[i].length)
			break;
	if (i == p->n)
		return;
	change_place(c, at < p->piece[i].at ? p->piece[i].offset :
	    p->piece[i].offset + (at - p->piece[i].at), d);
}

static int
check_plan(const struct change *c, struct diag *d)
{
	struct turn t = look(c, PLAN_MS);
	struct pieces p = { BUF_INIT, NULL, 0 };
	struct db_ask ask = { NULL, 0, NULL };
	struct db_rows *r;
	int rc;

	add_plain(c, &p);
	ask.sql = buf_str(&p.sql);
	if (turn_send(&t, &ask, 1, 1, d) == -1)
		rc = -1;
	else
		rc = turn_take(&t, c->mem, 1, 1, &r, NULL, d);
	if (rc == -1 && d->sqlstate[0] != '\0') {
		place(c, &p, d);
		if (strcmp(d->sqlstate, "42501") == 0)
			hint_grant(c, d);
	}
	buf_free(&p.sql);
	return rc;
}

/* As it will run, with our bounds and our test. */
static int
check_work(const struct change *c, struct diag *d)
{
	struct turn t = look(c, PLAN_MS);
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	struct job job;
	int rc;

	change_job(c, &job);
	buf_adds(&b, "EXPLAIN ");
	job.add_work(&b, &job, 0, 0);
	ask.sql = buf_str(&b);
	rc = turn_run(&t, c->mem, &ask, 1, 1, &r, d);
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
	struct turn t = look(c, LOOK_MS);
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	int rc;

	if (!any_at_risk(c))
		return 0;
	add_nulls(&b, c);
	ask.sql = buf_str(&b);
	rc = turn_run(&t, c->mem, &ask, 1, 1, &r, d);
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
	if (check_writable(c, d) == -1 || check_plan(c, d) == -1 ||
	    check_work(c, d) == -1)
		return -1;
	return check_nulls(c, d);
}
