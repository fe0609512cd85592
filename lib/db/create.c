/* CREATE DATABASE needs another one to connect to. */
#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/create.h"
#include "db/url.h"

int
db_create(const struct db_url *url, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_url maintenance;
	struct db *db = NULL;
	int rc = -1;

	if (url_with_dbname(mem, url, "postgres", &maintenance) == 0)
		db = db_open(&maintenance, 0, d);
	if (db != NULL)
		rc = db_execf(db, d, "CREATE DATABASE %s",
		    db_ident(mem, url->dbname));
	db_close(db);
	arena_free(mem);
	return rc;
}
