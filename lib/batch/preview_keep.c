/*
 * A table of before images for the try, whose rows are half of what such a
 * batch writes.  It is made in the transaction that is rolled back, under a
 * name that nobody else has.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/change.h"
#include "batch/keep.h"
#include "batch/keep_priv.h"
#include "batch/preview_priv.h"
#include "db/conn.h"

/* 1: the schema is there; 0: it is not, and can be made. */
static int
schema_exists(struct previewer *p)
{
	struct db_rows *r;

	if (keep_check(p->c->db, p->d) == -1)
		return -1;
	r = db_query(p->c->db, p->mem, "SELECT "
	    "pg_catalog.to_regnamespace('dbm') IS NOT NULL", 0, NULL, p->d);
	return r == NULL ? -1 : *db_cell(r, 0, 0) == 't';
}

int
preview_keep(struct previewer *p, struct change *c)
{
	struct keep_asks asks = { .mem = p->mem };
	int exists = schema_exists(p);

	/* without the right to, it is tried without */
	if (exists == -1 && db_lost(c->db))
		return -1;
	if (exists == -1) {
		diag_reset(p->d);
		return 0;
	}
	if (!exists)
		keep_ask(&asks, (struct db_ask){ .sql = "CREATE SCHEMA dbm" });
	c->keep = arena_printf(p->mem, "dbm.try_%08x", arc4random());
	keep_ask_table(&asks, c, c->keep);
	p->make = asks.ask;
	p->nmake = asks.n;
	return 0;
}
