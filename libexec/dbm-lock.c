/*
 * dbm lock -- runs a command under an advisory lock of the database.
 *
 * For cron: whoever comes while the lock is held ends with status 75.  The
 * lock goes with the session, so a killed dbm leaves none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/proc.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/target.h"
#include "schema/project.h"

static struct {
	double wait;
} opts;

static const struct opt table[] = {
	OPT_SECONDS('w', "wait", "SECONDS", &opts.wait,
	    "how long to wait for the lock (0)"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm lock",
	.summary = "run a command under an advisory lock",
	.operands = "NAME -- COMMAND [ARGUMENT...]",
	.opts = table,
	.runs_command = 1,
};

static struct db *
take_lock(struct arena *mem, const char *name, struct diag *d)
{
	const char *what = arena_printf(mem, "'%s'", name);
	struct project project;
	struct db_url url;
	struct db *db;

	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, TARGET_SESSION,
		&url, d) == -1 ||
	    (db = db_open(&url, 0, d)) == NULL)
		return NULL;
	if (lock_acquire(db, lock_key(name), opts.wait, what, d) == 0)
		return db;
	db_close(db);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct proc_opts o = PROC_OPTS_INIT;
	struct diag d = DIAG_INIT;
	const char *name;
	struct db *db;
	int i, status;

	setprogname("dbm-lock");
	i = xopt_parse(&program, argc, argv);
	name = argv[i++];
	if (name != NULL && i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (name == NULL || i >= argc)
		xopt_usage(&program, "a NAME and a COMMAND are needed");
	sig_init();
	db = take_lock(mem, name, &d);
	if (db == NULL) {
		diag_print(&d);
		sig_end();
		return diag_status(&d);
	}
	status = proc_run_command(argv + i, &o, &d);
	if (d.text.len > 0)
		diag_print(&d);
	else if (db_exec(db, "SELECT", &d) == -1)
		warning("the connection was lost while the command ran: "
		    "'%s' was not locked all the time", name);
	db_close(db);
	sig_end();
	return status;
}
