/*
 * dbm migrate reset -- empties the schema and applies all migrations.
 *
 * Names what it is about to destroy, and asks; then runs `dbm migrate
 * deploy' and the seed command of package.json, if there is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/proc.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/sql.h"
#include "db/target.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/site.h"
#include "migrate/units.h"

static struct {
	int force, skip_seed, skip_generate;
} opts;

static const struct opt table[] = {
	OPT_FLAG('f', "force", &opts.force, "do not ask"),
	OPT_FLAG(0, "skip-seed", &opts.skip_seed,
	    "do not run the seed command"),
	OPT_FLAG(0, "skip-generate", &opts.skip_generate, NULL),
	OPT_INCLUDE(opt_lock),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate reset",
	.summary = "empty the schema and apply all migrations",
	.operands = "",
	.opts = table,
};

struct reset {
	struct arena *mem;
	struct site site;
	struct db *db;
	struct history history;
	struct diag *d;
};

/* One schema: how much is in it, and how to make it again. */
struct contents {
	const char *schema, *owner, *grants; /* owner NULL: not there */
	size_t tables;
	long long rows, others;
	const struct db_rows *outside; /* that goes with it */
};

/* Counts what is small, estimates what is large. */
static int
count_rows(struct reset *w, const struct db_rows *tables, long long *rows)
{
	struct buf sql = BUF_INIT;
	struct db_rows *r;
	size_t i;

	*rows = 0;
	buf_adds(&sql, "SELECT 0::bigint");
	for (i = 0; i < tables->nrows; i++)
		if (strcmp(db_cell(tables, i, 1), "t") == 0)
			buf_addf(&sql, " + (SELECT count(*) FROM %s)",
			    db_cell(tables, i, 0));
		else
			*rows += atoll(db_cell(tables, i, 2));
	r = db_query(w->db, w->mem, buf_str(&sql), 0, NULL, w->d);
	buf_free(&sql);
	if (r == NULL)
		return -1;
	*rows += atoll(db_cell(r, 0, 0));
	return 0;
}

static int
look(struct reset *w, const char *schema, struct contents *c)
{
	struct db_rows *r;

	memset(c, 0, sizeof(*c));
	c->schema = schema;
	r = db_query(w->db, w->mem, sql_schema_contents, 1, &schema, w->d);
	if (r == NULL)
		return -1;
	if (r->nrows == 0)
		return 0;
	c->owner = db_cell(r, 0, 0);
	c->grants = db_cell(r, 0, 1);
	c->others = atoll(db_cell(r, 0, 2));
	r = db_query(w->db, w->mem, sql_schema_tables, 1, &schema, w->d);
	if (r == NULL)
		return -1;
	c->tables = r->nrows;
	if (count_rows(w, r, &c->rows) == -1)
		return -1;
	c->outside = db_query(w->db, w->mem, sql_schema_dependents, 1, &schema,
	    w->d);
	return c->outside == NULL ? -1 : 0;
}

static void
add_outside(struct buf *b, const struct db_rows *r)
{
	size_t i;

	for (i = 0; r != NULL && i < r->nrows; i++)
		buf_addf(b, "%s%s", i == 0 ? ", and in other schemas " : ", ",
		    db_cell(r, i, 0));
}

/* 1: go on; 0: no; -1: error */
static int
confirm(struct reset *w, const struct contents *c, size_t n)
{
	struct buf b = BUF_INIT;
	int answer = 1, holds = 0;
	size_t i;

	buf_addf(&b, "database '%s' at %s:", w->site.url.dbname,
	    url_where(w->mem, &w->site.url));
	for (i = 0; i < n; i++) {
		buf_addf(&b, "%s schema '%s' with %zu table%s and %lld row%s",
		    i > 0 ? "," : "", c[i].schema, c[i].tables,
		    c[i].tables == 1 ? "" : "s", c[i].rows,
		    c[i].rows == 1 ? "" : "s");
		if (c[i].others > 0)
			buf_addf(&b, " and %lld other object%s", c[i].others,
			    c[i].others == 1 ? "" : "s");
		add_outside(&b, c[i].outside);
		holds |= c[i].tables > 0 || c[i].others > 0;
	}
	if (opts.force || !holds)
		note("reset destroys all of %s", buf_str(&b));
	else {
		buf_adds(&b, "\nAre you sure you want to reset your database? "
		    "All of that will be lost.");
		answer = ask(buf_str(&b), "--force", w->d);
	}
	buf_free(&b);
	return answer;
}

/*
 * Drops and makes the schema, as Prisma does; its owner and grants, which
 * Prisma loses, are kept.  One transaction: all or nothing.
 */
static int
empty_schemas(struct reset *w, const struct contents *c, size_t n)
{
	struct buf sql = BUF_INIT;
	const char *name;
	size_t i;
	int rc;

	/* whoever waits behind us for these tables shall not wait for long */
	buf_adds(&sql, "BEGIN; SET LOCAL lock_timeout = '10s';");
	for (i = 0; i < n; i++) {
		name = db_ident(w->mem, c[i].schema);
		if (c[i].owner == NULL) {
			buf_addf(&sql, "CREATE SCHEMA %s;", name);
			continue;
		}
		buf_addf(&sql, "DROP SCHEMA %s CASCADE; CREATE SCHEMA %s "
		    "AUTHORIZATION %s;%s", name, name,
		    db_ident(w->mem, c[i].owner),
		    c[i].grants != NULL ? c[i].grants : "");
	}
	/* where the datasource's schemas do not hold it */
	if (w->history.exists && w->site.nschemas > 0)
		buf_addf(&sql, "DROP TABLE IF EXISTS %s;", w->history.table);
	buf_adds(&sql, "COMMIT;");
	rc = db_exec(w->db, buf_str(&sql), w->d);
	buf_free(&sql);
	if (rc == -1 && strcmp(w->d->sqlstate, "42501") == 0)
		diag_hint(w->d, "only the owner of a schema can drop it: as a "
		    "superuser, ALTER SCHEMA %s OWNER TO %s;",
		    db_ident(w->mem, w->site.url.schema),
		    db_ident(w->mem, w->history.role));
	return rc;
}

/*
 * Deploys by the program for it, which is told all that we were told.  The
 * URL goes by the environment, as a database named `dbm-reset': a password
 * has no place in argv.
 */
static int
run_deploy(struct reset *w)
{
	char *env[] = { arena_printf(w->mem, "DBM_RESET_DATABASE_URL=%s",
	    w->site.url.text), NULL };
	const struct {
		const char *option, *value; /* without one: NULL, not given */
		int flag;
	} words[] = {
		{ "--migrations", w->site.dir.path, 0 },
		{ "--schema", project_opts.schema, 0 },
		{ "--env-file", project_opts.env_file, 0 },
		{ "--wait", arena_printf(w->mem, "%g", lock_opts.wait), 0 },
		{ "--json", NULL, out_opts.json },
		{ "--header", NULL, out_opts.header },
		{ "--quiet", NULL, diag_opts.quiet },
		{ "--verbose", NULL, diag_opts.verbose },
	};
	char *argv[18] = { "dbm-migrate-deploy", "--url", "dbm-reset" };
	struct proc_opts o = PROC_OPTS_INIT;
	size_t i, n = 3;

	if (w->site.dir.n == 0)
		return 0;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].value == NULL && !words[i].flag)
			continue;
		argv[n++] = arena_strdup(w->mem, words[i].option);
		if (words[i].value != NULL)
			argv[n++] = arena_strdup(w->mem, words[i].value);
	}
	o.env = env;
	return proc_run_command(argv, &o, w->d);
}

/* Words are parted by blanks, a backslash keeps one: as Prisma has it. */
static char **
split_words(struct arena *mem, const char *s)
{
	char **argv = arena_array(mem, char *, strlen(s) + 2), **p = argv;
	struct buf b = BUF_INIT;

	while (*s != '\0') {
		s += strspn(s, " ");
		if (*s == '\0')
			break;
		buf_reset(&b);
		for (; *s != '\0' && *s != ' '; s++) {
			if (s[0] == '\\' && s[1] == ' ')
				s++;
			buf_addc(&b, *s);
		}
		*p++ = arena_strdup(mem, buf_str(&b));
	}
	buf_free(&b);
	return argv;
}

static const char *
absolute(struct arena *mem, const char *path)
{
	char *real = realpath(path, NULL);
	const char *out = real == NULL ? path : arena_strdup(mem, real);

	free(real);
	return out;
}

static void
add_variable(char **env, size_t *n, struct arena *mem, const char *name,
    const char *value)
{
	if (name != NULL && value != NULL)
		env[(*n)++] = arena_printf(mem, "%s=%s", name, value);
}

/*
 * What the seed finds in its environment: .env, as with Prisma; the database
 * that was reset under every name that the schema has for it; and the
 * project's own tools on PATH.
 */
static char **
seed_environment(struct reset *w)
{
	const struct project *p = &w->site.project;
	const char *path = getenv("PATH"), *url = w->site.url.text;
	char **env = arena_array(w->mem, char *, p->env.n + 5);
	size_t i, n = 0;

	for (i = 0; i < p->env.n; i++)
		if (getenv(p->env.entry[i].name) == NULL)
			add_variable(env, &n, w->mem, p->env.entry[i].name,
			    p->env.entry[i].value);
	add_variable(env, &n, w->mem, "DATABASE_URL", url);
	if (p->has_datasource) {
		add_variable(env, &n, w->mem, p->datasource.url.env, url);
		add_variable(env, &n, w->mem, p->datasource.direct_url.env,
		    url);
	}
	add_variable(env, &n, w->mem, "PATH", arena_printf(w->mem,
	    "%s/node_modules/.bin:%s", absolute(w->mem, p->root),
	    path != NULL ? path : "/usr/bin:/bin"));
	return env;
}

static int
run_seed(struct reset *w)
{
	struct proc_opts o = PROC_OPTS_INIT;
	char **argv;
	int status;

	if (opts.skip_seed || w->site.project.seed == NULL)
		return 0;
	argv = split_words(w->mem, w->site.project.seed);
	if (argv[0] == NULL)
		return 0;
	note("Running seed command `%s` ...", w->site.project.seed);
	o.dir = w->site.project.root;
	o.env = seed_environment(w);
	status = proc_run_command(argv, &o, w->d);
	if (status == 0) {
		note("The seed command has been executed.");
		return 0;
	}
	w->d->status = EXIT_TROUBLE;
	if (w->d->text.len == 0)
		diag_set(w->d, "the seed command `%s` ended with status %d",
		    w->site.project.seed, status);
	return -1;
}

static int
prepare(struct reset *w)
{
	size_t i;

	if (site_open(w->mem, TARGET_SESSION, &w->site, w->d) == -1 ||
	    (w->db = db_open(&w->site.url, 0, w->d)) == NULL ||
	    migrate_lock(w->db, w->d) == -1 ||
	    history_read(w->db, w->mem, w->site.schemas, w->site.nschemas,
		&w->history, w->d) == -1)
		return -1;
	if (history_writable(w->db, &w->history, w->d) == -1)
		return -1;
	/* what cannot be applied afterwards is found before anything goes */
	for (i = 0; i < w->site.dir.n; i++)
		if (units_check(&w->site.dir.migration[i], w->d) == -1)
			return -1;
	return 0;
}

/* 0 done, -1 error, or the status of a child */
static int
reset(struct reset *w)
{
	size_t i, n = w->site.nschemas;
	struct contents *c;
	int answer, status;

	if (n == 0)
		n = 1;
	c = arena_array(w->mem, struct contents, n);
	for (i = 0; i < n; i++)
		if (look(w, w->site.nschemas == 0 ? w->site.url.schema :
		    w->site.schemas[i], &c[i]) == -1)
			return -1;
	answer = confirm(w, c, n);
	if (answer == -1)
		return -1;
	if (answer == 0)
		return diag_set(w->d, "reset cancelled, nothing was changed");
	if (empty_schemas(w, c, n) == -1)
		return -1;
	note("Database reset successful");
	/* the lock goes with the session; deploy takes it again */
	db_close(w->db);
	w->db = NULL;
	status = run_deploy(w);
	return status != 0 ? status : run_seed(w);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct reset w = { .mem = arena_new(), .d = &d };
	int rc;

	setprogname("dbm-migrate-reset");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	sig_ignore_pipe();
	rc = prepare(&w);
	if (rc == 0)
		rc = reset(&w);
	if (rc != 0 && d.text.len > 0)
		diag_print(&d);
	db_close(w.db);
	sig_end();
	if (rc != 0)
		return rc == -1 ? diag_status(&d) : rc;
	return out_flush();
}
