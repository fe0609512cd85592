/* A table becomes what is staged, rows that are not go. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"
#include "rows/merge.h"
#include "rows/merge_priv.h"
#include "rows/table.h"

/* Rows without a key are told apart by their text, equal ones by a number. */
static void
add_numbered(struct buf *b, const struct merge_table *t, const char *alias,
    const char *extra)
{
	buf_addf(b, "(SELECT %s, x.\"dbm t\", row_number() OVER "
	    "(PARTITION BY x.\"dbm t\") AS \"dbm n\" FROM (SELECT %s, (",
	    extra, extra);
	equal_text(b, t->column, t->ncolumns, alias);
	buf_adds(b, ") COLLATE \"C\" AS \"dbm t\" FROM ");
	buf_addf(b, "%s AS %s) AS x)", *alias == 'd' ? t->table->from :
	    t->stage, alias);
}

static void
add_counted(struct buf *b, const struct merge_table *t, const char *alias)
{
	buf_adds(b, "(SELECT x.\"dbm t\", count(*) AS \"dbm n\" "
	    "FROM (SELECT (");
	equal_text(b, t->column, t->ncolumns, alias);
	buf_addf(b, ") COLLATE \"C\" AS \"dbm t\" FROM %s AS %s) AS x "
	    "GROUP BY x.\"dbm t\")",
	    *alias == 'd' ? t->table->from : t->stage, alias);
}

int
merge_all(const struct merge *m, struct merge_part *p, struct diag *d)
{
	struct merge_table *t = p->t;
	const char *list;
	struct buf b = BUF_INIT;
	int rc;

	list = columns_list(m->mem, t->column, t->ncolumns, "");
	buf_addf(&b, "DELETE FROM %s AS d USING ", t->table->from);
	add_numbered(&b, t, "d", "ctid, tableoid");
	buf_adds(&b, " AS h LEFT JOIN ");
	add_counted(&b, t, "s");
	buf_adds(&b, " AS w ON w.\"dbm t\" = h.\"dbm t\" WHERE d.ctid = h.ctid "
	    "AND d.tableoid = h.tableoid AND h.\"dbm n\" > "
	    "coalesce(w.\"dbm n\", 0)");
	rc = db_exec(m->db, buf_str(&b), d);
	if (rc == 0)
		p->deleted = db_affected(m->db);
	buf_reset(&b);
	buf_addf(&b, "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s "
	    "FROM ", t->table->ident, list,
	    columns_list(m->mem, t->column, t->ncolumns, "w."));
	add_numbered(&b, t, "s", list);
	buf_adds(&b, " AS w LEFT JOIN ");
	add_counted(&b, t, "d");
	buf_adds(&b, " AS h ON h.\"dbm t\" = w.\"dbm t\" WHERE w.\"dbm n\" > "
	    "coalesce(h.\"dbm n\", 0)");
	if (rc == 0)
		rc = db_exec(m->db, buf_str(&b), d);
	if (rc == 0)
		p->inserted = db_affected(m->db);
	buf_free(&b);
	return rc;
}

enum child {
	CHILD_NAME,
	CHILD_ACTION,
	CHILD_FROM,
	CHILD_SHOWN,
	CHILD_SELF,
	CHILD_PARENT_COLUMN,
	CHILD_OPERATOR,
	CHILD_COLUMN,
	CHILD_STAGE,
	CHILD_KEY,
	CHILD_NULL
};

/* Condition for the rows `d' that are to be deleted. */
static void
add_surplus(struct buf *b, const struct merge_table *t)
{
	buf_addf(b, "NOT EXISTS (SELECT FROM %s AS s WHERE ", t->stage);
	equal_key(b, t->key, "d", "s");
	buf_addc(b, ')');
}

/* The rows `c' that refer to them. */
static void
add_children(struct buf *b, struct arena *mem, const struct merge_table *t,
    const struct db_rows *r, size_t row)
{
	const char **column, **parent, **operator;
	size_t i, n;

	parent = db_array_read(mem, db_cell(r, row, CHILD_PARENT_COLUMN), &n);
	operator = db_array_read(mem, db_cell(r, row, CHILD_OPERATOR), &n);
	column = db_array_read(mem, db_cell(r, row, CHILD_COLUMN), &n);
	for (i = 0; i < n; i++)
		buf_addf(b, "d.%s %s c.%s AND ", parent[i], operator[i],
		    column[i]);
	add_surplus(b, t);
}

/* Is c staged, in a stage of its own?  Keys that were merged are equal as
 * text. */
static void
add_staged(struct buf *b, struct arena *mem, const struct db_rows *r,
    size_t row)
{
	const char **key;
	size_t i, n;

	key = db_array_read(mem, db_cell(r, row, CHILD_KEY), &n);
	buf_addf(b, "EXISTS (SELECT FROM %s AS s WHERE ",
	    db_cell(r, row, CHILD_STAGE));
	for (i = 0; i < n; i++)
		buf_addf(b, "%ss.%s::text = c.%s::text", i > 0 ? " AND " : "",
		    key[i], key[i]);
	buf_addc(b, ')');
}

/*
 * Deleting must not take along or change rows that stay: those of a
 * referring table that are staged, or all where it is not in the stream.
 */
static int
check_child(struct arena *mem, struct db *db, const struct merge_table *t,
    const struct db_rows *r, size_t row, struct diag *d)
{
	struct buf b = BUF_INIT;
	long long found = 0;
	int rc;

	buf_addf(&b, "SELECT count(*) FROM (SELECT FROM %s AS c, %s AS d "
	    "WHERE ", db_cell(r, row, CHILD_FROM), t->table->from);
	add_children(&b, mem, t, r, row);
	if (*db_cell(r, row, CHILD_SELF) == 't') {
		buf_addf(&b, " AND EXISTS (SELECT FROM %s AS s WHERE ",
		    t->stage);
		equal_key(&b, t->key, "c", "s");
		buf_addc(&b, ')');
	} else if (db_cell(r, row, CHILD_STAGE) != NULL) {
		buf_adds(&b, " AND ");
		add_staged(&b, mem, r, row);
	}
	buf_adds(&b, " LIMIT 1) AS x");
	rc = merge_count(db, buf_str(&b), &found, d);
	buf_free(&b);
	if (rc == -1 || found == 0)
		return rc;
	diag_hint(d, "load '%s' in the same stream, after '%s'",
	    db_cell(r, row, CHILD_SHOWN), t->table->shown);
	return diag_set(d, "rows of '%s' that are not in the stream cannot be "
	    "deleted: rows of '%s' that stay refer to them, and '%s' is ON "
	    "DELETE %s", t->table->shown, db_cell(r, row, CHILD_SHOWN),
	    db_cell(r, row, CHILD_NAME), db_cell(r, row, CHILD_ACTION));
}

/* In a cycle, rows that will be deleted next are in the way: they let go. */
static int
loosen(struct arena *mem, struct db *db, const struct merge_table *t,
    const struct db_rows *r, struct diag *d)
{
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < r->nrows && rc == 0; i++) {
		if (db_cell(r, i, CHILD_ACTION) != NULL ||
		    db_cell(r, i, CHILD_STAGE) == NULL ||
		    db_cell(r, i, CHILD_NULL) == NULL)
			continue;
		buf_reset(&b);
		buf_addf(&b, "UPDATE %s AS c SET %s = NULL FROM %s AS d WHERE ",
		    db_cell(r, i, CHILD_FROM), db_cell(r, i, CHILD_NULL),
		    t->table->from);
		add_children(&b, mem, t, r, i);
		buf_adds(&b, " AND NOT ");
		add_staged(&b, mem, r, i);
		rc = db_exec(db, buf_str(&b), d);
	}
	buf_free(&b);
	return rc;
}

int
merge_delete(struct arena *mem, struct db *db, struct merge_table *t,
    struct diag *d)
{
	const struct db_rows *r;
	struct buf b = BUF_INIT;
	size_t i;
	int rc;

	if (t->key == NULL) /* merge_all() has */
		return 0;
	r = db_query(db, mem, sql_rows_children, 1, &t->table->oid, d);
	if (r == NULL)
		return -1;
	for (i = 0; i < r->nrows; i++)
		if (db_cell(r, i, CHILD_ACTION) != NULL &&
		    check_child(mem, db, t, r, i, d) == -1)
			return -1;
	buf_addf(&b, "SAVEPOINT dbm_delete;DELETE FROM %s AS d WHERE ",
	    t->table->from);
	add_surplus(&b, t);
	rc = db_exec(db, buf_str(&b), d);
	if (rc == -1 && strcmp(d->sqlstate, "23503") == 0) {
		diag_reset(d); /* nothing has failed, unless it does again */
		rc = db_exec(db, "ROLLBACK TO dbm_delete", d);
		if (rc == 0)
			rc = loosen(mem, db, t, r, d);
		if (rc == 0)
			rc = db_exec(db, buf_str(&b), d);
	}
	if (rc == 0)
		t->deleted += db_affected(db);
	buf_free(&b);
	return rc;
}
