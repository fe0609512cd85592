/*
 * dbm tmp -- runs a command with the URL of a throwaway PostgreSQL server in
 * DATABASE_URL, or prints that URL.  The server and all its files are gone
 * afterwards, even if we are killed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/proc.h"
#include "base/sig.h"
#include "server/place.h"
#include "server/watch.h"

static struct {
	double idle;
} opts = { 60 };

static const struct opt options[] = {
	OPT_SECONDS('w', "wait", "SECONDS", &opts.idle,
	    "without a command: go after so long idle (60)"),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm tmp",
	.summary = "run a command with a throwaway PostgreSQL server",
	.operands = "[-- COMMAND [ARGUMENT...]]",
	.opts = options,
	.runs_command = 1
};

/* The watcher keeps the server once the URL has surely been written. */
static int
print_url(struct watch *w, const struct server_state *server)
{
	int status;

	printf("%s\n", server->url);
	status = out_flush();
	if (status == EXIT_DONE)
		watch_leave(w);
	else
		watch_end(w);
	return status;
}

static int
run(struct arena *mem, struct watch *w, const struct server_state *server,
    char **argv)
{
	char *env[] = { arena_printf(mem, "DATABASE_URL=%s", server->url),
		NULL };
	struct proc_opts o = PROC_OPTS_INIT;
	struct diag d = DIAG_INIT;
	int status;

	o.env = env;
	o.die_with_us = SIGTERM; /* there is no server any more */
	status = proc_run_command(argv, &o, &d);
	watch_end(w);
	/* A command that answers ^C by going on (psql) has the last word. */
	if (sig_pending() != SIGINT || status >= 128)
		sig_end();
	if (d.text.len > 0)
		diag_print(&d);
	return status;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct server_state server = { 0 };
	struct diag d = DIAG_INIT;
	struct place place;
	struct watch w;
	int i, status;

	setprogname("dbm-tmp");
	setproctitle_init(argc, argv, environ);
	sig_init();
	i = xopt_parse(&program, argc, argv);
	if (place_find(mem, &place, &d) == -1 ||
	    watch_start(&w, &place, opts.idle, &server, &d) == -1) {
		sig_end();
		xdiag(&d);
	}
	verbose("PostgreSQL %d, process %d", server.version, (int)server.pid);
	if (i == argc)
		return print_url(&w, &server);
	status = run(mem, &w, &server, argv + i);
	arena_free(mem);
	return status;
}
