/* The tables that the ranges are of, and what of them is done. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/exit.h"
#include "batch/each_priv.h"
#include "batch/key.h"
#include "rows/session.h"

struct each_table *
each_table_named(struct each *e, const char *name, const char *columns)
{
	struct each_table *t;
	size_t i;

	for (i = 0; i < e->ntables; i++) {
		t = e->table[i];
		if (strcmp(t->name, name) == 0 &&
		    strcmp(t->columns, columns) == 0)
			return t;
	}
	e->table = arena_more(e->mem, e->table, e->ntables,
	    sizeof(*e->table));
	t = e->table[e->ntables++] = arena_new_of(e->mem, struct each_table);
	t->name = arena_strdup(e->mem, name);
	t->columns = arena_strdup(e->mem, columns);
	return t;
}

/* Names with their schemas, and types with theirs: search_path is empty. */
static int
read_tables(struct each *e, const char *schema, struct tables *all,
    struct diag *d)
{
	const struct each_table *t;
	size_t i;

	for (i = 0; i < e->ntables; i++) {
		t = e->table[i];
		if (t->table != NULL && strcmp(t->table->schema, schema) == 0) {
			*all = t->all;
			return 0;
		}
	}
	if (rows_begin(e->db, ROWS_READ, NULL, d) == -1 ||
	    tables_read(e->mem, e->db, &schema, 1, all, d) == -1)
		return -1;
	return rows_commit(e->db, d);
}

static char *
joined(struct arena *mem, const struct range *r)
{
	struct buf b = BUF_INIT;
	char *out;
	size_t i;

	for (i = 0; i < r->ncolumns; i++)
		buf_addf(&b, "%s%s", i > 0 ? "," : "", r->column[i]);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static int
look_up(struct each *e, const struct range *r, struct each_table *t,
    struct diag *d)
{
	const struct table *found;

	if (read_tables(e, arena_strdup(e->mem, r->schema), &t->all, d) == -1)
		return -1;
	found = table_find(&t->all, r->schema, r->table);
	if (found == NULL || strcmp(r->schema, "dbm") == 0)
		return diag_set(d, "there is no table '%s' in schema '%s' of "
		    "database '%s'", r->table, r->schema, e->url.dbname);
	if (found->row_security) {
		diag_hint(d, "connect as its owner, or as a role with "
		    "BYPASSRLS");
		return diag_set(d, "row level security would hide rows of "
		    "table '%s'", found->shown);
	}
	t->key = batch_key(e->mem, found, joined(e->mem, r), NULL, 0, d);
	if (t->key == NULL)
		return -1;
	t->table = found;
	return 0;
}

/* One run has one idea of what is done of a table: by one key. */
static int
check_alone(struct each *e, const struct each_table *t, struct diag *d)
{
	const struct each_table *other;
	size_t i;

	for (i = 0; i < e->ntables && e->o->run != NULL; i++) {
		other = e->table[i];
		if (other == t || strcmp(other->name, t->name) != 0 ||
		    (other->table == NULL && other->npieces == 0))
			continue;
		diag_hint(d, "feed it ranges of the same key, or give this "
		    "another --run");
		return diag_set(d, "run '%s' knows what is done of %s by its "
		    "key %s, not by %s", e->o->run, t->name, other->columns,
		    t->columns);
	}
	return 0;
}

struct each_table *
each_table(struct each *e, const struct range *r, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *field[RANGE_FIELDS];
	struct each_table *t;

	range_fields(mem, r, field);
	t = each_table_named(e, field[0], field[1]);
	arena_free(mem);
	if (t->table == NULL && (check_alone(e, t, d) == -1 ||
	    look_up(e, r, t, d) == -1))
		return NULL;
	return t;
}

static char *
copy(const char *s)
{
	char *out = s == NULL ? NULL : strdup(s);

	if (s != NULL && out == NULL)
		err(EXIT_TROUBLE, NULL);
	return out;
}

static int
touches(const char *hi, const char *lo)
{
	return hi != NULL && lo != NULL && strcmp(hi, lo) == 0;
}

/* The same bound has the same text: it was written by the server, or is that
 * of the line before. */
void
each_table_add(struct each_table *t, const char *lo, const char *hi)
{
	struct each_piece *before = NULL, *behind = NULL, *p;

	for (p = t->piece; p < t->piece + t->npieces; p++) {
		if (touches(p->hi, lo))
			before = p;
		else if (touches(hi, p->lo))
			behind = p;
	}
	if (before == NULL && behind == NULL) {
		t->piece = reallocarray(t->piece, t->npieces + 1,
		    sizeof(*t->piece));
		if (t->piece == NULL)
			err(EXIT_TROUBLE, NULL);
		t->piece[t->npieces++] = (struct each_piece){ copy(lo),
			copy(hi) };
		return;
	}
	if (before == NULL) {
		free(behind->lo);
		behind->lo = copy(lo);
		return;
	}
	free(before->hi);
	before->hi = behind == NULL ? copy(hi) : behind->hi;
	if (behind != NULL) {
		free(behind->lo);
		*behind = t->piece[--t->npieces];
	}
}

void
each_table_free(struct each_table *t)
{
	size_t i;

	for (i = 0; i < t->npieces; i++) {
		free(t->piece[i].lo);
		free(t->piece[i].hi);
	}
	free(t->piece);
}
