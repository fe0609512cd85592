#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/shell.h"
#include "db/target.h"
#include "migrate/site.h"

struct site_opts site_opts;

const struct opt opt_site[] = {
	OPT_INCLUDE(opt_target),
	OPT_STRING('m', "migrations", "DIR", &site_opts.migrations,
	    "the migrations folder"),
	OPT_INCLUDE(opt_project),
	OPT_END
};

static void
add_option(struct buf *b, const char *option, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(b, " --%s ", option);
	shell_word(b, value);
}

static void
add_database(struct buf *b)
{
	const char *url = target_opts.url;

	add_option(b, "url", url != NULL && url_looks_like(url) ? "URL" : url);
	add_option(b, "schema", project_opts.schema);
	add_option(b, "env-file", project_opts.env_file);
}

const char *
site_hint(struct arena *mem)
{
	struct buf b = BUF_INIT;
	const char *out;

	add_database(&b);
	add_option(&b, "migrations", site_opts.migrations);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

const char *
site_hint_database(struct arena *mem)
{
	struct buf b = BUF_INIT;
	const char *out;

	add_database(&b);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

int
site_open(struct arena *mem, unsigned flags, struct site *s, struct diag *d)
{
	const char *path;

	if (project_load(mem, &project_opts, &s->project, d) == -1)
		return -1;
	path = project_migrations(mem, &s->project, site_opts.migrations);
	if (site_opts.migrations != NULL && !file_is_dir(path))
		return diag_set(d, "there is no migrations folder '%s'", path);
	if (dir_read(mem, path, &s->dir, d) == -1 ||
	    dir_check_provider(&s->dir, d) == -1)
		return -1;
	if (s->project.has_datasource) {
		s->schemas = s->project.datasource.schemas;
		s->nschemas = s->project.datasource.nschemas;
	}
	if (target_resolve(mem, &s->project, target_opts.url, flags, &s->url,
	    d) == -1)
		return -1;
	/* the wrong folder is not a history without migrations */
	if (s->project.schema == NULL && !file_is_dir(path)) {
		diag_hint(d, "go to the project's folder, or name it with "
		    "--migrations or --schema");
		return diag_set(d, "there is neither a schema nor a migrations "
		    "folder here");
	}
	return 0;
}
