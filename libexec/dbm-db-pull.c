/*
 * dbm db pull -- writes what a database looks like into the schema.
 *
 * Reads the catalogues, read-only, and the schema there is, whose names,
 * order and comments stay; rewrites its files, or prints them.  What a
 * schema cannot say goes to stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "catalog/to_schema.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/target.h"
#include "schema/finding.h"
#include "schema/project.h"
#include "schema/schema.h"

static struct {
	int print, force;
	const char *schemas, *ignored;
} opts;

static const struct opt table[] = {
	OPT_INCLUDE(opt_target),
	OPT_FLAG(0, "print", &opts.print,
	    "print the schema, and write no file"),
	OPT_STRING(0, "schemas", "LIST", &opts.schemas,
	    "of these schemas, a list with commas"),
	OPT_FLAG('f', "force", &opts.force,
	    "start afresh: names and comments of the schema are lost"),
	OPT_STRING(0, "composite-type-depth", "N", &opts.ignored, NULL),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm db pull",
	.summary = "read the schema of a database",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "action", OUT_TEXT },
	{ "file", OUT_TEXT },
};

struct names {
	const char **item;
	size_t n;
};

/* "a,b" */
static struct names
split(struct arena *mem, const char *list)
{
	struct names out = { arena_array(mem, const char *, strlen(list) + 1),
		0 };
	size_t n;

	for (; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n > 0)
			out.item[out.n++] = arena_strndup(mem, list, n);
	}
	return out;
}

/* The schemas to look at: asked for, of the datasource, or the URL's. */
static struct names
wanted(struct arena *mem, const struct to_schema *to,
    const struct db_url *url)
{
	const struct schema_datasource *ds = to->config != NULL ?
	    to->config->datasource : NULL;
	struct names out;

	if (to->nns > 0)
		return (struct names){ (const char **)to->ns, to->nns };
	if (ds != NULL && ds->nschemas > 0)
		return (struct names){ (const char **)ds->schemas,
			ds->nschemas };
	out = (struct names){ arena_array(mem, const char *, 1), 1 };
	out.item[0] = url->schema;
	return out;
}

static int
load(struct arena *mem, const struct project *project, struct to_schema *to,
    struct diag *d)
{
	struct findings findings;
	struct schema *schema;

	if (project->schema == NULL && !opts.print) {
		diag_hint(d, "write it with 'dbm init', name it with --schema,"
		    " or give --print");
		return diag_set(d, "there is no schema here to write to");
	}
	if (project->schema == NULL)
		return 0;
	findings_init(&findings, mem);
	if (schema_load(mem, project->schema, &schema, &findings, d) == -1)
		return -1;
	to->config = schema;
	if (opts.force || findings_to_diag(&findings, schema->ast->sources,
	    d) == 0)
		return 0;
	diag_hint(d, "correct the schema, or give --force to start afresh "
	    "with its datasource and generators only");
	return -1;
}

static int
is_empty(const struct to_schema_result *r)
{
	return r->nmodels + r->nviews + r->nenums == 0;
}

static int
check_found(const struct names *ns, const struct to_schema_result *r,
    struct diag *d)
{
	struct buf list = BUF_INIT;
	size_t i;

	if (!is_empty(r))
		return 0;
	for (i = 0; i < ns->n; i++)
		buf_addf(&list, "%s'%s'", i > 0 ? ", " : "", ns->item[i]);
	diag_set(d, "P4001: the introspected database was empty: there is no "
	    "table in %s %s", ns->n == 1 ? "schema" : "the schemas",
	    buf_str(&list));
	diag_hint(d, "create tables with 'dbm migrate deploy' or 'dbm db push',"
	    " or name another schema with --schemas");
	buf_free(&list);
	return -1;
}

/* --- what came out --- */

static void
print(const struct sources *files)
{
	size_t i;

	for (i = 0; i < files->n; i++) {
		if (files->n > 1)
			printf("%s// %s\n", i > 0 ? "\n" : "",
			    files->file[i].path);
		fwrite(files->file[i].text, 1, files->file[i].len, stdout);
	}
}

/* A file that is as it should be is not touched. */
static int
write_file(const struct source *s, struct out *out, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct buf old = BUF_INIT;
	int same;

	same = file_exists(s->path) && file_read(s->path, &old, &ignored) == 0
	    && old.len == s->len && memcmp(buf_str(&old), s->text, s->len) == 0;
	buf_free(&old);
	diag_free(&ignored);
	if (!same && file_save(s->path, s->text, s->len, d) == -1)
		return -1;
	out_field(out, same ? "same" : "wrote");
	out_field(out, s->path);
	return 0;
}

static int
write_files(const struct project *project, const struct to_schema_result *r,
    double started, struct diag *d)
{
	struct out *out = out_open(columns, 2);
	size_t i;
	int rc = 0;

	for (i = 0; i < r->files.n && rc == 0; i++)
		rc = write_file(&r->files.file[i], out, d);
	out_close(out);
	if (rc == -1)
		return -1;
	note("Introspected %zu model%s and wrote %s into %s in %.0fms",
	    r->nmodels, r->nmodels == 1 ? "" : "s",
	    r->nmodels == 1 ? "it" : "them", project->schema,
	    (clock_now() - started) * 1000);
	if (r->introspected != NULL)
		note("What is new is in %s.", r->introspected);
	return 0;
}

static int
pull(struct arena *mem, struct db **db, struct diag *d)
{
	struct to_schema to = { .keep = !opts.force };
	struct to_schema_result result;
	double started = clock_now();
	struct catalog *catalog;
	struct project project;
	struct names ns = { NULL, 0 };
	struct db_url url;
	unsigned flags = 0;

	if (opts.schemas != NULL)
		ns = split(mem, opts.schemas);
	to.ns = ns.item;
	to.nns = ns.n;
	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    load(mem, &project, &to, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, 0, &url, d) == -1 ||
	    (*db = db_open(&url, DB_READ_ONLY, d)) == NULL)
		return -1;
	ns = wanted(mem, &to, &url);
	if (to.config != NULL && (to.config->preview & PREVIEW_VIEWS) != 0)
		flags |= INTROSPECT_WITH_VIEWS;
	if (introspect(mem, *db, ns.item, ns.n, flags, &catalog, d) == -1)
		return -1;
	catalog_to_schema(mem, catalog, &to, &result);
	if (check_found(&ns, &result, d) == -1)
		return -1;
	if (result.warnings != NULL)
		note("%s", result.warnings);
	if (!opts.print)
		return write_files(&project, &result, started, d);
	print(&result.files);
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	struct db *db = NULL;
	int rc;

	setprogname("dbm-db-pull");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	rc = pull(mem, &db, &d);
	if (rc == -1)
		diag_print(&d);
	db_close(db);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
