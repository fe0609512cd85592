/* What stands in the schemas that a reset empties. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "migrate/contents.h"
#include "migrate/history.h"

/* Counts what is small, estimates what is large. */
static int
count_rows(struct arena *mem, struct db *db, const struct db_rows *tables,
    long long *rows, struct diag *d)
{
	struct buf sql = BUF_INIT;
	struct db_rows *r;
	size_t i;

	*rows = 0;
	buf_adds(&sql, "SELECT 0::bigint");
	for (i = 0; i < tables->nrows; i++)
		if (strcmp(db_cell(tables, i, 1), "t") == 0)
			buf_addf(&sql, " + (SELECT count(*) FROM %s)",
			    db_cell(tables, i, 0));
		else
			*rows += atoll(db_cell(tables, i, 2));
	r = db_query(db, mem, buf_str(&sql), 0, NULL, d);
	buf_free(&sql);
	if (r == NULL)
		return -1;
	*rows += atoll(db_cell(r, 0, 0));
	return 0;
}

int
contents_read(struct arena *mem, struct db *db, const char *schema,
    struct contents *c, struct diag *d)
{
	struct db_rows *r;

	memset(c, 0, sizeof(*c));
	c->schema = schema;
	r = db_query(db, mem, sql_schema_contents, 1, &schema, d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return 0;
	c->owner = db_cell(r, 0, 0);
	c->grants = db_cell(r, 0, 1);
	c->others = atoll(db_cell(r, 0, 2));
	r = db_query(db, mem, sql_schema_tables, 1, &schema, d);
	if (r == NULL)
		return -1;
	c->tables = r->nrows;
	if (count_rows(mem, db, r, &c->rows, d) == -1)
		return -1;
	c->outside = db_query(db, mem, sql_schema_dependents, 1, &schema, d);
	return c->outside == NULL ? -1 : 0;
}

int
contents_drop(struct arena *mem, struct db *db, const struct history *h,
    const struct contents *c, size_t n, struct diag *d)
{
	struct buf sql = BUF_INIT;
	const char *name;
	size_t i;
	int rc;

	/* whoever waits behind us for these tables shall not wait for long */
	buf_adds(&sql, "BEGIN; SET LOCAL lock_timeout = '10s';");
	for (i = 0; i < n; i++) {
		name = db_ident(mem, c[i].schema);
		if (c[i].owner == NULL) {
			buf_addf(&sql, "CREATE SCHEMA %s;", name);
			continue;
		}
		buf_addf(&sql, "DROP SCHEMA %s CASCADE; CREATE SCHEMA %s "
		    "AUTHORIZATION %s;%s", name, name,
		    db_ident(mem, c[i].owner),
		    c[i].grants != NULL ? c[i].grants : "");
	}
	/* where the datasource's schemas do not hold it */
	if (h->exists)
		buf_addf(&sql, "DROP TABLE IF EXISTS %s;", h->table);
	buf_adds(&sql, "COMMIT;");
	rc = db_exec(db, buf_str(&sql), d);
	buf_free(&sql);
	if (rc == -1 && strcmp(d->sqlstate, "42501") == 0)
		diag_hint(d, "only the owner of a schema can drop it: as a "
		    "superuser, ALTER SCHEMA %s OWNER TO %s;",
		    db_ident(mem, h->schema), db_ident(mem, h->role));
	return rc;
}
