/* Ranges of so many rows, or of so many rows that will be written. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "db/conn.h"
#include "rows/equal.h"
#include "rows/table.h"

#define MATCHES "\"dbm matches\"" /* beside the columns of the key */
#define COUNT "\"dbm count\""
#define NUMBER "\"dbm number\""

/* The next n rows in the order of the key, and whether they match. */
static void
add_rows(struct buf *b, const struct cut *c, const char *const *lo,
    long long n, const char *matches)
{
	buf_adds(b, "(SELECT ");
	key_columns(b, c->key, c->alias);
	/* the line end closes a comment that the condition may end in */
	buf_addf(b, ", (%s\n) AS " MATCHES " FROM %s WHERE ", matches,
	    c->from);
	key_within(b, c->key, c->alias, lo != NULL ? 1 : 0, 0);
	buf_adds(b, " ORDER BY ");
	key_columns(b, c->key, c->alias);
	buf_addf(b, " LIMIT %lld) AS %s", n, c->alias);
}

/* The first of them where either number is reached.  Rows are read until
 * then, and not one more: that all of this comes in the order of the key is
 * something that the planner knows. */
static void
add_edge(struct buf *b, const struct cut *c, const char *const *lo,
    long long n, const char *matches, long long most)
{
	size_t i;

	buf_adds(b, "SELECT ");
	for (i = 0; i < c->key->n; i++) {
		equal_output(b, c->key->column[i]);
		buf_adds(b, ", ");
	}
	buf_adds(b, NUMBER " FROM (SELECT ");
	key_columns(b, c->key, c->alias);
	buf_adds(b, ", pg_catalog.count(*) FILTER (WHERE " MATCHES ") OVER w "
	    "AS " COUNT ", pg_catalog.row_number() OVER w AS " NUMBER
	    " FROM ");
	add_rows(b, c, lo, n, matches);
	buf_adds(b, " WINDOW w AS (ORDER BY ");
	key_columns(b, c->key, c->alias);
	buf_addf(b, " ROWS UNBOUNDED PRECEDING)) AS %s WHERE "
	    COUNT " OPERATOR(pg_catalog.>=) %lld OR "
	    NUMBER " OPERATOR(pg_catalog.>=) %lld ORDER BY ", c->alias, most,
	    n);
	key_columns(b, c->key, c->alias);
	buf_adds(b, " LIMIT 1");
}

int
cut_matching_send(const struct cut *c, const char *const *lo, long long n,
    const char *matches, long long most, struct diag *d)
{
	struct db_ask ask[] = {
		{ cut_no_sort, 0, NULL },
		{ NULL, lo != NULL ? c->key->n : 0, lo },
	};
	struct buf b = BUF_INIT;
	int rc;

	add_edge(&b, c, lo, n, matches, most);
	ask[1].sql = buf_str(&b);
	rc = turn_send(&c->turn, ask, 2, 1, d);
	buf_free(&b);
	return rc;
}

int
cut_matching_take(const struct cut *c, struct arena *mem, struct edge *e,
    struct diag *d)
{
	struct db_rows *r[2];

	if (turn_take(&c->turn, mem, 2, 1, r, NULL, d) == -1)
		return -1;
	e->hi = r[1]->nrows > 0 ? r[1]->cell : NULL;
	e->rows = r[1]->nrows > 0 ? atoll(r[1]->cell[c->key->n]) : -1;
	return 0;
}

int
cut_matching(const struct cut *c, struct arena *mem, const char *const *lo,
    long long n, const char *matches, long long most, struct edge *e,
    struct diag *d)
{
	if (cut_matching_send(c, lo, n, matches, most, d) == -1 ||
	    cut_matching_take(c, mem, e, d) == -1)
		return -1;
	/* the end is near: how far? */
	return e->hi != NULL ? 0 : cut_next(c, mem, lo, n, e, d);
}
