/* A table, found and checked first, then cut from one end to the other. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "batch/chunks.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "batch/range.h"
#include "db/conn.h"
#include "rows/pick.h"
#include "rows/session.h"
#include "sql/expression.h"
#include "sql/scan.h"

/* Read as one that sees every name with its schema: as the cuts will. */
static const struct table *
find_table(struct arena *mem, const struct chunks *c, struct diag *d)
{
	struct tables all, chosen;
	const struct table *t;

	if (rows_begin(c->db, ROWS_READ, NULL, d) == -1 ||
	    pick_tables(mem, c->db, c->pick, &all, &chosen, d) == -1 ||
	    rows_commit(c->db, d) == -1)
		return NULL;
	if (chosen.n == 0) {
		diag_set(d, "table '%s' is dbm's own", c->pick->operand[0]);
		return NULL;
	}
	t = chosen.table[0];
	if (!t->row_security)
		return t;
	diag_hint(d, "connect as its owner, or as a role with BYPASSRLS");
	diag_set(d, "row level security would hide rows of table '%s'",
	    t->shown);
	return NULL;
}

/* The bound of --from-key, as it comes back from the server. */
static int
read_from_key(const struct cut *c, struct arena *mem, const char *from,
    const char *const **lo, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct db_ask ask = { NULL, c->key->n, NULL };
	struct db_rows *r;
	size_t i;
	int rc;

	*lo = NULL;
	if (from == NULL)
		return 0;
	ask.params = range_values(mem, from, c->key->n);
	if (ask.params == NULL) {
		diag_hint(d, "{VALUE,...}, as PostgreSQL writes an array");
		return diag_set(d, "--from-key '%s' has not the %zu values of "
		    "the key", from, c->key->n);
	}
	buf_adds(&b, "SELECT ");
	for (i = 0; i < c->key->n; i++)
		buf_addf(&b, "%s$%zu::%s", i > 0 ? ", " : "", i + 1,
		    c->key->column[i]->type);
	ask.sql = buf_str(&b);
	rc = turn_run(&c->turn, mem, &ask, 1, 1, &r, d);
	buf_free(&b);
	if (rc == 0)
		*lo = ask.params;
	else if (strncmp(d->sqlstate, "22", 2) == 0)
		diag_hint(d, "--from-key has the values of the key");
	return rc;
}

/* Where in --where the server has found something. */
static void
locate(const struct cut *c, const char *sql, size_t at, struct diag *d)
{
	size_t len, offset;

	if (c->where == NULL || db_error_position(c->turn.db) == 0)
		return;
	len = strlen(c->where);
	offset = utf8_offset(sql, strlen(sql),
	    db_error_position(c->turn.db) - 1);
	if (offset < at || offset >= at + len)
		return;
	diag_at_offset(d, "--where", c->where, len, offset - at);
	if (strcmp(d->sqlstate, "42P01") == 0 || /* relation, function, type */
	    strcmp(d->sqlstate, "42883") == 0 ||
	    strcmp(d->sqlstate, "42704") == 0)
		diag_hint(d, "search_path is empty: everything but the "
		    "columns, and what is PostgreSQL's own, needs its schema "
		    "before it");
}

/* Whether it can be read, and the condition is one, before the first cut. */
static int
check(const struct cut *c, const struct table *t, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	size_t at;
	int rc;

	buf_addf(&b, "SELECT FROM %s WHERE (", c->from);
	at = b.len;
	buf_addf(&b, "%s\n) LIMIT 0", c->where != NULL ? c->where : "true");
	ask.sql = buf_str(&b);
	rc = turn_run(&c->turn, mem, &ask, 1, 1, &r, d);
	if (rc == -1)
		locate(c, buf_str(&b), at, d);
	if (rc == -1 && d->file.len == 0 && d->sqlstate[0] != '\0' &&
	    !db_lost(c->turn.db))
		diag_set(d, "cannot read table '%s': %s", t->shown,
		    arena_strdup(mem, buf_str(&d->text)));
	buf_free(&b);
	arena_free(mem);
	return rc;
}

/*
 * One is held back until the next is known to have rows: the last one is
 * open at its end, so that rows that come meanwhile are in it.  Its bounds
 * are those of the last two cuts.
 */
static int
cut_all(const struct cut *cut, const struct chunks *c, struct range *r,
    struct diag *d)
{
	struct arena *mem[3] = { arena_new(), arena_new(), arena_new() };
	const char *const *lo = r->lo;
	struct edge e = { NULL, 0 };
	int rc, held = 0;
	size_t i = 0;

	do {
		arena_reset(mem[i]);
		rc = cut_next(cut, mem[i], lo, c->size, &e, d);
		if (rc == -1)
			break;
		if (e.hi == NULL && e.rows == 0)
			r->hi = NULL;
		if (held)
			rc = c->range(c->arg, r, d);
		held = e.hi != NULL || e.rows > 0;
		r->lo = lo;
		r->hi = lo = e.hi;
		r->rows = e.rows;
		i = (i + 1) % 3;
	} while (rc == 0 && e.hi != NULL);
	if (rc == 0 && held)
		rc = c->range(c->arg, r, d);
	for (i = 0; i < 3; i++)
		arena_free(mem[i]);
	return rc;
}

int
chunks_check(const struct chunks *c, struct diag *d)
{
	const char *s = c->where;
	size_t offset;

	if (s == NULL)
		return 0;
	if (expression_check(s, &offset, d) == 0) {
		/* those of the queries are ours */
		while (*s != '\0' && !(*s == '$' &&
		    isdigit((unsigned char)s[1])))
			s = sql_token(s);
		if (*s == '\0')
			return 0;
		offset = (size_t)(s - c->where);
		diag_set(d, "a condition has no parameters");
	}
	diag_at_offset(d, "--where", c->where, strlen(c->where), offset);
	return -1;
}

int
chunks_run(struct arena *mem, const struct chunks *c, struct diag *d)
{
	struct cut cut = { .turn = { .db = c->db, .read_only = 1 },
		.where = c->where };
	const struct table *t;
	struct range r;

	if ((t = find_table(mem, c, d)) == NULL)
		return -1;
	cut.key = batch_key(mem, t, c->by, NULL, 0, d);
	if (cut.key == NULL)
		return -1;
	cut.from = t->from;
	cut.alias = db_ident(mem, t->name);
	range_of(mem, t, cut.key, &r);
	if (check(&cut, t, d) == -1 ||
	    read_from_key(&cut, mem, c->from_key, &r.lo, d) == -1)
		return -1;
	return cut_all(&cut, c, &r, d);
}
