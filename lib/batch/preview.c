/* What a change would do: how many rows, and what becomes of the first. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/change_priv.h"
#include "batch/key.h"
#include "batch/look.h"
#include "batch/preview_priv.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"

#define NSAMPLES (sizeof(((struct preview *)0)->sample) /                      \
	sizeof(((struct preview *)0)->sample[0]))

#define READ_ONLY "25006"

/* --- rows --- */

static void
add_text(struct buf *b, const struct change *c, const struct column *column)
{
	struct arena *mem = arena_new();

	equal_output_of(b, column, arena_printf(mem, "%s.%s", c->alias,
	    column->ident));
	arena_free(mem);
}

/* A value that cannot be had without a write is shown as it stands. */
static void
add_value(struct buf *b, const struct previewer *p, size_t i)
{
	const struct sql_set *set = &p->c->update.set[i];
	struct buf value = BUF_INIT;

	if (p->writes)
		buf_adds(b, db_literal(p->mem, set->value.text));
	else {
		equal_assigned(&value, p->c->set[i], set->value.text);
		equal_output_of(b, p->c->set[i], buf_str(&value));
	}
	buf_free(&value);
}

/* Key, values before, values after; of the first rows by their key. */
static void
add_samples(struct buf *b, const struct previewer *p)
{
	const struct change *c = p->c;
	size_t i;

	buf_adds(b, "SELECT ");
	if (c->update.from.text != NULL) { /* a row may be joined by many */
		buf_adds(b, "DISTINCT ON (");
		key_columns(b, c->key, c->alias);
		buf_adds(b, ") ");
	}
	for (i = 0; i < c->key->n; i++) {
		add_text(b, c, c->key->column[i]);
		buf_adds(b, ", ");
	}
	/* of long values their beginning: they may be megabytes */
	for (i = 0; i < c->update.nset; i++) {
		buf_adds(b, "pg_catalog.left(");
		add_text(b, c, c->set[i]);
		buf_adds(b, ", 200), ");
	}
	for (i = 0; i < c->update.nset; i++) {
		buf_adds(b, "pg_catalog.left(");
		add_value(b, p, i);
		buf_addf(b, ", 200)%s", i + 1 < c->update.nset ? ", " : "");
	}
	change_rows(b, c, 1);
	buf_adds(b, " ORDER BY ");
	key_columns(b, c->key, c->alias);
	buf_addf(b, " LIMIT %zu", NSAMPLES);
}

static void
read_samples(struct previewer *p, const struct db_rows *r)
{
	size_t i, nkey = p->c->key->n, nset = p->c->update.nset;
	struct preview_sample *s;
	const char **cell;

	for (i = 0; i < r->nrows; i++) {
		s = &p->v->sample[i];
		cell = r->cell + i * r->ncols;
		s->key = cell;
		s->before = cell + nkey;
		s->after = cell + nkey + nset;
	}
	p->v->nsamples = r->nrows;
}

/* A value that cannot be had without a write is not asked for again. */
static int
retry_writes(struct previewer *p, int rc)
{
	if (rc == 0 || p->writes || strcmp(p->d->sqlstate, READ_ONLY) != 0)
		return 0;
	diag_reset(p->d);
	p->writes = 1;
	return 1;
}

static int
find_samples(struct previewer *p)
{
	struct turn t = look_turn(p->c->db, p->c->path);
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	int rc;

	do {
		buf_reset(&b);
		add_samples(&b, p);
		ask.sql = buf_str(&b);
		rc = look_run(&t, p->mem, p->c->table, &ask, 1, &r, p->d);
	} while (retry_writes(p, rc));
	buf_free(&b);
	if (rc == 0)
		read_samples(p, r);
	return rc;
}

static int
look_at_rows(struct previewer *p)
{
	struct look look = { .turn = look_turn(p->c->db, p->c->path),
		.table = p->c->table, .from = p->c->target,
		.alias = p->c->alias, .key = p->c->key };
	struct buf b = BUF_INIT;
	int rc;

	change_count(&b, p->c, 1);
	rc = look_count(&look, buf_str(&b), 1, &p->v->rows, p->d);
	buf_free(&b);
	if (rc == -1 || p->v->rows == 0)
		return rc;
	return find_samples(p);
}

/* --- what else is touched --- */

static void
read_triggers(struct previewer *p, const struct db_rows *r)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < r->nrows; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", db_cell(r, i, 0));
	if (r->nrows > 0)
		p->v->triggers = arena_strdup(p->mem, buf_str(&b));
	buf_free(&b);
}

int
preview_touches(struct previewer *p)
{
	const char *param[] = { p->c->table->oid, change_columns(p->c) };
	struct db_rows *r;
	size_t i;

	r = db_query(p->c->db, p->mem, sql_preview_triggers, 2, param, p->d);
	if (r == NULL)
		return -1;
	read_triggers(p, r);
	r = db_query(p->c->db, p->mem, sql_preview_indexes, 2, param, p->d);
	if (r == NULL)
		return -1;
	p->v->nindexes = r->nrows;
	p->v->index = arena_array(p->mem, const char *, r->nrows);
	for (i = 0; i < r->nrows; i++)
		p->v->index[i] = *db_cell(r, i, 1) == 't' ?
		    arena_printf(p->mem, "%s (HOT in spite of it)",
		    db_cell(r, i, 0)) : db_cell(r, i, 0);
	return 0;
}

int
preview_change(struct arena *mem, const struct change *c, double batch_time,
    long long most, struct preview *v, struct diag *d)
{
	struct change tried = *c;
	struct previewer p = { .mem = mem, .c = &tried, .aim = batch_time,
		.most = most, .v = v, .d = d };

	memset(v, 0, sizeof(*v));
	v->wal_bytes = v->hot = -1;
	v->table_rows = c->table->rows;
	if (c->keeps && preview_keep(&p, &tried) == -1)
		return -1;
	change_job(&tried, &p.job);
	if (look_at_rows(&p) == -1 || preview_touches(&p) == -1)
		return -1;
	/* nextval() cannot be rolled back */
	if (v->nsamples > 0 && !p.writes && preview_try(&p) == -1)
		return -1;
	preview_extrapolate(&p);
	return 0;
}
