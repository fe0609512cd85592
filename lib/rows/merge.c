/*
 * Staged rows go into their table, set by set.
 *
 * First it is done as if nobody else wrote and no two rows swapped unique
 * values: that costs nothing where it is so.  Where a unique value was in
 * the way, it is undone, the rows that hold such values are parked, and it is
 * done again, now minding what others insert.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/run.h"
#include "rows/merge.h"
#include "rows/merge_priv.h"
#include "rows/swap.h"
#include "rows/table.h"

/* What the statements of one round trip have written and answered. */
struct answer {
	long long inserted, updated, number;
};

static void
on_tag(void *arg, const char *tag)
{
	struct answer *a = arg;

	if (strncmp(tag, "INSERT 0 ", 9) == 0)
		a->inserted += atoll(tag + 9);
	else if (strncmp(tag, "UPDATE ", 7) == 0)
		a->updated += atoll(tag + 7);
}

static void
on_row(void *arg, const char *const *cell, size_t n)
{
	struct answer *a = arg;

	if (n == 1 && cell[0] != NULL)
		a->number = atoll(cell[0]);
}

static int
ask(struct db *db, const char *sql, struct answer *a, struct diag *d)
{
	memset(a, 0, sizeof(*a));
	return db_run(db, sql, &(struct db_sink){ .arg = a, .tag = on_tag,
	    .row = on_row }, d);
}

int
merge_count(struct db *db, const char *sql, long long *out, struct diag *d)
{
	struct answer a;

	if (ask(db, sql, &a, d) == -1)
		return -1;
	*out = a.number;
	return 0;
}

/*
 * Triggers for a statement fire even when it writes nothing: such a table is
 * asked first whether there is anything to write.  1 or 0; -1: diag.
 */
static int
is_worth(struct merge *m, struct merge_part *p,
    void (*rows)(struct buf *, const struct merge *,
    const struct merge_table *), struct diag *d)
{
	struct buf b = BUF_INIT;
	long long found = 1;
	int rc = 0;

	if (p->t->table->triggers != NULL) {
		buf_adds(&b, "SELECT count(*) FROM (SELECT");
		rows(&b, m, p->t);
		buf_adds(&b, " LIMIT 1) AS x");
		rc = merge_count(m->db, buf_str(&b), &found, d);
	}
	buf_free(&b);
	return rc == -1 ? -1 : found > 0;
}

/* Names the foreign keys that leave no order to insert in. */
static void
explain_stuck(struct merge *m, const struct merge_part *p, struct diag *d)
{
	char *text;

	if (p->stuck == NULL || strcmp(d->sqlstate, "23503") != 0)
		return;
	text = arena_strdup(m->mem, buf_str(&d->text));
	buf_reset(&d->text);
	diag_set(d, "rows of '%s' and of tables that they refer to need each "
	    "other first (%s): %s", p->t->table->shown, p->stuck, text);
	buf_reset(&d->hint);
	diag_hint(d, "make the foreign key deferrable with ALTER TABLE … "
	    "ALTER CONSTRAINT … DEFERRABLE, or its column nullable");
}

static int
insert(struct merge *m, struct merge_part *p, enum merge_guard guard,
    struct diag *d)
{
	struct buf b = BUF_INIT;
	struct answer a;
	size_t i;
	int rc;

	rc = is_worth(m, p, merge_new_sql, d);
	if (rc < 1)
		return rc;
	if (p->nnull > 0) { /* how many of them will be filled */
		buf_adds(&b, "SELECT count(*) FROM (SELECT s.*");
		merge_new_sql(&b, m, p->t);
		buf_adds(&b, ") AS s WHERE false");
		for (i = 0; i < p->nnull; i++)
			buf_addf(&b, " OR s.%s IS NOT NULL",
			    p->null[i]->ident);
		buf_addc(&b, ';');
	}
	merge_insert_sql(&b, m, p, guard);
	rc = ask(m->db, buf_str(&b), &a, d);
	p->inserted = a.inserted;
	p->filled = a.number;
	buf_free(&b);
	if (rc == -1)
		explain_stuck(m, p, d);
	return rc;
}

static int
update(struct merge *m, struct merge_part *p, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct answer a;
	int rc = 1;

	merge_update_sql(&b, m, p);
	if (b.len > 0)
		rc = is_worth(m, p, merge_changed_sql, d);
	if (b.len > 0 && rc == 1) {
		rc = ask(m->db, buf_str(&b), &a, d);
		p->updated = a.updated;
	}
	buf_free(&b);
	return rc == -1 ? -1 : 0;
}

/*
 * Rows that change give up unique values that new ones may want, so they go
 * first; but not where most rows are new: then that is tried first, and only
 * undone where such a value is in the way.  Where the first has done it all,
 * the table is not asked again.
 */
static int
merge_one(struct merge *m, struct merge_part *p, int again, struct diag *d)
{
	if (p->fresh && !again) {
		if (insert(m, p, GUARD_NONE, d) == -1)
			return -1;
		return p->inserted == p->staged ? 0 : update(m, p, d);
	}
	if ((m->flags & MERGE_INSERT) == 0 && update(m, p, d) == -1)
		return -1;
	if (p->updated == p->staged)
		return 0;
	return insert(m, p, again ? GUARD_UPDATE : GUARD_NONE, d);
}

/* Rows that refer to rows which come later: all are there before they
 * change. */
static int
is_late(const struct merge_part *p)
{
	return p->self || p->nnull > 0 || p->stuck != NULL;
}

static int
late_update(struct merge *m, struct merge_part *p, struct diag *d)
{
	if (p->nnull == 0 && ((m->flags & MERGE_INSERT) != 0 ||
	    p->inserted == p->staged))
		return 0;
	return update(m, p, d);
}

static int
attempt(struct merge *m, int again, struct diag *d)
{
	struct merge_part *p;
	size_t i;
	int rc = 0;

	for (i = 0; i < m->n && rc == 0; i++) {
		p = &m->part[i];
		p->inserted = p->updated = p->filled = p->deleted = 0;
		if (p->t->key == NULL && (m->flags & MERGE_REPLACE) != 0)
			rc = merge_all(m, p, d);
		else if (is_late(p))
			rc = insert(m, p, again ? GUARD_LATER : GUARD_NONE, d);
		else
			rc = merge_one(m, p, again, d);
	}
	for (i = 0; i < m->n && rc == 0; i++)
		if (is_late(&m->part[i]))
			rc = late_update(m, &m->part[i], d);
	return rc;
}

static int
finish(struct merge *m, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct merge_part *p;
	long long n = 0;
	size_t i;
	int rc = 0;

	for (i = 0; i < m->n && rc == 0; i++) {
		p = &m->part[i];
		p->t->inserted += p->inserted;
		p->t->updated += p->updated - p->filled;
		p->t->deleted += p->deleted;
		if (p->t->table->triggers != NULL && p->t->key != NULL) {
			buf_reset(&b);
			buf_adds(&b, "SELECT count(*)");
			merge_unlike_sql(&b, m, p->t);
			rc = merge_count(m->db, buf_str(&b), &n, d);
			p->t->unlike += n;
		}
		if (rc == 0 && (m->flags & MERGE_LAST) == 0)
			rc = db_execf(m->db, d, "TRUNCATE %s", p->t->stage);
	}
	buf_free(&b);
	return rc;
}

static int
is_taken(const struct diag *d)
{
	return strcmp(d->sqlstate, "23505") == 0;
}

static int
has_fresh(const struct merge *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->part[i].fresh && !is_late(&m->part[i]))
			return 1;
	return 0;
}

/*
 * After a unique value was in the way: changes first, and if that is not
 * enough, after rows were parked.  1: done; 0: more has to come; -1: diag.
 */
static int
once_more(struct merge *m, struct diag *d)
{
	int rc;

	diag_reset(d);
	if (db_exec(m->db, "ROLLBACK TO dbm_merge", d) == -1)
		return -1;
	if (has_fresh(m)) {
		if (attempt(m, 1, d) == 0)
			return 1;
		if (!is_taken(d) ||
		    db_exec(m->db, "ROLLBACK TO dbm_merge", d) == -1)
			return -1;
	}
	diag_reset(d);
	rc = swap_park(m, d);
	if (rc == 0)
		return db_exec(m->db, "ROLLBACK TO dbm_merge", d);
	return rc == 1 && attempt(m, 1, d) == -1 ? -1 : rc;
}

int
merge_run(struct arena *mem, struct db *db, struct merge_table *table,
    size_t n, unsigned flags, const char *gone, struct diag *d)
{
	struct merge m = { .mem = mem, .db = db, .flags = flags,
		.gone = gone };
	int rc = 1;
	size_t i;

	merge_order(&m, table, n);
	for (i = 0; i < m.n; i++)
		if (merge_prepare(&m, &m.part[i], d) == -1)
			return -1;
	if (attempt(&m, 0, d) == -1) {
		if (!is_taken(d) || (flags & MERGE_INSERT) != 0)
			return -1;
		rc = once_more(&m, d);
	}
	if (rc == 1)
		diag_reset(d);
	if (rc == 1 && finish(&m, d) == -1)
		return -1;
	return rc;
}
