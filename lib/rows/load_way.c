/* Rows into their table by COPY where that is safe, else into its stage. */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/session.h"

int
load_begin(struct load *l)
{
	if (load_interrupted(l))
		return -1;
	if (db_in_transaction(l->db))
		return 0;
	return rows_begin(l->db, l->o->dry_run ? ROWS_READ : ROWS_WRITE, NULL,
	    l->d);
}

/* The next transaction of the same table. */
static int
cut(struct load *l, struct load_table *t)
{
	if (load_interrupted(l))
		return -1;
	if (rows_commit(l->db, l->d) == -1)
		return load_explain(l, t);
	arena_reset(l->work);
	return load_begin(l);
}

/* May its rows be committed in parts?  Those of a table that refers to
 * itself may come in any order. */
static int
may_cut(const struct load *l, const struct load_table *t)
{
	return l->bracket == BRACKET_NONE && l->o->mode != LOAD_REPLACE &&
	    table_fk_to(t->merge.table, t->merge.table) == NULL;
}

/* In parts, where rows that are there do not matter. */
static int
fill_in_parts(struct load *l, struct load_table *t)
{
	long long rows = l->o->batch > 0 && may_cut(l, t) ? l->o->batch :
	    LLONG_MAX;
	int more = stream_has_row(l->stream, l->d);

	while (more == 1) {
		if (load_copy(l, t, t->merge.table->ident, rows) == -1)
			return -1;
		t->merge.inserted = t->copied;
		more = stream_has_row(l->stream, l->d);
		if (more == 1 && cut(l, t) == -1)
			return -1;
	}
	return more;
}

/* What a key that is put off refers to may come later in the same
 * transaction. */
static int
may_check_now(const struct load *l, const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nfks && l->o->mode == LOAD_REPLACE; i++)
		if (t->fk[i].deferrable)
			return 0;
	return 1;
}

/* All at once into an empty table, its foreign keys checked at the end. */
static int
fill_empty(struct load *l, struct load_table *t)
{
	const struct table *table = t->merge.table;

	l->bulk.unchecked = 0;
	/* a few rows are checked row by row sooner */
	if (!stream_is_short(l->stream) && may_check_now(l, table) &&
	    bulk_begin(l->db, &l->bulk, table, l->d) == -1)
		return load_explain(l, t);
	if (load_copy(l, t, table->ident, LLONG_MAX) == -1)
		return -1;
	t->merge.inserted = t->copied;
	return bulk_end(l->work, l->db, &l->bulk, table, l->d) == -1 ?
	    load_explain(l, t) : 0;
}

static int
fill_direct(struct load *l, struct load_table *t, int is_empty)
{
	int more = stream_has_row(l->stream, l->d);

	if (more != 1)
		return more;
	/* each COPY is checked at its end, and fires triggers then */
	t->deaf = t->merge.table->triggers != NULL ||
	    table_fk_to(t->merge.table, t->merge.table) != NULL;
	return is_empty && l->o->batch == 0 ? fill_empty(l, t) :
	    fill_in_parts(l, t);
}

/* The last of them are left for load_finish() to merge. */
static int
fill_stage(struct load *l, struct load_table *t)
{
	long long batch = l->o->batch > 0 ? l->o->batch : LOAD_BATCH, before;
	long long wanted;
	int more = stream_has_row(l->stream, l->d), rc;

	if (!may_cut(l, t))
		batch = LLONG_MAX;
	wanted = batch;
	for (;;) {
		if (more == -1 || (t->merge.stage == NULL &&
		    merge_stage(l->work, l->db, &t->merge, l->d) == -1))
			return more == -1 ? -1 : load_explain(l, t);
		before = t->rows;
		if (more == 1 && load_copy(l, t, t->merge.stage, wanted) == -1)
			return -1;
		t->merge.staged += t->rows - before;
		more = stream_has_row(l->stream, l->d);
		if (more != 1)
			return more;
		rc = merge_run(l->work, l->db, &t->merge, 1, load_flags(l),
		    l->o->gone, l->d);
		if (rc == -1)
			return load_explain(l, t);
		/* Some of what it needs is still to come: as much again, or
		 * all would be merged anew for each batch. */
		wanted = rc == 0 ? t->merge.staged : batch;
		if (rc == 0)
			continue;
		t->merge.staged = 0;
		t->merge.stage = NULL;
		if (cut(l, t) == -1)
			return -1;
	}
}

static int
is_empty(struct load *l, const struct load_table *t)
{
	const struct db_rows *r;
	const char *sql;

	sql = arena_printf(l->work, "SELECT EXISTS (SELECT FROM %s)",
	    t->merge.table->from);
	r = db_query(l->db, l->work, sql, 0, NULL, l->d);
	if (r == NULL)
		return load_explain(l, t);
	return *db_cell(r, 0, 0) == 'f';
}

int
load_no_key(struct load *l, const struct load_table *t)
{
	load_fail(l, t, "table '%s' has rows, and no key among the columns of "
	    "the stream that would tell them apart", t->shown);
	return diag_hint(l->d, "--mode insert adds rows; --mode replace "
	    "deletes those that are there first");
}

static int
empty(struct load *l, struct load_table *t)
{
	if (db_execf(l->db, l->d, "DELETE FROM %s", t->merge.table->from)
	    == -1)
		return load_explain(l, t);
	t->merge.deleted = db_affected(l->db);
	return 0;
}

/* Does it matter what is there?  Rows that are only added do not look. */
static int
find_empty(struct load *l, const struct load_table *t)
{
	if (l->o->mode == LOAD_INSERT && t->merge.table->nfks == 0)
		return 0;
	return is_empty(l, t);
}

/* A table without a key that has rows. */
static int
fill_keyless(struct load *l, struct load_table *t)
{
	if (l->o->mode == LOAD_UPSERT)
		return load_no_key(l, t);
	/* by itself it is compared as a whole; a group only adds */
	if (l->bracket != BRACKET_NONE && empty(l, t) == -1)
		return -1;
	return fill_stage(l, t);
}

/*
 * Into the table itself where nothing can be in the way of a row: it is
 * empty, and no trigger may change rows on their way.  What refers to each
 * other has to be merged.
 */
int
load_fill(struct load *l, struct load_table *t)
{
	const struct merge_table *m = &t->merge;
	int none = find_empty(l, t), inserts = l->o->mode == LOAD_INSERT;

	if (none == -1)
		return -1;
	t->way = WAY_STAGED;
	if (!none && m->key == NULL && !inserts)
		return fill_keyless(l, t);
	if (l->bracket != BRACKET_NONE || (!inserts && (!none ||
	    (m->table->triggers != NULL && m->key != NULL))))
		return fill_stage(l, t);
	t->way = WAY_DIRECT;
	return fill_direct(l, t, none);
}
