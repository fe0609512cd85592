/*
 * Rows that change hands with unique values.  A holder is parked where it
 * will get another value anyway, or go; nothing is ever deleted for it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "db/copy.h"
#include "db/sql.h"
#include "rows/keyfile.h"
#include "rows/merge_priv.h"
#include "rows/swap.h"
#include "rows/swap_priv.h"
#include "rows/table.h"

/*
 * 0: the index is none of ours: the key, or one of columns that do not come,
 * about which only the server can tell.
 */
static int
read_unique(struct merge *m, const struct merge_table *t,
    const struct db_rows *r, size_t row, struct unique *u)
{
	const char **name;
	size_t i;

	memset(u, 0, sizeof(*u));
	u->t = t;
	u->number = row;
	u->name = db_cell(r, row, 0);
	u->expr = db_array_read(m->mem, db_cell(r, row, 1), &u->n);
	u->equal = db_array_read(m->mem, db_cell(r, row, 2), &i);
	u->predicate = db_cell(r, row, 3);
	u->nulls_equal = *db_cell(r, row, 4) == 't';
	name = db_array_read(m->mem, db_cell(r, row, 5), &u->ncolumns);
	u->shown = db_cell(r, row, 6);
	u->column = arena_array(m->mem, const struct column *, u->ncolumns +
	    1);
	if (strcmp(u->name, t->key->name) == 0 || i != u->n)
		return 0;
	for (i = 0; i < u->ncolumns; i++) {
		u->column[i] = table_column(t->table, name[i]);
		if (!columns_have(t->column, t->ncolumns, u->column[i]))
			return 0;
	}
	return 1;
}

struct uniques {
	struct unique *item;
	size_t n;
};

static int
read_uniques(struct merge *m, const struct merge_table *t,
    struct uniques *out, struct diag *d)
{
	const struct db_rows *r;
	size_t i;

	r = db_query(m->db, m->mem, sql_rows_unique, 1, &t->table->oid, d);
	if (r == NULL)
		return -1;
	for (i = 0; i < r->nrows; i++) {
		out->item = arena_more(m->mem, out->item, out->n,
		    sizeof(*out->item));
		out->n += read_unique(m, t, r, i, &out->item[out->n]);
	}
	return 0;
}

/* The keys of the file that are of this table, as a temporary table. */
static int
copy_gone(struct merge *m, const struct merge_table *t, struct keyfile *f,
    struct diag *d)
{
	struct arena *mem = arena_new();
	struct buf b = BUF_INIT;
	const char *key, **value;
	size_t i;
	int rc;

	while ((rc = keyfile_next(f, t->table->shown, "extra", &key, d)) ==
	    1) {
		value = key_values(mem, key, t->key->n);
		if (value == NULL)
			continue; /* of another key than ours */
		for (i = 0; i < t->key->n; i++) {
			if (i > 0)
				buf_addc(&b, '\t');
			record_add(&b, value[i]);
		}
		buf_addc(&b, '\n');
		arena_reset(mem);
		if (b.len < 65536)
			continue;
		if (db_copy_put(m->db, buf_str(&b), b.len, d) == -1)
			break;
		buf_reset(&b);
	}
	if (rc == 0 && b.len > 0)
		rc = db_copy_put(m->db, buf_str(&b), b.len, d);
	if (rc == 0)
		rc = db_copy_end(m->db, d);
	else
		db_copy_abort(m->db, "the file of keys cannot be read");
	buf_free(&b);
	arena_free(mem);
	return rc == 0 ? 0 : -1;
}

static int
read_gone(struct merge *m, const struct merge_table *t, struct diag *d)
{
	struct keyfile *f;
	const char *gone;
	int rc = -1;

	if (m->gone == NULL || (m->flags & MERGE_REPLACE) != 0)
		return 0;
	gone = arena_printf(m->mem, "pg_temp.\"dbm gone %s\"", t->table->oid);
	f = keyfile_open(m->gone, d);
	if (f == NULL)
		return -1;
	if (db_execf(m->db, d, "CREATE TEMP TABLE %s ON COMMIT DROP AS "
	    "SELECT %s FROM %s WITH NO DATA", gone,
	    columns_list(m->mem, t->key->column, t->key->n, ""),
	    t->table->from) == 0 &&
	    db_copy_in(m->db, arena_printf(m->mem, "COPY %s FROM stdin",
	    gone), d) == 0)
		rc = copy_gone(m, t, f, d);
	keyfile_close(f);
	return rc;
}

/* One pair of those found, in words. */
static struct db_rows *
one_pair(struct merge *m, const struct unique *u, const char *condition,
    struct diag *d)
{
	return db_query(m->db, m->mem, arena_printf(m->mem, "SELECT "
	    "\"dbm wants\", \"dbm holds\", \"dbm value\" FROM %s WHERE %s "
	    "LIMIT 1", u->found, condition), 0, NULL, d);
}

/* 1: all holders give up or go; 0: one has not come; -1: nor will it. */
static int
check_holders(struct merge *m, const struct unique *u, struct diag *d)
{
	const struct db_rows *r;

	r = one_pair(m, u, "NOT (\"dbm staged\" OR \"dbm gone\")", d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return 1;
	if ((m->flags & MERGE_LAST) == 0)
		return 0;
	diag_hint(d, "if that row is gone at the source, delete it with "
	    "'dbm sync --delete'; else send all rows with 'dbm sync --full'");
	return diag_set(d, "row %s of '%s' is to have %s, which row %s has "
	    "('%s'), and that row does not come", db_cell(r, 0, 0),
	    u->t->table->shown, db_cell(r, 0, 2), db_cell(r, 0, 1), u->name);
}

static int
park(struct merge *m, const struct unique *u, struct diag *d)
{
	const struct db_rows *r;
	char *why;
	int rc;

	rc = swap_set(m, u, d);
	if (rc != 0)
		return rc;
	why = arena_strdup(m->mem, buf_str(&d->text));
	r = one_pair(m, u, "\"dbm there\" OR \"dbm gone\"", d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0) /* new rows come when others have changed */
		return 0;
	return diag_set(d, "row %s of '%s' is to have %s, which row %s has "
	    "until it changes ('%s'), and neither NULL nor another value may "
	    "stand there meanwhile%s%s", db_cell(r, 0, 0),
	    u->t->table->shown, db_cell(r, 0, 2), db_cell(r, 0, 1), u->name,
	    *why != '\0' ? ": " : "", why);
}

int
swap_park(struct merge *m, struct diag *d)
{
	struct uniques all = { NULL, 0 };
	const struct merge_table *t;
	size_t i, done = 0;
	int rc;

	for (i = 0; i < m->n; i++) {
		t = m->part[i].t;
		if (t->key != NULL && (read_gone(m, t, d) == -1 ||
		    read_uniques(m, t, &all, d) == -1))
			return -1;
	}
	for (i = 0; i < all.n; i++) {
		rc = swap_find(m, &all.item[i], d);
		if (rc == 1)
			rc = check_holders(m, &all.item[i], d);
		else if (rc == 0) {
			all.item[i].found = NULL;
			continue;
		}
		if (rc < 1)
			return rc;
	}
	for (done = 0; done < all.n; done++)
		if (all.item[done].found != NULL &&
		    park(m, &all.item[done], d) == -1)
			return -1;
	return 1;
}
