/*
 * Foreign keys of a table that was empty, checked set-wise.  Whoever deletes
 * a parent meanwhile does not see our rows, and we hold no lock on it as the
 * row-wise check does: so the parents are locked in SHARE mode before the
 * check, which waits for such a deletion and then sees it; not for long, as
 * whoever wants to write there waits behind us.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "db/conn.h"
#include "rows/bulk.h"
#include "rows/table.h"

/* The setting would turn off what enforces deferrable constraints, and turn
 * on triggers that are for replicas only. */
static int
may_skip(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nfks; i++)
		if (t->fk[i].match != 's') /* FULL has a rule for NULLs, too */
			return 0;
	return t->nfks > 0 && t->only_fk_triggers;
}

/* No catalogue tells in all versions: it is tried. */
static int
try(struct db *db, struct bulk *b, struct diag *d)
{
	struct diag refused = DIAG_INIT;

	b->tried = 1;
	if (db_exec(db, "SAVEPOINT dbm_bulk", d) == -1)
		return -1;
	b->allowed = db_exec(db, "SET LOCAL session_replication_role=replica",
	    &refused) == 0;
	diag_free(&refused);
	return db_exec(db, "ROLLBACK TO SAVEPOINT dbm_bulk;"
	    "RELEASE SAVEPOINT dbm_bulk", d);
}

int
bulk_begin(struct db *db, struct bulk *b, const struct table *t,
    struct diag *d)
{
	b->unchecked = 0;
	if (!may_skip(t) || (!b->tried && try(db, b, d) == -1))
		return d->text.len > 0 ? -1 : 0;
	if (!b->allowed)
		return 0;
	b->unchecked = 1;
	return db_exec(db, "SET LOCAL session_replication_role=replica", d);
}

/* Of one row without a parent: its key, as text; MATCH SIMPLE lets rows be
 * that have a NULL in it. */
static void
orphan_query(struct arena *mem, const struct table *t, const struct fk *f,
    struct buf *sql)
{
	size_t i;

	buf_adds(sql, "SELECT concat_ws(', '");
	for (i = 0; i < f->n; i++)
		buf_addf(sql, ",c.%s", f->column[i]->ident);
	buf_addf(sql, ") FROM %s c LEFT JOIN %s p ON ", t->from,
	    f->parent_from);
	for (i = 0; i < f->n; i++)
		buf_addf(sql, "%sp.%s %s c.%s%s", i > 0 ? " AND " : "",
		    db_ident(mem, f->parent_column[i]), f->equal[i],
		    f->column[i]->ident, f->collate[i]);
	buf_addf(sql, " WHERE p.%s IS NULL", db_ident(mem,
	    f->parent_column[0]));
	for (i = 0; i < f->n; i++)
		buf_addf(sql, " AND c.%s IS NOT NULL", f->column[i]->ident);
	buf_adds(sql, " LIMIT 1");
}

static void
add_names(struct buf *b, const struct fk *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", f->column[i]->name);
}

/* In the words of the server's own check. */
static int
tell_orphan(const struct table *t, const struct fk *f, const char *key,
    struct diag *d)
{
	diag_set(d, "insert or update on table \"%s\" violates foreign key "
	    "constraint \"%s\"", t->name, f->name);
	memcpy(d->sqlstate, "23503", sizeof(d->sqlstate));
	buf_adds(&d->detail, "Key (");
	add_names(&d->detail, f);
	buf_addf(&d->detail, ")=(%s) is not present in table \"%s\".", key,
	    f->parent_name);
	return -1;
}

/* Who writes to the parent for longer than we wait is in the way of nothing
 * but this check. */
static int
explain_lock(const struct fk *f, struct diag *d)
{
	if (strcmp(d->sqlstate, "55P03") != 0)
		return -1;
	d->status = EXIT_LATER;
	return diag_hint(d, "a transaction has been writing to '%s' for more "
	    "than 10 s, and foreign keys that refer to it cannot be checked "
	    "meanwhile", f->parent_name);
}

static int
check_fk(struct arena *mem, struct db *db, const struct table *t,
    const struct fk *f, struct diag *d)
{
	struct buf sql = BUF_INIT;
	struct db_rows *rows;

	if (db_execf(db, d, "LOCK TABLE %s IN SHARE MODE", f->parent_from) ==
	    -1)
		return explain_lock(f, d);
	orphan_query(mem, t, f, &sql);
	rows = db_query(db, mem, buf_str(&sql), 0, NULL, d);
	buf_free(&sql);
	if (rows == NULL)
		return -1;
	return rows->nrows > 0 ? tell_orphan(t, f, db_cell(rows, 0, 0), d) : 0;
}

int
bulk_end(struct arena *mem, struct db *db, struct bulk *b,
    const struct table *t, struct diag *d)
{
	size_t i;

	if (!b->unchecked)
		return 0;
	b->unchecked = 0;
	/* as much as an index build may take: both sides are hashed */
	if (db_exec(db, "SET LOCAL session_replication_role=origin;"
	    "SET LOCAL work_mem='64MB';SET LOCAL lock_timeout='10s'",
	    d) == -1)
		return -1;
	for (i = 0; i < t->nfks; i++)
		if (check_fk(mem, db, t, &t->fk[i], d) == -1)
			return -1;
	return 0;
}
