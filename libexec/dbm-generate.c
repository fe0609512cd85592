/*
 * dbm generate -- runs the generators of the schema.
 *
 * They are Prisma's, not ours: what is run is the `prisma generate' that the
 * project itself has installed.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/sig.h"
#include "migrate/generate.h"
#include "migrate/open.h"
#include "migrate/site.h"
#include "schema/project.h"
#include "schema/schema.h"

static const struct opt table[] = {
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm generate",
	.summary = "run the project's own generators",
	.operands = "[-- ARGUMENT...]",
	.opts = table,
	.runs_command = 1,
};

static int
not_installed(struct diag *d)
{
	diag_hint(d, "install it in the project: npm install --save-dev "
	    "prisma");
	return diag_set(d, "the schema has generators, but there is no "
	    "node_modules/.bin/prisma here or above");
}

/* The status of `prisma generate', or -1. */
static int
generate(struct arena *mem, char **more, struct diag *d)
{
	struct site site = { 0 };
	struct schema *schema;
	const char *prisma;

	if (project_load(mem, &project_opts, &site.project, d) == -1 ||
	    open_schema(mem, &site, &schema, d) == -1)
		return -1;
	if (schema->ngenerators == 0) {
		note("There is no generator in %s: nothing to generate.",
		    site.project.schema);
		return 0;
	}
	prisma = generate_find(mem, &site.project);
	if (prisma == NULL)
		return not_installed(d);
	verbose("running %s generate", prisma);
	return generate_run(mem, &site.project, prisma, more, -1, d);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	int first, status;

	setprogname("dbm-generate");
	first = xopt_parse(&program, argc, argv);
	sig_init();
	status = generate(arena_new(), argv + first, &d);
	if (d.text.len > 0)
		diag_print(&d);
	sig_end();
	return status == -1 ? diag_status(&d) : status;
}
