/* Staged rows go into their table, set by set. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/run.h"
#include "rows/merge.h"
#include "rows/merge_priv.h"
#include "rows/table.h"

int
merge_stage(struct arena *mem, struct db *db, struct merge_table *t,
    struct diag *d)
{
	t->stage = arena_printf(mem, "pg_temp.\"dbm stage %s\"",
	    t->table->oid);
	return db_execf(db, d, "CREATE TEMP TABLE %s ON COMMIT DROP AS "
	    "SELECT %s FROM %s WITH NO DATA", t->stage,
	    columns_list(mem, t->column, t->ncolumns, ""), t->table->from);
}

/* What the statements of one round trip have written. */
struct written {
	long long inserted, updated;
};

static void
on_tag(void *arg, const char *tag)
{
	struct written *w = arg;

	if (strncmp(tag, "INSERT 0 ", 9) == 0)
		w->inserted += atoll(tag + 9);
	else if (strncmp(tag, "UPDATE ", 7) == 0)
		w->updated += atoll(tag + 7);
}

static int
run_one(struct arena *mem, struct db *db, struct merge_table *t,
    unsigned flags, struct diag *d)
{
	struct merge_insert how = { .guarded = (flags & MERGE_INSERT) == 0 };
	struct written w = { 0, 0 };
	struct buf b = BUF_INIT;
	int rc;

	if ((flags & MERGE_INSERT) == 0)
		merge_update_sql(&b, mem, t);
	merge_insert_sql(&b, mem, t, &how);
	rc = db_run(db, buf_str(&b), &(struct db_sink){ .arg = &w,
	    .tag = on_tag }, d);
	t->inserted += w.inserted;
	t->updated += w.updated;
	buf_free(&b);
	return rc;
}

int
merge_run(struct arena *mem, struct db *db, struct merge_table *table,
    size_t n, unsigned flags, const char *gone, struct diag *d)
{
	size_t i;

	(void)gone;
	for (i = 0; i < n; i++)
		if (run_one(mem, db, &table[i], flags, d) == -1)
			return -1;
	for (i = 0; i < n && (flags & MERGE_LAST) == 0; i++)
		if (db_execf(db, d, "TRUNCATE %s", table[i].stage) == -1)
			return -1;
	return 1;
}

int
merge_delete(struct arena *mem, struct db *db, struct merge_table *t,
    struct diag *d)
{
	(void)mem;
	if (db_execf(db, d, "DELETE FROM %s", t->table->from) == -1)
		return -1;
	t->deleted += db_affected(db);
	return 0;
}
