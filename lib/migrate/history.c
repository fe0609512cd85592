#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/history.h"

const char *const migration_state_name[STATE__MAX] = {
	[STATE_APPLIED] = "applied",
	[STATE_RUNNING] = "running",
	[STATE_PENDING] = "pending",
	[STATE_FAILED] = "failed",
	[STATE_ROLLED_BACK] = "rolled-back",
	[STATE_MISSING] = "missing",
};

static int
cell_true(const struct db_rows *r, size_t col)
{
	return strcmp(db_cell(r, 0, col), "t") == 0;
}

static int
read_rows(struct db *db, struct arena *mem, struct history *h, struct diag *d)
{
	static const char plain[] = "_prisma_migrations";
	struct history_row *row;
	struct db_rows *r;
	const char *at;
	struct buf sql = BUF_INIT;
	size_t i;

	at = strstr(sql_history_read, plain);
	buf_add(&sql, sql_history_read, (size_t)(at - sql_history_read));
	buf_addf(&sql, "%s%s", h->table, at + strlen(plain));
	r = db_query(db, mem, buf_str(&sql), 0, NULL, d);
	buf_free(&sql);
	if (r == NULL)
		return -1;
	h->n = r->nrows;
	h->row = arena_array(mem, struct history_row, h->n + 1);
	for (i = 0; i < h->n; i++) {
		row = &h->row[i];
		row->id = db_cell(r, i, 0);
		row->checksum = db_cell(r, i, 1);
		row->name = db_cell(r, i, 2);
		row->logs = db_cell(r, i, 3);
		row->started = db_cell(r, i, 4);
		row->finished = db_cell(r, i, 5);
		row->rolled_back = db_cell(r, i, 6);
		row->ms = db_cell(r, i, 7);
		row->steps = atoll(db_cell(r, i, 8));
	}
	return 0;
}

int
history_read(struct db *db, struct arena *mem, const char *const *schemas,
    size_t nschemas, struct history *h, struct diag *d)
{
	const char *params[2];
	struct db_rows *r;

	memset(h, 0, sizeof(*h));
	h->schema = db_url_of(db)->schema;
	h->table = arena_printf(mem, "%s.\"_prisma_migrations\"",
	    db_ident(mem, h->schema));
	params[0] = h->schema;
	params[1] = db_array(mem, schemas, nschemas);
	r = db_query(db, mem, sql_migrate_prelude, 2, params, d);
	if (r == NULL)
		return -1;
	h->schema_exists = cell_true(r, 0);
	h->exists = cell_true(r, 1);
	h->other_tables = cell_true(r, 2);
	h->read_only = cell_true(r, 3);
	h->may_create = cell_true(r, 4);
	h->role = db_cell(r, 0, 5);
	h->may_create_schema = cell_true(r, 6);
	return h->exists ? read_rows(db, mem, h, d) : 0;
}

int
history_writable(struct db *db, const struct history *h, struct diag *d)
{
	struct arena *mem;

	if (!h->read_only)
		return 0;
	mem = arena_new();
	diag_set(d, "the server at %s is read-only: a standby, or "
	    "default_transaction_read_only is on",
	    url_where(mem, db_url_of(db)));
	diag_hint(d, "name the primary with --url");
	arena_free(mem);
	return -1;
}

static int
denied(const struct history *h, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *role = db_ident(mem, h->role);

	diag_reset(d);
	if (h->schema_exists) {
		diag_set(d, "P1010: role '%s' may not create tables in schema "
		    "'%s'", h->role, h->schema);
		diag_hint(d, "as its owner or a superuser: GRANT USAGE, CREATE "
		    "ON SCHEMA %s TO %s;", db_ident(mem, h->schema), role);
	} else {
		diag_set(d, "P1010: schema '%s' does not exist, and role '%s' "
		    "may not create it", h->schema, h->role);
		diag_hint(d, "as the owner of the database: CREATE SCHEMA %s "
		    "AUTHORIZATION %s;", db_ident(mem, h->schema), role);
	}
	arena_free(mem);
	return -1;
}

int
history_create(struct db *db, const struct history *h, struct diag *d)
{
	struct arena *mem = arena_new();
	int rc = 0;

	if (h->schema_exists ? !h->may_create : !h->may_create_schema)
		rc = denied(h, d);
	if (rc == 0 && !h->schema_exists)
		rc = db_execf(db, d, "CREATE SCHEMA %s",
		    db_ident(mem, h->schema));
	/* The table is Prisma's, column by column. */
	if (rc == 0)
		rc = db_execf(db, d, "CREATE TABLE %s ("
		    "id VARCHAR(36) PRIMARY KEY NOT NULL, "
		    "checksum VARCHAR(64) NOT NULL, "
		    "finished_at TIMESTAMPTZ, "
		    "migration_name VARCHAR(255) NOT NULL, "
		    "logs TEXT, "
		    "rolled_back_at TIMESTAMPTZ, "
		    "started_at TIMESTAMPTZ NOT NULL DEFAULT now(), "
		    "applied_steps_count INTEGER NOT NULL DEFAULT 0)",
		    h->table);
	arena_free(mem);
	return rc;
}

int
history_unfinished(const struct history_row *row)
{
	return row->finished == NULL && row->rolled_back == NULL;
}

const struct history_row *
history_find(const struct history *h, const char *name)
{
	const struct history_row *found = NULL, *row;

	for (row = h->row; row < h->row + h->n; row++) {
		if (strcmp(row->name, name) != 0)
			continue;
		if (found == NULL || row->rolled_back == NULL ||
		    found->rolled_back != NULL)
			found = row;
	}
	return found;
}

static enum migration_state
state_of(const struct history_row *row, int running)
{
	if (row == NULL)
		return STATE_PENDING;
	if (row->rolled_back != NULL)
		return STATE_ROLLED_BACK;
	if (row->finished != NULL)
		return STATE_APPLIED;
	return running ? STATE_RUNNING : STATE_FAILED;
}

static void
compare_text(struct migration_status *s)
{
	struct diag ignored = DIAG_INIT;
	struct buf text = BUF_INIT;

	s->edited = 1;
	if (dir_load(s->migration, &text, &ignored) == 0)
		switch (checksum_compare(s->row->checksum, buf_str(&text),
		    text.len)) {
		case CHECKSUM_LINE_ENDS:
			s->line_ends = 1;
			/* FALLTHROUGH */
		case CHECKSUM_SAME:
			s->edited = 0;
			break;
		case CHECKSUM_EDITED:
			break;
		}
	buf_free(&text);
	diag_free(&ignored);
}

static int
by_name(const void *a, const void *b)
{
	const struct migration_status *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Is this row the one that counts for its name? */
static int
counts(const struct history *h, const struct history_row *row)
{
	return history_find(h, row->name) == row;
}

struct migration_status *
history_compare(struct arena *mem, const struct migration_dir *dir,
    const struct history *h, int running, size_t *n)
{
	struct migration_status *all, *s;
	const struct history_row *row;
	size_t i;

	all = s = arena_array(mem, struct migration_status,
	    dir->n + h->n + 1);
	for (i = 0; i < dir->n; i++, s++) {
		s->migration = &dir->migration[i];
		s->name = s->migration->name;
		s->row = history_find(h, s->name);
		s->state = state_of(s->row, running);
		if (s->state == STATE_APPLIED)
			compare_text(s);
	}
	for (row = h->row; row < h->row + h->n; row++) {
		if (dir_find(dir, row->name) != NULL || !counts(h, row) ||
		    row->rolled_back != NULL)
			continue;
		s->name = row->name;
		s->row = row;
		s->state = history_unfinished(row) ?
		    state_of(row, running) : STATE_MISSING;
		s++;
	}
	*n = (size_t)(s - all);
	qsort(all, *n, sizeof(*all), by_name);
	return all;
}

void
history_new_id(char out[37])
{
	unsigned char r[16];
	size_t i, n = 0;

	arc4random_buf(r, sizeof(r));
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	for (i = 0; i < sizeof(r); i++)
		n += (size_t)snprintf(out + n, 37 - n, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
}
