/* Which rows hold unique values that staged rows want? */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/equal.h"
#include "rows/merge_priv.h"
#include "rows/swap_priv.h"
#include "rows/table.h"

/*
 * The rows of a table or its stage that the index has: the key's columns,
 * and what is indexed as "dbm 0"….  Its expressions name columns bare, so
 * they stand in a SELECT of their own.
 */
static void
add_indexed(struct buf *b, struct merge *m, const struct unique *u,
    const char *from)
{
	size_t i;

	buf_addf(b, "(SELECT %s", columns_list(m->mem, u->t->key->column,
	    u->t->key->n, ""));
	for (i = 0; i < u->n; i++)
		buf_addf(b, ", %s AS \"dbm %zu\"", u->expr[i], i);
	buf_addf(b, " FROM %s%s%s)", from, u->predicate == NULL ? "" :
	    " WHERE ", u->predicate == NULL ? "" : u->predicate);
}

/* Two different rows, of which b has what a wants. */
static void
add_pairs(struct buf *b, struct merge *m, const struct unique *u,
    const char *from)
{
	size_t i;

	buf_adds(b, " FROM ");
	add_indexed(b, m, u, u->t->stage);
	buf_adds(b, " AS a JOIN ");
	add_indexed(b, m, u, from);
	buf_adds(b, " AS b ON ");
	for (i = 0; i < u->n; i++) {
		buf_addf(b, "%s(a.\"dbm %zu\" %s b.\"dbm %zu\"",
		    i > 0 ? " AND " : "", i, u->equal[i], i);
		if (u->nulls_equal)
			buf_addf(b, " OR a.\"dbm %zu\" IS NULL AND "
			    "b.\"dbm %zu\" IS NULL", i, i);
		buf_addc(b, ')');
	}
	buf_adds(b, " AND NOT (");
	equal_key(b, u->t->key, "a", "b");
	buf_adds(b, ")");
}

/* "(id)=(5)", as the server writes it in its own messages. */
static void
add_key_text(struct buf *b, struct merge *m, const struct unique *u,
    const char *alias)
{
	const struct key *k = u->t->key;
	struct buf names = BUF_INIT;
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "(",
		    k->column[i]->name);
	buf_adds(&names, ")=(");
	buf_addf(b, "concat(%s", db_literal(m->mem, buf_str(&names)));
	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s, %s.%s", i > 0 ? ", ', '" : "", alias,
		    k->column[i]->ident);
	buf_adds(b, ", ')')");
	buf_free(&names);
}

static void
add_value_text(struct buf *b, struct merge *m, const struct unique *u)
{
	size_t i;

	buf_addf(b, "concat(%s", db_literal(m->mem,
	    arena_printf(m->mem, "(%s)=(", u->shown)));
	for (i = 0; i < u->n; i++)
		buf_addf(b, "%s, a.\"dbm %zu\"", i > 0 ? ", ', '" : "", i);
	buf_adds(b, ", ')')");
}

/* Two staged rows that want the same will never both have it. */
static int
check_stage(struct merge *m, const struct unique *u, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct db_rows *r;

	buf_adds(&b, "SELECT ");
	add_key_text(&b, m, u, "a");
	buf_adds(&b, ", ");
	add_key_text(&b, m, u, "b");
	buf_adds(&b, ", ");
	add_value_text(&b, m, u);
	add_pairs(&b, m, u, u->t->stage);
	buf_adds(&b, " LIMIT 1");
	r = db_query(m->db, m->mem, buf_str(&b), 0, NULL, d);
	buf_free(&b);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return 0;
	return diag_set(d, "rows %s and %s of '%s' both have %s, but '%s' is "
	    "unique", db_cell(r, 0, 0), db_cell(r, 0, 1), u->t->table->shown,
	    db_cell(r, 0, 2), u->name);
}

/* Rows that go: of the file, or with MERGE_REPLACE all that are not staged. */
static void
add_gone(struct buf *b, struct merge *m, const struct unique *u)
{
	const char *from = u->t->stage;

	if ((m->flags & MERGE_REPLACE) == 0 && m->gone == NULL) {
		buf_adds(b, "false");
		return;
	}
	if ((m->flags & MERGE_REPLACE) != 0)
		buf_adds(b, "NOT ");
	else
		from = arena_printf(m->mem, "pg_temp.\"dbm gone %s\"",
		    u->t->table->oid);
	buf_addf(b, "EXISTS (SELECT FROM %s AS s WHERE ", from);
	equal_key(b, u->t->key, "b", "s");
	buf_addc(b, ')');
}

int
swap_find(struct merge *m, struct unique *u, struct diag *d)
{
	const struct key *k = u->t->key;
	struct buf b = BUF_INIT;
	int rc;

	if (check_stage(m, u, d) == -1)
		return -1;
	u->found = arena_printf(m->mem, "pg_temp.\"dbm swap %s.%zu\"",
	    u->t->table->oid, u->number);
	buf_addf(&b, "CREATE TEMP TABLE %s ON COMMIT DROP AS SELECT %s, ",
	    u->found, columns_list(m->mem, k->column, k->n, "b."));
	add_key_text(&b, m, u, "a");
	buf_adds(&b, " AS \"dbm wants\", ");
	add_key_text(&b, m, u, "b");
	buf_adds(&b, " AS \"dbm holds\", ");
	add_value_text(&b, m, u);
	buf_addf(&b, " AS \"dbm value\", EXISTS (SELECT FROM %s AS s WHERE ",
	    u->t->stage);
	equal_key(&b, k, "b", "s");
	buf_addf(&b, ") AS \"dbm staged\", EXISTS (SELECT FROM %s AS s WHERE ",
	    u->t->table->from);
	equal_key(&b, k, "a", "s");
	buf_adds(&b, ") AS \"dbm there\", ");
	add_gone(&b, m, u);
	buf_adds(&b, " AS \"dbm gone\"");
	add_pairs(&b, m, u, u->t->table->from);
	rc = db_exec(m->db, buf_str(&b), d);
	if (rc == 0)
		rc = db_affected(m->db) > 0;
	buf_free(&b);
	return rc;
}

int
swap_left(struct merge *m, const struct unique *u, struct diag *d)
{
	struct buf b = BUF_INIT;
	long long n = 0;
	int rc;

	buf_adds(&b, "SELECT count(*)");
	add_pairs(&b, m, u, u->t->table->from);
	rc = merge_count(m->db, buf_str(&b), &n, d);
	buf_free(&b);
	return rc == -1 ? -1 : n > 0;
}
