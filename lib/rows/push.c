/* The scheduler of a run: which group goes to which pair, and when. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "rows/push.h"

int
push_open(struct arena *mem, struct push *p, size_t jobs,
    const struct feed_opts *o, struct diag *d)
{
	memset(p, 0, sizeof(*p));
	p->d = d;
	p->feed = arena_array(mem, struct feed, jobs);
	for (p->n = 0; p->n < jobs; p->n++)
		if (feed_open(mem, &p->feed[p->n], o, d) == -1) {
			push_close(p);
			return -1;
		}
	return 0;
}

/* --- what goes next --- */

enum push_state {
	PUSH_WAITING,
	PUSH_SENT,
	PUSH_DONE
};

struct push_group {
	enum push_state state;
	size_t left;	 /* tables that are not done */
	long long bytes; /* that travel, about */
};

static void
make_groups(struct arena *mem, struct push *p)
{
	const struct table_order *order = &p->sync->order;
	struct sync_table *t;
	size_t i, j;

	p->group = arena_array(mem, struct push_group, order->n + 1);
	for (i = 0; i < order->n; i++) {
		p->group[i].left = order->group[i].n;
		for (j = 0; j < order->group[i].n; j++) {
			t = plan_of(p->sync, order->group[i].table[j]);
			t->group = i;
			if (t->condition == NULL)
				p->group[i].bytes += t->from->bytes;
		}
	}
}

/* One pair does them in order; others must not see a child before its
 * parents are there. */
static int
is_ready(const struct push *p, size_t group)
{
	const struct table_group *g = &p->sync->order.group[group];
	size_t i;

	if (p->group[group].state != PUSH_WAITING)
		return 0;
	for (i = 0; p->n > 1 && i < g->nafter; i++)
		if (p->group[g->after[i]].state != PUSH_DONE)
			return 0;
	return 1;
}

/* The index of the next group, or their number. */
static size_t
next_group(const struct push *p)
{
	size_t n = p->sync->order.n, best = n, i;

	for (i = 0; i < n; i++) {
		if ((best < n && p->group[i].bytes <= p->group[best].bytes) ||
		    !is_ready(p, i))
			continue;
		best = i;
		if (p->n == 1)
			break;
	}
	return best;
}

static void
send_group(struct push *p, struct feed *f, size_t group)
{
	const struct table_group *g = &p->sync->order.group[group];
	struct buf line = BUF_INIT;
	size_t i;

	if (g->n > 1)
		feed_say(f, "BEGIN");
	for (i = 0; i < g->n; i++) {
		buf_reset(&line);
		plan_select(plan_of(p->sync, g->table[i]), &line);
		feed_say(f, buf_str(&line));
	}
	if (g->n > 1)
		feed_say(f, "COMMIT");
	buf_free(&line);
	f->left += g->n;
	p->group[group].state = PUSH_SENT;
}

static void
hand_out(struct push *p)
{
	size_t i, group;

	for (i = 0; i < p->n; i++)
		while ((p->feed[i].left == 0 || p->n == 1) &&
		    !p->feed[i].ending &&
		    (group = next_group(p)) < p->sync->order.n)
			send_group(p, &p->feed[i], group);
	for (i = 0; i < p->sync->order.n; i++)
		if (p->group[i].state == PUSH_WAITING)
			return;
	for (i = 0; i < p->n; i++)
		if (!p->feed[i].ending)
			feed_end(&p->feed[i]);
}

/* --- what came of it --- */

static struct sync_table *
table_called(const struct push *p, const char *name)
{
	struct sync_table *t;
	size_t i;

	for (i = 0; i < p->sync->n; i++) {
		t = &p->sync->table[i];
		if (!t->done && strcmp(t->from->shown, name) == 0)
			return t;
	}
	for (i = 0; i < p->sync->n; i++) {
		t = &p->sync->table[i];
		if (!t->done && strcmp(t->to->shown, name) == 0)
			return t;
	}
	return NULL;
}

/* state, table, inserted, updated, unchanged, deleted, ms, rows, bytes */
static int
on_record(void *arg, struct feed *f, const char *const *field, size_t n)
{
	struct push *p = arg;
	struct sync_table *t;

	if (p->group == NULL) /* nothing was handed out */
		return 0;
	if (n < 8 || field[0] == NULL || field[1] == NULL ||
	    (t = table_called(p, field[1])) == NULL)
		return diag_set(p->d, "dbm load has said what cannot be "
		    "understood: is it of another version?");
	t->begun = 1;
	t->rows = atoll(field[7]);
	if (p->on_rows != NULL)
		p->on_rows(p->arg);
	if (strcmp(field[0], "done") != 0)
		return 0;
	t->inserted = atoll(field[2]);
	t->updated = atoll(field[3]);
	t->unchanged = atoll(field[4]);
	t->ms = atoll(field[6]);
	t->done = 1;
	f->left--;
	if (--p->group[t->group].left == 0)
		p->group[t->group].state = PUSH_DONE;
	if (p->on_done != NULL)
		p->on_done(p->arg, t);
	return 0;
}

static int
fail(struct push *p, const struct feed *f)
{
	if (f->failed > 128)
		return diag_set(p->d, "%s was killed by signal %d",
		    f->culprit, f->failed - 128);
	p->d->status = f->failed; /* it has said why */
	return -1;
}

/* Has a pair ended before its time? */
static int
check(struct push *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->feed[i].failed != 0)
			return fail(p, &p->feed[i]);
	for (i = 0; i < p->n; i++)
		if (p->feed[i].out == -1 && p->feed[i].left > 0)
			return diag_set(p->d, "dbm load has ended early");
	return 0;
}

static int
are_ended(const struct push *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->feed[i].out != -1)
			return 0;
	return 1;
}

int
push_run(struct push *p)
{
	int rc = 0;

	make_groups(p->sync->mem, p);
	while (rc == 0 && !are_ended(p)) {
		hand_out(p);
		rc = feeds_wait(p->feed, p->n, 0.5, on_record, p, p->d);
		if (rc == 0)
			rc = check(p);
		if (p->on_tick != NULL)
			p->on_tick(p->arg);
	}
	push_close(p);
	return rc;
}

void
push_close(struct push *p)
{
	feeds_kill(p->feed, p->n, on_record, p);
	p->n = 0;
}
