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
#include "base/record.h"
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
	struct arena *mem; /* of this table */
	FILE *asked;	   /* keys that the source is to be asked for */
	struct buf text;   /* records, not yet written */
	int fd;
	struct diag *d;
};

/* A file without a name: whatever becomes of us, nothing is left of it. */
static int
open_file(struct diag *d)
{
	const char *dir = getenv("TMPDIR");
	char path[256];
	int fd;

	if (dir == NULL || strlen(dir) > sizeof(path) - 20)
		dir = "/tmp";
	snprintf(path, sizeof(path), "%s/dbm-sync.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd == -1)
		diag_errno(d, "cannot make a file in %s", dir);
	else
		unlink(path);
	return fd;
}

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

/* For people who want to see what would go; as load tells what would come. */
static void
sample(struct finding *f, const char *const *value)
{
	struct sync_table *t = f->table;
	struct buf key = BUF_INIT;
	size_t i;

	if (t->gone > PRUNE_SAMPLE)
		return;
	for (i = 0; i < t->key->n; i++)
		buf_addf(&key, "%s%s", i > 0 ? ", " : t->key->n > 1 ? "(" : "",
		    value[i]);
	if (t->key->n > 1)
		buf_addc(&key, ')');
	t->gone_keys = arena_printf(f->sync->mem, "%s%s%s",
	    t->gone_keys != NULL ? t->gone_keys : "",
	    t->gone_keys != NULL ? ", " : "", buf_str(&key));
	buf_free(&key);
}

static int
add(struct finding *f, const char *const *value)
{
	f->table->gone++;
	sample(f, value);
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

/*
 * Both connections are busy with streams now, and keys may be many: they
 * are kept in a file until the source can be asked.
 */
static int
ask_later(struct finding *f, const char *const *value, size_t n)
{
	struct buf line = BUF_INIT;
	size_t i;
	int fd;

	if (f->asked == NULL) {
		if ((fd = open_file(f->d)) == -1)
			return -1;
		if ((f->asked = fdopen(fd, "w+")) == NULL) {
			close(fd);
			return diag_errno(f->d, "cannot keep keys");
		}
	}
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&line, '\t');
		record_add(&line, value[i]);
	}
	buf_addc(&line, '\n');
	i = fwrite(line.data, 1, line.len, f->asked);
	n = line.len;
	buf_free(&line);
	return i == n ? 0 : diag_errno(f->d, "cannot keep keys");
}

static int
on_key(void *arg, enum key_state state, const char *const *value, size_t n)
{
	struct finding *f = arg;

	if (state != KEY_EXTRA)
		return 0;
	return is_exact(f->table->key) ? add(f, value) :
	    ask_later(f, value, n);
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

/* n of them, column by column: those are gone that the source has not. */
static int
ask(struct finding *f, struct arena *mem, const char ***value, size_t n)
{
	size_t columns = f->table->key->n, i, c, at;
	const char **param, **key;
	struct buf sql = BUF_INIT;
	struct db_rows *rows;
	int rc = 0;

	param = arena_array(mem, const char *, columns);
	key = arena_array(mem, const char *, columns);
	for (c = 0; c < columns; c++)
		param[c] = db_array(mem, value[c], n);
	absent_query(f->table, &sql);
	rows = db_query(f->sync->db[0], mem, buf_str(&sql), columns, param,
	    f->d);
	buf_free(&sql);
	if (rows == NULL)
		return -1;
	for (i = 0; rc == 0 && i < rows->nrows; i++) {
		at = (size_t)atoll(db_cell(rows, i, 0)) - 1;
		for (c = 0; c < columns; c++)
			key[c] = value[c][at];
		rc = add(f, key);
	}
	return rc;
}

/* The next BATCH of them; how many there were. */
static size_t
read_kept(struct finding *f, struct arena *mem, const char ***value)
{
	size_t columns = f->table->key->n, n, c, size = 0;
	char **field = arena_array(mem, char *, columns), *line = NULL;

	for (c = 0; c < columns; c++)
		value[c] = arena_array(mem, const char *, BATCH);
	for (n = 0; n < BATCH && getline(&line, &size, f->asked) != -1; n++) {
		record_split(line, field, columns);
		for (c = 0; c < columns; c++)
			value[c][n] = arena_strdup(mem, field[c]);
	}
	free(line);
	return n;
}

static int
ask_all(struct finding *f)
{
	struct arena *mem = arena_new();
	const char ***value;
	size_t n;
	int rc = 0;

	if (fflush(f->asked) != 0)
		rc = diag_errno(f->d, "cannot keep keys");
	rewind(f->asked);
	while (rc == 0) {
		arena_reset(mem);
		value = arena_array(mem, const char **, f->table->key->n);
		if ((n = read_kept(f, mem, value)) == 0)
			break;
		rc = ask(f, mem, value, n);
	}
	if (rc == 0 && ferror(f->asked))
		rc = diag_errno(f->d, "cannot keep keys");
	arena_free(mem);
	return rc;
}

static int
find(struct finding *f)
{
	struct ranges r;
	struct pair p;
	int rc;

	plan_pair(f->sync, f->table, &p);
	rc = digest_ranges(f->mem, &p, 1, &r, f->d);
	if (rc == 0 && !r.none)
		rc = digest_keys(&p, &r, 1, on_key, f, f->d);
	if (f->asked != NULL) {
		if (rc == 0)
			rc = ask_all(f);
		fclose(f->asked);
		f->asked = NULL;
	}
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
		if (s->on_table != NULL)
			s->on_table(i, f.table->from->shown);
		rc = find(&f);
		arena_reset(f.mem);
	}
	if (rc == 0)
		rc = write_out(&f);
	buf_free(&f.text);
	arena_free(f.mem);
	return rc;
}

/* A name that our children can open as well; each reads from its start. */
int
prune_file(char *path, size_t size, struct diag *d)
{
	int fd = open_file(d);

	*path = '\0';
	if (fd != -1)
		snprintf(path, size, "/proc/%ld/fd/%d", (long)getpid(), fd);
	return fd;
}
