/*
 * The state of sync, at the destination.  Where a Prisma model keeps cutoffs,
 * those are what counts: dbm's own table then holds the marks only, each with
 * the cutoff that it belongs to.  It is one for all schemas, and names tables
 * of others than `public' with their schema.
 */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/sql.h"
#include "rows/state.h"
#include "rows/state_model.h"

#define OWN_NAME "MigrationState"
#define OWN "dbm.\"" OWN_NAME "\""
#define FORMAT "'YYYY-MM-DD HH24:MI:SS.MS'"

struct state_place {
	const struct state_model *model; /* NULL: there is none */
	int own;			 /* is there dbm's table? */
	int barred; /* there is none, and this role may not make it */
	const char *prefix; /* of its names: the schema and a dot, or "" */
};

/* Of a database without a schema dbm: with one, own_prepare() has told. */
static int
is_barred(struct db *db, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_rows *r;
	int rc;

	r = db_query(db, mem, "SELECT pg_catalog.to_regnamespace('dbm') IS "
	    "NULL AND NOT pg_catalog.has_database_privilege("
	    "pg_catalog.current_database(), 'CREATE')", 0, NULL, d);
	rc = r == NULL ? -1 : *db_cell(r, 0, 0) == 't';
	arena_free(mem);
	return rc;
}

/*
 * Without a right to dbm's table a model's serves alone, and no marks are
 * kept.
 */
static int
find_own(struct db *db, int create, struct state_place *p, struct diag *d)
{
	int rc;

	rc = own_prepare(db, &(struct own_table){ OWN_NAME,
	    create ? sql_state_create : NULL, "tableName" }, d);
	p->own = rc == 1;
	if (rc == -1 && p->model != NULL &&
	    strcmp(d->sqlstate, "42501") == 0) {
		diag_reset(d);
		p->barred = 1;
		return 0;
	}
	if (rc == 0 && p->model != NULL)
		rc = p->barred = is_barred(db, d);
	return rc == -1 ? -1 : 0;
}

struct state_place *
state_open(struct arena *mem, struct db *db, int create, struct diag *d)
{
	struct state_place *p = arena_new_of(mem, struct state_place);
	const char *schema = db_url_of(db)->schema;

	p->prefix = strcmp(schema, "public") == 0 ? "" :
	    arena_printf(mem, "%s.", schema);
	p->model = state_model_find(mem, db, d);
	if ((p->model == NULL && d->text.len > 0) ||
	    find_own(db, create, p, d) == -1)
		return NULL;
	return p->model != NULL || p->own ? p : NULL;
}

int
state_has_marks(const struct state_place *p)
{
	return !p->barred;
}

/*
 * $1: the prefix.  A table that is named twice has the older cutoff, which
 * loses nothing; one without a time has none.
 */
static const char *
read_query(struct arena *mem, const struct state_place *p)
{
	const struct state_model *m = p->model;
	const char *join = "";

	if (m == NULL)
		return "SELECT substr(\"tableName\", length($1) + 1), "
		    "to_char(\"lastMigratedAt\", " FORMAT "), mark FROM " OWN
		    " WHERE starts_with(\"tableName\", $1) ORDER BY 1";
	if (p->own)
		join = arena_printf(mem, "LEFT JOIN " OWN " o ON "
		    "o.\"tableName\" = $1 || t AND "
		    "to_char(date_trunc('%s', o.\"lastMigratedAt\"), " FORMAT
		    ") = c", m->coarse ? "second" : "milliseconds");
	return arena_printf(mem, "SELECT t, c, %s FROM (SELECT %s AS t, "
	    "to_char(min(%s), " FORMAT ") AS c FROM %s WHERE %s IS NOT NULL "
	    "AND $1::text IS NOT NULL GROUP BY 1 "
	    "HAVING bool_and(coalesce(isfinite(%s), false))) p %s ORDER BY 1",
	    p->own ? "o.mark" : "NULL", m->name, m->cutoff, m->ident, m->name,
	    m->cutoff, join);
}

struct state *
state_read(struct arena *mem, struct db *db, const struct state_place *p,
    size_t *n, struct diag *d)
{
	struct state *out;
	struct db_rows *r;
	size_t i;

	*n = 0;
	r = db_query(db, mem, read_query(mem, p), 1, &p->prefix, d);
	if (r == NULL)
		return NULL;
	out = arena_array(mem, struct state, r->nrows + 1);
	for (i = 0; i < r->nrows; i++) {
		out[i].table = db_cell(r, i, 0);
		out[i].cutoff = db_cell(r, i, 1);
		out[i].mark = db_cell(r, i, 2);
	}
	*n = r->nrows;
	return out;
}

/* Ids that are counted would be the same for two who insert at once. */
#define TURN "SELECT pg_catalog.pg_advisory_xact_lock(72707369008)"

static int
write_model(struct arena *mem, struct db *db, const struct state_model *m,
    const char *const *params, struct diag *d)
{
	const char *const steps[] = { m->update, m->insert, m->update };
	size_t i;

	/* Somebody else may insert it at the same time: then it is there
	 * after all, and is updated. */
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (i == 1 && m->turns && db_exec(db, TURN, d) == -1)
			return -1;
		if (db_query(db, mem, steps[i], m->nparams, params, d) == NULL)
			return -1;
		if (db_affected(db) > 0)
			return 0;
	}
	return diag_set(d, "the state of '%s' cannot be written to '%s'",
	    params[0], m->shown);
}

static int
write_own(struct arena *mem, struct db *db, const char *const *params,
    struct diag *d)
{
	return db_query(db, mem, "INSERT INTO " OWN " (\"tableName\", "
	    "\"lastMigratedAt\", \"recordCount\", mark, \"updatedAt\") "
	    "VALUES ($1, $2, $3, $4, clock_timestamp() AT TIME ZONE 'UTC') "
	    "ON CONFLICT (\"tableName\") DO UPDATE SET (\"lastMigratedAt\", "
	    "\"recordCount\", mark, \"updatedAt\") = (EXCLUDED."
	    "\"lastMigratedAt\", EXCLUDED.\"recordCount\", EXCLUDED.mark, "
	    "EXCLUDED.\"updatedAt\")", 4, params, d) == NULL ? -1 : 0;
}

int
state_write(struct arena *mem, struct db *db, const struct state_place *p,
    const struct state *s, long long rows, struct diag *d)
{
	const char *params[] = {
		s->table, s->cutoff, arena_printf(mem, "%lld", rows), s->mark
	};

	if (p->model != NULL && write_model(mem, db, p->model, params, d) == -1)
		return -1;
	params[0] = arena_printf(mem, "%s%s", p->prefix, s->table);
	return p->own ? write_own(mem, db, params, d) : 0;
}
