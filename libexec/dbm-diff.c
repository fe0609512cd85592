/*
 * dbm diff -- prints the SQL that turns one schema into another.
 *
 * Either side is nothing, a schema, a folder of migrations or a database.
 * The script is Prisma's, byte for byte; renames, which Prisma does not know,
 * are asked for.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "catalog/change.h"
#include "catalog/json.h"
#include "catalog/rename.h"
#include "catalog/risk.h"
#include "migrate/side.h"
#include "schema/project.h"

static struct {
	int summary, json, no_rename;
	const char *output, *shadow;
	struct opt_list rename;
} opts;

static const struct opt table[] = {
	OPT_FLAG(0, "summary", &opts.summary,
	    "tell the changes to people instead"),
	OPT_FLAG(0, "json", &opts.json,
	    "one object for each change, with its risk"),
	OPT_LIST(0, "rename", "OLD=NEW", &opts.rename,
	    "a table or TABLE.COLUMN that has a new name"),
	OPT_FLAG(0, "no-rename", &opts.no_rename,
	    "do not speak of what may be a rename"),
	OPT_STRING('o', "output", "FILE", &opts.output, "write it to FILE"),
	OPT_STRING(0, "shadow-database-url", "URL", &opts.shadow,
	    "replay migrations in this database"),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm diff",
	.summary = "print the SQL that turns one schema into another",
	.operands = "FROM TO",
	.opts = table,
};

/* What goes while something like it comes may want a rename. */
static void
tell_candidates(struct arena *mem, const struct changes *changes)
{
	struct rename_candidate *c;
	struct buf arg = BUF_INIT;
	size_t n = rename_candidates(mem, changes, &c);

	n = rename_likeliest(c, n);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&arg);
		rename_argument(&c[i], &arg);
		note("this may be a rename: --rename %s", buf_str(&arg));
	}
	buf_free(&arg);
}

static struct changes *
compare(struct arena *mem, struct catalog *from, struct catalog *to)
{
	struct renames renames = { NULL, 0 };
	struct diag d = DIAG_INIT;
	struct changes *changes;

	for (size_t i = 0; i < opts.rename.n; i++)
		if (catalog_rename(mem, from, to, opts.rename.item[i],
		    &renames, &d) == -1)
			xdiag(&d);
	changes = catalog_diff(mem, from, to);
	if (!opts.no_rename)
		tell_candidates(mem, changes);
	return renames_first(mem, &renames, changes);
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	struct buf text = BUF_INIT;
	struct side from, to;
	struct sides_opts how = { NULL };
	struct changes *changes;
	int first = xopt_parse(&program, argc, argv);

	if (argc - first != 2)
		xopt_usage(&program, "two things to compare are needed");
	if (opts.summary && opts.json)
		xopt_usage(&program, "--summary and --json exclude each other");
	sig_init();
	side_of(argv[first], &from);
	side_of(argv[first + 1], &to);
	how.shadow_url = opts.shadow;
	if (sides_read(mem, &from, &to, &how, &d) == -1)
		xdiag(&d);
	changes = compare(mem, from.catalog, to.catalog);

	if (opts.json)
		changes_json(risks_find(mem, changes), &text);
	else if (opts.summary)
		changes_summary(changes, &text);
	else
		changes_render(changes, &text);
	if (out_text(opts.output, &text, &d) == -1)
		xdiag(&d);
	buf_free(&text);
	if (out_flush() == EXIT_TROUBLE)
		return EXIT_TROUBLE;
	sig_end();
	return changes->n == 0 ? EXIT_DONE : EXIT_FOUND;
}
