/*
 * dbm backfill -- changes rows of a table in batches, calmly.
 *
 * Reads what to set from its options, or UPDATE statements from a file; shows
 * what that would do, and with --execute does it: range by range of the key,
 * each in a transaction that also keeps the place.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/sig.h"
#include "batch/assemble.h"
#include "batch/change.h"
#include "batch/control.h"
#include "batch/operand.h"
#include "batch/perform.h"
#include "batch/tell.h"
#include "batch/updates.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/table.h"
#include "schema/project.h"

static struct {
	struct opt_list set;
	const char *where, *by, *name;
	int once, keep_before, execute, dry_run;
	int status, pause, resume, cancel, undo;
} opts;

static const struct opt table[] = {
	OPT_LIST(0, "set", "COLUMN=EXPR", &opts.set,
	    "what to set (also several times)"),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "only rows of which this is true"),
	OPT_FLAG(0, "execute", &opts.execute, "do it; else it is shown only"),
	OPT_FLAG('n', "dry-run", &opts.dry_run, "only show it (the default)"),
	OPT_FLAG(0, "once", &opts.once,
	    "each row once: for what is another each time, as n = n + 1"),
	OPT_FLAG(0, "keep-before", &opts.keep_before,
	    "keep what was there before, for --undo"),
	OPT_STRING(0, "by", "COLUMNS", &opts.by,
	    "the unique key to go by (the primary key)"),
	OPT_STRING(0, "name", "NAME", &opts.name,
	    "of the run (the table's name and a hash)"),
	OPT_INCLUDE(opt_run),
	OPT_FLAG(0, "status", &opts.status, "list the runs, or one"),
	OPT_FLAG(0, "pause", &opts.pause, "have a run wait"),
	OPT_FLAG(0, "resume", &opts.resume, "have it go on, or go on with it"),
	OPT_FLAG(0, "cancel", &opts.cancel, "end a run for good"),
	OPT_FLAG(0, "undo", &opts.undo, "put back what a run has changed"),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm backfill",
	.summary = "change rows in batches, resumable and exactly once",
	.operands = "TABLE | FILE.sql | [RUN]",
	.opts = table,
};

struct backfill {
	struct arena *mem;
	struct batch_sessions on;
	struct perform perform;
	char **argv; /* the operands */
	size_t n;
	const char *operand; /* the one there may be */
	int found; /* the status to end with */
	struct diag *d;
};

/* --- the statement of --set and --where --- */

static int
add_options(struct backfill *b, struct assemble *a, const char *ident)
{
	size_t i;

	buf_addf(&a->sql, "UPDATE %s SET ", ident);
	for (i = 0; i < opts.set.n; i++) {
		buf_adds(&a->sql, i > 0 ? ", " : "");
		if (assemble_add(a, "--set", opts.set.item[i], b->d) == -1)
			return -1;
	}
	if (opts.where == NULL)
		return 0;
	buf_adds(&a->sql, " WHERE (");
	if (assemble_add(a, "--where", opts.where, b->d) == -1)
		return -1;
	buf_adds(&a->sql, ")");
	return 0;
}

/* --- changes --- */

static int
open_change(struct backfill *b, struct change *c)
{
	c->mem = b->mem;
	c->db = b->on.db;
	c->once = opts.once;
	return change_open(c, opts.by, b->d) == -1 ? -1 :
	    change_check(c, b->d);
}

static int
run_change(struct backfill *b, struct change *c)
{
	if (perform_change(&b->perform, c, b->d) == -1)
		return -1;
	if (perform_status(&b->perform) != EXIT_DONE)
		b->found = perform_status(&b->perform);
	return 0;
}

static int
from_options(struct backfill *b)
{
	struct assemble a = { .mem = b->mem };
	struct change c = { 0 };
	const struct table *found;

	found = operand_table(b->mem, b->on.db, b->operand, b->d);
	if (found == NULL ||
	    add_options(b, &a, found->ident) == -1)
		return -1;
	assemble_change(&a, &c);
	return open_change(b, &c) == -1 ? -1 : run_change(b, &c);
}

/* What was done once is not done again, however often the file is given. */
static int
is_done(struct backfill *b, const struct change *c, int *done)
{
	struct job job;

	*done = 0;
	if (!b->perform.execute || !c->once)
		return 0;
	change_job(c, &job);
	if (journal_is_done(b->mem, b->on.db, &job, done, b->d) == -1)
		return -1;
	if (*done)
		note("run '%s' was done before, and is passed over", job.name);
	return 0;
}

/* One of several: they are done one after the other. */
static int
run_next(struct backfill *b, struct change *c)
{
	int done;

	if (is_done(b, c, &done) == -1)
		return -1;
	return done ? 0 : run_change(b, c);
}

/* Each UPDATE is a run of its own; all were checked before the first. */
static int
from_file(struct backfill *b)
{
	struct updates u = { .mem = b->mem, .db = b->on.db, .by = opts.by,
		.once = opts.once };
	size_t i;

	if (updates_read(&u, b->operand, b->d) == -1)
		return -1;
	if (u.n > 1 && opts.name != NULL)
		return diag_set(b->d, "%s has %zu statements, and --name is "
		    "for one run", b->operand, u.n);
	if (u.brackets)
		warning("%s: BEGIN and COMMIT are passed over: each batch is "
		    "a transaction of its own", b->operand);
	for (i = 0; i < u.n && b->perform.result.end == RUN_DONE; i++)
		if ((u.n > 1 ? run_next(b, &u.change[i]) :
		    run_change(b, &u.change[i])) == -1)
			return -1;
	return 0;
}

/* --- runs --- */

static int
list_runs(struct backfill *b)
{
	struct run_row *row;
	struct out *out;
	size_t n, i;

	if (control_list(b->mem, b->on.db, b->operand, &row, &n, b->d) == -1)
		return -1;
	out = out_open(tell_run_columns, TELL_RUN_COLUMNS);
	for (i = 0; i < n; i++)
		tell_run(out, &row[i]);
	out_close(out);
	return 0;
}

static int
undo_run(struct backfill *b, const struct run_row *run)
{
	struct undo u = { .mem = b->mem, .db = b->on.db, .run = run };

	if (undo_open(&u, b->d) == -1 ||
	    perform_undo(&b->perform, &u, b->d) == -1)
		return -1;
	b->found = perform_status(&b->perform);
	return 0;
}

/* An undo that has been left in the middle. */
static int
undo_again(struct backfill *b, const struct run_row *undo)
{
	struct run_row *run;

	run = control_kept(b->mem, b->on.db, arena_printf(b->mem, "%lld",
	    undo->undoes), b->d);
	return run == NULL ? -1 : undo_run(b, run);
}

/* Nobody is at work on it: so we are, by what is recorded of it. */
static int
take_up(struct backfill *b, const struct run_row *run)
{
	struct change_source source = { "the statement of the run", run->what,
		0, strlen(run->what), 0 };
	struct change c = { .statement = run->what, .source = &source,
		.nsources = 1 };

	b->perform.execute = 1;
	b->perform.kind = run->kind;
	b->perform.name = run->name;
	b->perform.options = run->options;
	if (strcmp(run->kind, "promote") == 0 &&
	    !opt_is_given(&run_options.most))
		run_options.most = PROMOTE_ROWS;
	run_options_recall(b->mem, run->options);
	if (run->undoes > 0)
		return undo_again(b, run);
	b->perform.keep_before = run->kept != NULL ||
	    strcmp(run->kind, "promote") == 0;
	opts.once |= run->once;
	if (opts.by == NULL)
		opts.by = run->key;
	return open_change(b, &c) == -1 ? -1 : run_change(b, &c);
}

static int
ask_of_run(struct backfill *b)
{
	enum journal_wanted wanted = opts.pause ? WANTED_PAUSE :
	    opts.cancel ? WANTED_CANCEL : WANTED_NOTHING;
	struct run_row *run;
	int rc;

	if (opts.undo) {
		run = control_kept(b->mem, b->on.db, b->operand, b->d);
		return run == NULL ? -1 : undo_run(b, run);
	}
	run = control_unfinished(b->mem, b->on.db, b->operand, opts.pause,
	    b->d);
	if (run == NULL)
		return -1;
	rc = journal_want(b->mem, b->on.db, run, wanted, b->d);
	if (rc == 0 && opts.resume)
		return take_up(b, run);
	if (rc != -1)
		note("run %lld '%s': %s", run->id, run->name, opts.pause ?
		    rc == 1 ? "will pause" : "nobody is at work on it" :
		    opts.cancel ? rc == 1 ? "will be cancelled" :
		    "is cancelled" : "goes on");
	return rc == -1 ? -1 : 0;
}

/* --- which of them --- */

static int
about_runs(void)
{
	return opts.status || opts.pause || opts.resume || opts.cancel ||
	    opts.undo;
}

static int
run(struct backfill *b)
{
	struct project project;
	int rc;

	if (project_load(b->mem, &project_opts, &project, b->d) == -1 ||
	    run_options_check(b->d) == -1 ||
	    batch_open(b->mem, &project, &b->on, b->d) == -1)
		return -1;
	/* now that a password in the URL is known, and masked */
	b->perform.options = perform_command(&b->perform, program.name,
	    b->argv, b->n, opts.execute);
	b->perform.command = perform_command(&b->perform, program.name,
	    b->argv, b->n, 1);
	if (opts.status)
		rc = list_runs(b);
	else if (about_runs())
		rc = ask_of_run(b);
	else
		rc = opts.set.n > 0 ? from_options(b) : from_file(b);
	batch_close(&b->on);
	return rc;
}

static void
check_usage(const struct backfill *b)
{
	int tasks = opts.status + opts.pause + opts.resume + opts.cancel +
	    opts.undo;

	if (tasks > 1)
		xopt_usage(&program, "--status, --pause, --resume, --cancel "
		    "and --undo exclude each other");
	if (opts.undo && b->operand == NULL)
		xopt_usage(&program, "--undo: which run?");
	if (opts.name != NULL && !control_is_name(opts.name))
		xopt_usage(&program, "--name: a name has letters, and no "
		    "control characters");
	if (opts.execute && opts.dry_run)
		xopt_usage(&program, "--execute and --dry-run exclude each "
		    "other");
	if (tasks > 0) {
		if (opts.set.n > 0 || opts.where != NULL)
			xopt_usage(&program, "a run knows itself what it sets");
		return;
	}
	if (b->operand == NULL)
		xopt_usage(&program, "a table with --set, or a file, is "
		    "needed");
	if (opts.set.n == 0 && opts.where != NULL)
		xopt_usage(&program, "--where without --set");
	if (opts.set.n == 0 && strcmp(b->operand, "-") == 0 &&
	    isatty(STDIN_FILENO))
		xopt_usage(&program, "a file or a pipe is needed");
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	struct backfill b = { .mem = mem, .d = &d };
	int first, rc;

	setprogname("dbm-backfill");
	first = xopt_parse(&program, argc, argv);
	b.argv = argv + first;
	b.n = (size_t)(argc - first);
	b.operand = argv[first];
	if (argc - first > 1)
		xopt_usage(&program, "one table, file or run at a time");
	check_usage(&b);
	sig_init();
	sig_ignore_pipe(); /* a run stops in order */
	sig_catch_usr1();
	b.perform = (struct perform){ .mem = mem, .on = &b.on,
		.kind = "backfill", .name = opts.name,
		.execute = opts.execute, .execute_option = &opts.execute,
		.dry_run_option = &opts.dry_run,
		.keep_before = opts.keep_before };
	rc = run(&b);
	progress_clear();
	if (rc == -1 && (sig_pending() == 0 || d.text.len > 0))
		diag_print(&d);
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	sig_end();
	return rc == -1 ? diag_status(&d) : b.found;
}
