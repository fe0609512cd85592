#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/create.h"
#include "migrate/open.h"
#include "migrate/site.h"
#include "schema/finding.h"
#include "schema/schema.h"

int
open_schema(struct arena *mem, const struct site *site, struct schema **out,
    struct diag *d)
{
	const char *path = site->project.schema;
	struct findings f;

	if (path == NULL) {
		diag_hint(d, "go to the project's folder, or name it with "
		    "--schema; 'dbm init' makes one");
		return diag_set(d, "there is no schema here: neither "
		    "schema.prisma nor prisma/schema.prisma");
	}
	findings_init(&f, mem);
	if (schema_load(mem, path, out, &f, d) == -1)
		return -1;
	if (f.nerrors == 0)
		return 0;
	findings_to_diag(&f, (*out)->ast->sources, d);
	if (f.nerrors > 1)
		diag_hint(d, "%zu more: 'dbm validate' lists all",
		    f.nerrors - 1);
	return -1;
}

const char *const *
open_namespaces(struct arena *mem, const struct site *site,
    const struct schema *schema, size_t *n)
{
	const char **one;

	if (schema->datasource != NULL && schema->datasource->nschemas > 0) {
		*n = schema->datasource->nschemas;
		return schema->datasource->schemas;
	}
	one = arena_new_of(mem, const char *);
	*one = site->url.schema;
	*n = 1;
	return one;
}

struct db *
open_database(const struct site *site, int *created, struct diag *d)
{
	struct db *db = db_open(&site->url, DB_KEEP_PATH, d);
	struct arena *mem;
	int rc;

	*created = 0;
	if (db != NULL || strcmp(d->sqlstate, "3D000") != 0)
		return db;
	if (!url_is_local(&site->url)) {
		mem = arena_new();
		diag_hint(d, "a database on another host is not created by "
		    "itself: 'dbm migrate deploy%s --create-database' does it",
		    site_hint(mem));
		arena_free(mem);
		return NULL;
	}
	diag_reset(d);
	rc = db_create(&site->url, d);
	if (rc == -1)
		return NULL;
	*created = rc == 0;
	return db_open(&site->url, DB_KEEP_PATH, d);
}
