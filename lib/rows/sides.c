/* Two databases: connected, told apart, and read at once. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/sql.h"
#include "db/target.h"
#include "rows/pick.h"
#include "rows/sides.h"
#include "schema/project.h"

/* The one query of each side whose answer is a single row. */
static int
ask_both(struct arena *mem, const struct side s[2], const char *sql,
    struct db_rows *out[2], struct diag *d)
{
	int i;

	for (i = 0; i < 2; i++)
		if (db_send_query(s[i].db, sql, 0, NULL, d) == -1)
			return -1;
	for (i = 0; i < 2; i++)
		if ((out[i] = db_take(s[i].db, mem, d)) == NULL)
			return -1;
	return 0;
}

static int
check_encodings(struct arena *mem, const struct side s[2], struct diag *d)
{
	struct db_rows *is[2];

	if (ask_both(mem, s, "SHOW server_encoding", is, d) == -1)
		return -1;
	if (strcmp(db_cell(is[0], 0, 0), db_cell(is[1], 0, 0)) == 0)
		return 0;
	return diag_set(d, "the encodings differ, and with them the digests "
	    "of equal text: %s in %s, %s in %s", db_cell(is[0], 0, 0),
	    s[0].called, db_cell(is[1], 0, 0), s[1].called);
}

int
sides_open(struct arena *mem, struct side s[2], const struct project *project,
    const char *const name[2], struct diag *d)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (target_resolve(mem, project, name[i], 0, &s[i].url, d) ==
		    -1)
			return -1;
		s[i].called = name[i];
		if (url_looks_like(name[i]))
			s[i].called = arena_printf(mem,
			    "database '%s' at %s", s[i].url.dbname,
			    url_where(mem, &s[i].url));
	}
	for (i = 0; i < 2; i++)
		if ((s[i].db = db_open(&s[i].url, 0, d)) == NULL)
			return -1;
	return check_encodings(mem, s, d);
}

void
sides_close(struct side s[2])
{
	db_close(s[0].db);
	db_close(s[1].db);
	s[0].db = s[1].db = NULL;
}

static int
are_equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int
sides_refuse_same(struct arena *mem, const struct side s[2], struct diag *d)
{
	struct db_rows *is[2];

	if (ask_both(mem, s, sql_rows_same, is, d) == -1)
		return -1;
	if (!are_equal(db_cell(is[0], 0, 0), db_cell(is[1], 0, 0)) &&
	    !(*db_cell(is[0], 0, 2) == 't' &&
	    are_equal(db_cell(is[0], 0, 1), db_cell(is[1], 0, 1))))
		return 0;
	return diag_set(d, "%s and %s are the same database: '%s' at %s",
	    s[0].called, s[1].called, s[1].url.dbname,
	    url_where(mem, &s[1].url));
}

/* What the other side calls a schema. */
static const char *
schema_of(const struct side s[2], int side, const char *schema)
{
	return strcmp(schema, s[side].url.schema) == 0 ?
	    s[!side].url.schema : schema;
}

/*
 * Where the URLs name two schemas, what the source has in the second of them
 * has no place: there it would be taken for the table of the first.
 */
static int
refuse_other(const struct side s[2], struct diag *d)
{
	const struct tables *chosen = &s[0].chosen;
	size_t i;

	for (i = 0; i < chosen->n; i++) {
		if (strcmp(chosen->table[i]->schema, s[0].url.schema) == 0 ||
		    strcmp(chosen->table[i]->schema, s[1].url.schema) != 0)
			continue;
		diag_hint(d, "give both URLs the same schema=");
		return diag_set(d, "table '%s' has no place in %s, where "
		    "schema '%s' stands for '%s'", chosen->table[i]->shown,
		    s[1].called, s[1].url.schema, s[0].url.schema);
	}
	return 0;
}

int
sides_pick(struct arena *mem, struct side s[2], const struct pick *pick,
    struct diag *d)
{
	struct pick other = *pick;
	const char **schema, **mapped;
	size_t i, n;

	other.lenient = 1;
	schema = pick_schemas(mem, pick, s[0].url.schema, &n);
	mapped = arena_array(mem, const char *, n);
	for (i = 0; i < n; i++)
		mapped[i] = schema_of(s, 0, schema[i]);
	if (tables_send(s[0].db, schema, n, d) == -1 ||
	    tables_send(s[1].db, mapped, n, d) == -1 ||
	    tables_take(mem, s[0].db, &s[0].all, d) == -1 ||
	    tables_take(mem, s[1].db, &s[1].all, d) == -1 ||
	    pick_among(mem, s[0].db, pick, &s[0].all, &s[0].chosen, d) == -1 ||
	    refuse_other(s, d) == -1)
		return -1;
	return pick_among(mem, s[1].db, &other, &s[1].all, &s[1].chosen, d);
}

struct table *
sides_partner(const struct side s[2], int side, const struct table *t)
{
	return table_find(&s[!side].all, schema_of(s, side, t->schema),
	    t->name);
}

int
sides_take_turn(const struct side *to, struct db **holder, struct diag *d)
{
	if (lock_hold(to->db, lock_key("dbm sync"), 0, "the destination",
	    holder, d) == 0)
		return 0;
	if (d->status == EXIT_LATER && !db_lost(to->db))
		diag_hint(d, "only one run at a time pushes into a database: "
		    "wait for it to end");
	return -1;
}

void
sides_ping(const struct side s[2], struct db *holder)
{
	struct db *const db[] = { s[0].db, s[1].db, holder };
	struct diag ignored = DIAG_INIT; /* it shows when there is work */
	size_t i;

	for (i = 0; i < sizeof(db) / sizeof(db[0]); i++)
		if (db[i] != NULL && !db_lost(db[i]))
			db_exec(db[i], "SELECT", &ignored);
	diag_free(&ignored);
}
