/*
 * From what the user said, the schema and the environment to one URL.
 */
#include <sys/stat.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/dotenv.h"
#include "base/file.h"
#include "db/target.h"
#include "schema/project.h"

struct target_opts target_opts;

const struct opt opt_target[] = {
	OPT_STRING('u', "url", "URL|NAME", &target_opts.url,
	    "the database; NAME stands for NAME_DATABASE_URL"),
	OPT_END
};

struct resolve {
	struct arena *mem;
	const struct project *project;
	unsigned flags;
	struct db_url *url;
	struct diag *d;
};

/* `my-remote' → MY_REMOTE_suffix */
static char *
variable_of(struct arena *mem, const char *name, const char *suffix)
{
	char *v = arena_printf(mem, "%s_%s", name, suffix), *p;

	for (p = v; *p != '\0'; p++)
		*p = (char)(*p == '-' ? '_' : toupper((unsigned char)*p));
	return v;
}

static const char *
get(const struct resolve *r, const char *variable)
{
	const char *value = project_env(r->project, variable);

	return value == NULL || *value == '\0' ? NULL : value;
}

static const char *
schema_dir(const struct resolve *r)
{
	const char *file = r->project->schema_file, *slash;

	if (file == NULL)
		return NULL;
	slash = strrchr(file, '/');
	return slash == NULL ? "." :
	    arena_strndup(r->mem, file, (size_t)(slash - file));
}

static int
is_prisma_service(const char *text)
{
	return strncmp(text, "prisma://", 9) == 0 ||
	    strncmp(text, "prisma+postgres://", 18) == 0;
}

/*
 * The first of `direct' that is set in the same place as `variable': one in
 * .env does not belong to a DATABASE_URL of the process environment.
 */
static const char *
direct_of(const struct resolve *r, const char *variable,
    const char *const *direct)
{
	const char *value = NULL;

	for (; *direct != NULL && value == NULL; direct++)
		if (getenv(variable) == NULL || getenv(*direct) != NULL)
			value = get(r, *direct);
	return value;
}

static int
parse(struct resolve *r, const char *text)
{
	return url_parse(r->mem, text, schema_dir(r), r->url, r->d);
}

static int
refuse_pooler(struct resolve *r, const char *hint)
{
	diag_hint(r->d, "%s, or write pgbouncer=false into the URL if it is "
	    "no pooler", hint);
	return diag_set(r->d, "%s is a transaction pooler, behind which "
	    "session locks and settings do not hold",
	    url_where(r->mem, r->url));
}

/* A URL that the user has given outright: that one or none. */
static int
take_given(struct resolve *r, const char *text)
{
	if (parse(r, text) == -1)
		return -1;
	if (r->url->pooler && (r->flags & TARGET_SESSION) != 0)
		return refuse_pooler(r, "give the database's own address");
	return 0;
}

/*
 * The URL of a variable; where it is a pooler's or Prisma's service and the
 * work needs a session, the first of the `direct' variables in its place.
 */
static int
take(struct resolve *r, const char *text, const char *variable,
    const char *const *direct)
{
	const char *instead = direct_of(r, variable, direct), *dbname;

	if (is_prisma_service(text) && instead == NULL) {
		parse(r, text);
		return diag_hint(r->d, "set %s to the postgresql:// address "
		    "of the database itself", direct[0]);
	}
	if (is_prisma_service(text))
		return parse(r, instead);
	if (parse(r, text) == -1)
		return -1;
	if (!r->url->pooler || (r->flags & TARGET_SESSION) == 0)
		return 0;
	if (instead == NULL)
		return refuse_pooler(r, arena_printf(r->mem, "set %s to the "
		    "database's own address", direct[0]));
	dbname = r->url->dbname;
	if (parse(r, instead) == -1)
		return -1;
	if (strcmp(r->url->dbname, dbname) != 0) {
		diag_hint(r->d, "set both for the same database, or name one "
		    "with --url");
		return diag_set(r->d, "%s is for database '%s', but its "
		    "direct address for '%s'", variable, dbname,
		    r->url->dbname);
	}
	return r->url->pooler ? refuse_pooler(r, "set the direct address to "
	    "the database's own") : 0;
}

static void
list_names(const struct resolve *r, struct buf *b)
{
	static const char suffix[] = "_DATABASE_URL";
	size_t i, n, len = strlen(suffix);
	const char *name, *p;

	for (i = 0; i < r->project->env.n; i++) {
		name = r->project->env.entry[i].name;
		n = strlen(name);
		if (n <= len || strcmp(name + n - len, suffix) != 0)
			continue;
		buf_adds(b, b->len > 0 ? ", " : "");
		for (p = name; p < name + n - len; p++)
			buf_addc(b, (char)tolower((unsigned char)*p));
	}
}

/* What can begin the name of a variable. */
static int
is_name(const char *s)
{
	const char *start = s;

	while (isalnum((unsigned char)*s) || *s == '-' || *s == '_')
		s++;
	return *s == '\0' && s > start;
}

static int
take_name(struct resolve *r, const char *name)
{
	const char *variable = variable_of(r->mem, name, "DATABASE_URL");
	const char *direct[] = { variable_of(r->mem, name, "DIRECT_URL"),
		variable_of(r->mem, name, "DATABASE_URL_UNPOOLED"), NULL };
	const char *value = get(r, variable);
	struct buf names = BUF_INIT;

	if (!is_name(name)) {
		diag_hint(r->d, "a URL begins with postgresql://, a name has "
		    "letters, digits, '-' and '_'");
		/* not repeated: it may hold a password */
		return diag_set(r->d, "that is neither the URL of a database "
		    "nor a short name for one");
	}
	if (value != NULL)
		return take(r, value, variable, direct);
	list_names(r, &names);
	diag_set(r->d, "there is no database '%s': %s is not set", name,
	    variable);
	if (names.len > 0)
		diag_hint(r->d, "names in .env: %s", buf_str(&names));
	else
		diag_hint(r->d, "set it in .env, or give a URL");
	buf_free(&names);
	return -1;
}

/* 1: there is a value in *text; 0: its variable is not set. */
static int
value_of(const struct resolve *r, const struct ds_value *v, const char **text)
{
	*text = v->literal;
	if (*text == NULL && v->env != NULL)
		*text = get(r, v->env);
	return *text != NULL;
}

/* Ours alone: anybody can put a .dbm into a folder above. */
static int
is_private(const char *dir)
{
	struct stat st;

	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

/* The .dbm of this folder or the nearest above, as `dbm server' looks. */
static const char *
server_folder(struct arena *mem)
{
	struct stat here, root;
	const char *up = "", *dir;

	if (stat("/", &root) == -1)
		return NULL;
	for (;; up = arena_printf(mem, "../%s", up)) {
		dir = arena_printf(mem, "%s.dbm", up);
		if (is_private(dir))
			return dir;
		if (stat(*up == '\0' ? "." : up, &here) == -1 ||
		    (here.st_ino == root.st_ino && here.st_dev == root.st_dev))
			return NULL;
	}
}

static int
server_of_project(struct resolve *r)
{
	const char *dir = server_folder(r->mem), *path;
	struct diag ignored = DIAG_INIT;
	struct buf b = BUF_INIT;
	int found = 0;

	if (dir == NULL)
		return 0;
	path = arena_printf(r->mem, "%s/url", dir);
	if (file_read(path, &b, &ignored) == 0) {
		b.data[strcspn(b.data, "\r\n")] = '\0';
		found = url_parse(r->mem, b.data, NULL, r->url, &ignored) == 0;
	}
	r->url->own_server = found;
	if (found)
		note("using this project's private server (%s)", path);
	buf_free(&b);
	diag_free(&ignored);
	return found;
}

static const char *const direct_variables[] = { "DIRECT_URL",
	"DIRECT_DATABASE_URL", "DATABASE_URL_UNPOOLED",
	"POSTGRES_URL_NON_POOLING", NULL };

static int
unset_variable(struct resolve *r, const struct ds_value *v)
{
	const struct datasource *ds = &r->project->datasource;
	const char *value = project_env(r->project, v->env);

	diag_at(r->d, ds->file, v->line, v->column);
	diag_hint(r->d, "set %s in .env, name a database with --url, or start "
	    "a private server with 'dbm server start'", v->env);
	if (value != NULL)
		return diag_set(r->d, "P1012: you must provide a nonempty URL: "
		    "the environment variable %s is empty", v->env);
	return diag_set(r->d, "P1012: environment variable not found: %s",
	    v->env);
}

static int
take_datasource(struct resolve *r)
{
	const struct datasource *ds = &r->project->datasource;
	const char *text;

	if (ds->direct_url.line != 0) {
		if (value_of(r, &ds->direct_url, &text))
			return take_given(r, text);
		if (value_of(r, &ds->url, &text) || !server_of_project(r))
			return unset_variable(r, &ds->direct_url);
		return 0;
	}
	if (value_of(r, &ds->url, &text))
		return ds->url.literal != NULL ? take_given(r, text) :
		    take(r, text, ds->url.env, direct_variables);
	return server_of_project(r) ? 0 : unset_variable(r, &ds->url);
}

static int
check_provider(struct resolve *r)
{
	const struct datasource *ds = &r->project->datasource;

	if (ds->provider == NULL || strcmp(ds->provider, "postgresql") == 0 ||
	    strcmp(ds->provider, "postgres") == 0)
		return 0;
	diag_at(r->d, ds->file, ds->line, ds->column);
	diag_hint(r->d, "dbm works with provider = \"postgresql\" only");
	return diag_set(r->d, "the datasource's provider is '%s', which is "
	    "not PostgreSQL", ds->provider);
}

static int
resolve(struct resolve *r, const char *option)
{
	const struct datasource *ds = &r->project->datasource;
	const char *text;

	if (option != NULL && url_looks_like(option))
		return take_given(r, option);
	if (option != NULL)
		return take_name(r, option);
	if (r->project->has_datasource && check_provider(r) == -1)
		return -1;
	if (r->project->has_datasource &&
	    (ds->url.line != 0 || ds->direct_url.line != 0))
		return take_datasource(r);
	if ((text = get(r, "DATABASE_URL")) != NULL)
		return take(r, text, "DATABASE_URL", direct_variables);
	if (server_of_project(r))
		return 0;
	diag_hint(r->d, "set DATABASE_URL in .env, name a database with --url, "
	    "or start a private server with 'dbm server start'");
	return diag_set(r->d, "no database is given: DATABASE_URL is not set");
}

int
target_resolve(struct arena *mem, const struct project *project,
    const char *option, unsigned flags, struct db_url *url, struct diag *d)
{
	struct resolve r = { mem, project, flags, url, d };

	for (size_t i = 0; i < project->nwarnings; i++)
		warning("%s", project->warnings[i]);
	if (resolve(&r, option) == -1)
		return -1;
	url->beside_own = !url->own_server && url_is_local(url) &&
	    server_folder(mem) != NULL;
	return 0;
}
