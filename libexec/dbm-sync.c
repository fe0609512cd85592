/*
 * dbm sync -- pushes what has changed from one database to another.
 *
 * The porcelain over `dbm rows | dbm load': decides for every table which of
 * its rows travel, hands the tables to pairs of the two, and deletes what is
 * gone.  What it remembers stands at the destination, written by load in the
 * transaction of a table's last rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
#include "rows/match.h"
#include "rows/pick.h"
#include "rows/plan.h"
#include "rows/prune.h"
#include "rows/push.h"
#include "rows/sequence.h"
#include "rows/session.h"
#include "rows/sides.h"
#include "schema/project.h"

#define ALIVE 30 /* seconds that a connection may be silent */

static struct {
	const char *from, *to;
	int dry_run, full, delete, verify;
	long long batch_size, jobs, delete_limit;
	double overlap;
} opts = {
	.from = "local", .to = "remote", .jobs = 1, .delete_limit = 10,
	.overlap = 60, .batch_size = -1
};

static const struct opt table[] = {
	OPT_STRING(0, "from", "URL|NAME", &opts.from,
	    "the source (local: LOCAL_DATABASE_URL)"),
	OPT_STRING(0, "to", "URL|NAME", &opts.to,
	    "the destination (remote: REMOTE_DATABASE_URL)"),
	OPT_FLAG('n', "dry-run", &opts.dry_run, "count only, write nothing"),
	OPT_FLAG(0, "full", &opts.full,
	    "compare all rows, whatever is remembered"),
	OPT_FLAG(0, "delete", &opts.delete,
	    "delete rows that are gone at the source"),
	OPT_COUNT(0, "delete-limit", "PERCENT", &opts.delete_limit,
	    "refuse to delete more of a table (10)"),
	OPT_FLAG(0, "verify", &opts.verify,
	    "compare digests of all tables at the end"),
	OPT_COUNT(0, "batch-size", "N", &opts.batch_size,
	    "commit every N rows of a table"),
	OPT_COUNT('j', "jobs", "N", &opts.jobs,
	    "so many tables at once (1)"),
	OPT_SECONDS(0, "overlap", "SECONDS", &opts.overlap,
	    "how far clocks may differ (60)"),
	OPT_INCLUDE(opt_pick),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm sync",
	.summary = "push what has changed from one database to another",
	.operands = "",
	.opts = table,
};

static const struct out_column columns[] = {
	{ "table", OUT_TEXT },
	{ "inserted", OUT_NUMBER },
	{ "updated", OUT_NUMBER },
	{ "unchanged", OUT_NUMBER },
	{ "deleted", OUT_NUMBER },
	{ "milliseconds", OUT_NUMBER },
};

/* A run, and what only this program needs of it. */
struct run {
	struct sync sync;
	struct side side[2];
	struct db *turn; /* behind a pooler: holds the lock */
	struct push push;
	struct out *out;
	struct state_place *place; /* NULL: there is none yet */
	char gone[64];	 /* file of keys to be deleted */
	int gone_fd;
	double talked;	 /* when the connections were last used */
	struct diag d;
};

/* --- beginning --- */

/* Digests of large tables take their time. */
static void
tick(void *arg)
{
	(void)arg;
	progress_tick();
}

static int
open_sides(struct run *r)
{
	const char *const name[2] = { opts.from, opts.to };
	struct arena *mem = r->sync.mem;
	struct project project;

	if (project_load(mem, &project_opts, &project, &r->d) == -1 ||
	    sides_open(mem, r->side, &project, name, &r->d) == -1 ||
	    sides_refuse_same(mem, r->side, &r->d) == -1)
		return -1;
	r->sync.db[0] = r->side[0].db;
	r->sync.db[1] = r->side[1].db;
	if (rows_stay(r->side[0].db, &r->d) == -1 ||
	    rows_stay(r->side[1].db, &r->d) == -1)
		return -1;
	db_set_tick(r->side[0].db, 0.5, tick, NULL);
	db_set_tick(r->side[1].db, 0.5, tick, NULL);
	return opts.dry_run ? 0 : sides_take_turn(&r->side[1], &r->turn,
	    &r->d);
}

/* The pairs connect while we look at the catalogues. */
static int
start_pairs(struct run *r)
{
	struct feed_opts o = {
		.snapshot = r->sync.now.snapshot,
		.cutoff = r->sync.now.cutoff,
		.mark = watermark_mark(r->sync.mem, &r->sync.now),
		.batch = opts.batch_size,
		.gone = opts.delete ? r->gone : NULL,
		.talk = diag_opts.quiet ? "-q" : diag_opts.verbose ? "-v" :
		    NULL,
		.dry_run = opts.dry_run,
	};
	int i;

	for (i = 0; i < 2; i++) {
		o.url[i] = r->side[i].url.text;
		o.schema[i] = r->side[i].url.schema;
	}
	return push_open(r->sync.mem, &r->push, (size_t)opts.jobs, &o, &r->d);
}

/* --- both sides, looked at before anything is written --- */

static int
is_left_out(const struct side *from, const struct fk *fk)
{
	const struct table *parent = table_find(&from->all, fk->parent_schema,
	    fk->parent_name);

	return table_find(&from->chosen, fk->parent_schema, fk->parent_name)
	    == NULL && (parent == NULL || !parent->is_partition);
}

/* A child whose parents stay behind may find them missing; once for all of
 * its keys that refer to the same. */
static void
tell_parents(const struct side *from)
{
	const struct table *t;
	const struct fk *fk;
	size_t i;

	for (i = 0; i < from->chosen.n; i++) {
		t = from->chosen.table[i];
		for (fk = t->fk; fk < t->fk + t->nfks; fk++) {
			if (!is_left_out(from, fk) || fk !=
			    table_fk_of(t, fk->parent_oid))
				continue;
			warning("'%s' refers to '%s', which is left out: rows "
			    "that are missing there are not pushed", t->shown,
			    fk->parent_name);
		}
	}
}

/* All of them, in one go. */
static int
refuse(struct run *r, const struct mismatches *bad)
{
	struct diag d = DIAG_INIT;
	size_t i;

	for (i = 0; i + 1 < bad->n; i++) {
		diag_set(&d, "%s", bad->item[i].text);
		if (bad->item[i].hint != NULL)
			diag_hint(&d, "%s", bad->item[i].hint);
		diag_print(&d);
		diag_reset(&d);
	}
	diag_free(&d);
	if (bad->item[i].hint != NULL)
		diag_hint(&r->d, "%s", bad->item[i].hint);
	return diag_set(&r->d, "%s", bad->item[i].text); /* ends the program */
}

static int
look(struct run *r)
{
	struct mismatches bad = { NULL, 0 };

	if (sides_pick(r->sync.mem, r->side, &pick_opts, &r->d) == -1)
		return -1;
	if (r->side[0].chosen.n == 0)
		warning("there are no tables in %s, schema %s",
		    r->side[0].called, r->side[0].url.schema);
	tell_parents(&r->side[0]);
	plan_tables(&r->sync, r->side, &bad);
	return bad.n > 0 ? refuse(r, &bad) : 0;
}

/* --- what is to be done --- */

static void
tell_plan(const struct run *r)
{
	static const char *const how[SYNC__MAX] = {
		"all rows", "rows since the last run",
		"rows written since the last run", "ranges that differ"
	};
	const struct sync_table *t;
	size_t local = 0, i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		verbose("%s: %s: %s", t->from->shown, how[t->method], t->why);
		local += t->method == SYNC_XMIN &&
		    strstr(t->why, "TimeZone") != NULL;
	}
	if (local)
		note("the TimeZone of the source is not UTC: rows of %zu "
		    "table%s are also told by the transaction that wrote them",
		    local, local == 1 ? "" : "s");
	if (r->sync.now.doubt != NULL)
		note("the next run will look for more rows than their times "
		    "tell: %s", r->sync.now.doubt);
}

static void
tell_gone(const struct run *r)
{
	const struct sync_table *t;
	size_t i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		if (t->gone_keys != NULL)
			verbose("%s: would delete %s%s", t->from->shown,
			    t->gone_keys, t->gone > PRUNE_SAMPLE ? ", ..." :
			    "");
	}
}

static int
plan(struct run *r)
{
	struct sync *s = &r->sync;
	struct state *state = NULL;
	size_t n = 0;

	if ((r->place = state_open(s->mem, s->db[1], 0, &r->d)) != NULL)
		state = state_read(s->mem, s->db[1], r->place, &n, &r->d);
	if (r->d.text.len > 0 ||
	    rows_begin(s->db[1], ROWS_READ, NULL, &r->d) == -1)
		return -1;
	s->full = opts.full;
	s->on_table = progress_item;
	progress_start(s->n);
	if (plan_look(s, &r->d) == -1 ||
	    plan_methods(s, state, n, &r->d) == -1)
		return -1;
	progress_clear();
	tell_plan(r);
	if (opts.delete && (prune_find(s, r->gone_fd, &r->d) == -1 ||
	    prune_check(s, (double)opts.delete_limit, &r->d) == -1))
		return -1;
	progress_clear();
	if (opts.dry_run)
		tell_gone(r);
	return rows_commit(s->db[1], &r->d);
}

/* --- doing it --- */

static void
print_record(struct run *r, const struct sync_table *t)
{
	progress_clear();
	out_field(r->out, t->from->shown);
	out_number(r->out, t->inserted);
	out_number(r->out, t->updated);
	out_number(r->out, t->unchanged);
	out_number(r->out, opts.dry_run ? t->gone : t->deleted);
	out_number(r->out, t->ms);
	fflush(stdout);
}

/* Deletions are part of a table's record, and come last. */
static void
on_done(void *arg, struct sync_table *t)
{
	if (!opts.delete || opts.dry_run)
		print_record(arg, t);
}

static void
on_tick(void *arg)
{
	struct run *r = arg;

	if (clock_now() - r->talked < ALIVE)
		return;
	sides_ping(r->side, r->turn);
	r->talked = clock_now();
}

/* How many rows will have travelled is known where all of them do, and their
 * number is. */
static void
on_rows(void *arg)
{
	const struct run *r = arg;
	struct progress_flow flow = { .unit = "rows" };
	const struct sync_table *t;
	struct buf what = BUF_INIT;
	int known = 1;
	size_t i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		flow.units += t->rows;
		flow.units_total += t->done || t->condition != NULL ||
		    t->from->rows < t->rows ? t->rows : t->from->rows;
		known = known && (t->done || t->condition != NULL ||
		    t->from->rows >= 0);
		if (t->begun && !t->done)
			buf_addf(&what, "%s %lld, ", t->from->shown, t->rows);
	}
	if (!known)
		flow.units_total = 0;
	buf_adds(&what, "all");
	flow.what = buf_str(&what);
	progress_flow(&flow);
	buf_free(&what);
}

static int
delete_gone(struct run *r)
{
	struct sync *s = &r->sync;
	size_t i;

	for (i = s->order.n; i-- > 0;)
		if (prune_group(s, &s->order.group[i], r->gone, &r->d) == -1)
			return -1;
	return 0;
}

/* What comes before the first row.  Sequences: lest the application takes a
 * number that one of the rows has. */
static int
prepare(struct run *r)
{
	struct sync *s = &r->sync;
	size_t i;

	if (opts.dry_run)
		return 0;
	if ((r->place == NULL || !state_has_marks(r->place)) && (r->place =
	    state_open(s->mem, s->db[1], 1, &r->d)) == NULL)
		return -1;
	if (!state_has_marks(r->place))
		note("the next run will compare all rows, for what is needed "
		    "to do less cannot be kept: GRANT CREATE ON DATABASE %s "
		    "TO the role that writes", db_ident(s->mem,
		    r->side[1].url.dbname));
	if (plan_forget(s, r->place, &r->d) == -1)
		return -1;
	for (i = 0; i < s->n; i++)
		if (sequences_follow(s->mem, s->db[1], s->table[i].to,
		    s->table[i].from, &r->d) == -1)
			return -1;
	return 0;
}

static int
push(struct run *r)
{
	struct sync *s = &r->sync;
	int rc, prunes = opts.delete && !opts.dry_run;
	size_t i;

	if (prepare(r) == -1)
		return -1;
	r->talked = clock_now();
	r->push.sync = s;
	r->push.on_done = on_done;
	r->push.on_rows = on_rows;
	r->push.on_tick = on_tick;
	r->push.arg = r;
	r->out = out_open(columns, sizeof(columns) / sizeof(columns[0]));
	progress_start(s->n);
	rc = push_run(&r->push);
	progress_clear();
	if (rc == 0 && prunes)
		rc = delete_gone(r);
	for (i = 0; i < s->n && prunes; i++)
		if (s->table[i].done)
			print_record(r, &s->table[i]);
	out_close(r->out);
	return rc;
}

/* --- after it --- */

static int
verify_table(struct run *r, const struct sync_table *t)
{
	struct digest digest[2];
	struct pair p;

	plan_pair(&r->sync, t, &p);
	if (digest_tables(r->sync.mem, &p, digest, &r->d) == -1)
		return -1;
	if (digest[0].rows == digest[1].rows &&
	    strcmp(digest[0].sum, digest[1].sum) == 0)
		return 0;
	progress_clear();
	warning("'%s' differs: %lld rows in %s, %lld in %s", t->from->shown,
	    digest[0].rows, r->side[0].called, digest[1].rows,
	    r->side[1].called);
	return 1;
}

/* How many tables differ; -1: diag. */
static int
verify(struct run *r)
{
	struct sync *s = &r->sync;
	int differ = 0, rc = 0;
	size_t i;

	if (rows_begin(s->db[1], ROWS_READ, NULL, &r->d) == -1)
		return -1;
	progress_start(s->n);
	for (i = 0; i < s->n && rc != -1; i++) {
		progress_item(i, s->table[i].from->shown);
		rc = verify_table(r, &s->table[i]);
		differ += rc == 1;
	}
	progress_clear();
	rows_rollback(s->db[1]);
	if (rc == -1)
		return -1;
	if (differ == 0)
		note("verified: %zu table%s equal on both sides", s->n,
		    s->n == 1 ? " is" : "s are");
	else
		note("to see the rows that differ run 'dbm compare --keys "
		    "TABLE'; to push them 'dbm sync --full%s'",
		    opts.delete ? "" : " --delete");
	return differ;
}

static void
summarize(const struct run *r)
{
	long long sum[4] = { 0, 0, 0, 0 };
	const struct sync_table *t;
	size_t i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		sum[0] += t->inserted;
		sum[1] += t->updated;
		sum[2] += t->unchanged;
		sum[3] += opts.dry_run ? t->gone : t->deleted;
	}
	note("%zu table%s: %lld row%s %sinserted, %lld updated, %lld "
	    "unchanged, %lld deleted", r->sync.n, r->sync.n == 1 ? "" : "s",
	    sum[0], sum[0] == 1 ? "" : "s", opts.dry_run ? "would be " : "",
	    sum[1], sum[2], sum[3]);
}

/* After a failure: some tables may be done all the same. */
static void
tell_rest(const struct run *r)
{
	size_t done = 0, i;

	for (i = 0; i < r->sync.n; i++)
		done += r->sync.table[i].done != 0;
	if (done > 0 && !opts.dry_run)
		note("%zu of %zu tables are done: the same command goes on "
		    "with the rest", done, r->sync.n);
}

static void
end(struct run *r)
{
	push_close(&r->push);
	db_close(r->turn);
	sides_close(r->side);
}

static int
sync_all(struct run *r)
{
	struct sync *s = &r->sync;

	if (open_sides(r) == -1 || (opts.delete &&
	    (r->gone_fd = prune_file(r->gone, sizeof(r->gone), &r->d)) == -1) ||
	    watermark_take(s->mem, s->db[0], opts.overlap, &s->now,
	    &r->d) == -1)
		return -1;
	if (start_pairs(r) == -1 || look(r) == -1 || plan(r) == -1 ||
	    push(r) == -1)
		return -1;
	summarize(r);
	return opts.verify && !opts.dry_run ? verify(r) : 0;
}

int
main(int argc, char **argv)
{
	struct run r = { .d = DIAG_INIT };
	int differ;

	setprogname("dbm-sync");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "tables are chosen with -t");
	if (opts.batch_size == 0)
		xopt_usage(&program, "--batch-size is 1 at least");
	if (opts.delete_limit > 100)
		xopt_usage(&program, "--delete-limit is 100 at most");
	if (opts.jobs < 1 || opts.jobs > 64)
		xopt_usage(&program, "--jobs is from 1 to 64");
	sig_init();
	sig_ignore_pipe();
	r.sync.mem = arena_new();
	differ = sync_all(&r);
	end(&r);
	sig_end();
	if (differ == -1) {
		tell_rest(&r);
		if (r.d.text.len == 0) { /* a child has said it */
			out_flush();
			return diag_status(&r.d);
		}
		xdiag(&r.d);
	}
	if (out_flush() == EXIT_TROUBLE)
		return EXIT_TROUBLE;
	return differ > 0 ? EXIT_FOUND : EXIT_DONE;
}
