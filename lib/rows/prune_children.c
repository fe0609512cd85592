/*
 * What refers to rows that are to go.  Children are pruned first: whatever
 * still refers to them has not been found to be gone, and may well stand at
 * the source with another parent by now.  A cascade would delete it, and no
 * later run would bring it back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/plan.h"
#include "rows/prune_priv.h"

/* Columns of rows_cascades.sql. */
enum cascade {
	CASCADE_NAME,
	CASCADE_ACTION,
	CASCADE_OID,
	CASCADE_FROM,
	CASCADE_SCHEMA,
	CASCADE_TABLE,
	CASCADE_PARENT_COLUMN,
	CASCADE_OPERATOR,
	CASCADE_COLUMN
};

/* The rows `c' that refer to rows `d' which go. */
static void
add_children(const struct pruner *p, const struct db_rows *r, size_t row,
    struct buf *sql)
{
	const char **parent, **operator, **column;
	size_t i, n;

	parent = db_array_read(p->mem, db_cell(r, row, CASCADE_PARENT_COLUMN),
	    &n);
	operator = db_array_read(p->mem, db_cell(r, row, CASCADE_OPERATOR),
	    &n);
	column = db_array_read(p->mem, db_cell(r, row, CASCADE_COLUMN), &n);
	buf_addf(sql, "SELECT FROM %s c, %s d, %s g WHERE ",
	    db_cell(r, row, CASCADE_FROM), p->table->to->from, p->gone);
	for (i = 0; i < n; i++)
		buf_addf(sql, "d.%s %s c.%s AND ", parent[i], operator[i],
		    column[i]);
	prune_match_sql(p, sql, "d");
}

/* Of a table of the same group, those that go as well do not count. */
static void
except_gone(const struct pruner *all, size_t n, const char *oid,
    struct buf *sql)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (all[i].table->gone == 0 ||
		    strcmp(all[i].table->to->oid, oid) != 0)
			continue;
		buf_addf(sql, " AND NOT EXISTS (SELECT FROM %s g WHERE ",
		    all[i].gone);
		prune_match_sql(&all[i], sql, "c");
		buf_adds(sql, ")");
	}
}

static int
refuse(const struct pruner *p, const struct db_rows *r, size_t row)
{
	const char *schema = db_cell(r, row, CASCADE_SCHEMA);
	const char *child = db_cell(r, row, CASCADE_TABLE);

	if (strcmp(schema, p->table->to->schema) != 0)
		child = arena_printf(p->mem, "%s.%s", schema, child);
	diag_hint(p->d, "'dbm sync --full --delete' brings all rows of '%s' "
	    "up to date first; it has to be among the tables", child);
	return diag_set(p->d, "rows of '%s' that are gone cannot be deleted: "
	    "rows of '%s' that stay refer to them, and '%s' is ON DELETE %s",
	    p->table->to->shown, child, db_cell(r, row, CASCADE_NAME),
	    db_cell(r, row, CASCADE_ACTION));
}

static int
check_child(const struct pruner *p, const struct pruner *all, size_t n,
    const struct db_rows *r, size_t row)
{
	struct buf sql = BUF_INIT;
	struct db_rows *found;

	buf_adds(&sql, "SELECT EXISTS (");
	add_children(p, r, row, &sql);
	except_gone(all, n, db_cell(r, row, CASCADE_OID), &sql);
	buf_adds(&sql, ")");
	found = db_query(p->db, p->mem, buf_str(&sql), 0, NULL, p->d);
	buf_free(&sql);
	if (found == NULL)
		return -1;
	return *db_cell(found, 0, 0) == 't' ? refuse(p, r, row) : 0;
}

int
prune_check_children(const struct pruner *p, size_t n)
{
	const struct db_rows *r;
	size_t i, row;

	for (i = 0; i < n; i++) {
		if (p[i].table->gone == 0)
			continue;
		r = db_query(p[i].db, p[i].mem, sql_rows_cascades, 1,
		    &p[i].table->to->oid, p[i].d);
		if (r == NULL)
			return -1;
		for (row = 0; row < r->nrows; row++)
			if (check_child(&p[i], p, n, r, row) == -1)
				return -1;
	}
	return 0;
}

void
prune_explain(struct arena *mem, struct diag *d)
{
	char *text;

	if (strcmp(d->sqlstate, "23503") != 0)
		return;
	text = arena_strdup(mem, buf_str(&d->text));
	diag_set(d, "rows that are gone cannot be deleted: %s", text);
	diag_hint(d, "'dbm sync --full --delete' brings rows that refer to "
	    "them up to date first; their table has to be among the tables");
}
