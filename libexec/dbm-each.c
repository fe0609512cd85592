/*
 * dbm each -- runs SQL for every range that comes on stdin.
 *
 * Each is a transaction of its own, and told when it is committed: the
 * output is a journal.  With --run the database keeps one, too.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
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
#include "batch/each.h"
#include "batch/range.h"
#include "db/target.h"
#include "schema/project.h"
#include "sql/bind.h"

static struct {
	struct opt_list command;
	long long jobs;
	double lock_timeout, wait;
	const char *run;
	int again, dry_run;
} opts = { .jobs = 1, .lock_timeout = 5, .wait = 10 };

static const struct opt table[] = {
	OPT_LIST('c', "command", "SQL", &opts.command,
	    "a statement to run, with :range, or :lo and :hi"),
	OPT_COUNT('j', "jobs", "N", &opts.jobs,
	    "so many ranges at once (1)"),
	OPT_STRING(0, "run", "NAME", &opts.run,
	    "keep in dbm.runs what is done, and skip it"),
	OPT_FLAG(0, "again", &opts.again,
	    "begin that run anew, whatever is done"),
	OPT_SECONDS('w', "wait", "SECONDS", &opts.wait,
	    "how long to wait for a run that another has (10)"),
	OPT_SECONDS(0, "lock-timeout", "SECONDS", &opts.lock_timeout,
	    "how long a statement waits for a lock (5)"),
	OPT_FLAG('n', "dry-run", &opts.dry_run,
	    "roll back each range, and tell what it would have done"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm each",
	.summary = "run SQL for every range, each in a transaction",
	.operands = "",
	.opts = table,
};

static struct out_column columns[RANGE_FIELDS + 1];

struct journal {
	struct arena *mem; /* of a record */
	struct out *out;
	struct progress_flow flow;
};

static int
on_done(void *arg, const struct range *r, long long rows, double seconds)
{
	struct journal *j = arg;
	const char *field[RANGE_FIELDS];
	size_t i;

	range_fields(j->mem, r, field);
	for (i = 0; i < RANGE_FIELDS - 1; i++)
		out_field(j->out, field[i]);
	out_number(j->out, rows);
	out_number(j->out, (long long)(seconds * 1000 + 0.5));
	arena_reset(j->mem);
	j->flow.units += rows;
	progress_flow(&j->flow);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

/* Whoever reads this and stands still holds us up between ranges, not inside
 * of one, with its locks. */
static int
on_ready(void *arg)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	(void)arg;
	return poll(&p, 1, 0) != 0;
}

static void
on_failed(void *arg, const struct diag *d)
{
	(void)arg;
	progress_clear();
	diag_print(d);
}

static struct bind *
xread_commands(struct arena *mem)
{
	struct bind *b = arena_array(mem, struct bind, opts.command.n + 1);
	struct diag d = DIAG_INIT;
	size_t offset, i;
	int any = 0;

	for (i = 0; i < opts.command.n; i++) {
		offset = 0;
		if (bind_read(mem, opts.command.item[i], &b[i], &offset,
		    &d) == -1 || each_check(&b[i], &d) == -1) {
			diag_at_offset(&d, "--command", b[i].text,
			    strlen(b[i].text), offset);
			xdiag(&d);
		}
		any |= b[i].nplaces > 0;
	}
	if (!any)
		xopt_usage(&program, "no --command has :range, or :lo and "
		    ":hi: each would run over everything, for every range");
	return b;
}

static void
xcheck_usage(void)
{
	if (opts.command.n == 0)
		xopt_usage(&program, "--command is needed");
	if (opts.jobs < 1 || opts.jobs > 64)
		xopt_usage(&program, "--jobs is from 1 to 64");
	if (opts.again && opts.run == NULL)
		xopt_usage(&program, "--again is for --run");
	if (opts.dry_run && opts.run != NULL)
		xopt_usage(&program, "what is rolled back is not kept in "
		    "--run");
	if (opts.run != NULL && *opts.run == '\0')
		xopt_usage(&program, "--run is a name");
}

/* A password in a URL is known by now, and masked. */
static const char *
command(struct arena *mem)
{
	struct buf b = BUF_INIT, safe = BUF_INIT;
	const char *text;

	buf_adds(&b, program.name);
	opt_given(&b, NULL, 0);
	diag_redact(&safe, buf_str(&b));
	text = arena_strdup(mem, buf_str(&safe));
	buf_free(&b);
	buf_free(&safe);
	return text;
}

static int
each(struct arena *mem, struct each_options *o,
    const struct each_hooks *hooks, struct diag *d)
{
	struct each_counts counts = { 0, 0, 0 };
	struct project project;
	struct db_url url;
	int rc;

	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, 0, &url, d) == -1)
		return -1;
	o->options = command(mem);
	rc = each_run(&url, o, hooks, &counts, d);
	progress_clear();
	if (counts.skipped > 0)
		note("run '%s': %lld range%s done before %s skipped", o->run,
		    counts.skipped, counts.skipped == 1 ? "" : "s",
		    counts.skipped == 1 ? "was" : "were");
	verbose("%lld range%s, %lld rows", counts.ranges, counts.ranges == 1 ?
	    "" : "s", counts.rows);
	return rc;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct each_options o = { .fd = STDIN_FILENO, .file = "stdin" };
	struct journal j = { arena_new(), NULL, { .unit = "rows" } };
	struct each_hooks hooks = { on_done, on_ready, on_failed, &j };
	struct diag d = DIAG_INIT;
	int rc;

	setprogname("dbm-each");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	xcheck_usage();
	o.bind = xread_commands(mem);
	o.nbinds = opts.command.n;
	o.jobs = (size_t)opts.jobs;
	o.lock_timeout = opts.lock_timeout;
	o.dry_run = opts.dry_run;
	o.run = opts.run;
	o.again = opts.again;
	o.wait = opts.wait;
	if (isatty(STDIN_FILENO) || fcntl(STDIN_FILENO, F_GETFD) == -1)
		xopt_usage(&program, "ranges are expected on stdin, as 'dbm "
		    "chunks' writes them");
	sig_init();
	memcpy(columns, range_columns, sizeof(range_columns));
	columns[RANGE_FIELDS] = (struct out_column){ "milliseconds",
		OUT_NUMBER };
	j.out = out_open(columns, RANGE_FIELDS + 1);
	rc = each(mem, &o, &hooks, &d);
	out_close(j.out);
	if (rc == -1 && sig_pending() == 0 && d.text.len > 0)
		diag_print(&d);
	sig_end();
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	return rc == -1 ? diag_status(&d) : EXIT_DONE;
}
