/*
 * dbm format -- writes schema files in their canonical form, to the byte as
 * Prisma's formatter does; as a filter with `-'.
 *
 * Reads: the project's schema, the files named, or stdin.
 * Writes: those that change, atomically; their names on stdout.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/opt.h"
#include "base/out.h"
#include "schema/finding.h"
#include "schema/format.h"
#include "schema/project.h"
#include "schema/schema.h"

/* More of them help nobody. */
#define FINDINGS_SHOWN 50

static struct {
	const char *schema;
	int check;
} opts;

static const struct opt options[] = {
	OPT_STRING('s', "schema", "FILE", &opts.schema,
	    "schema file or folder"),
	OPT_FLAG(0, "check", &opts.check, "write nothing, only tell"),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm format",
	.summary = "write schema files in their canonical form",
	.operands = "[FILE...|-]",
	.opts = options,
};

static const struct out_column columns[] = {
	{ "file", OUT_TEXT },
};

static struct {
	struct arena *mem;
	struct out *out;
	size_t files, changed;
} run;

static void
print_findings(const struct findings *f, const struct sources *sources)
{
	const struct source *source;
	const struct finding *x;
	struct diag d = DIAG_INIT;
	size_t i, line, column, shown = 0;

	for (i = 0; i < f->n && shown < FINDINGS_SHOWN; i++) {
		x = &f->item[i];
		if (x->severity != FINDING_ERROR)
			continue;
		source = &sources->file[x->span.file];
		source_position(source, x->span.start, &line, &column);
		diag_reset(&d);
		diag_set(&d, "%s", x->text);
		diag_at(&d, source->path, line, column);
		if (x->hint != NULL)
			diag_hint(&d, "%s", x->hint);
		diag_print(&d);
		shown++;
	}
	diag_free(&d);
	if (f->nerrors > shown)
		note("and %zu more errors", f->nerrors - shown);
}

/* Does the set say what it is for?  Else it may be part of something. */
static int
is_whole(const struct schema *s)
{
	const char *provider;

	if (s->datasource == NULL)
		return 0;
	provider = s->datasource->provider;
	return provider != NULL && strncmp(provider, "postgres", 8) == 0;
}

/*
 * A schema that is wrong is left alone, unless formatting puts it right: a
 * relation told from one side is filled in.  Of a part only its lines can be
 * judged.
 */
static int
refuse(const struct sources *sources, const struct sources *formatted)
{
	struct findings before, after;
	const struct schema *s;
	const struct ast *ast;

	findings_init(&before, run.mem);
	ast = ast_parse(run.mem, sources, &before);
	if (before.nerrors == 0) {
		s = schema_resolve(run.mem, ast, &before);
		if (before.nerrors == 0 || !is_whole(s))
			return 0;
		findings_init(&after, run.mem);
		schema_resolve(run.mem,
		    ast_parse(run.mem, formatted, &after), &after);
		if (after.nerrors == 0)
			return 0;
	}
	print_findings(&before, sources);
	return -1;
}

static int
format_set(const struct sources *sources, struct diag *d)
{
	struct sources formatted;
	size_t i;

	schema_format(run.mem, sources, &formatted);
	if (refuse(sources, &formatted) == -1)
		return diag_set(d, "%s: the schema has errors and is left as "
		    "it is", sources->file[0].path);
	for (i = 0; i < sources->n; i++) {
		run.files++;
		if (strcmp(sources->file[i].text, formatted.file[i].text) == 0)
			continue;
		if (!opts.check && file_save(formatted.file[i].path,
		    formatted.file[i].text, formatted.file[i].len, d) == -1)
			return -1;
		run.changed++;
		out_field(run.out, sources->file[i].path);
	}
	return 0;
}

/* Files named together are one schema, unless several have a datasource. */
static int
format_files(const struct sources *sources, struct diag *d)
{
	struct sources one = { NULL, 1 };
	struct findings ignored;
	const struct ast *ast;
	size_t i, datasources = 0;
	int rc = 0;

	findings_init(&ignored, run.mem);
	ast = ast_parse(run.mem, sources, &ignored);
	for (i = 0; i < ast->nblocks; i++)
		datasources += ast->block[i].kind == BLOCK_DATASOURCE;
	if (datasources < 2 || sources->n == 1)
		return format_set(sources, d);
	for (i = 0; i < sources->n; i++) {
		one.file = &sources->file[i];
		if (format_set(&one, d) == -1) {
			diag_print(d);
			diag_reset(d);
			rc = -1;
		}
	}
	return rc == -1 ? diag_set(d, "not all files were formatted") : 0;
}

static int
is_known(const struct sources *sources, const char *path)
{
	size_t i;

	for (i = 0; i < sources->n; i++)
		if (strcmp(sources->file[i].path, path) == 0)
			return 1;
	return 0;
}

static int
read_files(char **path, struct sources *all, struct diag *d)
{
	struct sources more;
	struct source *file;
	size_t i;

	*all = (struct sources){ NULL, 0 };
	for (; *path != NULL; path++) {
		if (sources_read(run.mem, *path, &more, d) == -1)
			return -1;
		file = arena_array(run.mem, struct source, all->n + more.n);
		if (all->n > 0)
			memcpy(file, all->file, all->n * sizeof(*file));
		all->file = file;
		for (i = 0; i < more.n; i++)
			if (!is_known(all, more.file[i].path))
				all->file[all->n++] = more.file[i];
	}
	return 0;
}

/* Where something is wrong the text is laid out as well as it can be. */
static int
filter(struct diag *d)
{
	struct sources in, formatted;

	if (isatty(STDIN_FILENO))
		xopt_usage(&program, "stdin is a terminal");
	if (sources_read(run.mem, "-", &in, d) == -1)
		return -1;
	schema_format(run.mem, &in, &formatted);
	run.changed = strcmp(in.file[0].text, formatted.file[0].text) != 0;
	if (!opts.check)
		fwrite(formatted.file[0].text, 1, formatted.file[0].len,
		    stdout);
	else if (run.changed > 0)
		out_field(run.out, "-");
	return 0;
}

static int
format_project(struct diag *d)
{
	struct project_opts where = { .schema = opts.schema };
	struct project p;
	struct sources sources;

	if (project_find(run.mem, &where, &p, d) == -1)
		return -1;
	if (p.schema == NULL) {
		diag_hint(d, "name it, or use --schema");
		return diag_set(d, "there is no schema here");
	}
	if (sources_read(run.mem, p.schema, &sources, d) == -1)
		return -1;
	return format_files(&sources, d);
}

static int
format(int n, char **path, struct diag *d)
{
	struct sources sources;
	int i, dash = 0;

	for (i = 0; i < n; i++)
		dash |= strcmp(path[i], "-") == 0;
	if (n > 0 && opts.schema != NULL)
		xopt_usage(&program, "--schema and files exclude each other");
	if (dash && n > 1)
		xopt_usage(&program, "'-' and files exclude each other");
	if (n == 0)
		return format_project(d);
	if (dash)
		return filter(d);
	if (read_files(path, &sources, d) == -1)
		return -1;
	return format_files(&sources, d);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	int at, rc, done;

	setprogname("dbm-format");
	at = xopt_parse(&program, argc, argv);
	run.mem = arena_new();
	run.out = out_open(columns, 1);
	rc = format(argc - at, argv + at, &d);
	out_close(run.out);
	if (rc == -1)
		diag_print(&d);
	else if (run.files > 0)
		note(run.changed == 0 ? "all files are in canonical form" :
		    opts.check ? "%zu of %zu files are not in canonical form" :
		    "formatted %zu of %zu files", run.changed, run.files);
	rc = rc == -1 ? diag_status(&d) :
	    opts.check && run.changed > 0 ? EXIT_FOUND : EXIT_DONE;
	diag_free(&d);
	arena_free(run.mem);
	done = out_flush();
	return done == EXIT_DONE ? rc : EXIT_TROUBLE;
}
