/* A script on a database that nobody needs afterwards. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "migrate/dir.h"
#include "migrate/replay.h"
#include "migrate/units.h"

struct replay {
	struct db *db;
	struct arena *mem;
	struct units units;
	int make_roles;
	struct diag *d;
};

static int
send(struct replay *r, const struct unit *u)
{
	const char *begin = u->chained && !db_in_transaction(r->db) ?
	    "BEGIN;" : "";
	struct units_failure f = { .unit = u, .before_bytes = strlen(begin),
		.before_stmts = *begin != '\0' };
	char *sql = arena_printf(r->mem, "%s%.*s", begin,
	    (int)(u->end - u->start), r->units.text + u->start);

	if (db_restore_encoding(r->db, r->d) == -1)
		return -1;
	if (db_exec(r->db, sql, r->d) == 0)
		return 0;
	f.sent = sql;
	f.position = db_error_position(r->db);
	f.completed = db_completed(r->db);
	if (!db_lost(r->db))
		units_locate(&r->units, &f, r->d);
	return -1;
}

/* 'role "app" does not exist': the server speaks English, it is ours. */
static char *
missing_role(const struct replay *r)
{
	static const char before[] = "role \"", after[] = "\" does not exist";
	const char *s = strstr(buf_str(&r->d->text), before), *end;

	if (strcmp(r->d->sqlstate, "42704") != 0 || s == NULL)
		return NULL;
	s += strlen(before);
	end = strstr(s, after);
	return end == NULL ? NULL :
	    arena_strndup(r->mem, s, (size_t)(end - s));
}

static int
roll_back(struct replay *r)
{
	return db_in_transaction(r->db) ?
	    db_exec(r->db, "ROLLBACK", r->d) : 0;
}

/* 1: it was only a role that was missing; there is one now. */
static int
make_role(struct replay *r)
{
	char *name = r->make_roles ? missing_role(r) : NULL;
	struct diag ignored = DIAG_INIT;
	int made;

	if (name == NULL || roll_back(r) == -1)
		return 0;
	made = db_execf(r->db, &ignored, "CREATE ROLE %s NOLOGIN",
	    db_ident(r->mem, name)) == 0;
	diag_free(&ignored);
	return made;
}

static int
run_units(struct replay *r)
{
	size_t i;

	for (i = 0; i < r->units.n; i++)
		while (send(r, &r->units.unit[i]) == -1) {
			if (!make_role(r))
				return -1;
			diag_reset(r->d);
		}
	return 0;
}

/* One that is refused for being one transaction goes by statements. */
static int
run_script(struct replay *r)
{
	struct diag ignored = DIAG_INIT;
	int rc;

	rc = run_units(r);
	if (rc == 0 || r->units.mode != UNITS_ATOMIC || db_lost(r->db) ||
	    !units_need_steps(r->d->sqlstate))
		return rc;
	rc = roll_back(r) == -1 ? -1 :
	    units_plan_steps(r->mem, &r->units, &ignored);
	diag_free(&ignored);
	if (rc == -1)
		return -1;
	diag_reset(r->d);
	return run_units(r);
}

int
replay_script(struct db *db, struct arena *scratch, const struct migration *m,
    const struct buf *text, int make_roles, struct diag *d)
{
	struct replay r = { .db = db, .mem = scratch,
		.make_roles = make_roles, .d = d };
	const char *sql = buf_str(text);

	if (units_plan(scratch, m->path, sql, text->len, &r.units, d) == -1)
		return -1;
	/* our parser would read its strings otherwise than the server does */
	if (db_escapes_strings(db) && strchr(sql, '\\') != NULL)
		units_plan_whole(scratch, m->path, sql, text->len, &r.units);
	if (run_script(&r) == -1)
		return -1;
	if (!db_in_transaction(db))
		return 0;
	diag_at(d, m->path, 0, 0);
	return diag_set(d, "this script leaves a transaction open");
}
