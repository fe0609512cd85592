/* Dry run: what would be done is counted, and nothing is written. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/rehearse.h"

/*
 * Up to behind the last whole row.  A backslash escapes a newline: how many
 * there are is seen only from where a row begins, and there the text does.
 */
static size_t
whole_rows(const char *data, size_t len)
{
	const char *end = data + len, *q;

	while ((end = memrchr(data, '\n', (size_t)(end - data))) != NULL) {
		for (q = end; q > data && q[-1] == '\\'; q--)
			continue;
		if ((end - q) % 2 == 0)
			return (size_t)(end + 1 - data);
	}
	return 0;
}

/* Rows are handed on whole: what is left of a piece waits for the next. */
static int
rehearse(struct load *l, struct rehearse *r, const struct stream_piece *p,
    struct buf *begun)
{
	const char *data = p->data;
	size_t len = p->len, whole;
	int rc = 0;

	if (begun->len > 0) {
		buf_add(begun, data, len);
		data = begun->data;
		len = begun->len;
	}
	whole = p->rows > 0 ? whole_rows(data, len) : 0;
	if (whole > 0)
		rc = rehearse_lines(r, data, whole, l->d);
	if (data == p->data)
		buf_add(begun, data + whole, len - whole);
	else {
		memmove(begun->data, data + whole, len - whole);
		begun->len = len - whole;
	}
	return rc;
}

/* What is said of a row here is without its table. */
static int
explain(struct load *l, struct load_table *t)
{
	const char *text = arena_strdup(l->work, buf_str(&l->d->text));

	if (l->d->sqlstate[0] != '\0' || l->d->status != 0 ||
	    sig_pending() != 0)
		return load_explain(l, t);
	return load_fail(l, t, "table '%s': %s", t->shown, text);
}

static int
count(struct load *l, struct load_table *t, struct rehearse *r)
{
	struct buf begun = BUF_INIT;
	struct stream_piece piece;
	int rc, failed = 0;

	t->first = stream_line(l->stream);
	while (!failed && (rc = stream_data(l->stream, LLONG_MAX, &piece,
	    l->d)) == 1) {
		t->rows += piece.rows;
		t->bytes += (long long)piece.len;
		failed = r != NULL && rehearse(l, r, &piece, &begun) == -1;
		load_tick(l);
	}
	buf_free(&begun);
	return failed ? explain(l, t) : rc;
}

static long long
rows_there(struct load *l, const struct load_table *t)
{
	const struct db_rows *r;

	r = db_query(l->db, l->work, arena_printf(l->work,
	    "SELECT count(*) FROM %s", t->merge.table->from), 0, NULL, l->d);
	return r == NULL ? load_explain(l, t) : atoll(db_cell(r, 0, 0));
}

/* found: rows that are there, and come. */
static int
count_by_key(struct load *l, struct load_table *t, long long *found)
{
	struct rehearse *r = rehearse_open(l->db, &t->merge);
	struct rehearsal sum;
	struct diag ignored = DIAG_INIT;

	if (count(l, t, r) == -1) {
		rehearse_close(l->work, r, &sum, &ignored);
		diag_free(&ignored);
		return -1;
	}
	if (rehearse_close(l->group, r, &sum, l->d) == -1)
		return explain(l, t);
	t->merge.inserted = sum.inserted;
	t->merge.updated = sum.updated;
	t->unchanged = sum.unchanged;
	*found = sum.found;
	t->insert = sum.insert;
	t->update = sum.update;
	return 0;
}

static int
would_fail(struct load *l, const struct load_table *t)
{
	long long n = t->merge.updated + t->unchanged;

	return load_fail(l, t, "--mode insert would fail: %lld row%s of table "
	    "'%s' %s there already", n, n == 1 ? "" : "s", t->shown,
	    n == 1 ? "is" : "are");
}

int
load_count(struct load *l, struct load_table *t)
{
	long long there = 0, found = 0;

	t->way = WAY_COUNTED;
	if (l->o->mode == LOAD_REPLACE || t->merge.key == NULL)
		there = rows_there(l, t);
	if (there == -1)
		return -1;
	if (t->merge.key != NULL) {
		if (count_by_key(l, t, &found) == -1)
			return -1;
		if (l->o->mode == LOAD_INSERT &&
		    t->merge.updated + t->unchanged > 0)
			return would_fail(l, t);
		/* a key that comes twice may have been found twice */
		there = there > found ? there - found : 0;
	} else {
		if (there > 0 && l->o->mode == LOAD_UPSERT)
			return load_no_key(l, t);
		if (count(l, t, NULL) == -1)
			return -1;
		t->merge.inserted = t->rows;
		if (l->o->mode == LOAD_REPLACE && there > 0)
			load_warn(l, t->line, "table '%s' has no key: so many "
			    "rows are inserted and deleted at most", t->shown);
	}
	if (l->o->mode == LOAD_REPLACE)
		t->merge.deleted = there;
	return 0;
}
