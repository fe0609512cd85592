/* Tables, chosen and checked first, then written under one snapshot. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "base/utf8.h"
#include "base/writer.h"
#include "db/conn.h"
#include "rows/dump_priv.h"
#include "rows/pick.h"
#include "rows/since.h"
#include "sql/expression.h"

/* --- what is to be read --- */

static int
check_where(const struct dump *u, struct diag *d)
{
	size_t offset;

	if (u->where == NULL || expression_check(u->where, &offset, d) == 0)
		return 0;
	diag_at_offset(d, "--where", u->where, strlen(u->where), offset);
	return -1;
}

static int
read_time(struct dump *u, struct diag *d)
{
	static const char sql[] = "SELECT ($1::pg_catalog.timestamptz AT TIME "
	    "ZONE 'UTC')::pg_catalog.text";
	struct db_rows *rows;

	if (u->since == NULL)
		return 0;
	rows = db_query(u->db, u->mem, sql, 1, &u->since, d);
	if (rows != NULL) {
		u->time = db_cell(rows, 0, 0);
		return 0;
	}
	if (strncmp(d->sqlstate, "22", 2) == 0) { /* data exception */
		diag_reset(d);
		diag_set(d, "--since '%s' is no time that PostgreSQL can read",
		    u->since);
	}
	return -1;
}

static void
set_condition(struct dump *u, const struct table *t, struct select *s)
{
	struct since_columns c;

	s->condition = u->where;
	if (u->time == NULL)
		return;
	since_columns(t, &c);
	if (c.created == NULL && c.updated == NULL) {
		u->timeless = arena_more(u->mem, u->timeless, u->ntimeless,
		    sizeof(*u->timeless));
		u->timeless[u->ntimeless++] = t->shown;
		return;
	}
	s->condition = since_condition(u->mem, &c, u->time, NULL);
	if (u->where != NULL)
		s->condition = arena_printf(u->mem, "%s\n) AND (%s", u->where,
		    s->condition);
}

/* Undefined relation, function, type or operator? */
static int
is_undefined(const char *sqlstate)
{
	return strcmp(sqlstate, "42P01") == 0 ||
	    strcmp(sqlstate, "42883") == 0 || strcmp(sqlstate, "42704") == 0;
}

/* Where in --where the server has found something, if it is there; at: where
 * it stands in the query, for each table. */
static void
locate(const struct dump *u, const struct buf *sql, const size_t *at,
    struct diag *d)
{
	size_t len, offset, i;

	if (u->where == NULL || db_error_position(u->db) == 0)
		return;
	len = strlen(u->where);
	offset = utf8_offset(sql->data, sql->len,
	    db_error_position(u->db) - 1);
	for (i = 0; i < u->n; i++)
		if (offset >= at[i] && offset < at[i] + len)
			break;
	if (i == u->n)
		return;
	diag_at_offset(d, "--where", u->where, len, offset - at[i]);
	if (is_undefined(d->sqlstate))
		diag_hint(d, "search_path is empty: everything but the "
		    "columns, and what is PostgreSQL's own, needs its schema "
		    "before it");
}

static int
check(struct dump *u, struct diag *d)
{
	size_t *at = arena_array(u->mem, size_t, u->n + 1), i;
	struct buf sql = BUF_INIT;
	int rc;

	for (i = 0; i < u->n; i++) {
		select_query(&sql, &u->select[i], &at[i]);
		buf_adds(&sql, " LIMIT 0;\n");
	}
	rc = u->n == 0 ? 0 : db_exec(u->db, buf_str(&sql), d);
	if (rc == -1) {
		locate(u, &sql, at, d);
		i = db_completed(u->db);
		if (i < u->n)
			select_failed(&u->select[i], u->db, d);
	}
	buf_free(&sql);
	return rc;
}

int
dump_plan(struct dump *u, const struct pick *pick, struct diag *d)
{
	const struct table_group *g;
	struct tables chosen;
	struct select *s;
	size_t i;

	if (check_where(u, d) == -1 || dump_read_columns(u, d) == -1 ||
	    read_time(u, d) == -1 ||
	    pick_tables(u->mem, u->db, pick, &u->all, &chosen, d) == -1)
		return -1;
	tables_order(u->mem, chosen.table, chosen.n, &u->order);
	u->select = arena_array(u->mem, struct select, chosen.n + 1);
	for (g = u->order.group; g < u->order.group + u->order.n; g++)
		for (i = 0; i < g->n; i++) {
			s = &u->select[u->n++];
			if (dump_select(u, g->table[i], s, d) == -1)
				return -1;
			set_condition(u, g->table[i], s);
		}
	return check(u, d);
}

/* --- writing --- */

int
dump_begin(struct dump *u, struct diag *d)
{
	return writer_adds(u->out, "BEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n\n",
	    d);
}

int
dump_commit(struct dump *u, struct diag *d)
{
	return writer_adds(u->out, "COMMIT;\n\n", d);
}

int
dump_table(struct dump *u, const struct select *s, struct diag *d)
{
	if (sig_pending() != 0)
		return diag_set(d, "interrupted before table '%s'", s->shown);
	if (select_write(s, u->db, u->out, d) == -1)
		return -1;
	u->done(s, db_affected(u->db));
	return 0;
}

static int
write_sequences(struct dump *u, const struct table *t, struct diag *d)
{
	const struct sequence *q = t->sequence, *end = q + t->nsequences;
	struct buf b = BUF_INIT;
	int rc;

	for (; q < end; q++)
		if (q->last != NULL)
			buf_addf(&b, "SELECT pg_catalog.setval(%s, %s, "
			    "true);\n\n", db_literal(u->mem, q->ident),
			    q->last);
	rc = writer_add(u->out, buf_str(&b), b.len, d);
	buf_free(&b);
	return rc;
}

static int
write_group(struct dump *u, const struct table_group *g,
    const struct select *s, struct diag *d)
{
	size_t i;

	if (g->n > 1 && dump_begin(u, d) == -1)
		return -1;
	for (i = 0; i < g->n; i++)
		if (dump_table(u, &s[i], d) == -1 ||
		    write_sequences(u, g->table[i], d) == -1)
			return -1;
	return g->n > 1 ? dump_commit(u, d) : 0;
}

int
dump_write(struct dump *u, struct diag *d)
{
	const struct select *s = u->select;
	size_t i;

	for (i = 0; i < u->order.n; i++) {
		if (write_group(u, &u->order.group[i], s, d) == -1)
			return -1;
		s += u->order.group[i].n;
	}
	return 0;
}
