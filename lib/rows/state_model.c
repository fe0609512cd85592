/*
 * A table that was made by a Prisma model for a script of the user's, used as
 * it is: each of its columns is written by a rule for its name and type.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/state_model.h"
#include "rows/table.h"

/* Columns of state_table.sql. */
enum {
	FOUND_TABLE,
	FOUND_COLUMN,
	FOUND_TYPE_SCHEMA,
	FOUND_TYPE,
	FOUND_REQUIRED,
	FOUND_COARSE,
	FOUND_MAY_WRITE
};

enum kind {
	KIND_TEXT,
	KIND_INT,
	KIND_NUMBER,
	KIND_TIMESTAMP,
	KIND_TIMESTAMPTZ,
	KIND_UUID,
	KIND_OTHER
};

static const struct {
	const char *name;
	enum kind kind;
} types[] = {
	{ "text", KIND_TEXT },	 { "varchar", KIND_TEXT },
	{ "bpchar", KIND_TEXT }, { "int4", KIND_INT },
	{ "int8", KIND_NUMBER }, { "numeric", KIND_NUMBER },
	{ "uuid", KIND_UUID },	 { "timestamp", KIND_TIMESTAMP },
	{ "timestamptz", KIND_TIMESTAMPTZ },
};

#define ISO "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'" /* as JavaScript writes it */

/* What each kind of column gets, NULL: it cannot hold that. */
static const char *const cutoff_value[] = {
	[KIND_TEXT] = "to_char($2::timestamp, " ISO ")",
	[KIND_TIMESTAMP] = "$2::timestamp",
	[KIND_TIMESTAMPTZ] = "$2::timestamp AT TIME ZONE 'UTC'",
	[KIND_OTHER] = NULL,
};
static const char *const now_value[] = {
	[KIND_TEXT] = "to_char(clock_timestamp() AT TIME ZONE 'UTC', " ISO ")",
	[KIND_TIMESTAMP] = "clock_timestamp() AT TIME ZONE 'UTC'",
	[KIND_TIMESTAMPTZ] = "clock_timestamp()",
	[KIND_OTHER] = NULL,
};
static const char *const count_value[] = {
	[KIND_TEXT] = "$3::bigint::text",
	[KIND_INT] = "least($3::bigint, 2147483647)",
	[KIND_NUMBER] = "$3::bigint",
	[KIND_OTHER] = NULL,
};
/* Without a database default Prisma's client makes the id: a cuid, mostly. */
static const char *const id_value[] = {
	[KIND_TEXT] = "'c' || left(replace(gen_random_uuid()::text, '-', ''), "
	    "24)",
	[KIND_UUID] = "gen_random_uuid()",
	[KIND_OTHER] = NULL,
};

struct found {
	const char *name, *ident;
	enum kind kind;
	int required, coarse;
};

struct builder {
	struct arena *mem;
	struct state_model *model;
	struct buf set, columns, values;
	struct diag *d;
};

static void
read_column(struct arena *mem, const struct db_rows *r, size_t row,
    struct found *f)
{
	const char *type = db_cell(r, row, FOUND_TYPE);
	size_t i;

	f->name = db_cell(r, row, FOUND_COLUMN);
	f->ident = db_ident(mem, f->name);
	f->required = *db_cell(r, row, FOUND_REQUIRED) == 't';
	f->coarse = *db_cell(r, row, FOUND_COARSE) == 't';
	f->kind = strcmp(type, "citext") == 0 ? KIND_TEXT : KIND_OTHER;
	if (strcmp(db_cell(r, row, FOUND_TYPE_SCHEMA), "pg_catalog") != 0)
		return;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, type) == 0)
			f->kind = types[i].kind;
}

static int
cannot(struct builder *b, const struct found *f, const char *what)
{
	diag_hint(b->d, "give it a default in the database, or make it "
	    "optional");
	return diag_set(b->d, "column '%s' of '%s', where the state of syncs "
	    "is kept, %s", f->name, b->model->shown, what);
}

/* Both: on update and in a new row. */
enum when { WHEN_INSERT = 1, WHEN_UPDATE = 2, WHEN_BOTH = 3 };

static void
assign(struct builder *b, const struct found *f, const char *value,
    enum when when)
{
	if ((when & WHEN_UPDATE) != 0)
		buf_addf(&b->set, "%s%s = %s", b->set.len > 0 ? ", " : "",
		    f->ident, value);
	if ((when & WHEN_INSERT) != 0) {
		buf_addf(&b->columns, "%s%s", b->columns.len > 0 ? ", " : "",
		    f->ident);
		buf_addf(&b->values, "%s%s", b->values.len > 0 ? ", " : "",
		    value);
	}
}

/* Written without a zone, a text means UTC. */
static const char *
cutoff_read(struct arena *mem, const struct found *f)
{
	switch (f->kind) {
	case KIND_TIMESTAMP:
		return f->ident;
	case KIND_TIMESTAMPTZ:
		return arena_printf(mem, "%s AT TIME ZONE 'UTC'", f->ident);
	default:
		return arena_printf(mem, "CASE WHEN %s::text ~ "
		    "':.*([Zz]|[+-][0-9:]+)$' THEN "
		    "%s::text::timestamptz AT TIME ZONE 'UTC' "
		    "ELSE %s::text::timestamp END", f->ident, f->ident,
		    f->ident);
	}
}

static int
add_cutoff(struct builder *b, const struct found *f)
{
	const char *value;

	if (cutoff_value[f->kind] == NULL)
		return cannot(b, f, "holds no times");
	b->model->cutoff = cutoff_read(b->mem, f);
	value = cutoff_value[f->kind];
	if (f->coarse && f->kind != KIND_TEXT) {
		/* rounded up, it would be too late */
		b->model->coarse = 1;
		value = arena_printf(b->mem, "date_trunc('second', %s)",
		    value);
	}
	assign(b, f, value, WHEN_BOTH);
	return 0;
}

static int
add_id(struct builder *b, const struct found *f)
{
	const char *value = id_value[f->kind];

	if (f->kind == KIND_INT || f->kind == KIND_NUMBER) {
		b->model->turns = 1;
		value = arena_printf(b->mem, "(SELECT coalesce(max(%s), 0) + 1 "
		    "FROM %s)", f->ident, b->model->ident);
	}
	if (value == NULL)
		return cannot(b, f, "has no default");
	assign(b, f, value, WHEN_INSERT);
	return 0;
}

static int
add_other(struct builder *b, const struct found *f)
{
	int changes = name_is_like(f->name, "updatedAt") ||
	    name_is_like(f->name, "updated");
	int dated = changes || name_is_like(f->name, "createdAt") ||
	    name_is_like(f->name, "created");

	if (dated && now_value[f->kind] != NULL && (changes || f->required))
		assign(b, f, now_value[f->kind],
		    changes ? WHEN_BOTH : WHEN_INSERT);
	else if (f->required)
		return cannot(b, f, "is required, and nothing is known to put "
		    "there");
	return 0;
}

static int
add_column(struct builder *b, const struct found *f)
{
	if (name_is_like(f->name, "tableName")) {
		b->model->name = arena_printf(b->mem, "%s::text", f->ident);
		assign(b, f, "$1", WHEN_INSERT);
		return 0;
	}
	if (name_is_like(f->name, "lastMigratedAt"))
		return add_cutoff(b, f);
	if (name_is_like(f->name, "recordCount") &&
	    count_value[f->kind] != NULL) {
		assign(b, f, count_value[f->kind], WHEN_BOTH);
		b->model->nparams = 3;
		return 0;
	}
	if (name_is_like(f->name, "id") && f->required)
		return add_id(b, f);
	return add_other(b, f);
}

static void
finish(struct builder *b)
{
	struct state_model *m = b->model;

	m->update = arena_printf(b->mem, "UPDATE %s SET %s WHERE %s = $1",
	    m->ident, buf_str(&b->set), m->name);
	m->insert = arena_printf(b->mem, "INSERT INTO %s (%s) VALUES (%s) "
	    "ON CONFLICT DO NOTHING", m->ident, buf_str(&b->columns),
	    buf_str(&b->values));
}

struct state_model *
state_model_find(struct arena *mem, struct db *db, struct diag *d)
{
	const char *schema = db_url_of(db)->schema;
	struct builder b = { .mem = mem, .d = d };
	struct found f;
	struct db_rows *r;
	size_t i;
	int rc = 0;

	r = db_query(db, mem, sql_state_table, 1, &schema, d);
	if (r == NULL || r->nrows == 0)
		return NULL;
	b.model = arena_new_of(mem, struct state_model);
	b.model->nparams = 2;
	b.model->shown = db_cell(r, 0, FOUND_TABLE);
	b.model->ident = arena_printf(mem, "%s.%s", db_ident(mem, schema),
	    db_ident(mem, b.model->shown));
	if (*db_cell(r, 0, FOUND_MAY_WRITE) != 't') {
		diag_hint(d, "its owner can GRANT SELECT, INSERT, UPDATE ON "
		    "%s to this role", b.model->ident);
		rc = diag_set(d, "permission denied for '%s', where the state "
		    "of syncs is kept", b.model->shown);
	}
	for (i = 0; i < r->nrows && rc == 0; i++) {
		read_column(mem, r, i, &f);
		rc = add_column(&b, &f);
	}
	if (rc == 0)
		finish(&b);
	buf_free(&b.set);
	buf_free(&b.columns);
	buf_free(&b.values);
	return rc == 0 ? b.model : NULL;
}
