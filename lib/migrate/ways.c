/*
 * The three ways to an empty database.  What is made is dropped again over a
 * session that is open already, since a signal ends every attempt to connect.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/sql.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/shadow_priv.h"
#include "schema/project.h"
#include "server/pg.h"
#include "server/place.h"

const char *const way_name[WAY__MAX] = {
	[WAY_PRIVATE] = "a private server",
	[WAY_URL] = "shadowDatabaseUrl",
	[WAY_BESIDE] = "a database beside the main one",
};

/* NULL: not given. */
static const char *
value_of(const struct project *p, const struct ds_value *v)
{
	return v->literal != NULL ? v->literal : v->env == NULL ? NULL :
	    project_env(p, v->env);
}

static const char *
shadow_url(const struct shadow *s)
{
	const struct project *p = s->o->project;

	return p == NULL || !p->has_datasource ? NULL :
	    value_of(p, &p->datasource.shadow_url);
}

int
way_exists(struct shadow *s, enum shadow_way way)
{
	struct diag ignored = DIAG_INIT;
	struct pg pg;

	if (way == WAY_URL)
		return shadow_url(s) != NULL;
	if (way == WAY_BESIDE)
		return s->o->url != NULL;
	if (s->version == NULL) {
		s->version = pg_find(s->mem, 0, &pg, &ignored) == -1 ? "" :
		    arena_printf(s->mem, "%d", pg.version);
		if (*s->version == '\0' && s->o->whisper != NULL)
			s->o->whisper("shadow: %s", buf_str(&ignored.text));
		diag_free(&ignored);
	}
	return *s->version != '\0';
}

const char *
way_version(const struct shadow *s, enum shadow_way way)
{
	if (way == WAY_PRIVATE)
		return s->version;
	return way == WAY_URL ? shadow_url(s) : s->o->url->text;
}

/* --- a private server --- */

/* By the name of the main one, which a script may say, unless it is taken. */
static char *
private_name(const struct shadow *s)
{
	static const char *const taken[] = { "postgres", "template0",
		"template1", "test" };
	const char *name = s->o->url == NULL ? "test" : s->o->url->dbname;
	size_t i;

	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(name, taken[i]) == 0)
			return arena_strdup(s->mem, "shadow");
	return arena_strdup(s->mem, name);
}

static int
open_private(struct shadow *s, struct diag *d)
{
	struct server_state server = { 0 };
	struct place place;

	if (place_find(s->mem, &place, d) == -1 ||
	    watch_start(&s->watch, &place, 60, &server, d) == -1)
		return -1;
	s->way = WAY_PRIVATE;
	if (url_parse(s->mem, server.url, NULL, &s->base, d) == -1 ||
	    (s->side = db_open(&s->base, 0, d)) == NULL)
		return -1;
	return 0;
}

static int
drop_made(struct shadow *s, struct diag *d)
{
	int rc;

	if (s->made == NULL)
		return 0;
	rc = db_execf(s->side, d, "DROP DATABASE IF EXISTS %s WITH (FORCE)",
	    db_ident(s->mem, s->made));
	if (rc == -1 && s->way == WAY_BESIDE && s->o->whisper != NULL)
		s->o->whisper("shadow: the database '%s' is left behind: %s",
		    s->made, buf_str(&d->text));
	s->made = NULL;
	return rc;
}

static int
make_database(struct shadow *s, const struct db_url *beside, char *name,
    struct diag *d)
{
	if (drop_made(s, d) == -1 ||
	    db_execf(s->side, d, "CREATE DATABASE %s",
	    db_ident(s->mem, name)) == -1)
		return -1;
	s->made = name;
	return url_with_dbname(s->mem, beside, name, &s->url);
}

/* --- a database beside --- */

/* Since when it is there, for whoever finds it after a SIGKILL. */
static void
mark_beside(struct shadow *s)
{
	struct diag ignored = DIAG_INIT;

	db_execf(s->side, &ignored, "COMMENT ON DATABASE %s IS 'dbm shadow "
	    "%lld'", db_ident(s->mem, s->made), (long long)time(NULL));
	diag_free(&ignored);
}

/* Those of runs that were killed, which nobody has used for an hour. */
static void
drop_old(struct shadow *s)
{
	struct diag ignored = DIAG_INIT;
	struct db_rows *r;
	size_t i;

	r = db_query(s->side, s->mem, sql_shadow_databases, 0, NULL,
	    &ignored);
	for (i = 0; r != NULL && i < r->nrows; i++)
		if (atoll(db_cell(r, i, 1)) < (long long)time(NULL) - 3600)
			db_execf(s->side, &ignored, "DROP DATABASE %s",
			    db_ident(s->mem, db_cell(r, i, 0)));
	diag_free(&ignored);
}

static int
open_beside(struct shadow *s, struct diag *d)
{
	s->side = db_open(s->o->url, 0, d);
	if (s->side == NULL)
		return -1;
	s->way = WAY_BESIDE;
	drop_old(s);
	return 0;
}

static char *
beside_name(const struct shadow *s)
{
	char id[37];

	history_new_id(id);
	return arena_printf(s->mem, "prisma_migrate_shadow_db_%s", id);
}

/* --- shadowDatabaseUrl --- */

/* Also where no main database was asked for: the schema names one. */
static int
is_main(const struct shadow *s, const struct db_url *u)
{
	const struct datasource *ds = &s->o->project->datasource;
	const char *const text[] = { value_of(s->o->project, &ds->url),
		value_of(s->o->project, &ds->direct_url) };
	struct diag ignored = DIAG_INIT;
	struct db_url main;
	int same = s->o->url != NULL && url_is_same(s->o->url, u);

	for (size_t i = 0; i < 2 && !same; i++)
		same = text[i] != NULL && url_parse(s->mem, text[i], NULL,
		    &main, &ignored) == 0 && url_is_same(&main, u);
	diag_free(&ignored);
	return same;
}

/* It will be emptied: what has a history is no shadow. */
static int
check_shadow(struct shadow *s, struct diag *d)
{
	struct history h;

	/* a lock of the main database is held by who asks for the shadow */
	if (lock_acquire(s->side, LOCK_DBM, 0, "the shadow database", d) == -1
	    || history_read(s->side, s->mem, s->ns, s->nns, &h, d) == -1)
		return -1;
	if (h.n == 0)
		return 0;
	diag_hint(d, "it would be emptied: give a database of its own");
	return diag_set(d, "the database of shadowDatabaseUrl has a migration "
	    "history of %zu rows", h.n);
}

static int
open_url(struct shadow *s, struct diag *d)
{
	if (url_parse(s->mem, shadow_url(s), NULL, &s->url, d) == -1)
		return -1;
	if (is_main(s, &s->url))
		return diag_set(d, "the shadow database you configured "
		    "appears to be the same as the main database");
	s->url.schema = s->schema;
	s->side = db_open(&s->url, 0, d);
	if (s->side == NULL)
		return -1;
	s->way = WAY_URL;
	return check_shadow(s, d);
}

static int
empty_schemas(struct shadow *s, struct diag *d)
{
	struct buf sql = BUF_INIT;
	const char *name;
	size_t i;
	int rc;

	for (i = 0; i < s->nns; i++)
		if (strcmp(s->ns[i], s->schema) != 0)
			buf_addf(&sql, "DROP SCHEMA IF EXISTS %s CASCADE;",
			    db_ident(s->mem, s->ns[i]));
	name = db_ident(s->mem, s->schema);
	buf_addf(&sql, "DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s;",
	    name, name);
	rc = db_exec(s->side, buf_str(&sql), d);
	buf_free(&sql);
	return rc;
}

int
way_open(struct shadow *s, enum shadow_way way, struct diag *d)
{
	static int (*const open[WAY__MAX])(struct shadow *, struct diag *) = {
		[WAY_PRIVATE] = open_private,
		[WAY_URL] = open_url,
		[WAY_BESIDE] = open_beside,
	};

	ways_close(s);
	if (open[way](s, d) == 0)
		return 0;
	ways_close(s);
	return -1;
}

static int
new_database(struct shadow *s, struct diag *d)
{
	switch (s->way) {
	case WAY_PRIVATE:
		return make_database(s, &s->base, private_name(s), d);
	case WAY_BESIDE:
		if (make_database(s, s->o->url, beside_name(s), d) == -1)
			return -1;
		mark_beside(s);
		return 0;
	default:
		return empty_schemas(s, d);
	}
}

int
way_empty(struct shadow *s, struct diag *d)
{
	db_close(s->db);
	s->db = NULL;
	s->done = 0;
	s->done_chain[0] = '\0';
	if (new_database(s, d) == -1)
		return -1;
	s->url.schema = s->schema;
	s->db = db_open(&s->url, DB_KEEP_PATH, d);
	if (s->db == NULL)
		return -1;
	/* what the scripts warn of was told when they were applied */
	if (db_exec(s->db, "SET client_min_messages = error", d) == -1)
		return -1;
	/* as Prisma does when it connects */
	return strcmp(s->schema, "public") == 0 ? 0 : db_execf(s->db, d,
	    "CREATE SCHEMA IF NOT EXISTS %s", db_ident(s->mem, s->schema));
}

void
ways_close(struct shadow *s)
{
	struct diag ignored = DIAG_INIT;

	db_close(s->db);
	s->db = NULL;
	if (s->way == WAY_BESIDE)
		drop_made(s, &ignored);
	s->made = NULL;
	db_close(s->side);
	s->side = NULL;
	if (s->way == WAY_PRIVATE)
		watch_end(&s->watch);
	s->way = WAY__MAX;
	s->done = 0;
	s->done_chain[0] = '\0';
	diag_free(&ignored);
}
