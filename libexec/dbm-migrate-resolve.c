/*
 * dbm migrate resolve -- settles a failed or baselined migration.
 *
 * Changes rows of _prisma_migrations, as Prisma does; runs no script.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/target.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/site.h"

static struct {
	const char *applied, *rolled_back;
	int force;
} opts;

static const struct opt table[] = {
	OPT_STRING(0, "applied", "NAME", &opts.applied,
	    "record it as applied; its script is not run"),
	OPT_STRING(0, "rolled-back", "NAME", &opts.rolled_back,
	    "record a failed one as rolled back: deploy applies it again"),
	OPT_FLAG('f', "force", &opts.force,
	    "--rolled-back also one that was applied"),
	OPT_INCLUDE(opt_lock),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate resolve",
	.summary = "settle a failed or baselined migration",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "action", OUT_TEXT },
	{ "name", OUT_TEXT },
};

struct resolve {
	struct arena *mem;
	struct site site;
	struct db *db;
	struct history history;
	struct diag *d;
};

/* How many rows of that name there are, and of which kind. */
struct count {
	size_t all, finished, applied, unfinished;
};

static struct count
count_rows(const struct history *h, const char *name)
{
	const struct history_row *row;
	struct count c = { 0, 0, 0, 0 };

	for (row = h->row; row < h->row + h->n; row++) {
		if (strcmp(row->name, name) != 0)
			continue;
		c.all++;
		c.finished += row->finished != NULL;
		c.applied += row->finished != NULL && row->rolled_back == NULL;
		c.unfinished += (size_t)history_unfinished(row);
	}
	return c;
}

static int
roll_back_rows(struct resolve *w, const char *name, int applied_too)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_addf(&sql, "UPDATE %s SET rolled_back_at = "
	    "pg_catalog.clock_timestamp() WHERE migration_name = $1 "
	    "AND rolled_back_at IS NULL%s", w->history.table,
	    applied_too ? "" : " AND finished_at IS NULL");
	rc = db_query(w->db, w->mem, buf_str(&sql), 1, &name, w->d) == NULL ?
	    -1 : 0;
	buf_free(&sql);
	return rc;
}

static int
insert_applied(struct resolve *w, const struct migration *m,
    const struct buf *text)
{
	char id[37], sum[CHECKSUM_SIZE];
	const char *params[] = { id, sum, m->name };
	struct buf sql = BUF_INIT;
	int rc;

	history_new_id(id);
	checksum(buf_str(text), text->len, sum);
	buf_addf(&sql, "INSERT INTO %s (id, checksum, started_at, "
	    "finished_at, migration_name, logs) VALUES ($1, $2, now(), now(), "
	    "$3, '')", w->history.table);
	rc = db_query(w->db, w->mem, buf_str(&sql), 3, params, w->d) == NULL ?
	    -1 : 0;
	buf_free(&sql);
	return rc;
}

static int
applied(struct resolve *w, const char *name)
{
	const struct migration *m = dir_find(&w->site.dir, name);
	struct buf text = BUF_INIT;
	int rc;

	if (m == NULL) {
		diag_hint(w->d, "give the whole name of its folder, for "
		    "example 20201207184859_initial_migration");
		return diag_set(w->d, "P3017: the migration %s could not be "
		    "found in %s", name, w->site.dir.path);
	}
	if (dir_load(m, &text, w->d) == -1) {
		buf_free(&text);
		return -1;
	}
	/* Prisma also counts rows that were rolled back later; then there
	 * would be no way back to "applied". */
	if (count_rows(&w->history, name).applied > 0)
		rc = diag_set(w->d, "P3008: the migration `%s` is already "
		    "recorded as applied in the database", name);
	else if ((rc = db_exec(w->db, "BEGIN", w->d)) == 0) {
		if (!w->history.exists)
			rc = history_create(w->db, &w->history, w->d);
		if (rc == 0)
			rc = roll_back_rows(w, name, 0);
		if (rc == 0)
			rc = insert_applied(w, m, &text);
		if (rc == 0)
			rc = db_exec(w->db, "COMMIT", w->d);
	}
	buf_free(&text);
	return rc;
}

static int
rolled_back(struct resolve *w, const char *name)
{
	struct count c = count_rows(&w->history, name);

	if (c.all == 0) {
		diag_hint(w->d, "did you pass in the whole migration name? "
		    "(example: \"20201207184859_initial_migration\")");
		return diag_set(w->d, "P3011: migration `%s` cannot be rolled "
		    "back because it was never applied to the database", name);
	}
	if (c.finished == c.all && !opts.force) {
		diag_hint(w->d, "if you have undone by hand what it did, add "
		    "--force: the next deploy will then apply it again");
		return diag_set(w->d, "P3012: migration `%s` cannot be rolled "
		    "back because it is not in a failed state", name);
	}
	if (opts.force && c.applied > 0)
		warning("this undoes nothing in the database: '%s' is only "
		    "recorded as rolled back, and 'dbm migrate deploy' will "
		    "apply it again", name);
	return roll_back_rows(w, name, opts.force);
}

static int
resolve(struct resolve *w)
{
	const char *name = opts.applied != NULL ? opts.applied :
	    opts.rolled_back;
	struct out *out;
	int rc;

	if (site_open(w->mem, TARGET_SESSION, &w->site, w->d) == -1 ||
	    (w->db = db_open(&w->site.url, 0, w->d)) == NULL ||
	    migrate_lock(w->db, w->d) == -1 ||
	    history_read(w->db, w->mem, w->site.schemas, w->site.nschemas,
		&w->history, w->d) == -1 ||
	    history_writable(w->db, &w->history, w->d) == -1)
		return -1;
	rc = opts.applied != NULL ? applied(w, name) : rolled_back(w, name);
	if (rc == -1)
		return -1;
	out = out_open(columns, 2);
	out_field(out, opts.applied != NULL ? "applied" : "rolled-back");
	out_field(out, name);
	out_close(out);
	note("Migration %s marked as %s.", name,
	    opts.applied != NULL ? "applied" : "rolled back");
	return 0;
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct resolve w = { .mem = arena_new(), .d = &d };
	int rc;

	setprogname("dbm-migrate-resolve");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	if ((opts.applied == NULL) == (opts.rolled_back == NULL))
		xopt_usage(&program, "give either --applied NAME or "
		    "--rolled-back NAME");
	sig_init();
	sig_ignore_pipe();
	rc = resolve(&w);
	if (rc == -1)
		diag_print(&d);
	db_close(w.db);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
