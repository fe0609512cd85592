/* The schema `dbm' and what stands in it. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/sql.h"

/* Columns of own_find.sql. */
enum {
	FIND_DATABASE,
	FIND_ROLE,
	FIND_SCHEMA,
	FIND_MAY_MAKE,
	FIND_MAY_USE,
	FIND_MAY_CREATE,
	FIND_LAYOUT,
	FIND_TABLE,
	FIND_MAY_WRITE,
	FIND_NEWEST
};

/* Two who come first at once take turns; that something is there already is
 * not worth telling. */
#define TURN                                                                   \
	"SELECT pg_catalog.pg_advisory_xact_lock(72707369007),"                \
	"pg_catalog.set_config('client_min_messages','warning',true);"

static int
is_true(const struct db_rows *r, size_t col)
{
	return *db_cell(r, 0, col) == 't';
}

static void
name_grant(struct arena *mem, const struct db_rows *r, const char *table,
    struct diag *d)
{
	const char *role = db_ident(mem, db_cell(r, 0, FIND_ROLE));
	const char *why = "dbm keeps its records in a schema of its own: as";

	if (is_true(r, FIND_TABLE))
		diag_hint(d, "%s its owner, GRANT USAGE ON SCHEMA dbm TO %s; "
		    "GRANT SELECT, INSERT, UPDATE ON dbm.%s TO %s;", why, role,
		    db_ident(mem, table), role);
	else if (is_true(r, FIND_SCHEMA))
		diag_hint(d, "%s its owner, GRANT USAGE, CREATE ON SCHEMA dbm "
		    "TO %s;", why, role);
	else
		diag_hint(d, "%s the owner of the database, GRANT CREATE ON "
		    "DATABASE %s TO %s;", why,
		    db_ident(mem, db_cell(r, 0, FIND_DATABASE)), role);
}

static int
refuse(const char *table, struct diag *d)
{
	strlcpy(d->sqlstate, "42501", sizeof(d->sqlstate));
	return diag_set(d, "permission denied for dbm.%s", table);
}

/*
 * 1: it is there and can be used; 0: it is not, and can be made; -1: diag.
 * A statement that fails would spoil the transaction we may be in.
 */
static int
check(const struct db_rows *r, const char *table, int create, struct diag *d)
{
	int usable = is_true(r, FIND_MAY_USE);

	if (is_true(r, FIND_TABLE))
		return usable && is_true(r, FIND_MAY_WRITE) ? 1 :
		    refuse(table, d);
	if (is_true(r, FIND_SCHEMA))
		return usable && is_true(r, FIND_MAY_CREATE) ? 0 :
		    refuse(table, d);
	return !create || is_true(r, FIND_MAY_MAKE) ? 0 : refuse(table, d);
}

/* IF NOT EXISTS asks for the right to create all the same. */
static int
create_table(struct db *db, const struct db_rows *r, const char *create,
    struct diag *d)
{
	return db_execf(db, d, TURN "%s%s%s", is_true(r, FIND_SCHEMA) ? "" :
	    "CREATE SCHEMA IF NOT EXISTS dbm;",
	    is_true(r, FIND_LAYOUT) ? "" : sql_own_layout, create);
}

/* An older table is made a newer one by the same script; by its owner. */
static int
renew(struct db *db, const struct db_rows *r, const char *create,
    struct diag *d)
{
	if (create_table(db, r, create, d) == 0)
		return 1;
	diag_hint(d, "it is of an older dbm: let the owner of schema dbm run "
	    "this once");
	return -1;
}

int
own_prepare(struct db *db, const struct own_table *t, struct diag *d)
{
	const char *params[] = { t->name, t->newest };
	struct arena *mem = arena_new();
	struct db_rows *r;
	int rc = -1;

	r = db_query(db, mem, sql_own_find, 2, params, d);
	if (r != NULL) {
		rc = check(r, t->name, t->create != NULL, d);
		if (rc == 0 && t->create != NULL)
			rc = create_table(db, r, t->create, d) == -1 ? -1 : 1;
		if (rc == -1 && strcmp(d->sqlstate, "42501") == 0)
			name_grant(mem, r, t->name, d);
		if (rc == 1 && t->create != NULL && is_true(r, FIND_TABLE) &&
		    !is_true(r, FIND_NEWEST))
			rc = renew(db, r, t->create, d);
	}
	arena_free(mem);
	return rc;
}
