/*
 * dbm chunks -- cuts a table into pieces of so many rows.
 *
 * Walks a unique key from piece to piece and writes a range of it for each,
 * as soon as it is known.  Between two of them no transaction is open, however
 * slow the reader is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "batch/chunks.h"
#include "batch/range.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/pick.h"
#include "rows/session.h"
#include "schema/project.h"

static struct {
	long long size;
	const char *where, *by, *from_key;
} opts = { .size = 10000 };

static const struct opt table[] = {
	OPT_COUNT(0, "size", "N", &opts.size, "rows of a piece (10000)"),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "count only rows of which this is true"),
	OPT_STRING(0, "by", "COLUMNS", &opts.by,
	    "go by this unique key; with commas between"),
	OPT_STRING(0, "from-key", "KEY", &opts.from_key,
	    "begin above this key"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm chunks",
	.summary = "cut a table into ranges of its key",
	.operands = "TABLE",
	.opts = table,
};

struct writer {
	struct arena *mem; /* of a record */
	struct out *out;
};

static int
on_range(void *arg, const struct range *r, struct diag *d)
{
	const char *field[RANGE_FIELDS];
	struct writer *w = arg;
	size_t i;

	range_fields(w->mem, r, field);
	for (i = 0; i < RANGE_FIELDS; i++)
		out_field(w->out, field[i]);
	arena_reset(w->mem);
	if (sig_pending() != 0)
		return diag_set(d, "interrupted");
	/* what cannot be written is told when stdout is closed */
	return fflush(stdout) == 0 ? 0 : diag_set(d, "cannot write");
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
	if (rows_stay(db, d) == 0)
		return db;
	db_close(db);
	return NULL;
}

static int
run(struct arena *mem, struct chunks *c, struct diag *d)
{
	if (chunks_check(c, d) == -1 || (c->db = start(mem, d)) == NULL)
		return -1;
	return chunks_run(mem, c, d);
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct writer w = { .mem = arena_new() };
	struct chunks c = { .pick = &pick_opts, .range = on_range, .arg = &w };
	struct diag d = DIAG_INIT;
	int first, rc;

	setprogname("dbm-chunks");
	first = xopt_parse(&program, argc, argv);
	if (argc - first != 1)
		xopt_usage(&program, "one table is expected");
	if (opts.size < 1)
		xopt_usage(&program, "--size is at least 1");
	pick_opts.operand = argv + first;
	pick_opts.n = 1;
	c.size = opts.size;
	c.where = opts.where;
	c.by = opts.by;
	c.from_key = opts.from_key;
	sig_init();
	w.out = out_open(range_columns, RANGE_FIELDS);
	rc = run(mem, &c, &d);
	out_close(w.out);
	if (rc == -1 && sig_pending() == 0 && !ferror(stdout))
		diag_print(&d);
	db_close(c.db);
	sig_end();
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	return rc == -1 ? diag_status(&d) : EXIT_DONE;
}
