/*
 * dbm migrate deploy -- applies pending migrations.
 *
 * Reads the migrations folder, writes _prisma_migrations as Prisma does, and
 * prints a record for each migration applied.  With --dry-run: the pending
 * SQL, and nothing is written.
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
#include "base/progress.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/create.h"
#include "db/target.h"
#include "migrate/apply.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "migrate/lock.h"
#include "migrate/site.h"
#include "migrate/units.h"

static struct {
	const char *to;
	int dry_run, retry, create_database;
	double lock_timeout;
} opts;

static const struct opt table[] = {
	OPT_FLAG('n', "dry-run", &opts.dry_run,
	    "print the pending SQL, write nothing"),
	OPT_STRING(0, "to", "NAME", &opts.to, "stop after this migration"),
	OPT_FLAG(0, "retry", &opts.retry,
	    "settle a failed migration and go on after what it finished"),
	OPT_INCLUDE(opt_lock),
	OPT_SECONDS(0, "lock-timeout", "SECONDS", &opts.lock_timeout,
	    "how long a script may wait for table locks; tried 5 times"),
	OPT_FLAG(0, "create-database", &opts.create_database,
	    "create the database if it does not exist"),
	OPT_INCLUDE(opt_site),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm migrate deploy",
	.summary = "apply pending migrations to a database",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "action", OUT_TEXT },
	{ "name", OUT_TEXT },
	{ "ms", OUT_NUMBER },
};

struct deploy {
	struct arena *mem;
	struct site site;
	struct db *db;
	struct history history;
	struct migration_status *status;
	size_t n, pending;
	struct diag *d;
};

static int
is_pending(const struct migration_status *s)
{
	return s->migration != NULL && (s->state == STATE_PENDING ||
	    s->state == STATE_ROLLED_BACK ||
	    (opts.retry && s->state == STATE_FAILED));
}

static int
connect_db(struct deploy *w)
{
	unsigned flags = DB_KEEP_PATH | (opts.dry_run ? DB_READ_ONLY : 0);
	int rc;

	w->db = db_open(&w->site.url, flags, w->d);
	if (w->db == NULL && opts.create_database && !opts.dry_run &&
	    strcmp(w->d->sqlstate, "3D000") == 0) {
		diag_reset(w->d);
		rc = db_create(&w->site.url, w->d);
		if (rc == -1)
			return -1;
		if (rc == 0)
			note("PostgreSQL database %s created at %s",
			    w->site.url.dbname,
			    url_where(w->mem, &w->site.url));
		w->db = db_open(&w->site.url, flags, w->d);
	}
	return w->db == NULL ? -1 : 0;
}

static int
baseline_needed(const struct deploy *w)
{
	diag_hint(w->d, "to baseline it, record what it already has with 'dbm "
	    "migrate resolve --applied NAME', one migration after the other");
	return diag_set(w->d, "P3005: the database schema is not empty, and "
	    "has no migrations table");
}

static int
read_history(struct deploy *w)
{
	if (history_read(w->db, w->mem, w->site.schemas, w->site.nschemas,
	    &w->history, w->d) == -1)
		return -1;
	if (!w->history.exists && w->history.other_tables)
		return baseline_needed(w);
	if (opts.dry_run)
		return 0;
	if (history_writable(w->db, &w->history, w->d) == -1)
		return -1;
	return w->history.exists ? 0 :
	    history_create(w->db, &w->history, w->d);
}

static int
failed_rows(struct deploy *w)
{
	const struct history_row *row;
	struct buf names = BUF_INIT;
	size_t failed = 0, lost = 0;

	for (row = w->history.row; row < w->history.row + w->history.n;
	    row++) {
		if (!history_unfinished(row))
			continue;
		failed++;
		lost += dir_find(&w->site.dir, row->name) == NULL;
		buf_addf(&names, "%sthe `%s` migration started at %s UTC "
		    "failed", names.len > 0 ? "; " : "", row->name,
		    row->started);
	}
	if (failed == 0 || (opts.retry && lost == 0)) {
		buf_free(&names);
		return 0;
	}
	diag_set(w->d, "P3009: migrate found failed migrations in the target "
	    "database, new migrations will not be applied: %s",
	    buf_str(&names));
	if (lost > 0)
		diag_hint(w->d, "its folder is not here: settle it with 'dbm "
		    "migrate resolve --rolled-back NAME' or '--applied NAME'");
	else
		diag_hint(w->d, "'dbm migrate deploy --retry' goes on after "
		    "what it finished; 'dbm status' says where it failed; "
		    "'dbm migrate resolve' settles it by hand");
	buf_free(&names);
	return -1;
}

static void
warn_changed(const struct deploy *w)
{
	const struct migration_status *s;

	for (s = w->status; s < w->status + w->n; s++) {
		if (s->edited)
			warning("migration '%s' was edited after it was "
			    "applied", s->name);
		else if (s->line_ends)
			verbose("migration '%s' differs from what was applied "
			    "in its line ends only", s->name);
		if (s->state == STATE_MISSING)
			warning("migration '%s' is applied, but its folder is "
			    "missing in %s", s->name, w->site.dir.path);
	}
}

/* Counts what is to do, up to --to. */
static int
choose(struct deploy *w)
{
	size_t i;

	w->status = history_compare(w->mem, &w->site.dir, &w->history, 0,
	    &w->n);
	warn_changed(w);
	if (opts.to != NULL && dir_find(&w->site.dir, opts.to) == NULL) {
		diag_hint(w->d, "give the whole name of its folder");
		return diag_set(w->d, "P3017: the migration %s could not be "
		    "found in %s", opts.to, w->site.dir.path);
	}
	for (i = 0; i < w->n; i++) {
		if (opts.to != NULL && strcmp(w->status[i].name, opts.to) > 0)
			w->n = i;
		else
			w->pending += (size_t)is_pending(&w->status[i]);
	}
	return 0;
}

/* Every pending file is sound, before the first is applied. */
static int
check_files(struct deploy *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (is_pending(&w->status[i]) &&
		    units_check(w->status[i].migration, w->d) == -1)
			return -1;
	return 0;
}

/* Ends the last statement for sure, so that the next can follow. */
static void
print_script(const struct buf *text)
{
	size_t n = text->len;

	fwrite(buf_str(text), 1, n, stdout);
	while (n > 0 && strchr(" \t\r\n", text->data[n - 1]) != NULL)
		n--;
	if (n > 0 && text->data[n - 1] != ';')
		fputs("\n;", stdout);
	puts(n == text->len && n > 0 ? "\n" : "");
}

static int
print_pending(struct deploy *w)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (!is_pending(&w->status[i]))
			continue;
		buf_reset(&text);
		if (dir_load(w->status[i].migration, &text, w->d) == -1)
			return -1;
		printf("-- Migration: %s\n", w->status[i].name);
		print_script(&text);
	}
	buf_free(&text);
	return 0;
}

static int
apply_one(struct deploy *w, struct apply *a, const struct migration_status *s,
    struct out *out)
{
	struct arena *scratch = arena_new();
	struct buf text = BUF_INIT;
	double start = clock_now();
	int rc;

	rc = dir_load(s->migration, &text, w->d);
	if (rc == 0)
		rc = apply_migration(a, scratch, s->migration, &text, s->row,
		    w->d);
	progress_clear();
	if (rc == 0) {
		out_field(out, "applied");
		out_field(out, s->name);
		out_number(out, (long long)((clock_now() - start) * 1000));
		fflush(stdout);
	}
	buf_free(&text);
	arena_free(scratch);
	return rc;
}

static int
apply_all(struct deploy *w)
{
	struct apply a = {
		.db = w->db,
		.history = &w->history,
		.lock_timeout = opts.lock_timeout,
		.use_lock = migrate_lock_wanted(),
		.tick = progress_tick,
		.say = note,
		.whisper = verbose,
	};
	struct out *out = out_open(columns, 3);
	size_t done = 0, i;
	int rc = 0;

	progress_start(w->pending);
	for (i = 0; i < w->n && rc == 0; i++) {
		if (!is_pending(&w->status[i]))
			continue;
		if (sig_pending() != 0) {
			rc = diag_set(w->d, "interrupted");
			break;
		}
		progress_item(done++, w->status[i].name);
		verbose("applying %s", w->status[i].name);
		rc = apply_one(w, &a, &w->status[i], out);
	}
	out_close(out);
	return rc;
}

/* Everything that can be known before the first change. */
static int
prepare(struct deploy *w)
{
	if (site_open(w->mem, TARGET_SESSION, &w->site, w->d) == -1 ||
	    connect_db(w) == -1)
		return -1;
	if (!opts.dry_run && migrate_lock(w->db, w->d) == -1)
		return -1;
	if (read_history(w) == -1 || failed_rows(w) == -1)
		return -1;
	return choose(w) == -1 || check_files(w) == -1 ? -1 : 0;
}

static int
deploy(struct deploy *w)
{
	if (prepare(w) == -1)
		return -1;
	if (opts.dry_run)
		return print_pending(w);
	if (w->pending == 0) {
		note("No pending migrations to apply.");
		return 0;
	}
	if (apply_all(w) == -1)
		return -1;
	note("All migrations have been successfully applied.");
	return 0;
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct deploy w = { .mem = arena_new(), .d = &d };
	int rc;

	setprogname("dbm-migrate-deploy");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "no operands are expected");
	sig_init();
	if (!opts.dry_run) /* who reads the records must not stop the work */
		sig_ignore_pipe();
	rc = deploy(&w);
	if (rc == -1)
		diag_print(&d);
	db_close(w.db);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
