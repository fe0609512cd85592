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

void
push_close(struct push *p)
{
	feeds_kill(p->feed, p->n);
	p->n = 0;
}

/* --- what goes next --- */

/* One pair does them in order; others must not see a child before its
 * parents are there. */
static int
is_ready(const struct push *p, size_t group)
{
	const struct table_group *g = &p->sync->order.group[group];
	size_t i;

	if (p->state[group] != PUSH_WAITING)
		return 0;
	for (i = 0; p->n > 1 && i < g->nafter; i++)
		if (p->state[g->after[i]] != PUSH_DONE)
			return 0;
	return 1;
}

static long long
size_of(const struct push *p, size_t group)
{
	const struct table_group *g = &p->sync->order.group[group];
	const struct sync_table *t;
	long long bytes = 0;
	size_t i;

	for (i = 0; i < g->n; i++) {
		t = plan_of(p->sync, g->table[i]);
		if (t->condition == NULL)
			bytes += t->from->bytes;
	}
	return bytes;
}

/* The index of the next group, or their number. */
static size_t
next_group(const struct push *p)
{
	size_t n = p->sync->order.n, best = n, i;

	for (i = 0; i < n; i++) {
		if (!is_ready(p, i))
			continue;
		if (p->n == 1)
			return i;
		if (best == n || size_of(p, i) > size_of(p, best))
			best = i;
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
	p->state[group] = PUSH_SENT;
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
		if (p->state[i] == PUSH_WAITING)
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

static void
mark_group(struct push *p, const struct sync_table *t)
{
	const struct table_group *g;
	size_t i, j, done;

	for (i = 0; i < p->sync->order.n; i++) {
		g = &p->sync->order.group[i];
		for (j = done = 0; j < g->n; j++)
			done += plan_of(p->sync, g->table[j])->done != 0;
		if (done == g->n && p->state[i] != PUSH_DONE) {
			p->state[i] = PUSH_DONE;
			p->left--;
		}
	}
	if (p->on_done != NULL)
		p->on_done(p->arg, (struct sync_table *)t);
}

/* state, table, inserted, updated, unchanged, deleted, ms, rows, bytes */
static int
on_record(void *arg, struct feed *f, const char *const *field, size_t n)
{
	struct push *p = arg;
	struct sync_table *t;

	if (n < 8 || field[0] == NULL || field[1] == NULL ||
	    (t = table_called(p, field[1])) == NULL)
		return diag_set(p->d, "dbm load has said what cannot be "
		    "understood: is it of another version?");
	t->begun = 1;
	t->rows = atoll(field[7]);
	if (strcmp(field[0], "done") != 0)
		return 0;
	t->inserted = atoll(field[2]);
	t->updated = atoll(field[3]);
	t->unchanged = atoll(field[4]);
	t->ms = atoll(field[6]);
	t->done = 1;
	f->left--;
	mark_group(p, t);
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
	struct arena *mem = p->sync->mem;
	int rc = 0;

	p->state = arena_array(mem, enum push_state, p->sync->order.n + 1);
	p->left = p->sync->order.n;
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
