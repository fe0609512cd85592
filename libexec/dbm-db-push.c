/*
 * dbm db push -- brings a database to the schema without a migration.
 *
 * Statement by statement, each recorded on stdout.  Refuses where migrations
 * are in charge, on other hosts, and where rows would be lost, unless told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "catalog/change.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/target.h"
#include "migrate/contents.h"
#include "migrate/generate.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/open.h"
#include "migrate/plan.h"
#include "migrate/site.h"

static struct {
	int force_reset, force_production, skip_generate;
} opts;

static const struct opt table[] = {
	OPT_FLAG(0, "force-production", &opts.force_production,
	    "also on another host, or where migrations are in charge"),
	OPT_FLAG(0, "force-reset", &opts.force_reset,
	    "empty the database before; all data will be lost"),
	OPT_INCLUDE(opt_plan),
	OPT_FLAG(0, "skip-generate", &opts.skip_generate,
	    "do not run the generators"),
	OPT_INCLUDE(opt_lock),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm db push",
	.summary = "bring a database to the schema, unrecorded",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "action", OUT_TEXT },
	{ "step", OUT_TEXT },
	{ "statement", OUT_TEXT },
};

struct push {
	struct arena *mem;
	struct site site;
	struct schema *schema;
	const char *const *ns;
	size_t nns;
	struct db *db;
	struct history history;
	struct diag *d;
};

/* --- where it may be done --- */

static const char *
command(const struct push *w, const char *more)
{
	return arena_printf(w->mem, "dbm db push%s%s%s%s",
	    site_hint(w->mem), opts.force_reset ? " --force-reset" : "",
	    plan_opts.accept ? " --accept-data-loss" : "", more);
}

static int
refuse(struct push *w, const char *why)
{
	diag_hint(w->d, "if that is what you want%s: %s\nto change it by a "
	    "migration: 'dbm migrate dev' writes one, 'dbm migrate deploy%s' "
	    "applies it", opts.force_reset ? ", and all its data may be lost" :
	    "", command(w, " --force-production"), site_hint(w->mem));
	return diag_set(w->d, "database '%s' at %s is not pushed to: %s",
	    w->site.url.dbname, url_where(w->mem, &w->site.url), why);
}

static int
check_place(struct push *w)
{
	if (opts.force_production)
		return 0;
	if (!url_is_local(&w->site.url))
		return refuse(w, "its host is not this machine");
	if (w->site.dir.n > 0)
		return refuse(w, arena_printf(w->mem, "the migration history "
		    "is in charge (%s has %zu migration%s)",
		    w->site.dir.path, w->site.dir.n,
		    w->site.dir.n == 1 ? "" : "s"));
	return 0;
}

static int
check_history(struct push *w)
{
	if (history_read(w->db, w->mem, w->ns, w->nns, &w->history, w->d) ==
	    -1 || history_writable(w->db, &w->history, w->d) == -1)
		return -1;
	if (w->history.n > 0 && !opts.force_production)
		return refuse(w, "the migration history is in charge (it has "
		    "rows in _prisma_migrations)");
	return 0;
}

static int
prepare(struct push *w)
{
	int created;

	if (opts.force_reset && plan_opts.rename.n > 0)
		return diag_set(w->d, "after --force-reset there is nothing "
		    "to --rename");

	if (site_open(w->mem, TARGET_SESSION, &w->site, w->d) == -1 ||
	    open_schema(w->mem, &w->site, &w->schema, w->d) == -1 ||
	    check_place(w) == -1)
		return -1;
	w->ns = open_namespaces(w->mem, &w->site, w->schema, &w->nns);
	w->db = open_database(&w->site, &created, w->d);
	if (w->db == NULL)
		return -1;
	if (created)
		note("PostgreSQL database %s created at %s",
		    w->site.url.dbname, url_where(w->mem, &w->site.url));
	return migrate_lock(w->db, w->d) == -1 ? -1 : check_history(w);
}

/* --- --force-reset --- */

static int
reset(struct push *w)
{
	struct contents *c = arena_array(w->mem, struct contents, w->nns);
	size_t i;

	for (i = 0; i < w->nns; i++)
		if (contents_read(w->mem, w->db, w->ns[i], &c[i], w->d) == -1)
			return -1;
	if (contents_drop(w->mem, w->db, &w->history, c, w->nns, w->d) == -1)
		return -1;
	note("The PostgreSQL database \"%s\" at \"%s\" was successfully "
	    "reset.", w->site.url.dbname, url_where(w->mem, &w->site.url));
	return 0;
}

/* --- what is to be done --- */

static int
evaluate(struct push *w, struct plan *plan)
{
	struct plan_case c = {
		.to = catalog_from_schema(w->mem, w->schema,
		    w->site.url.schema),
		.url = &w->site.url,
		.command = command(w, opts.force_production ?
		    " --force-production" : ""),
		.push = 1,
		.say = note
	};

	if (introspect(w->mem, w->db, w->ns, w->nns, 0, &c.from, w->d) == -1)
		return -1;
	return plan_make(w->mem, &c, plan, w->d);
}

/* An enum that is made anew has a transaction of its own. */
static void
roll_back(struct push *w)
{
	struct diag ignored = DIAG_INIT;

	if (!db_lost(w->db) && db_in_transaction(w->db))
		db_exec(w->db, "ROLLBACK", &ignored);
	diag_free(&ignored);
}

static int
failed(struct push *w, const char *sql, size_t done)
{
	struct buf text = BUF_INIT, hint = BUF_INIT;

	roll_back(w);
	buf_addf(&text, "%s: in '%s'", buf_str(&w->d->text), sql);
	diag_set(w->d, "%s", buf_str(&text));
	if (done > 0) {
		buf_addf(&hint, "%s%sdone before it, and stays: %zu "
		    "statement%s", buf_str(&w->d->hint),
		    w->d->hint.len > 0 ? "\n" : "", done,
		    done == 1 ? "" : "s");
		diag_hint(w->d, "%s", buf_str(&hint));
	}
	buf_free(&text);
	buf_free(&hint);
	return -1;
}

static int
run(struct push *w, const struct plan *plan, struct out *out)
{
	const char *const *sql;
	size_t done = 0, i, k, n;

	/* whoever waits behind us for a table shall not wait for long */
	if (plan->changes->n > 0 &&
	    db_exec(w->db, "SET lock_timeout = '5s'", w->d) == -1)
		return -1;
	for (i = 0; i < plan->changes->n; i++) {
		n = change_statements(w->mem, plan->changes,
		    &plan->changes->item[i], &sql);
		for (k = 0; k < n; k++) {
			if (sig_pending() != 0)
				return diag_set(w->d, "interrupted");
			if (db_exec(w->db, sql[k], w->d) == -1)
				return failed(w, sql[k], done);
			done++;
			out_field(out, "executed");
			out_field(out, change_title(&plan->changes->item[i]));
			out_field(out, sql[k]);
			fflush(stdout);
		}
	}
	return 0;
}

/* What was not done by a migration is done again by one, and fails. */
static void
note_history(struct push *w)
{
	if (w->history.n > 0 && !opts.force_reset)
		note("The migration history does not know of it: of a "
		    "migration that does the same, tell it with 'dbm migrate "
		    "resolve%s --applied NAME'.", site_hint(w->mem));
}

static int
push(struct push *w, struct out *out)
{
	double start = clock_now();
	struct plan plan;

	if (prepare(w) == -1 || (opts.force_reset && reset(w) == -1) ||
	    evaluate(w, &plan) == -1 || run(w, &plan, out) == -1)
		return -1;
	if (plan.changes->n == 0) {
		note("The database is already in sync with the Prisma "
		    "schema.");
		return 0;
	}
	note("Your database is now in sync with your Prisma schema. Done in "
	    "%.0fms", (clock_now() - start) * 1000);
	note_history(w);
	return 0;
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct push w = { .mem = arena_new(), .d = &d };
	struct out *out;
	int rc;

	setprogname("dbm-db-push");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	sig_ignore_pipe();
	out = out_open(columns, 3);
	rc = push(&w, out);
	db_close(w.db);
	out_close(out);
	if (rc == -1)
		diag_print(&d);
	else if (!opts.skip_generate && sig_pending() == 0)
		generate_after(w.mem, &w.site.project, w.schema, verbose,
		    warning);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
