/*
 * What is to be done for each table, before anything is.  A time column is
 * trusted as far as the last run could see all that was open then; else the
 * transaction ids that rows carry decide, else their digests.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "rows/plan.h"
#include "rows/since.h"

#define AT_ONCE 500 /* tables in one query: it has at most 1664 columns */

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

int
plan_tables(struct sync *s, struct diag *d)
{
	struct table **to = arena_array(s->mem, struct table *, s->n + 1);
	size_t i, n;

	map_init(&s->by_table, s->mem, s->n);
	for (i = 0; i < s->n; i++) {
		to[i] = (struct table *)s->table[i].to;
		map_put(&s->by_table, NULL, to[i]->oid, &s->table[i]);
		take_columns(s->mem, &s->table[i]);
		take_key(s->mem, &s->table[i]);
	}
	tables_order(s->mem, to, s->n, &s->order);
	for (i = 0; i < s->n; i += n) {
		n = s->n - i < AT_ONCE ? s->n - i : AT_ONCE;
		if (look_whether_empty(s, i, n, d) == -1)
			return -1;
	}
	return 0;
}

static const struct state *
state_of(const struct sync_table *t, const struct state *state, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(state[i].table, t->from->shown) == 0)
			return &state[i];
	return NULL;
}

/* A timestamp without a zone is UTC only where the source's clock is. */
static int
may_be_local(const struct since_columns *c)
{
	return (c->created != NULL &&
	    strcmp(c->created->type_name, "timestamp") == 0) ||
	    strcmp(c->updated->type_name, "timestamp") == 0;
}

static enum sync_method
decide(const struct sync *s, struct sync_table *t,
    const struct since_columns *c, int marked, const struct mark *m)
{
	if (t->empty) {
		t->why = "the destination is empty";
		return SYNC_ALL;
	}
	t->why = s->full ? "--full" :
	    t->state == NULL ? "nothing is remembered of it" :
	    c->updated == NULL && c->created == NULL ?
	    "it has no time columns" : !marked ?
	    "what is remembered is not of this source, or from too long ago" :
	    NULL;
	if (t->why != NULL)
		return SYNC_RANGES;
	t->why = c->updated == NULL ? "no column tells of changes" :
	    m->doubt ? "transactions were open that could not be seen" :
	    !s->now.utc && may_be_local(c) ?
	    "the TimeZone of the source is not UTC" : NULL;
	if (t->why != NULL)
		return SYNC_XMIN;
	t->why = "by its time columns";
	return SYNC_SINCE;
}

void
plan_pair(const struct sync *s, const struct sync_table *t, struct pair *p)
{
	p->db[0] = s->db[0];
	p->db[1] = s->db[1];
	p->table[0] = t->from;
	p->table[1] = t->to;
	p->column = t->column;
	p->ncolumns = t->ncolumns;
	p->key = t->key;
}

static int
find_ranges(struct sync *s, struct sync_table *t, struct diag *d)
{
	struct ranges r;
	struct pair p;

	plan_pair(s, t, &p);
	if (digest_ranges(s->mem, &p, 0, &r, d) == -1)
		return -1;
	t->condition = r.none ? "false" : r.all ? NULL : r.condition;
	return 0;
}

static int
plan_one(struct sync *s, struct sync_table *t, struct diag *d)
{
	struct mark mark = { NULL, 0 };
	struct since_columns c;
	int marked;

	since_columns(t->from, &c);
	marked = t->state != NULL && t->state->mark != NULL &&
	    watermark_compare(s->mem, &s->now, t->state->mark, &mark);
	t->method = decide(s, t, &c, marked, &mark);
	if (t->method == SYNC_RANGES)
		return find_ranges(s, t, d);
	if (t->method != SYNC_ALL)
		t->condition = since_condition(s->mem, &c, t->state->cutoff,
		    t->method == SYNC_XMIN ? mark.xmin : NULL);
	return 0;
}

int
plan_methods(struct sync *s, const struct state *state, size_t nstates,
    struct diag *d)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		s->table[i].state = state_of(&s->table[i], state, nstates);
		if (plan_one(s, &s->table[i], d) == -1)
			return -1;
	}
	return 0;
}

struct sync_table *
plan_of(const struct sync *s, const struct table *to)
{
	return map_get(&s->by_table, NULL, to->oid);
}

void
plan_select(const struct sync_table *t, struct buf *line)
{
	struct arena *mem = arena_new();

	record_add(line, arena_printf(mem, "%s (%s)", t->from->from,
	    columns_list(mem, t->column, t->ncolumns, "")));
	if (t->condition != NULL) {
		buf_addc(line, '\t');
		record_add(line, t->condition);
	}
	arena_free(mem);
}
