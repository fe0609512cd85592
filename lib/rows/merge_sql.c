/* The statements of a merge. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rows/equal.h"
#include "rows/merge_priv.h"
#include "rows/table.h"

static int
is_in_key(const struct merge_table *t, const struct column *c)
{
	size_t i;

	for (i = 0; t->key != NULL && i < t->key->n; i++)
		if (t->key->column[i] == c)
			return 1;
	return 0;
}

/*
 * A key of exact columns is the same text on both sides, once it is found;
 * any other may be written differently (citext) and is updated as well.  An
 * identity that is GENERATED ALWAYS cannot be updated.
 */
void
merge_columns(struct arena *mem, const struct merge_table *t,
    struct merge_columns *out)
{
	const struct column *c;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->set = arena_array(mem, const struct column *, t->ncolumns + 1);
	out->compare = arena_array(mem, const struct column *,
	    t->ncolumns + 1);
	for (i = 0; i < t->ncolumns; i++) {
		c = t->column[i];
		if ((is_in_key(t, c) && c->exact) || c->identity == 'a')
			continue;
		out->set[out->nset++] = c;
		out->compare[out->ncompare++] = c;
	}
}

void
merge_new_sql(struct buf *b, const struct merge_table *t)
{
	buf_addf(b, " FROM %s AS s", t->stage);
	if (t->key == NULL)
		return;
	buf_addf(b, " WHERE NOT EXISTS (SELECT FROM %s AS d WHERE ",
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_addc(b, ')');
}

void
merge_changed_sql(struct buf *b, struct arena *mem,
    const struct merge_table *t)
{
	struct merge_columns c;

	merge_columns(mem, t, &c);
	buf_addf(b, " FROM %s AS s, %s AS d WHERE ", t->stage,
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_adds(b, " AND ");
	equal_differ(b, c.compare, c.ncompare, "d", "s");
}

static void
add_set(struct buf *b, const struct merge_columns *c, const char *from)
{
	size_t i;

	for (i = 0; i < c->nset; i++)
		buf_addf(b, "%s%s = %s.%s", i > 0 ? ", " : "",
		    c->set[i]->ident, from, c->set[i]->ident);
}

void
merge_update_sql(struct buf *b, struct arena *mem,
    const struct merge_table *t)
{
	struct merge_columns c;

	merge_columns(mem, t, &c);
	if (t->key == NULL || c.nset == 0)
		return;
	buf_addf(b, "UPDATE %s AS d SET ", t->table->from);
	add_set(b, &c, "s");
	buf_addf(b, " FROM %s AS s WHERE ", t->stage);
	equal_key(b, t->key, "d", "s");
	buf_adds(b, " AND ");
	equal_differ(b, c.compare, c.ncompare, "d", "s");
	buf_addc(b, ';');
}

/* A deferrable key cannot be guarded: there the race is an error. */
static void
add_guard(struct buf *b, struct arena *mem, const struct merge_table *t,
    int later)
{
	struct merge_columns c;

	if (t->key == NULL || t->key->deferrable)
		return;
	merge_columns(mem, t, &c);
	buf_addf(b, " ON CONFLICT (%s) DO ",
	    columns_list(mem, t->key->column, t->key->n, ""));
	if (later || c.nset == 0) {
		buf_adds(b, "NOTHING");
		return;
	}
	buf_adds(b, "UPDATE SET ");
	add_set(b, &c, "excluded");
	buf_adds(b, " WHERE ");
	equal_differ(b, c.compare, c.ncompare, "d", "excluded");
}

static int
is_null(const struct merge_insert *how, const struct column *c)
{
	size_t i;

	for (i = 0; i < how->nnull; i++)
		if (how->null[i] == c)
			return 1;
	return 0;
}

void
merge_insert_sql(struct buf *b, struct arena *mem,
    const struct merge_table *t, const struct merge_insert *how)
{
	const struct column **column;
	size_t i, n = 0;

	column = arena_array(mem, const struct column *, t->ncolumns + 1);
	for (i = 0; i < t->ncolumns; i++)
		if (!is_null(how, t->column[i]))
			column[n++] = t->column[i];
	buf_addf(b, "INSERT INTO %s AS d (%s) OVERRIDING SYSTEM VALUE "
	    "SELECT %s", t->table->ident, columns_list(mem, column, n, ""),
	    columns_list(mem, column, n, "s."));
	merge_new_sql(b, t);
	if (how->guarded)
		add_guard(b, mem, t, how->later);
	buf_addc(b, ';');
}
