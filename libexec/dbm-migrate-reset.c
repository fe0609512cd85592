/*
 * dbm migrate reset -- empties the schema and applies all migrations.
 *
 * Names what it is about to destroy, and asks; then runs `dbm migrate
 * deploy' and the seed command of package.json, if there is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/proc.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/target.h"
#include "migrate/contents.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/seed.h"
#include "migrate/site.h"
#include "migrate/units.h"

static struct {
	int force, skip_seed, skip_generate;
} opts;

static const struct opt table[] = {
	OPT_FLAG('f', "force", &opts.force, "do not ask"),
	OPT_FLAG(0, "skip-seed", &opts.skip_seed,
	    "do not run the seed command"),
	OPT_FLAG(0, "skip-generate", &opts.skip_generate, NULL),
	OPT_INCLUDE(opt_lock),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate reset",
	.summary = "empty the schema and apply all migrations",
	.operands = "",
	.opts = table,
};

struct reset {
	struct arena *mem;
	struct site site;
	struct db *db;
	struct history history;
	struct diag *d;
};

static void
add_outside(struct buf *b, const struct db_rows *r)
{
	size_t i;

	for (i = 0; r != NULL && i < r->nrows; i++)
		buf_addf(b, "%s%s", i == 0 ? ", and in other schemas " : ", ",
		    db_cell(r, i, 0));
}

/* 1: go on; 0: no; -1: error */
static int
confirm(struct reset *w, const struct contents *c, size_t n)
{
	struct buf b = BUF_INIT;
	int answer = 1, holds = 0;
	size_t i;

	buf_addf(&b, "database '%s' at %s:", w->site.url.dbname,
	    url_where(w->mem, &w->site.url));
	for (i = 0; i < n; i++) {
		buf_addf(&b, "%s schema '%s' with %zu table%s and %lld row%s",
		    i > 0 ? "," : "", c[i].schema, c[i].tables,
		    c[i].tables == 1 ? "" : "s", c[i].rows,
		    c[i].rows == 1 ? "" : "s");
		if (c[i].others > 0)
			buf_addf(&b, " and %lld other object%s", c[i].others,
			    c[i].others == 1 ? "" : "s");
		add_outside(&b, c[i].outside);
		holds |= c[i].tables > 0 || c[i].others > 0;
	}
	if (opts.force || !holds)
		note("reset destroys all of %s", buf_str(&b));
	else {
		buf_adds(&b, "\nAre you sure you want to reset your database? "
		    "All of that will be lost.");
		answer = ask(buf_str(&b), "--force", w->d);
	}
	buf_free(&b);
	return answer;
}

/*
 * Deploys by the program for it, which is told all that we were told.  The
 * URL goes by the environment, as a database named `dbm-reset': a password
 * has no place in argv.
 */
static int
run_deploy(struct reset *w)
{
	char *env[] = { arena_printf(w->mem, "DBM_RESET_DATABASE_URL=%s",
	    w->site.url.text), NULL };
	const struct {
		const char *option, *value; /* without one: NULL, not given */
		int flag;
	} words[] = {
		{ "--migrations", w->site.dir.path, 0 },
		{ "--schema", project_opts.schema, 0 },
		{ "--env-file", project_opts.env_file, 0 },
		{ "--wait", arena_printf(w->mem, "%g", lock_opts.wait), 0 },
		{ "--json", NULL, out_opts.json },
		{ "--header", NULL, out_opts.header },
		{ "--quiet", NULL, diag_opts.quiet },
		{ "--verbose", NULL, diag_opts.verbose },
	};
	char *argv[18] = { "dbm-migrate-deploy", "--url", "dbm-reset" };
	struct proc_opts o = PROC_OPTS_INIT;
	size_t i, n = 3;

	if (w->site.dir.n == 0)
		return 0;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].value == NULL && !words[i].flag)
			continue;
		argv[n++] = arena_strdup(w->mem, words[i].option);
		if (words[i].value != NULL)
			argv[n++] = arena_strdup(w->mem, words[i].value);
	}
	o.env = env;
	return proc_run_command(argv, &o, w->d);
}

static int
run_seed(struct reset *w)
{
	return opts.skip_seed ? 0 : seed_run(w->mem, &w->site, note, -1, w->d);
}

static int
prepare(struct reset *w)
{
	size_t i;

	if (site_open(w->mem, TARGET_SESSION, &w->site, w->d) == -1 ||
	    (w->db = db_open(&w->site.url, 0, w->d)) == NULL ||
	    migrate_lock(w->db, w->d) == -1 ||
	    history_read(w->db, w->mem, w->site.schemas, w->site.nschemas,
		&w->history, w->d) == -1)
		return -1;
	if (history_writable(w->db, &w->history, w->d) == -1)
		return -1;
	/* what cannot be applied afterwards is found before anything goes */
	for (i = 0; i < w->site.dir.n; i++)
		if (units_check(&w->site.dir.migration[i], w->d) == -1)
			return -1;
	return 0;
}

/* 0 done, -1 error, or the status of a child */
static int
reset(struct reset *w)
{
	size_t i, n = w->site.nschemas;
	struct contents *c;
	int answer, status;

	if (n == 0)
		n = 1;
	c = arena_array(w->mem, struct contents, n);
	for (i = 0; i < n; i++)
		if (contents_read(w->mem, w->db, w->site.nschemas == 0 ?
		    w->site.url.schema : w->site.schemas[i], &c[i], w->d)
		    == -1)
			return -1;
	answer = confirm(w, c, n);
	if (answer == -1)
		return -1;
	if (answer == 0)
		return diag_set(w->d, "reset cancelled, nothing was changed");
	if (contents_drop(w->mem, w->db, &w->history, c, n, w->d) == -1)
		return -1;
	note("Database reset successful");
	/* the lock goes with the session; deploy takes it again */
	db_close(w->db);
	w->db = NULL;
	status = run_deploy(w);
	return status != 0 ? status : run_seed(w);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct reset w = { .mem = arena_new(), .d = &d };
	int rc;

	setprogname("dbm-migrate-reset");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	sig_ignore_pipe();
	rc = prepare(&w);
	if (rc == 0)
		rc = reset(&w);
	if (rc != 0 && d.text.len > 0)
		diag_print(&d);
	db_close(w.db);
	sig_end();
	if (rc != 0)
		return rc == -1 ? diag_status(&d) : rc;
	return out_flush();
}
