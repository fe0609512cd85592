/*
 * dbm rows -- writes tables as a stream of rows.
 *
 * All of them are read under one snapshot, parents come before children.
 * The stream (dbm-rows(5)) is the data part of a plain pg_dump.  With
 * --select a list that comes line by line says what to read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "base/writer.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/dump.h"
#include "rows/pick.h"
#include "rows/select.h"
#include "rows/session.h"
#include "schema/project.h"

static struct {
	const char *where, *since, *columns, *snapshot, *select;
} opts;

static const struct opt table[] = {
	OPT_INCLUDE(opt_pick),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "only rows of which this is true"),
	OPT_STRING(0, "since", "TIME", &opts.since,
	    "only rows made or changed at that time or later"),
	OPT_STRING(0, "columns", "LIST", &opts.columns,
	    "these columns, in this order; with commas between"),
	OPT_STRING(0, "snapshot", "ID", &opts.snapshot,
	    "read what a session sees that has exported this"),
	OPT_STRING(0, "select", "FILE|-", &opts.select,
	    "read from there what to write, and write it as it comes"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm rows",
	.summary = "write tables as a stream of rows",
	.operands = "[TABLE...]",
	.opts = table,
};

static void
on_done(const struct select *s, long long rows)
{
	verbose("%s: %lld row%s", s->shown, rows, rows == 1 ? "" : "s");
}

static struct db *
start(struct arena *mem, struct diag *d)
{
	struct project project;
	struct db_url url;
	struct db *db;

	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, 0, &url, d) == -1 ||
	    (db = db_open(&url, 0, d)) == NULL)
		return NULL;
	if (rows_begin(db, ROWS_READ, opts.snapshot, d) == 0)
		return db;
	db_close(db);
	return NULL;
}

static int
write_tables(struct dump *u, struct diag *d)
{
	size_t i;

	if (dump_plan(u, &pick_opts, d) == -1)
		return -1;
	for (i = 0; i < u->ntimeless; i++)
		warning("table '%s' has no column that tells when a row was "
		    "made or changed: it is written whole", u->timeless[i]);
	return dump_write(u, d);
}

static int
run(struct writer *out, struct diag *d)
{
	struct dump u = {
		.mem = arena_new(),
		.out = out,
		.where = opts.where,
		.since = opts.since,
		.columns = opts.columns,
		.done = on_done,
	};
	struct diag later = DIAG_INIT;
	int rc;

	u.db = start(u.mem, d);
	if (u.db == NULL)
		return -1;
	rc = opts.select != NULL ? dump_selected(&u, opts.select, d) :
	    write_tables(&u, d);
	/* What was read before an error is as good as ever. */
	if (writer_flush(out, rc == 0 ? d : &later) == -1)
		rc = -1;
	/* Nothing is waiting for this but a pooler. */
	rows_rollback(u.db);
	db_close(u.db);
	diag_free(&later);
	return rc;
}

static void
check_usage(void)
{
	if (opts.select == NULL)
		return;
	if (pick_opts.n + pick_opts.include.n + pick_opts.exclude.n > 0 ||
	    opts.where != NULL || opts.since != NULL || opts.columns != NULL)
		xopt_usage(&program, "--select says itself what to read");
	if (strcmp(opts.select, "-") == 0 && (isatty(STDIN_FILENO) ||
	    fcntl(STDIN_FILENO, F_GETFD) == -1))
		xopt_usage(&program, "--select -: a pipe is needed");
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct writer out;
	int first, rc;

	setprogname("dbm-rows");
	first = xopt_parse(&program, argc, argv);
	pick_opts.operand = argv + first;
	pick_opts.n = (size_t)(argc - first);
	check_usage();
	sig_init();
	writer_init(&out, STDOUT_FILENO);
	rc = run(&out, &d);
	sig_end();
	if (rc == 0)
		return out_flush();
	diag_print(&d);
	return diag_status(&d);
}
