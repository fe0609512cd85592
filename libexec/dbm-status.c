/*
 * dbm status -- tells the state of every migration.
 *
 * Compares the migrations folder with _prisma_migrations, read-only, and
 * prints a record for each; what is to be done about it goes to stderr.
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
#include "migrate/history.h"
#include "migrate/journal.h"
#include "migrate/lock.h"
#include "migrate/site.h"

static const struct opt table[] = {
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm status",
	.summary = "tell the state of every migration",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "state", OUT_TEXT },
	{ "name", OUT_TEXT },
	{ "started", OUT_TEXT },
	{ "ms", OUT_NUMBER },
	{ "edited", OUT_BOOL },
	{ "failure", OUT_TEXT },
};

static void
print_records(struct arena *mem, const struct migration_status *s, size_t n)
{
	struct out *out = out_open(columns, 6);
	const struct migration_status *end = s + n;
	int unfinished;

	for (; s < end; s++) {
		unfinished = s->state == STATE_FAILED ||
		    s->state == STATE_RUNNING;
		out_field(out, migration_state_name[s->state]);
		out_field(out, s->name);
		out_field(out, s->row != NULL ? s->row->started : NULL);
		out_field(out, s->row != NULL ? s->row->ms : NULL);
		out_bool(out, s->edited);
		out_field(out, unfinished ?
		    journal_failure(mem, s->row->logs) : NULL);
	}
	out_close(out);
}

/* "Following migrations have failed:" and their names; how many there are */
static size_t
list(const struct migration_status *s, size_t n, enum migration_state state,
    const char *what)
{
	struct buf names = BUF_INIT;
	size_t count = 0, i;

	for (i = 0; i < n; i++)
		if (s[i].state == state) {
			buf_addf(&names, "\n  %s", s[i].name);
			count++;
		}
	if (count > 0)
		note("Following migration%s %s:%s", count == 1 ? " has" :
		    "s have", what, buf_str(&names));
	buf_free(&names);
	return count;
}

static void
warn_about(const struct migration_status *s, size_t n)
{
	const struct migration_status *end = s + n;

	for (; s < end; s++) {
		if (s->state == STATE_MISSING)
			warning("migration '%s' is applied, but its folder is "
			    "missing", s->name);
		if (s->edited)
			warning("migration '%s' was edited after it was "
			    "applied", s->name);
		else if (s->line_ends)
			verbose("migration '%s' differs from what was applied "
			    "in its line ends only", s->name);
	}
}

/* The summary ends with what to do, or with Prisma's sentence. */
static int
summarize(const struct site *site, const struct history *h,
    const struct migration_status *s, size_t n)
{
	size_t failed, pending, rolled_back, running;

	note("%zu migration%s found in %s", site->dir.n,
	    site->dir.n == 1 ? "" : "s", site->dir.path);
	warn_about(s, n);
	failed = list(s, n, STATE_FAILED, "failed");
	running = list(s, n, STATE_RUNNING,
	    "begun and not ended: a run is at work");
	rolled_back = list(s, n, STATE_ROLLED_BACK,
	    "been rolled back, and will be applied again");
	pending = list(s, n, STATE_PENDING, "not yet been applied");
	if (failed > 0)
		note("To go on after what was finished run 'dbm migrate deploy "
		    "--retry'; 'dbm migrate resolve' settles it by hand.");
	else if (!h->exists && h->other_tables && pending > 0)
		note("The database has tables but no migrations table: to "
		    "baseline it run 'dbm migrate resolve --applied NAME'.");
	else if (pending + rolled_back > 0)
		note("To apply migrations run 'dbm migrate deploy'.");
	else if (running == 0)
		note("Database schema is up to date!");
	return failed + pending + rolled_back > 0 ? EXIT_FOUND : EXIT_DONE;
}

/* Whether somebody is at work matters only where something is unfinished. */
static int
is_running(struct db *db, const struct history *h, struct diag *d)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (history_unfinished(&h->row[i]))
			return migrate_lock_held(db, d);
	return 0;
}

static int
status(struct arena *mem, struct db **db, int *found, struct diag *d)
{
	struct migration_status *all;
	struct history history;
	struct site site = { 0 };
	int running;
	size_t n;

	if (site_open(mem, 0, &site, d) == -1 ||
	    (*db = db_open(&site.url, DB_READ_ONLY, d)) == NULL ||
	    history_read(*db, mem, site.schemas, site.nschemas, &history,
		d) == -1)
		return -1;
	running = is_running(*db, &history, d);
	if (running == -1)
		return -1;
	all = history_compare(mem, &site.dir, &history, running, &n);
	print_records(mem, all, n);
	fflush(stdout);
	*found = summarize(&site, &history, all, n);
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	struct db *db = NULL;
	int found = EXIT_DONE, rc;

	setprogname("dbm-status");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	rc = status(mem, &db, &found, &d);
	if (rc == -1)
		diag_print(&d);
	db_close(db);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush() == EXIT_DONE ? found : EXIT_TROUBLE;
}
