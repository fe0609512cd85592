/* Deletes by key, children first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "db/copy.h"
#include "rows/digest.h"
#include "rows/equal.h"
#include "rows/keyfile.h"
#include "rows/plan.h"
#include "rows/prune.h"
#include "rows/prune_priv.h"
#include "rows/session.h"

#define PIECE 65536 /* bytes that are written at once */

static double
percent_gone(const struct sync_table *t)
{
	return t->there > 0 ? (double)t->gone * 100 / (double)t->there : 0;
}

/* Counts decide, not a percentage that was rounded. */
static int
is_too_many(const struct sync_table *t, double limit)
{
	return t->gone > 0 &&
	    (double)t->gone * 100 > (double)t->there * limit;
}

/* All of them are told, so that the one hint is enough for all. */
int
prune_check(const struct sync *s, double limit, struct diag *d)
{
	const struct sync_table *t, *worst = NULL;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (is_too_many(&s->table[i], limit) && (worst == NULL ||
		    percent_gone(&s->table[i]) > percent_gone(worst)))
			worst = &s->table[i];
	if (worst == NULL)
		return 0;
	for (i = 0; i < s->n; i++) {
		t = &s->table[i];
		if (t != worst && is_too_many(t, limit))
			buf_addf(&d->detail, "%s%lld of the %lld rows of '%s'",
			    d->detail.len > 0 ? "\n" : "also ", t->gone,
			    t->there, t->to->shown);
	}
	diag_hint(d, "if that is right, say --delete-limit %.0f",
	    ceil(percent_gone(worst)));
	return diag_set(d, "%lld of the %lld rows of '%s' would be deleted, "
	    "which is more than %g %%", worst->gone, worst->there,
	    worst->to->shown, limit);
}

/* The key in the columns of the destination: as the pair has it. */
static void
take_key(struct pruner *p)
{
	const struct sync_table *t = p->table;
	struct key *k = arena_new_of(p->mem, struct key);
	size_t i;

	*k = *t->key;
	k->column = arena_array(p->mem, const struct column *, k->n + 1);
	for (i = 0; i < k->n; i++)
		k->column[i] = table_column(t->to, t->key->column[i]->name);
	p->key = k;
}

static int
put_key(struct pruner *p, struct buf *line, const char *key)
{
	const char **value = key_values(p->mem, key, p->key->n);
	size_t i;

	if (value == NULL)
		return diag_set(p->d, "'%s' is no key of '%s'", key,
		    p->table->to->shown);
	for (i = 0; i < p->key->n; i++) {
		if (i > 0)
			buf_addc(line, '\t');
		record_add(line, value[i]);
	}
	buf_addc(line, '\n');
	return 0;
}

static int
copy_keys(struct pruner *p)
{
	struct arena *run = p->mem;
	struct buf lines = BUF_INIT;
	const char *key;
	int more, rc = 0;

	p->mem = arena_new();
	keyfile_rewind(p->file);
	while ((more = keyfile_next(p->file, p->table->to->shown,
	    key_state_name[KEY_EXTRA], &key, p->d)) == 1 && rc == 0) {
		rc = put_key(p, &lines, key);
		if (rc == 0 && lines.len >= PIECE) {
			rc = db_copy_put(p->db, lines.data, lines.len, p->d);
			buf_reset(&lines);
			arena_reset(p->mem);
		}
	}
	if (rc == 0 && more == 0 && lines.len > 0)
		rc = db_copy_put(p->db, lines.data, lines.len, p->d);
	buf_free(&lines);
	arena_free(p->mem);
	p->mem = run;
	if (rc == 0 && more == 0)
		return db_copy_end(p->db, p->d);
	db_copy_abort(p->db, "no more keys");
	return -1;
}

static int
stage_keys(struct pruner *p)
{
	const char *columns = columns_list(p->mem, p->key->column, p->key->n,
	    "");

	if (db_execf(p->db, p->d, "CREATE TEMP TABLE %s ON COMMIT DROP AS "
	    "SELECT %s FROM %s WITH NO DATA", p->gone, columns,
	    p->table->to->from) == -1)
		return -1;
	if (db_copy_in(p->db, arena_printf(p->mem, "COPY %s FROM stdin",
	    p->gone), p->d) == -1)
		return -1;
	return copy_keys(p);
}

/*
 * Which of them they are: the same key, and the same text.  A key that was
 * 'A' and is 'a' by now, which citext calls the same, is not gone.
 */
void
prune_match_sql(const struct pruner *p, struct buf *sql, const char *alias)
{
	equal_key(sql, p->key, alias, "g");
	buf_adds(sql, " AND ");
	equal_text(sql, p->key->column, p->key->n, alias);
	buf_adds(sql, " = ");
	equal_text(sql, p->key->column, p->key->n, "g");
}

/*
 * One statement for all of them: foreign keys are looked at when it has
 * ended, so that of two tables that refer to each other neither is first.
 */
static int
delete_keys(struct pruner *p, size_t n)
{
	struct buf sql = BUF_INIT;
	struct db_rows *r;
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		if (p[i].table->gone == 0)
			continue;
		buf_addf(&sql, "%s d%zu AS (DELETE FROM %s d USING %s g WHERE ",
		    count++ > 0 ? "," : "WITH", i, p[i].table->to->from,
		    p[i].gone);
		prune_match_sql(&p[i], &sql, "d");
		buf_adds(&sql, " RETURNING 1)");
	}
	for (i = count = 0; i < n; i++)
		if (p[i].table->gone > 0)
			buf_addf(&sql, "%s (SELECT count(*) FROM d%zu)",
			    count++ > 0 ? "," : " SELECT", i);
	r = db_query(p->db, p->mem, buf_str(&sql), 0, NULL, p->d);
	buf_free(&sql);
	for (i = count = 0; i < n && r != NULL; i++)
		if (p[i].table->gone > 0)
			p[i].table->deleted = atoll(db_cell(r, 0, count++));
	return r == NULL ? -1 : 0;
}

static int
prune_tables(struct sync *s, const struct table_group *g, struct keyfile *file,
    struct diag *d)
{
	struct pruner *p = arena_array(s->mem, struct pruner, g->n + 1);
	size_t i;

	for (i = 0; i < g->n; i++) {
		p[i].mem = s->mem;
		p[i].db = s->db[1];
		p[i].table = plan_of(s, g->table[i]);
		p[i].gone = arena_printf(s->mem, "pg_temp.dbm_gone_%zu", i);
		p[i].file = file;
		p[i].d = d;
		take_key(&p[i]);
		if (p[i].table->gone > 0 && stage_keys(&p[i]) == -1)
			return -1;
	}
	if (prune_check_children(p, g->n) == -1)
		return -1;
	return delete_keys(p, g->n);
}

int
prune_group(struct sync *s, const struct table_group *g, const char *path,
    struct diag *d)
{
	struct keyfile *file;
	size_t i;
	int rc;

	for (i = 0; i < g->n; i++)
		if (plan_of(s, g->table[i])->gone > 0)
			break;
	if (i == g->n)
		return 0;
	if ((file = keyfile_open(path, d)) == NULL)
		return -1;
	rc = rows_begin(s->db[1], ROWS_WRITE, NULL, d);
	if (rc == 0)
		rc = prune_tables(s, g, file, d);
	if (rc == 0)
		rc = rows_commit(s->db[1], d);
	if (rc == -1) {
		prune_explain(s->mem, d);
		rows_rollback(s->db[1]);
	}
	keyfile_close(file);
	return rc;
}
