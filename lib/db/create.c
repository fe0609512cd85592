/* CREATE DATABASE needs another one to connect to. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/create.h"
#include "db/url.h"

static struct db *
open_maintenance(struct arena *mem, const struct db_url *url, struct diag *d)
{
	static const char *const name[] = { "postgres", "template1" };
	struct db_url maintenance;
	struct db *db = NULL;

	for (size_t i = 0; i < 2 && db == NULL; i++) {
		diag_reset(d);
		if (url_with_dbname(mem, url, name[i], &maintenance) == -1)
			return NULL;
		db = db_open(&maintenance, 0, d);
		/* there is none of that name, or it is closed to us */
		if (db == NULL && strcmp(d->sqlstate, "3D000") != 0 &&
		    strcmp(d->sqlstate, "42501") != 0)
			return NULL;
	}
	return db;
}

/* By the name, or in the very moment: by the index of names. */
static int
is_there_already(const struct diag *d)
{
	return strcmp(d->sqlstate, "42P04") == 0 ||
	    strcmp(d->sqlstate, "23505") == 0;
}

int
db_create(const struct db_url *url, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db *db = open_maintenance(mem, url, d);
	int rc = -1;

	if (db != NULL)
		rc = db_execf(db, d, "CREATE DATABASE %s",
		    db_ident(mem, url->dbname));
	db_close(db);
	if (rc == -1 && is_there_already(d)) {
		diag_reset(d);
		rc = 1;
	}
	arena_free(mem);
	return rc;
}
