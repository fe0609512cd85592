/*
 * Keys that are gone at the source: by digests of keys, which go by their
 * text, and then by the source's own '='.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/digest.h"
#include "rows/keyfile.h"
#include "rows/plan.h"
#include "rows/prune.h"

#define PIECE 65536 /* bytes that are written at once */
#define BATCH 1000  /* keys that are asked for at once */

struct finding {
	struct sync *sync;
	struct sync_table *table;
	struct arena *mem;	 /* of this table */
	const char *const **key; /* those that are still to be asked for */
	size_t n;
	struct buf text;	 /* records, not yet written */
	int fd;
	struct diag *d;
};

static int
write_out(struct finding *f)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < f->text.len) {
		n = write(f->fd, f->text.data + sent, f->text.len - sent);
		if (n == -1)
			return diag_errno(f->d, "cannot write the keys that "
			    "are gone");
		sent += (size_t)n;
	}
	buf_reset(&f->text);
	return 0;
}

static int
add(struct finding *f, const char *const *value)
{
	f->table->gone++;
	keyfile_add(&f->text, f->table->to->shown, value,
	    f->table->key->n, key_state_name[KEY_EXTRA]);
	return f->text.len < PIECE ? 0 : write_out(f);
}

/* The text decides for types whose '=' is that of their text. */
static int
is_exact(const struct key *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (!k->column[i]->exact)
			return 0;
	return 1;
}

/* Both connections are busy with streams now: others are asked for later. */
static int
on_key(void *arg, enum key_state state, const char *const *value, size_t n)
{
	struct finding *f = arg;
	const char **copy;
	size_t i;

	if (state != KEY_EXTRA)
		return 0;
	if (is_exact(f->table->key))
		return add(f, value);
	copy = arena_array(f->mem, const char *, n);
	for (i = 0; i < n; i++)
		copy[i] = arena_strdup(f->mem, value[i]);
	f->key = arena_more(f->mem, f->key, f->n, sizeof(*f->key));
	f->key[f->n++] = copy;
	return 0;
}

/* How the source compares a column of the key. */
static const char *
operator_of(const struct sync_table *t, size_t column)
{
	const struct key *own = table_key(t->from, t->key->column, t->key->n);
	size_t i;

	for (i = 0; own != NULL && i < own->n; i++)
		if (own->column[i] == t->key->column[column])
			return own->equal[i];
	return t->key->equal[column];
}

static void
absent_query(const struct sync_table *t, struct buf *sql)
{
	const struct key *k = t->key;
	size_t i;

	buf_adds(sql, "SELECT x.i FROM unnest(");
	for (i = 0; i < k->n; i++)
		buf_addf(sql, "%s$%zu::text[]", i > 0 ? "," : "", i + 1);
	buf_adds(sql, ") WITH ORDINALITY AS x(");
	for (i = 0; i < k->n; i++)
		buf_addf(sql, "k%zu,", i);
	buf_addf(sql, "i) WHERE NOT EXISTS (SELECT FROM %s s WHERE ",
	    t->from->from);
	for (i = 0; i < k->n; i++)
		buf_addf(sql, "%ss.%s %s x.k%zu::%s", i > 0 ? " AND " : "",
		    k->column[i]->ident, operator_of(t, i), i,
		    k->column[i]->type);
	buf_adds(sql, ") ORDER BY x.i");
}

/* n of them, of which those are gone that the source has not. */
static int
ask(struct finding *f, const char *const **key, size_t n)
{
	size_t columns = f->table->key->n, i, c;
	struct arena *mem = arena_new();
	const char **param, **value;
	struct buf sql = BUF_INIT;
	struct db_rows *rows;
	int rc = 0;

	param = arena_array(mem, const char *, columns);
	value = arena_array(mem, const char *, n);
	for (c = 0; c < columns; c++) {
		for (i = 0; i < n; i++)
			value[i] = key[i][c];
		param[c] = db_array(mem, value, n);
	}
	absent_query(f->table, &sql);
	rows = db_query(f->sync->db[0], mem, buf_str(&sql), columns, param,
	    f->d);
	if (rows == NULL)
		rc = -1;
	for (i = 0; rc == 0 && i < rows->nrows; i++)
		rc = add(f, key[atoll(db_cell(rows, i, 0)) - 1]);
	buf_free(&sql);
	arena_free(mem);
	return rc;
}

static int
find(struct finding *f)
{
	struct ranges r;
	struct pair p;
	size_t i;
	int rc;

	plan_pair(f->sync, f->table, &p);
	rc = digest_ranges(f->mem, &p, 1, &r, f->d);
	if (rc == 0 && !r.none)
		rc = digest_keys(&p, &r, 1, on_key, f, f->d);
	for (i = 0; i < f->n && rc == 0; i += BATCH)
		rc = ask(f, f->key + i, f->n - i < BATCH ? f->n - i : BATCH);
	f->table->there = r.rows[1];
	return rc;
}

int
prune_find(struct sync *s, int fd, struct diag *d)
{
	struct finding f = { .sync = s, .fd = fd, .d = d };
	int rc = 0;
	size_t i;

	f.mem = arena_new();
	for (i = 0; i < s->n && rc == 0; i++) {
		if (s->table[i].empty)
			continue;
		f.table = &s->table[i];
		f.key = NULL;
		f.n = 0;
		rc = find(&f);
		arena_reset(f.mem);
	}
	if (rc == 0)
		rc = write_out(&f);
	buf_free(&f.text);
	arena_free(f.mem);
	return rc;
}

int
prune_file(char *path, size_t size, struct diag *d)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	if (dir == NULL || strlen(dir) + 20 > size)
		dir = "/tmp";
	snprintf(path, size, "%s/dbm-sync.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd == -1) {
		diag_errno(d, "cannot make a file in %s", dir);
		*path = '\0';
	}
	return fd;
}
