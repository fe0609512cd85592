/* Which table goes into which, and what of it travels. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/match.h"
#include "rows/plan.h"
#include "rows/sides.h"

#define AT_ONCE 500 /* tables in one query: it has at most 1664 columns */

void
plan_tables(struct sync *s, const struct side *side, struct mismatches *bad)
{
	const struct tables *chosen = &side[0].chosen;
	struct match m = { .n = chosen->n };
	size_t i;

	m.from = arena_array(s->mem, const struct table *, m.n + 1);
	m.to = arena_array(s->mem, const struct table *, m.n + 1);
	m.from_name = side[0].called;
	m.to_name = side[1].called;
	s->n = m.n;
	s->table = arena_array(s->mem, struct sync_table, s->n + 1);
	for (i = 0; i < s->n; i++) {
		m.from[i] = s->table[i].from = chosen->table[i];
		m.to[i] = s->table[i].to = sides_partner(side, 0, m.from[i]);
	}
	match_tables(s->mem, &m, bad);
}

static void
take_columns(struct arena *mem, struct sync_table *t)
{
	const struct column **all, *there;
	size_t n, i;

	all = table_streamed(mem, t->from, &n);
	t->column = arena_array(mem, const struct column *, n + 1);
	for (i = 0; i < n; i++) {
		there = table_column(t->to, all[i]->name);
		if (there != NULL && !there->generated)
			t->column[t->ncolumns++] = all[i];
	}
}

/* The destination's key, in the columns of the source. */
static void
take_key(struct arena *mem, struct sync_table *t)
{
	const struct column **there;
	const struct key *key;
	struct key *mine;
	size_t i;

	there = arena_array(mem, const struct column *, t->ncolumns + 1);
	for (i = 0; i < t->ncolumns; i++)
		there[i] = table_column(t->to, t->column[i]->name);
	key = table_key(t->to, there, t->ncolumns);
	if (key == NULL)
		return;
	mine = arena_new_of(mem, struct key);
	*mine = *key;
	mine->column = arena_array(mem, const struct column *, key->n + 1);
	for (i = 0; i < key->n; i++)
		mine->column[i] = table_column(t->from, key->column[i]->name);
	t->key = mine;
}

/* Some of them: is there any row at the destination? */
static int
look_whether_empty(struct sync *s, size_t from, size_t n, struct diag *d)
{
	struct buf sql = BUF_INIT;
	struct db_rows *rows;
	size_t i;

	buf_adds(&sql, "SELECT ");
	for (i = 0; i < n; i++)
		buf_addf(&sql, "%sEXISTS (SELECT FROM %s)", i > 0 ? "," : "",
		    s->table[from + i].to->from);
	rows = db_query(s->db[1], s->mem, buf_str(&sql), 0, NULL, d);
	buf_free(&sql);
	if (rows == NULL)
		return -1;
	for (i = 0; i < n; i++)
		s->table[from + i].empty = *db_cell(rows, 0, i) == 'f';
	return 0;
}

/* The destination's foreign keys are those that hold. */
static void
order(struct sync *s)
{
	struct table **to = arena_array(s->mem, struct table *, s->n + 1);
	size_t i;

	map_init(&s->by_table, s->mem, s->n);
	for (i = 0; i < s->n; i++) {
		to[i] = (struct table *)s->table[i].to;
		map_put(&s->by_table, NULL, to[i]->oid, &s->table[i]);
	}
	tables_order(s->mem, to, s->n, &s->order);
}

int
plan_look(struct sync *s, struct diag *d)
{
	size_t i, n;

	for (i = 0; i < s->n; i++) {
		take_columns(s->mem, &s->table[i]);
		take_key(s->mem, &s->table[i]);
	}
	order(s);
	for (i = 0; i < s->n; i += n) {
		n = s->n - i < AT_ONCE ? s->n - i : AT_ONCE;
		if (look_whether_empty(s, i, n, d) == -1)
			return -1;
	}
	return 0;
}

struct sync_table *
plan_of(const struct sync *s, const struct table *to)
{
	return map_get(&s->by_table, NULL, to->oid);
}
