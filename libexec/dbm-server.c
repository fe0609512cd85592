/*
 * dbm server -- the lasting private server of a project: what stands in where
 * nobody has set up PostgreSQL.  It listens on a socket only its user can
 * reach, and its URL stands in .dbm/url, where the other programs find it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "server/lasting.h"
#include "server/place.h"

static struct {
	double wait;
	int force, yes;
} opts = { .wait = 60 };

static const struct opt options[] = {
	OPT_FLAG('f', "force", &opts.force, "destroy without asking"),
	OPT_FLAG('y', "yes", &opts.yes, "answer the question with yes"),
	OPT_SECONDS('w', "wait", "SECONDS", &opts.wait,
	    "how long a shutdown may take (60)"),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm server",
	.summary = "run the lasting private PostgreSQL of this project",
	.operands = "start|stop|status|url|destroy",
	.opts = options
};

static const struct out_column columns[] = {
	{ "state", OUT_TEXT },
	{ "pid", OUT_NUMBER },
	{ "version", OUT_NUMBER },
	{ "url", OUT_TEXT },
	{ "folder", OUT_TEXT },
};

static int
start(struct lasting *l, struct diag *d)
{
	struct server_state state = { 0 };

	if (lasting_start(l, &state, d) == -1)
		return diag_status(d);
	verbose("PostgreSQL %d, process %d", state.version, (int)state.pid);
	printf("%s\n", l->url);
	return EXIT_DONE;
}

static int
stop(struct lasting *l, struct diag *d)
{
	struct server_state state = { 0 };

	return lasting_stop(l, &state, d) == -1 ? diag_status(d) : EXIT_DONE;
}

static int
status(struct lasting *l, struct diag *d)
{
	struct server_state state = { 0 };
	struct out *o;

	if (lasting_status(l, &state, d) == -1)
		return diag_status(d);
	o = out_open(columns, sizeof(columns) / sizeof(columns[0]));
	out_field(o, state.pid != 0 ? "running" : "stopped");
	if (state.pid != 0)
		out_number(o, state.pid);
	else
		out_field(o, NULL);
	if (state.version != 0)
		out_number(o, state.version);
	else
		out_field(o, NULL);
	out_field(o, state.version != 0 ? l->url : NULL);
	out_field(o, state.version != 0 ? l->home : NULL);
	out_close(o);
	return state.pid != 0 ? EXIT_DONE : EXIT_FOUND;
}

static int
url(struct lasting *l, struct diag *d)
{
	if (!file_exists(l->url_file)) {
		diag_set(d, "there is no server of '%s'", l->project);
		diag_hint(d, "'dbm server start' makes one");
		return diag_status(d);
	}
	printf("%s\n", l->url);
	return EXIT_DONE;
}

static int
confirmed(const struct lasting *l, struct diag *d)
{
	struct buf question = BUF_INIT;
	int answer = 1;

	if (opts.force || opts.yes)
		return 1;
	buf_addf(&question, "remove the databases of '%s' for good?",
	    l->project);
	answer = ask(buf_str(&question), "--force", d);
	buf_free(&question);
	if (answer == 0)
		diag_set(d, "nothing was removed");
	return answer == 1;
}

static int
destroy(struct lasting *l, struct diag *d)
{
	struct server_state state = { 0 };

	if (lasting_status(l, &state, d) == -1 ||
	    (state.version != 0 && !confirmed(l, d)) ||
	    lasting_destroy(l, &state, d) == -1)
		return diag_status(d);
	return EXIT_DONE;
}

static const struct verb {
	const char *name;
	int (*run)(struct lasting *, struct diag *);
} verbs[] = {
	{ "start", start },
	{ "stop", stop },
	{ "status", status },
	{ "url", url },
	{ "destroy", destroy },
};

static const struct verb *
find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	xopt_usage(&program, "'%s' is none of start, stop, status, url, "
	    "destroy", name);
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	const struct verb *verb;
	struct lasting l;
	struct place place;
	int i, rc;

	setprogname("dbm-server");
	sig_init();
	i = xopt_parse(&program, argc, argv);
	if (i + 1 != argc)
		xopt_usage(&program, "one of start, stop, status, url, "
		    "destroy is needed");
	verb = find_verb(argv[i]);
	if (place_find(mem, &place, &d) == -1 ||
	    lasting_find(mem, &place, ".", &l, &d) == -1)
		xdiag(&d);
	l.seconds = opts.wait;
	rc = verb->run(&l, &d);
	sig_end();
	if (d.text.len > 0)
		diag_print(&d);
	if (out_flush() != EXIT_DONE)
		rc = EXIT_TROUBLE;
	arena_free(mem);
	return rc;
}
