/*
 * dbm migrate diff -- dbm diff with the options and statuses of Prisma.
 *
 * For scripts that call `prisma migrate diff' today: the spellings of 5, 6
 * and 7 are taken, and the statuses are Prisma's, not the house's.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "catalog/change.h"
#include "migrate/side.h"
#include "schema/project.h"

enum {
	STATUS_ERROR = 1,
	STATUS_NOT_EMPTY = 2 /* with --exit-code */
};

/* What was asked for one side; as many as are set. */
struct ask {
	int empty, config;
	const char *datamodel, *schema, *datasource, *url, *migrations;
};

static struct {
	struct ask from, to;
	const char *shadow, *output;
	int script, exit_code;
} opts;

static const struct opt table[] = {
	OPT_FLAG(0, "from-empty", &opts.from.empty, "from nothing"),
	OPT_STRING(0, "from-schema", "PATH", &opts.from.schema,
	    "from a schema file or folder"),
	OPT_STRING(0, "from-schema-datamodel", "PATH", &opts.from.datamodel,
	    "the same, by its older name"),
	OPT_STRING(0, "from-schema-datasource", "PATH", &opts.from.datasource,
	    "from the database that a schema names"),
	OPT_FLAG(0, "from-config-datasource", &opts.from.config,
	    "from the project's database"),
	OPT_STRING(0, "from-url", "URL", &opts.from.url, "from a database"),
	OPT_STRING(0, "from-migrations", "DIR", &opts.from.migrations,
	    "from a folder of migrations"),
	OPT_FLAG(0, "to-empty", &opts.to.empty, "to nothing"),
	OPT_STRING(0, "to-schema", "PATH", &opts.to.schema,
	    "to a schema file or folder"),
	OPT_STRING(0, "to-schema-datamodel", "PATH", &opts.to.datamodel,
	    "the same, by its older name"),
	OPT_STRING(0, "to-schema-datasource", "PATH", &opts.to.datasource,
	    "to the database that a schema names"),
	OPT_FLAG(0, "to-config-datasource", &opts.to.config,
	    "to the project's database"),
	OPT_STRING(0, "to-url", "URL", &opts.to.url, "to a database"),
	OPT_STRING(0, "to-migrations", "DIR", &opts.to.migrations,
	    "to a folder of migrations"),
	OPT_STRING(0, "shadow-database-url", "URL", &opts.shadow,
	    "replay migrations in this database"),
	OPT_FLAG(0, "script", &opts.script, "the SQL instead of a summary"),
	OPT_FLAG(0, "exit-code", &opts.exit_code,
	    "status 0 if empty, 2 if not, 1 for errors"),
	OPT_STRING('o', "output", "FILE", &opts.output, "write it to FILE"),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate diff",
	.summary = "compare two schemas, with Prisma's options",
	.operands = "",
	.opts = table,
	.usage_status = STATUS_ERROR,
};

/* Exactly one of the ways to name a side. */
static void
xchoose(const struct ask *a, const char *which, struct side *s)
{
	const struct {
		enum side_kind kind;
		const char *text;
		int asked;
	} way[] = {
		{ SIDE_EMPTY, NULL, a->empty },
		{ SIDE_DATASOURCE, NULL, a->config },
		{ SIDE_SCHEMA, a->datamodel, a->datamodel != NULL },
		{ SIDE_SCHEMA, a->schema, a->schema != NULL },
		{ SIDE_DATASOURCE, a->datasource, a->datasource != NULL },
		{ SIDE_DATABASE, a->url, a->url != NULL },
		{ SIDE_HISTORY, a->migrations, a->migrations != NULL }
	};
	int n = 0;

	for (size_t i = 0; i < sizeof(way) / sizeof(*way); i++)
		if (way[i].asked) {
			*s = (struct side){ .kind = way[i].kind,
				.text = way[i].text };
			n++;
		}
	if (n != 1)
		xopt_usage(&program, "%d '--%s-...' options are given, "
		    "and it must be one", n, which);
}

static void
xtell(const struct diag *d)
{
	diag_print(d);
	exit(STATUS_ERROR);
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

	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "there are no operands");
	xchoose(&opts.from, "from", &from);
	xchoose(&opts.to, "to", &to);
	sig_init();
	how.shadow_url = opts.shadow;
	if (sides_read(mem, &from, &to, &how, &d) == -1)
		xtell(&d);
	changes = catalog_diff(mem, from.catalog, to.catalog);
	if (opts.script)
		changes_render(changes, &text);
	else
		changes_summary(changes, &text);
	if (out_text(opts.output, &text, &d) == -1)
		xtell(&d);
	buf_free(&text);
	if (out_flush() == EXIT_TROUBLE)
		return STATUS_ERROR;
	sig_end();
	return opts.exit_code && changes->n > 0 ? STATUS_NOT_EMPTY :
	    EXIT_DONE;
}
