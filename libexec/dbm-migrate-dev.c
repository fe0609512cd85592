/*
 * dbm migrate dev -- writes the migration that the schema asks for.
 *
 * Compares the development database with the history (drift, edits), applies
 * what is pending, writes the difference to the schema as a new migration and
 * applies it.  What rows are in the way is told before anything is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/shell.h"
#include "base/sig.h"
#include "catalog/change.h"
#include "migrate/apply.h"
#include "migrate/dev.h"
#include "migrate/dir.h"
#include "migrate/generate.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/newdir.h"
#include "migrate/plan.h"
#include "migrate/seed.h"
#include "migrate/site.h"

static struct {
	const char *name;
	int create_only, skip_generate, skip_seed;
} opts;

static const struct opt table[] = {
	OPT_STRING('n', "name", "NAME", &opts.name, "name of the migration"),
	OPT_FLAG(0, "create-only", &opts.create_only,
	    "write it, do not apply it"),
	OPT_INCLUDE(opt_plan),
	OPT_FLAG(0, "skip-generate", &opts.skip_generate,
	    "do not run the generators"),
	OPT_FLAG(0, "skip-seed", &opts.skip_seed,
	    "do not seed a database that was created"),
	OPT_INCLUDE(opt_lock),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate dev",
	.summary = "make a migration of what changed in the schema, and apply "
	    "it",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "action", OUT_TEXT },
	{ "name", OUT_TEXT },
	{ "ms", OUT_NUMBER },
};

struct work {
	struct dev dev;
	struct out *out;
	struct diag *d;
};

static int
check(struct work *w)
{
	struct buf text = BUF_INIT;
	int rc = dev_check(&w->dev, &text, w->d);

	if (rc == 1) {
		diag_tell("%s", buf_str(&text));
		w->d->status = EXIT_FOUND;
		rc = diag_set(w->d, "database and migrations do not agree; "
		    "nothing was changed");
	}
	buf_free(&text);
	return rc;
}

static void
record(struct work *w, const char *action, const char *name, double seconds)
{
	out_field(w->out, action);
	out_field(w->out, name);
	if (seconds < 0)
		out_field(w->out, NULL);
	else
		out_number(w->out, (long long)(seconds * 1000));
	fflush(stdout);
}

static int
apply_one(struct work *w, const struct migration *m,
    const struct history_row *row)
{
	struct apply a = { .db = w->dev.db, .history = &w->dev.history,
		.use_lock = migrate_lock_wanted(), .tick = progress_tick,
		.say = note, .whisper = verbose };
	struct arena *scratch = arena_new();
	struct buf text = BUF_INIT;
	double start = clock_now();
	int rc;

	rc = dir_load(m, &text, w->d);
	if (rc == 0)
		rc = apply_migration(&a, scratch, m, &text, row, w->d);
	progress_clear();
	if (rc == 0)
		record(w, "applied", m->name, clock_now() - start);
	buf_free(&text);
	arena_free(scratch);
	return rc;
}

static int
apply_pending(struct work *w)
{
	struct dev *dev = &w->dev;
	const struct migration_status *s;
	size_t done = 0;

	if (!dev->history.exists &&
	    history_create(dev->db, &dev->history, w->d) == -1)
		return -1;
	progress_start(dev->pending);
	for (s = dev->status; s < dev->status + dev->n; s++) {
		if (s->migration == NULL || s->state == STATE_APPLIED)
			continue;
		if (sig_pending() != 0)
			return diag_set(w->d, "interrupted");
		progress_item(done++, s->name);
		if (apply_one(w, s->migration, s->row) == -1)
			return -1;
	}
	return 0;
}

/* What the user typed, for hints that are to be copied. */
static const char *
command(struct work *w)
{
	struct buf b = BUF_INIT;
	const char *out;

	buf_addf(&b, "dbm migrate dev%s", site_hint(w->dev.mem));
	if (opts.name != NULL) {
		buf_adds(&b, " --name ");
		shell_word(&b, opts.name);
	}
	if (opts.create_only)
		buf_adds(&b, " --create-only");
	out = arena_strdup(w->dev.mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static int
evaluate(struct work *w, struct plan *plan)
{
	struct dev *dev = &w->dev;
	struct plan_case c = {
		.from = dev->base,
		.to = catalog_from_schema(dev->mem, dev->schema,
		    dev->site.url.schema),
		.url = &dev->site.url,
		.command = command(w),
		.written = opts.create_only,
		.say = note
	};

	return plan_make(dev->mem, &c, plan, w->d);
}

static int
write_migration(struct work *w, const struct plan *plan, struct migration *m)
{
	struct buf script = BUF_INIT, name = BUF_INIT;
	struct dev *dev = &w->dev;
	int rc;

	if (opts.name != NULL)
		buf_adds(&name, opts.name);
	else if (ask_line("Enter a name for the new migration:", &name) == -1)
		return diag_set(w->d, "interrupted");
	risk_header(plan->risks, &script);
	changes_render(plan->changes, &script);
	if (plan->changes->n == 0) /* Prisma ends it without a newline */
		script.len--;
	rc = newdir_create(dev->mem, &dev->site.dir, newdir_name(dev->mem,
	    &dev->site.dir, buf_str(&name)), &script, m, w->d);
	if (rc == 0)
		record(w, "created", m->name, -1);
	buf_free(&script);
	buf_free(&name);
	return rc;
}

static int
create(struct work *w)
{
	struct plan plan;
	struct migration m;

	if (evaluate(w, &plan) == -1)
		return -1;
	if (plan.changes->n == 0 && !opts.create_only) {
		note("%s", w->dev.pending > 0 ?
		    "Your database is now in sync with your schema." :
		    "Already in sync, no schema change or pending migration "
		    "was found.");
		return 0;
	}
	if (sig_pending() != 0)
		return diag_set(w->d, "interrupted");
	if (write_migration(w, &plan, &m) == -1)
		return -1;
	if (opts.create_only) {
		note("%s was written and not applied: edit it, and apply it "
		    "with 'dbm migrate dev'", m.path);
		return 0;
	}
	if (apply_one(w, &m, NULL) == -1)
		return -1;
	dev_remember(&w->dev);
	note("Your database is now in sync with your schema.");
	return 0;
}

static int
migrate(struct work *w)
{
	struct dev *dev = &w->dev;

	if (dev_open(dev, w->d) == -1)
		return -1;
	if (dev->created)
		note("PostgreSQL database %s created at %s",
		    dev->site.url.dbname, url_where(dev->mem,
		    &dev->site.url));
	if (check(w) == -1 || apply_pending(w) == -1)
		return -1;
	return create(w);
}

/* Generators, and the seed of a database that was created. */
static int
follow_up(struct work *w)
{
	struct dev *dev = &w->dev;

	if (opts.create_only || sig_pending() != 0)
		return 0;
	if (!opts.skip_generate &&
	    getenv("PRISMA_MIGRATE_SKIP_GENERATE") == NULL)
		generate_after(dev->mem, &dev->site.project, dev->schema,
		    verbose, warning);
	if (!dev->created || opts.skip_seed ||
	    getenv("PRISMA_MIGRATE_SKIP_SEED") != NULL)
		return 0;
	return seed_run(dev->mem, &dev->site, note, STDERR_FILENO, w->d);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct work w = { .dev = { .mem = arena_new() }, .d = &d };
	int rc;

	setprogname("dbm-migrate-dev");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	sig_ignore_pipe();
	w.out = out_open(columns, 3);
	rc = migrate(&w);
	dev_close(&w.dev); /* the lock is free for what follows */
	out_close(w.out);
	if (rc == 0)
		rc = follow_up(&w);
	if (rc == -1)
		diag_print(&d);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
