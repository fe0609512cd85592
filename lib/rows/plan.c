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
#include "rows/session.h"
#include "rows/since.h"

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
	    strcmp(t->state->cutoff, s->now.cutoff) > 0 ?
	    "the clock of the source went back" :
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

/*
 * What was visible to the last run has travelled then: of the rows that the
 * overlap brings again, only those of later transactions have not.
 */
static const char *
newly(const struct sync *s, const struct sync_table *t,
    const struct since_columns *c, const char *xmin)
{
	return arena_printf(s->mem, "(%s) AND (%s)", since_condition(s->mem,
	    c, t->state->cutoff, NULL), since_condition(s->mem, c, NULL,
	    xmin));
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
	if (t->method == SYNC_XMIN)
		t->condition = since_condition(s->mem, &c, t->state->cutoff,
		    mark.xmin);
	else if (t->method == SYNC_SINCE)
		t->condition = newly(s, t, &c, mark.xmin);
	return 0;
}

int
plan_methods(struct sync *s, const struct state *state, size_t nstates,
    struct diag *d)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->on_table != NULL)
			s->on_table(i, s->table[i].from->shown);
		s->table[i].state = state_of(&s->table[i], state, nstates);
		if (plan_one(s, &s->table[i], d) == -1)
			return -1;
	}
	return 0;
}

static int
is_outdated(const struct sync_table *t)
{
	return t->method == SYNC_ALL && t->state != NULL &&
	    t->state->mark != NULL;
}

/* Without its mark a cutoff counts for nothing. */
int
plan_forget(const struct sync *s, const struct state_place *place,
    struct diag *d)
{
	struct state was;
	size_t i, n = 0;
	int rc = 0;

	for (i = 0; i < s->n && rc == 0; i++) {
		if (!is_outdated(&s->table[i]))
			continue;
		if (n++ == 0)
			rc = rows_begin(s->db[1], ROWS_WRITE, NULL, d);
		was = *s->table[i].state;
		was.mark = NULL;
		if (rc == 0)
			rc = state_write(s->mem, s->db[1], place, &was, 0, d);
	}
	if (n > 0 && rc == 0)
		rc = rows_commit(s->db[1], d);
	return rc;
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
