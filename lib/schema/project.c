/*
 * What stands in the working directory, found as Prisma finds it: the
 * schema (getSchemaWithPath), the two .env files (getEnvPaths) and
 * package.json (the nearest upwards that is not the generated client's).
 */
#include <sys/stat.h>

#include <errno.h>
#include <fts.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "schema/project.h"

struct project_opts project_opts;

const struct opt opt_project[] = {
	OPT_STRING('s', "schema", "FILE", &project_opts.schema,
	    "schema file or folder"),
	OPT_STRING('e', "env-file", "FILE", &project_opts.env_file,
	    "read variables from FILE, not .env"),
	OPT_END
};

/* What every step needs. */
struct loader {
	struct arena *mem;
	struct project *project;
	struct diag *diag;
};

static const char *
join(struct arena *a, const char *dir, const char *name)
{
	if (name[0] == '/' || strcmp(dir, ".") == 0)
		return arena_strdup(a, name);
	return arena_printf(a, "%s%s%s", dir,
	    dir[strlen(dir) - 1] == '/' ? "" : "/", name);
}

static const char *
folder_of(struct arena *a, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n == 0 ? "." : arena_strndup(a, path, n);
}

static int
same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static const char *const *
list_add(struct arena *a, const char *const *list, size_t *n, const char *item)
{
	const char **more = arena_array(a, const char *, *n + 1);

	if (*n > 0)
		memcpy(more, list, *n * sizeof(*more));
	more[(*n)++] = item;
	return more;
}

static void
warn_of(struct loader *l, const char *text)
{
	l->project->warnings = list_add(l->mem, l->project->warnings,
	    &l->project->nwarnings, text);
}

static int
read_json(struct loader *l, const char *path, json_t **root)
{
	struct buf text = BUF_INIT;
	json_error_t e;

	if (file_read(path, &text, l->diag) == -1) {
		buf_free(&text);
		return -1;
	}
	/* npm passes over a byte order mark too. */
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		memset(text.data, ' ', 3);
	*root = json_loadb(buf_str(&text), text.len, 0, &e);
	buf_free(&text);
	if (*root != NULL)
		return 0;
	diag_at(l->diag, path, (size_t)e.line, (size_t)e.column);
	return diag_set(l->diag, "malformed JSON: %s", e.text);
}

/* The value of "prisma": { KEY: "…" }, or NULL. */
static const char *
prisma_string(struct loader *l, const json_t *root, const char *key)
{
	const char *s = json_string_value(
	    json_object_get(json_object_get(root, "prisma"), key));

	return s == NULL ? NULL : arena_strdup(l->mem, s);
}

/* schema: where it says the schema is, or NULL. */
static int
read_package(struct loader *l, const char *dir, const char **schema)
{
	const char *path = join(l->mem, dir, "package.json"), *name, *s;
	json_t *root;

	if (!file_exists(path))
		return 0;
	if (read_json(l, path, &root) == -1)
		return -1;
	name = json_string_value(json_object_get(root, "name"));
	if (name == NULL || strcmp(name, ".prisma/client") != 0) {
		l->project->package_json = path;
		l->project->root = dir;
		l->project->seed = prisma_string(l, root, "seed");
		if ((s = prisma_string(l, root, "schema")) != NULL)
			*schema = join(l->mem, dir, s);
	}
	json_decref(root);
	return 0;
}

static int
find_package(struct loader *l, const char **schema)
{
	const char *dir, *up;

	l->project->root = ".";
	*schema = NULL;
	for (dir = ".";; dir = up) {
		if (read_package(l, dir, schema) == -1)
			return -1;
		up = join(l->mem, dir, "..");
		if (l->project->package_json != NULL || same_file(dir, up) ||
		    !file_exists(up))
			return 0;
	}
}

static void
find_config(struct loader *l)
{
	static const char *const stem[] = { "prisma.config.",
		".config/prisma." };
	static const char *const ext[] = { "ts", "mts", "cts", "js", "mjs",
		"cjs" };
	const char *path;
	size_t i, k;

	for (i = 0; i < sizeof(stem) / sizeof(stem[0]); i++)
		for (k = 0; k < sizeof(ext) / sizeof(ext[0]); k++) {
			path = arena_printf(l->mem, "%s%s", stem[i], ext[k]);
			if (!file_exists(path))
				continue;
			l->project->config = path;
			warn_of(l, arena_printf(l->mem, "%s cannot be read by "
			    "dbm: name what it sets with --schema, "
			    "--migrations, --url", path));
			return;
		}
}

static int
by_bytes(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int
is_schema_name(const char *name)
{
	size_t n = strlen(name), suffix = strlen(".prisma");

	return n > suffix && strcmp(name + n - suffix, ".prisma") == 0;
}

/* What holds no schema of this project. */
static int
is_foreign(const FTSENT *e)
{
	return e->fts_level > 0 && (e->fts_name[0] == '.' ||
	    strcmp(e->fts_name, "migrations") == 0 ||
	    strcmp(e->fts_name, "node_modules") == 0);
}

/* All *.prisma in a folder, byte by byte in order. */
static int
list_schemas(struct loader *l, const char *dir, const char *const **list,
    size_t *n)
{
	char *const paths[] = { (char *)(uintptr_t)dir, NULL };
	FTSENT *e;
	FTS *fts;
	int rc = 0;

	*list = NULL;
	*n = 0;
	fts = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_bytes);
	if (fts == NULL)
		return diag_errno(l->diag, "cannot read '%s'", dir);
	while (rc == 0 && (e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_D && is_foreign(e))
			fts_set(fts, e, FTS_SKIP);
		else if (e->fts_info == FTS_F && is_schema_name(e->fts_name))
			*list = list_add(l->mem, *list, n,
			    arena_strdup(l->mem, e->fts_path));
		else if (e->fts_info == FTS_DNR) {
			errno = e->fts_errno;
			rc = diag_errno(l->diag, "cannot read '%s'",
			    e->fts_path);
		}
	}
	fts_close(fts);
	return rc;
}

static int
holds_schemas(struct loader *l, const char *dir)
{
	const char *const *list;
	size_t n;

	if (!file_is_dir(dir))
		return 0;
	if (list_schemas(l, dir, &list, &n) == -1)
		return -1;
	return n > 0;
}

/* What an option or package.json names must be there. */
static int
find_schema(struct loader *l, const char *option, const char *packaged)
{
	static const char *const file[] = { "schema.prisma",
		"prisma/schema.prisma" };
	static const char *const folder[] = { "prisma/schema", "prisma" };
	const char *named = option != NULL ? option : packaged;
	size_t i;
	int holds;

	if (named != NULL) {
		l->project->schema = named;
		if (file_exists(named))
			return 0;
		diag_errno(l->diag, "cannot open schema '%s'", named);
		if (named != option)
			diag_hint(l->diag, "%s names it",
			    l->project->package_json);
		return -1;
	}
	for (i = 0; i < 2; i++)
		if (file_exists(file[i]) && !file_is_dir(file[i])) {
			l->project->schema = file[i];
			return 0;
		}
	for (i = 0; i < 2; i++) {
		if ((holds = holds_schemas(l, folder[i])) == -1)
			return -1;
		if (holds) {
			l->project->schema = folder[i];
			return 0;
		}
	}
	return 0;
}

static int
read_schema_file(struct loader *l, const char *file)
{
	struct project *p = l->project;
	struct buf text = BUF_INIT;
	struct datasource ds;
	int found = 0, rc;

	rc = file_read(file, &text, l->diag);
	if (rc == 0)
		rc = datasource_read(l->mem, file, buf_str(&text), text.len,
		    &ds, &found, l->diag);
	buf_free(&text);
	if (rc == -1 || !found)
		return rc;
	if (p->has_datasource) {
		diag_at(l->diag, file, ds.line, ds.column);
		diag_hint(l->diag, "the first one is at %s:%zu",
		    p->schema_file, p->datasource.line);
		return diag_set(l->diag, "a second datasource");
	}
	p->datasource = ds;
	p->has_datasource = 1;
	p->schema_file = file;
	return 0;
}

static int
read_schema(struct loader *l)
{
	const char *schema = l->project->schema;
	const char *const *list;
	size_t i, n;

	if (schema == NULL)
		return 0;
	if (!file_is_dir(schema))
		return read_schema_file(l, schema);
	if (list_schemas(l, schema, &list, &n) == -1)
		return -1;
	if (n == 0)
		return diag_set(l->diag, "no *.prisma file in folder '%s'",
		    schema);
	for (i = 0; i < n; i++)
		if (read_schema_file(l, list[i]) == -1)
			return -1;
	return 0;
}

/* Some keep a folder of this name, which is none of our business. */
static int
is_env_file(const char *path)
{
	return file_exists(path) && !file_is_dir(path);
}

static int
read_env(struct loader *l, const char *path, struct dotenv *into)
{
	struct project *p = l->project;
	struct buf text = BUF_INIT;
	int rc;

	rc = file_read(path, &text, l->diag);
	if (rc == 0)
		rc = dotenv_parse(l->mem, path, buf_str(&text), text.len, into,
		    l->diag);
	buf_free(&text);
	p->env_files = list_add(l->mem, p->env_files, &p->nenv_files, path);
	return rc;
}

/* Prisma refuses two files that agree on a value; here they may. */
static void
tell_conflicts(struct loader *l, const char *root, const char *other)
{
	const struct dotenv *e = &l->project->env;
	struct dotenv second = { .n = 0 };
	struct buf text = BUF_INIT, names = BUF_INIT;
	struct diag ignored = DIAG_INIT;
	const char *value;
	size_t i;

	if (file_read(other, &text, &ignored) == 0)
		dotenv_parse(l->mem, other, buf_str(&text), text.len, &second,
		    &ignored);
	for (i = 0; i < e->n; i++) {
		value = dotenv_get(&second, e->entry[i].name);
		if (value != NULL && strcmp(value, e->entry[i].value) == 0)
			buf_addf(&names, "%s'%s'", names.len > 0 ? ", " : "",
			    e->entry[i].name);
	}
	if (names.len > 0)
		warn_of(l, arena_printf(l->mem, "%s and %s both set %s to the "
		    "same value: prisma refuses that", root, other,
		    buf_str(&names)));
	buf_free(&text);
	buf_free(&names);
	diag_free(&ignored);
}

/* The .env that goes with the schema, or NULL. */
static const char *
schema_env(struct loader *l, const char *named)
{
	const char *path;

	if (named != NULL) {
		path = join(l->mem, folder_of(l->mem, named), ".env");
		if (is_env_file(path))
			return path;
	}
	if (is_env_file("prisma/.env"))
		return "prisma/.env";
	return is_env_file(".env") ? ".env" : NULL;
}

static int
load_env(struct loader *l, const struct project_opts *o)
{
	struct dotenv *e = &l->project->env;
	const char *root, *other;

	if (o->env_file != NULL)
		return read_env(l, o->env_file, e);
	root = l->project->package_json == NULL ? NULL :
	    join(l->mem, l->project->root, ".env");
	if (root != NULL && !is_env_file(root))
		root = NULL;
	other = schema_env(l, o->schema);
	if (root != NULL && read_env(l, root, e) == -1)
		return -1;
	if (other == NULL || (root != NULL && same_file(root, other)))
		return 0;
	if (root != NULL)
		tell_conflicts(l, root, other);
	return read_env(l, other, e);
}

int
project_find(struct arena *a, const struct project_opts *o,
    struct project *p, struct diag *d)
{
	struct loader l = { .mem = a, .project = p, .diag = d };
	const char *packaged;

	*p = (struct project){ .root = "." };
	find_config(&l);
	if (find_package(&l, &packaged) == -1 ||
	    find_schema(&l, o->schema, packaged) == -1)
		return -1;
	return load_env(&l, o);
}

int
project_load(struct arena *a, const struct project_opts *o,
    struct project *p, struct diag *d)
{
	struct loader l = { .mem = a, .project = p, .diag = d };

	return project_find(a, o, p, d) == -1 ? -1 : read_schema(&l);
}

const char *
project_env(const struct project *p, const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : dotenv_get(&p->env, name);
}

const char *
project_migrations(struct arena *a, const struct project *p,
    const char *option)
{
	if (option != NULL)
		return option;
	if (p->schema_file != NULL)
		return join(a, folder_of(a, p->schema_file), "migrations");
	if (p->schema != NULL && file_is_dir(p->schema))
		return join(a, p->schema, "migrations");
	if (p->schema != NULL)
		return join(a, folder_of(a, p->schema), "migrations");
	return !file_is_dir("prisma/migrations") && file_is_dir("migrations") ?
	    "migrations" : "prisma/migrations";
}
