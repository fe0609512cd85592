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
	return t->key != NULL && columns_have(t->key->column, t->key->n, c);
}

/*
 * The columns that can change.  A key of exact columns has the same text on
 * both sides once it is found; any other may be written differently
 * (citext), and is updated as well.  fixed: those that should change but
 * which no UPDATE may set, identities that are GENERATED ALWAYS.
 */
static const struct column **
changing(struct arena *mem, const struct merge_table *t, int fixed,
    size_t *n)
{
	const struct column **out, *c;
	size_t i;

	out = arena_array(mem, const struct column *, t->ncolumns + 1);
	*n = 0;
	for (i = 0; i < t->ncolumns; i++) {
		c = t->column[i];
		if ((!is_in_key(t, c) || !c->exact) &&
		    (c->identity == 'a') == fixed)
			out[(*n)++] = c;
	}
	return out;
}

void
merge_differ_sql(struct buf *b, struct arena *mem,
    const struct merge_table *t, const char *other)
{
	const struct column **c;
	size_t n;

	c = changing(mem, t, 0, &n);
	equal_differ(b, c, n, "d", other);
}

static void
add_set(struct buf *b, const struct merge *m, const struct merge_table *t,
    const char *from)
{
	const struct column **c;
	size_t i, n;

	c = changing(m->mem, t, 0, &n);
	for (i = 0; i < n; i++)
		buf_addf(b, "%s%s = %s.%s", i > 0 ? ", " : "", c[i]->ident,
		    from, c[i]->ident);
}

void
merge_new_sql(struct buf *b, const struct merge *m,
    const struct merge_table *t)
{
	buf_addf(b, " FROM %s AS s", t->stage);
	if (t->key == NULL || (m->flags & MERGE_INSERT) != 0)
		return;
	buf_addf(b, " WHERE NOT EXISTS (SELECT FROM %s AS d WHERE ",
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_addc(b, ')');
}

void
merge_changed_sql(struct buf *b, const struct merge *m,
    const struct merge_table *t)
{
	buf_addf(b, " FROM %s AS s, %s AS d WHERE ", t->stage,
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_adds(b, " AND ");
	merge_differ_sql(b, m->mem, t, "s");
}

void
merge_unlike_sql(struct buf *b, const struct merge *m,
    const struct merge_table *t)
{
	buf_addf(b, " FROM %s AS s LEFT JOIN %s AS d ON ", t->stage,
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_addf(b, " WHERE d.%s IS NULL OR ", t->key->column[0]->ident);
	merge_differ_sql(b, m->mem, t, "s");
}

int
merge_fixed_sql(struct buf *b, const struct merge *m,
    const struct merge_table *t)
{
	const struct column **c;
	size_t n;

	if (t->key == NULL)
		return 0;
	c = changing(m->mem, t, 1, &n);
	if (n == 0)
		return 0;
	buf_addf(b, " FROM %s AS s, %s AS d WHERE ", t->stage,
	    t->table->from);
	equal_key(b, t->key, "d", "s");
	buf_adds(b, " AND ");
	equal_differ(b, c, n, "d", "s");
	return 1;
}

void
merge_update_sql(struct buf *b, const struct merge *m,
    const struct merge_part *p)
{
	const struct merge_table *t = p->t;
	size_t n;

	if (t->key == NULL)
		return;
	changing(m->mem, t, 0, &n);
	if (n == 0)
		return;
	buf_addf(b, "UPDATE %s AS d SET ", t->table->from);
	add_set(b, m, t, "s");
	buf_addf(b, " FROM %s AS s WHERE ", t->stage);
	equal_key(b, t->key, "d", "s");
	buf_adds(b, " AND ");
	merge_differ_sql(b, m->mem, t, "s");
	buf_addc(b, ';');
}

/* A deferrable key cannot be guarded: there the race stays an error. */
static void
add_guard(struct buf *b, const struct merge *m, const struct merge_table *t,
    enum merge_guard guard)
{
	size_t n;

	if (guard == GUARD_NONE || t->key == NULL || t->key->deferrable)
		return;
	buf_addf(b, " ON CONFLICT (%s) DO ",
	    columns_list(m->mem, t->key->column, t->key->n, ""));
	changing(m->mem, t, 0, &n);
	if (guard == GUARD_LATER || n == 0) {
		buf_adds(b, "NOTHING");
		return;
	}
	buf_adds(b, "UPDATE SET ");
	add_set(b, m, t, "excluded");
	buf_adds(b, " WHERE ");
	merge_differ_sql(b, m->mem, t, "excluded");
}

void
merge_insert_sql(struct buf *b, const struct merge *m,
    const struct merge_part *p, enum merge_guard guard)
{
	const struct merge_table *t = p->t;
	size_t i;

	buf_addf(b, "INSERT INTO %s AS d (%s) OVERRIDING SYSTEM VALUE SELECT ",
	    t->table->ident, columns_list(m->mem, t->column, t->ncolumns,
	    ""));
	for (i = 0; i < t->ncolumns; i++)
		if (columns_have(p->null, p->nnull, t->column[i]))
			buf_addf(b, "%sNULL", i > 0 ? ", " : "");
		else
			buf_addf(b, "%ss.%s", i > 0 ? ", " : "",
			    t->column[i]->ident);
	merge_new_sql(b, m, t);
	add_guard(b, m, t, guard);
	buf_addc(b, ';');
}
