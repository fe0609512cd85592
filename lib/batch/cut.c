#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "db/conn.h"
#include "rows/equal.h"
#include "rows/table.h"

static void
add_from(struct buf *b, const struct cut *c, const char *const *lo)
{
	buf_addf(b, " FROM %s WHERE ", c->from);
	key_within(b, c->key, c->alias, lo != NULL ? 1 : 0, 0);
	/* the line end closes a comment that the condition may end in */
	if (c->where != NULL)
		buf_addf(b, " AND (%s\n)", c->where);
}

/* The key of the n-th row from there on.  Outside of the rest, for else the
 * text of all the keys before it would be made as well. */
static void
add_edge(struct buf *b, const struct cut *c, const char *const *lo,
    long long n)
{
	size_t i;

	buf_adds(b, "SELECT ");
	for (i = 0; i < c->key->n; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		equal_output(b, c->key->column[i]);
	}
	buf_adds(b, " FROM (SELECT ");
	key_columns(b, c->key, c->alias);
	add_from(b, c, lo);
	buf_adds(b, " ORDER BY ");
	key_columns(b, c->key, c->alias);
	buf_addf(b, " LIMIT 1 OFFSET %lld) edge", n - 1);
}

/*
 * Where rows lie in no order of the key, the planner may think it cheaper to
 * sort the whole table for one edge than to follow the index: for each edge
 * anew, that would be.
 */
const char cut_no_sort[] =
    "SELECT pg_catalog.set_config('enable_sort','off',true)";

int
cut_send(const struct cut *c, const char *const *lo, long long n,
    struct diag *d)
{
	struct db_ask ask[] = {
		{ cut_no_sort, 0, NULL },
		{ NULL, lo != NULL ? c->key->n : 0, lo },
	};
	struct buf b = BUF_INIT;
	int rc;

	add_edge(&b, c, lo, n);
	ask[1].sql = buf_str(&b);
	rc = turn_send(&c->turn, ask, 2, 1, d);
	buf_free(&b);
	return rc;
}

int
cut_take(const struct cut *c, struct arena *mem, long long n,
    struct edge *e, struct diag *d)
{
	struct db_rows *r[2];

	if (turn_take(&c->turn, mem, 2, 1, r, NULL, d) == -1)
		return -1;
	e->hi = r[1]->nrows > 0 ? r[1]->cell : NULL;
	e->rows = r[1]->nrows > 0 ? n : -1;
	return 0;
}

static int
count_rest(const struct cut *c, struct arena *mem, const char *const *lo,
    struct edge *e, struct diag *d)
{
	struct db_ask ask = { NULL, lo != NULL ? c->key->n : 0, lo };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	int rc;

	buf_adds(&b, "SELECT pg_catalog.count(*)");
	add_from(&b, c, lo);
	ask.sql = buf_str(&b);
	rc = turn_run(&c->turn, mem, &ask, 1, 1, &r, d);
	buf_free(&b);
	if (rc == 0)
		e->rows = atoll(db_cell(r, 0, 0));
	return rc;
}

int
cut_next(const struct cut *c, struct arena *mem, const char *const *lo,
    long long n, struct edge *e, struct diag *d)
{
	if (cut_send(c, lo, n, d) == -1 || cut_take(c, mem, n, e, d) == -1)
		return -1;
	return e->hi != NULL ? 0 : count_rest(c, mem, lo, e, d);
}
