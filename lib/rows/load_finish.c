/* The end of a group: what is staged is merged, state is written with it,
 * and after the commit it is told. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/order.h"
#include "rows/session.h"
#include "rows/state.h"

unsigned
load_flags(const struct load *l)
{
	return (l->o->distinct ? MERGE_DISTINCT : 0) |
	    (l->o->mode == LOAD_INSERT ? MERGE_INSERT : 0) |
	    (l->o->mode == LOAD_REPLACE ? MERGE_REPLACE : 0);
}

/* merge_run() takes them in a row: copied there and back. */
static int
merge(struct load *l)
{
	struct load_table **t;
	struct merge_table *m;
	size_t i, n = 0;
	int rc = 1;

	m = arena_array(l->work, struct merge_table, l->n + 1);
	t = arena_array(l->work, struct load_table *, l->n + 1);
	for (i = l->merged; i < l->n; i++)
		if (l->table[i]->way == WAY_STAGED) {
			t[n] = l->table[i];
			m[n++] = l->table[i]->merge;
		}
	l->merged = l->n;
	if (n > 0)
		rc = merge_run(l->work, l->db, m, n, load_flags(l) |
		    MERGE_LAST, l->o->gone, l->d);
	if (rc == -1)
		return load_explain(l, n == 1 ? t[0] : NULL);
	for (i = 0; i < n; i++)
		t[i]->merge = m[i];
	return 0;
}

/* With each table's last rows, so that both are there or neither. */
static int
write_state(struct load *l)
{
	struct state s = { .cutoff = l->o->state, .mark = l->o->mark };
	size_t i;

	if (l->o->state == NULL || l->n == 0)
		return 0;
	if (load_begin(l) == -1)
		return -1;
	if (l->place == NULL)
		l->place = state_open(l->mem, l->db, 1, l->d);
	if (l->place == NULL)
		return -1;
	for (i = 0; i < l->n; i++) {
		s.table = l->table[i]->shown;
		if (state_write(l->work, l->db, l->place, &s,
		    l->table[i]->rows, l->d) == -1)
			return load_explain(l, l->table[i]);
	}
	return 0;
}

static void
tell(struct load *l, struct load_table *t)
{
	struct merge_table *m = &t->merge;

	if (t->way == WAY_DIRECT) /* COPY does not count what one swallows */
		m->unlike = t->rows - t->copied;
	if (t->way != WAY_COUNTED)
		t->unchanged = t->rows - m->inserted - m->updated;
	if (m->unlike > 0)
		load_warn(l, t->line, "%lld row%s of table '%s' differ%s from "
		    "what came: a trigger or rule changes them (%s)", m->unlike,
		    m->unlike == 1 ? "" : "s", t->shown,
		    m->unlike == 1 ? "s" : "", m->table->triggers != NULL ?
		    m->table->triggers : "not its own");
	load_tell(l, t, 0);
}

static int
settle(struct load *l)
{
	size_t i;

	if (!l->o->dry_run) {
		if (write_state(l) == -1 || load_interrupted(l))
			return -1;
		if (db_in_transaction(l->db) &&
		    rows_commit(l->db, l->d) == -1)
			return load_explain(l, l->n == 1 ? l->table[0] : NULL);
	}
	l->now = NULL;
	for (i = 0; i < l->n; i++)
		tell(l, l->table[i]);
	for (i = 0; i < l->nsetval; i++)
		if (load_setval(l, l->setval[i]) == -1)
			return -1;
	arena_reset(l->work);
	l->table = NULL;
	l->setval = NULL;
	l->n = l->merged = l->nsetval = 0;
	return 0;
}

int
load_finish(struct load *l)
{
	if (merge(l) == -1)
		return -1;
	return l->o->mode == LOAD_REPLACE && !l->o->dry_run ? 0 : settle(l);
}

/* The rows of that table which have not come. */
static int
delete_rest(struct load *l, const struct table *table)
{
	struct load_table *t;
	size_t i;

	for (i = 0; i < l->n; i++) {
		t = l->table[i];
		if (t->merge.table != table || t->way != WAY_STAGED ||
		    t->merge.key == NULL)
			continue;
		l->now = t;
		if (merge_delete(l->work, l->db, &t->merge, l->d) == -1)
			return load_explain(l, t);
	}
	return 0;
}

int
load_replace(struct load *l)
{
	struct table_order order;
	struct table **table;
	size_t i, j;

	table = arena_array(l->work, struct table *, l->n + 1);
	for (i = 0; i < l->n; i++)
		table[i] = table_find(&l->all, l->table[i]->schema,
		    l->table[i]->name);
	tables_order(l->work, table, l->n, &order);
	for (i = order.n; i > 0; i--)
		for (j = order.group[i - 1].n; j > 0; j--)
			if (delete_rest(l, order.group[i - 1].table[j - 1])
			    == -1)
				return -1;
	return settle(l);
}
