/* What the server says of a statement as it was written: does it type-check,
 * may this role do it?  Its places become those of the user's words. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "batch/change_priv.h"
#include "batch/look.h"
#include "db/conn.h"
#include "db/sql.h"

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

/* Is it a word of the message, in other letters: "a", or t.a? */
static int
is_in(const char *text, const char *name)
{
	size_t n = strlen(name);
	const char *s;

	for (s = text; (s = strcasestr(s, name)) != NULL; s++)
		if (strncmp(s, name, n) != 0 && s > text &&
		    strchr("\".", s[-1]) != NULL &&
		    strchr("\" ", s[n]) != NULL)
			return 1;
	return 0;
}

/* A column that is there, but for its capitals; or none. */
static void
hint_column(const struct change *c, struct diag *d)
{
	const struct column *column = c->table->column;
	size_t i;

	for (i = 0; i < c->table->ncolumns; i++)
		if (is_in(buf_str(&d->text), column[i].name)) {
			change_hint_quotes(c, column[i].name, d);
			return;
		}
	if (d->hint.len == 0) /* the server knows none that is like it */
		diag_hint(d, "where a text is meant, and no column, it "
		    "stands in single quotes: 'text'");
}

static void
explain(const struct change *c, const struct pieces *p, struct diag *d)
{
	/* a lock belongs to no word of it */
	if (d->sqlstate[0] == '\0' || strcmp(d->sqlstate, "55P03") == 0)
		return;
	place(c, p, d);
	if (strcmp(d->sqlstate, "42501") == 0)
		hint_grant(c, d);
	if (strcmp(d->sqlstate, "42703") == 0)
		hint_column(c, d);
}

int
change_check_plan(const struct change *c, struct diag *d)
{
	struct turn t = look_turn(c->db, c->path);
	struct pieces p = { BUF_INIT, NULL, 0 };
	struct db_ask ask = { NULL, 0, NULL };
	struct db_rows *r;
	int rc;

	add_plain(c, &p);
	ask.sql = buf_str(&p.sql);
	rc = look_run(&t, c->mem, c->table, &ask, 1, &r, d);
	if (rc == -1)
		explain(c, &p, d);
	buf_free(&p.sql);
	return rc;
}
