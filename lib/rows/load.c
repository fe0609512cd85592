/*
 * Row streams into a database: what is done at each statement, and what is
 * committed together.  A table by itself; all between BEGIN and COMMIT;
 * tables of a foreign-key cycle that follow each other; or, with
 * LOAD_REPLACE, the whole stream.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/order.h"
#include "rows/session.h"

const char *const load_mode_name[LOAD__MAX] = {
	[LOAD_INSERT] = "insert",
	[LOAD_UPSERT] = "upsert",
	[LOAD_REPLACE] = "replace",
};

static const struct load_table *
find_in_group(const struct load *l, const struct load_table *t)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->table[i]->name, t->name) == 0 &&
		    strcmp(l->table[i]->schema, t->schema) == 0)
			return l->table[i];
	return NULL;
}

/* Does it go on with the cycle at hand? */
static int
is_of_cycle(const struct load *l, const struct load_table *t)
{
	size_t i;

	for (i = 0; i < l->cycle->n; i++)
		if (strcmp(l->cycle->table[i]->name, t->name) == 0 &&
		    strcmp(l->cycle->table[i]->schema, t->schema) == 0)
			return find_in_group(l, t) == NULL;
	return 0;
}

/* Have all of its tables come? */
static int
is_cycle_whole(const struct load *l)
{
	return l->bracket == BRACKET_CYCLE &&
	    l->n - l->merged == l->cycle->n;
}

static int
end_cycle(struct load *l)
{
	if (l->bracket != BRACKET_CYCLE)
		return 0;
	l->bracket = BRACKET_NONE;
	return load_finish(l);
}

/* In one transaction, or one stage, a table can only be once. */
static int
refuse_twice(struct load *l, const struct load_table *t)
{
	const struct load_table *other = find_in_group(l, t);

	if (other == NULL || l->o->dry_run)
		return 0;
	return load_fail(l, t, "table '%s' comes twice in one transaction, "
	    "first in line %zu", t->shown, other->line);
}

static int
fill(struct load *l, const struct stream_item *item, struct load_table *t)
{
	const struct table_group *g;

	if (load_begin(l) == -1 || load_find(l, item, t) == -1)
		return -1;
	if (l->o->dry_run)
		return load_count(l, t);
	g = load_cycle(l, t);
	if (l->bracket == BRACKET_NONE && g != NULL) {
		l->bracket = BRACKET_CYCLE;
		l->cycle = g;
	}
	return load_fill(l, t);
}

static int
on_copy(struct load *l, const struct stream_item *item)
{
	struct load_table *t = arena_new_of(l->group, struct load_table);
	int rows;

	t->begun = clock_now();
	t->line = item->line;
	rows = load_name(l, item, t);
	if (rows == 0)
		rows = stream_has_row(l->stream, l->d);
	if (rows == -1)
		return -1;
	if (l->bracket == BRACKET_CYCLE && !is_of_cycle(l, t) &&
	    end_cycle(l) == -1)
		return -1;
	if (refuse_twice(l, t) == -1)
		return -1;
	l->table = arena_more(l->group, l->table, l->n, sizeof(*l->table));
	l->table[l->n++] = l->now = t;
	/* where nothing comes nothing is asked */
	if ((rows == 1 || l->o->mode == LOAD_REPLACE) &&
	    fill(l, item, t) == -1)
		return -1;
	if (is_cycle_whole(l))
		return end_cycle(l);
	return l->bracket == BRACKET_NONE ? load_finish(l) : 0;
}

static int
on_begin(struct load *l, const struct stream_item *item)
{
	if (end_cycle(l) == -1)
		return -1;
	if (l->bracket == BRACKET_BEGIN) {
		diag_set(l->d, "BEGIN inside of a transaction");
		diag_at(l->d, "stdin", item->line, 0);
		return -1;
	}
	if (!l->o->dry_run)
		l->bracket = BRACKET_BEGIN;
	return 0;
}

static int
on_commit(struct load *l, const struct stream_item *item)
{
	if (l->o->dry_run)
		return 0;
	if (l->bracket != BRACKET_BEGIN) {
		diag_set(l->d, "COMMIT without a BEGIN");
		diag_at(l->d, "stdin", item->line, 0);
		return -1;
	}
	l->bracket = BRACKET_NONE;
	return load_finish(l);
}

/* No transaction holds it: it waits for the commit of its group. */
static int
on_setval(struct load *l, const struct stream_item *item)
{
	if (l->o->dry_run)
		return 0;
	if (l->n == 0)
		return load_setval(l, item);
	l->setval = arena_more(l->group, l->setval, l->nsetval,
	    sizeof(*l->setval));
	l->setval[l->nsetval++] = item;
	return 0;
}

static int
on_skipped(struct load *l, const struct stream_item *item)
{
	if (!l->skipped)
		load_warn(l, item->line, "%s", item->text);
	l->skipped = 1;
	return 0;
}

static int (*const on_item[])(struct load *, const struct stream_item *) = {
	[STREAM_COPY] = on_copy,
	[STREAM_BEGIN] = on_begin,
	[STREAM_COMMIT] = on_commit,
	[STREAM_SETVAL] = on_setval,
	[STREAM_SKIPPED] = on_skipped,
};

/* 1: a statement was done; 0: that was all. */
static int
step(struct load *l)
{
	struct stream_item *item;
	int rc;

	if (l->n == 0 && l->bracket == BRACKET_NONE)
		arena_reset(l->group);
	item = arena_new_of(l->group, struct stream_item);
	rc = stream_next(l->stream, l->group, item, l->d);
	if (rc == 1 && on_item[item->kind](l, item) == -1)
		rc = -1;
	return rc;
}

static int
end(struct load *l)
{
	if (l->bracket == BRACKET_BEGIN) {
		diag_set(l->d, "the stream ends before COMMIT");
		diag_at(l->d, "stdin", stream_line(l->stream), 0);
		return diag_hint(l->d, "it is torn: what writes it has "
		    "failed");
	}
	if (end_cycle(l) == -1)
		return -1;
	return l->o->mode == LOAD_REPLACE && !l->o->dry_run ?
	    load_replace(l) : 0;
}

int
load_run(struct arena *mem, struct db *db, int fd,
    const struct load_options *o, struct diag *d)
{
	struct load l = { .mem = mem, .db = db, .o = o, .d = d };
	int rc = 1;

	if (rows_stay(db, d) == -1)
		return -1;
	l.group = arena_new();
	l.work = arena_new();
	l.stream = stream_open(mem, fd);
	if (o->running)
		db_set_tick(db, 1, load_tick, &l);
	/* what will be needed in any case is read while rows are on their
	 * way */
	if (o->state != NULL && load_read(&l, db_url_of(db)->schema) == -1)
		rc = -1;
	while (rc == 1)
		rc = step(&l);
	if (rc == 0)
		rc = end(&l);
	rows_rollback(db); /* of what failed, or of a dry run */
	db_set_tick(db, 0, NULL, NULL);
	stream_close(l.stream);
	arena_free(l.work);
	arena_free(l.group);
	return rc;
}
