#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/own.h"
#include "db/runs.h"
#include "db/sql.h"

static int
exists(struct db *db, struct arena *mem, struct diag *d)
{
	struct db_rows *r;

	r = db_query(db, mem, "SELECT pg_catalog.to_regclass('dbm.runs') "
	    "IS NOT NULL", 0, NULL, d);
	return r == NULL ? -1 : strcmp(db_cell(r, 0, 0), "t") == 0;
}

int
runs_prepare(struct db *db, struct diag *d)
{
	static const struct own_table runs = { "runs", sql_runs_create,
		"pass_ms" };

	return own_prepare(db, &runs, d) == -1 ? -1 : 0;
}

int
runs_prepare_ranges(struct db *db, struct diag *d)
{
	static const struct own_table ranges = { "run_ranges",
		sql_runs_create, "row_count" };

	return runs_prepare(db, d) == -1 || own_prepare(db, &ranges, d) == -1 ?
	    -1 : 0;
}

int
runs_find(struct db *db, struct arena *mem, const char *kind,
    const char *name, const char **state, const char **when, struct diag *d)
{
	const char *params[] = { kind, name };
	struct db_rows *r;
	int rc = exists(db, mem, d);

	if (rc != 1)
		return rc;
	r = db_query(db, mem, "SELECT state, pg_catalog.to_char(started_at "
	    "AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"') "
	    "FROM dbm.runs WHERE kind = $1 AND name = $2", 2, params, d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return 0;
	*state = db_cell(r, 0, 0);
	*when = db_cell(r, 0, 1);
	return 1;
}

const char *
runs_os_user(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw == NULL ? "" : pw->pw_name;
}

const char *
runs_host(struct arena *mem)
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	return arena_strdup(mem, host);
}

void
runs_add_begin(struct buf *b, struct arena *mem, const char *kind,
    const char *name, const char *what, int replace)
{
	if (replace)
		buf_addf(b, "DELETE FROM dbm.runs WHERE kind "
		    "OPERATOR(pg_catalog.=) %s AND name "
		    "OPERATOR(pg_catalog.=) %s;", db_literal(mem, kind),
		    db_literal(mem, name));
	buf_addf(b, "INSERT INTO dbm.runs (kind, name, state, what, os_user, "
	    "host) VALUES (%s, %s, 'running', %s, %s, %s);",
	    db_literal(mem, kind), db_literal(mem, name),
	    db_literal(mem, what), db_literal(mem, runs_os_user()),
	    db_literal(mem, runs_host(mem)));
}

void
runs_add_end(struct buf *b, struct arena *mem, const char *kind,
    const char *name, const char *outcome)
{
	buf_addf(b, "UPDATE dbm.runs SET state = %s, finished_at = "
	    "pg_catalog.clock_timestamp() WHERE kind OPERATOR(pg_catalog.=) %s "
	    "AND name OPERATOR(pg_catalog.=) %s;", db_literal(mem, outcome),
	    db_literal(mem, kind), db_literal(mem, name));
}
