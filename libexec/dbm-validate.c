/*
 * dbm validate -- checks a schema as Prisma does, and tells every problem.
 *
 * Reads: a schema file, a folder of them, or standard input.
 * Writes: one line a finding, FILE:LINE:COLUMN: error: TEXT, and a hint
 * below it; nothing when the schema is valid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "schema/finding.h"
#include "schema/place.h"
#include "schema/project.h"
#include "schema/schema.h"

static const struct opt table[] = {
	OPT_INCLUDE(opt_project),
	OPT_FLAG(0, "json", &out_opts.json, "one JSON object a finding"),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm validate",
	.summary = "check a schema and tell every problem",
	.operands = "[FILE|DIR|-]",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "severity", OUT_TEXT },
	{ "file", OUT_TEXT },
	{ "line", OUT_NUMBER },
	{ "column", OUT_NUMBER },
	{ "text", OUT_TEXT },
	{ "hint", OUT_TEXT },
};

static const char *const severity[FINDING__MAX] = {
	[FINDING_ERROR] = "error",
	[FINDING_WARNING] = "warning",
};

/* A name in the schema may hold a line end; a finding is one line. */
static void
print_text(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= ' ' && *s != 0x7f)
			putchar(*s);
		else
			printf(*s == '\n' ? "\\n" : "\\x%02x",
			    (unsigned char)*s);
}

static void
print_line(const struct place *p)
{
	const struct finding *f = p->finding;

	printf("%s:%zu:%zu: %s: ", p->path, p->line, p->column,
	    severity[f->severity]);
	print_text(f->text);
	if (f->hint != NULL) {
		printf("\n    hint: ");
		print_text(f->hint);
	}
	putchar('\n');
}

static void
print_object(struct out *out, const struct place *p)
{
	out_field(out, severity[p->finding->severity]);
	out_field(out, p->path);
	out_number(out, (long long)p->line);
	out_number(out, (long long)p->column);
	out_field(out, p->finding->text);
	out_field(out, p->finding->hint);
}

static void
print_findings(struct arena *mem, const struct findings *found,
    const struct sources *sources)
{
	struct out *out = out_opts.json ? out_open(columns, 6) : NULL;
	const struct place *place = places_of(mem, found, sources), *p;

	for (p = place; p < place + found->n; p++)
		if (out != NULL)
			print_object(out, p);
		else
			print_line(p);
	if (out != NULL)
		out_close(out);
}

static void
summarize(const struct findings *found, const char *path)
{
	size_t warnings = found->n - found->nerrors;

	if (found->nerrors > 0)
		note("%zu error%s in %s", found->nerrors,
		    found->nerrors == 1 ? "" : "s", path);
	else if (warnings > 0)
		note("The schema at %s is valid, with %zu warning%s.", path,
		    warnings, warnings == 1 ? "" : "s");
	else
		note("The schema at %s is valid.", path);
}

static const char *
schema_path(struct arena *mem, struct diag *d)
{
	struct project p;

	if (project_find(mem, &project_opts, &p, d) == -1)
		return NULL;
	if (p.schema != NULL)
		return p.schema;
	diag_hint(d, "name it, as in 'dbm validate prisma/schema.prisma'");
	diag_set(d, "there is no schema here");
	return NULL;
}

static int
validate(struct arena *mem, const char *path, int *found, struct diag *d)
{
	struct sources sources;
	struct findings findings;

	findings_init(&findings, mem);
	if (path == NULL && (path = schema_path(mem, d)) == NULL)
		return -1;
	if (sources_read(mem, path, &sources, d) == -1)
		return -1;
	schema_resolve(mem, ast_parse(mem, &sources, &findings), &findings);
	print_findings(mem, &findings, &sources);
	fflush(stdout);
	summarize(&findings, strcmp(path, "-") == 0 ? "standard input" : path);
	*found = findings.nerrors > 0 ? EXIT_FOUND : EXIT_DONE;
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	int at, found = EXIT_DONE, rc;

	setprogname("dbm-validate");
	at = xopt_parse(&program, argc, argv);
	if (argc - at > 1)
		xopt_usage(&program, "one schema at a time");
	rc = validate(mem, argv[at], &found, &d);
	if (rc == -1)
		diag_print(&d);
	arena_free(mem);
	if (rc == -1)
		return diag_status(&d);
	return out_flush() == EXIT_DONE ? found : EXIT_TROUBLE;
}
