/*
 * dbm load -- reads a row stream from stdin into a database.
 *
 * What dbm rows and pg_dump --data-only write.  For each table a record of
 * what was done, as soon as it is committed.
 */
#include <fcntl.h>
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
#include "base/sig.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/load.h"
#include "rows/rehearse.h"
#include "schema/project.h"

static struct {
	const char *mode, *state, *mark, *gone;
	long long batch;
	struct opt_list map;
	int dry_run, distinct, running;
} opts;

static const struct opt table[] = {
	OPT_STRING(0, "mode", "MODE", &opts.mode,
	    "insert, upsert (default) or replace"),
	OPT_COUNT(0, "batch-size", "N", &opts.batch,
	    "commit after so many rows"),
	OPT_FLAG('n', "dry-run", &opts.dry_run,
	    "count what would be done, and write nothing"),
	OPT_LIST(0, "schema-map", "OLD=NEW", &opts.map,
	    "load the tables of one schema into another"),
	OPT_FLAG(0, "distinct", &opts.distinct,
	    "the stream names each key once"),
	OPT_STRING(0, "state", "TIME", &opts.state,
	    "remember this time for each table, as sync does"),
	OPT_STRING(0, "mark", "TEXT", &opts.mark,
	    "remember this with it"),
	OPT_STRING(0, "gone", "FILE", &opts.gone,
	    "rows that will be deleted: their unique values are free"),
	OPT_FLAG(0, "running", &opts.running,
	    "also a record each second while a table is at work"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm load",
	.summary = "read a stream of rows into a database",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "state", OUT_TEXT }, /* with --running only, as the last two */
	{ "table", OUT_TEXT },
	{ "inserted", OUT_NUMBER },
	{ "updated", OUT_NUMBER },
	{ "unchanged", OUT_NUMBER },
	{ "deleted", OUT_NUMBER },
	{ "milliseconds", OUT_NUMBER },
	{ "rows", OUT_NUMBER },
	{ "bytes", OUT_NUMBER },
};

/* Some of the keys, as an example. */
static void
tell_sample(const struct load_record *r)
{
	if (r->insert != NULL && *r->insert != '\0')
		verbose("%s: would insert %s%s", r->table, r->insert,
		    r->inserted > REHEARSE_SAMPLE ? ", ..." : "");
	if (r->update != NULL && *r->update != '\0')
		verbose("%s: would update %s%s", r->table, r->update,
		    r->updated > REHEARSE_SAMPLE ? ", ..." : "");
}

static void
on_record(void *arg, const struct load_record *r)
{
	struct out *out = arg;

	tell_sample(r);
	if (opts.running)
		out_field(out, r->running ? "running" : "done");
	out_field(out, r->table);
	out_number(out, r->inserted);
	out_number(out, r->updated);
	out_number(out, r->unchanged);
	out_number(out, r->deleted);
	out_number(out, r->milliseconds);
	if (opts.running) {
		out_number(out, r->rows);
		out_number(out, r->bytes);
	}
	fflush(stdout);
}

/* With --running a program feeds us: lines of its pipe mean nothing to
 * anyone. */
static void
on_say(void *arg, const struct diag *d)
{
	struct diag plain = *d;

	(void)arg;
	if (opts.running)
		plain.file = (struct buf)BUF_INIT;
	diag_print(&plain);
}

static enum load_mode
mode(void)
{
	size_t i;

	if (opts.mode == NULL)
		return LOAD_UPSERT;
	for (i = 0; i < LOAD__MAX; i++)
		if (strcmp(opts.mode, load_mode_name[i]) == 0)
			return (enum load_mode)i;
	xopt_usage(&program, "--mode is insert, upsert or replace, not '%s'",
	    opts.mode);
}

/* OLD=NEW: neither may be empty. */
static const struct schema_map *
schema_map(struct arena *mem)
{
	struct schema_map *map;
	const char *item, *sign;
	size_t i;

	map = arena_array(mem, struct schema_map, opts.map.n + 1);
	for (i = 0; i < opts.map.n; i++) {
		item = opts.map.item[i];
		sign = strchr(item, '=');
		if (sign == NULL || sign == item || sign[1] == '\0')
			xopt_usage(&program, "--schema-map is OLD=NEW, not "
			    "'%s'", item);
		map[i].from = arena_strndup(mem, item, (size_t)(sign - item));
		map[i].to = sign + 1;
	}
	return map;
}

static int
load(struct arena *mem, const struct load_options *o, struct db **db,
    struct diag *d)
{
	struct project project;
	struct db_url url;

	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, 0, &url, d) == -1 ||
	    (*db = db_open(&url, 0, d)) == NULL)
		return -1;
	return load_run(mem, *db, STDIN_FILENO, o, d);
}

static void
xread_options(struct arena *mem, struct load_options *o)
{
	o->mode = mode();
	o->batch = opts.batch;
	o->dry_run = opts.dry_run;
	o->distinct = opts.distinct;
	o->running = opts.running;
	o->map = schema_map(mem);
	o->nmap = opts.map.n;
	o->state = opts.state;
	o->mark = opts.mark;
	o->gone = opts.gone;
	if (opts.mark != NULL && opts.state == NULL)
		xopt_usage(&program, "--mark is for --state");
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct load_options o = { .record = on_record, .say = on_say };
	struct diag d = DIAG_INIT;
	struct db *db = NULL;
	struct out *out;
	int rc;

	setprogname("dbm-load");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	xread_options(mem, &o);
	if (isatty(STDIN_FILENO) || fcntl(STDIN_FILENO, F_GETFD) == -1)
		xopt_usage(&program, "a row stream is expected on stdin");
	sig_init();
	o.arg = out = out_open(columns + !opts.running,
	    opts.running ? 9 : 6);
	rc = load(mem, &o, &db, &d);
	out_close(out);
	if (rc == -1 && sig_pending() == 0)
		on_say(NULL, &d);
	db_close(db);
	sig_end();
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	return rc == -1 ? diag_status(&d) : EXIT_DONE;
}
