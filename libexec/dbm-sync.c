/*
 * dbm sync -- pushes what has changed from one database to another.
 *
 * The porcelain over `dbm rows | dbm load': decides for every table which of
 * its rows travel, hands the tables to pairs of the two, and deletes what is
 * gone.  What it remembers stands at the destination, written by load in the
 * transaction of a table's last rows.
 */
#include <fcntl.h>
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
#include "db/lock.h"
#include "db/sql.h"
#include "db/target.h"
#include "rows/match.h"
#include "rows/pick.h"
#include "rows/plan.h"
#include "rows/prune.h"
#include "rows/push.h"
#include "rows/session.h"
#include "schema/project.h"

static struct {
	const char *from, *to;
	int dry_run, full, delete, verify;
	long long batch_size, jobs;
	double delete_limit, overlap;
} opts = {
	.from = "local", .to = "remote", .jobs = 1, .delete_limit = 10,
	.overlap = 60
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
	OPT_SECONDS(0, "delete-limit", "PERCENT", &opts.delete_limit,
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
	{ "ms", OUT_NUMBER },
};

/* A run, and what only this program needs of it. */
struct run {
	struct sync sync;
	struct db_url url[2];
	struct db *turn;	/* behind a pooler: holds the lock */
	struct tables all[2], chosen;
	struct push push;
	struct out *out;
	char gone[64];		/* file of keys to be deleted; "": none */
	int gone_fd;
	struct diag d;
};

/* --- beginning --- */

static int
connect_both(struct run *r)
{
	const char *name[2] = { opts.from, opts.to };
	struct project project;
	int i;

	if (project_load(r->sync.mem, &project_opts, &project, &r->d) == -1)
		return -1;
	for (i = 0; i < 2; i++)
		if (target_resolve(r->sync.mem, &project, name[i], 0,
		    &r->url[i], &r->d) == -1)
			return -1;
	for (i = 0; i < 2; i++)
		if ((r->sync.db[i] = db_open(&r->url[i], 0, &r->d)) == NULL)
			return -1;
	return 0;
}

/* The same one, or a standby of it, whose rows are older. */
static int
refuse_same(struct run *r)
{
	struct db_rows *is[2];
	int i, same;

	for (i = 0; i < 2; i++)
		if ((is[i] = db_query(r->sync.db[i], r->sync.mem,
		    sql_rows_same, 0, NULL, &r->d)) == NULL)
			return -1;
	same = strcmp(db_cell(is[0], 0, 0), db_cell(is[1], 0, 0)) == 0 ||
	    (*db_cell(is[0], 0, 2) == 't' && db_cell(is[0], 0, 1) != NULL &&
	    db_cell(is[1], 0, 1) != NULL &&
	    strcmp(db_cell(is[0], 0, 1), db_cell(is[1], 0, 1)) == 0);
	if (!same)
		return 0;
	return diag_set(&r->d, "'%s' and '%s' are the same database: '%s' at "
	    "%s", opts.from, opts.to, r->url[1].dbname,
	    url_where(r->sync.mem, &r->url[1]));
}

/*
 * Two runs into one database would write each other's older rows.  Behind a
 * pooler a session lock holds nothing: there a transaction does.
 */
static int
take_turn(struct run *r)
{
	int64_t key = lock_key("dbm sync");
	struct db_rows *rows;

	if (opts.dry_run)
		return 0;
	if (!r->url[1].pooler)
		return lock_acquire(r->sync.db[1], key, 0, "the destination",
		    &r->d);
	if ((r->turn = db_open(&r->url[1], 0, &r->d)) == NULL ||
	    db_exec(r->turn, "BEGIN READ ONLY", &r->d) == -1)
		return -1;
	rows = db_query(r->turn, r->sync.mem, arena_printf(r->sync.mem,
	    "SELECT pg_try_advisory_xact_lock(%lld)", (long long)key), 0,
	    NULL, &r->d);
	if (rows == NULL)
		return -1;
	if (*db_cell(rows, 0, 0) == 't')
		return 0;
	r->d.status = EXIT_LATER;
	return diag_set(&r->d, "the destination is locked by another run");
}

/* The pairs connect while we look at the catalogues. */
static int
start_pairs(struct run *r)
{
	struct feed_opts o = { .from = r->url[0].text, .to = r->url[1].text };
	struct arena *mem = r->sync.mem;
	char *argv[16], **a = argv;

	o.snapshot = r->sync.now.snapshot;
	o.load = argv;
	o.quiet = diag_opts.quiet;
	o.verbose = diag_opts.verbose;
	*a++ = "--distinct";
	if (opts.dry_run)
		*a++ = "--dry-run";
	else {
		*a++ = "--state";
		*a++ = arena_strdup(mem, r->sync.now.cutoff);
		*a++ = "--mark";
		*a++ = watermark_mark(mem, &r->sync.now);
	}
	if (opts.batch_size > 0) {
		*a++ = "--batch-size";
		*a++ = arena_printf(mem, "%lld", opts.batch_size);
	}
	if (strcmp(r->url[0].schema, r->url[1].schema) != 0) {
		*a++ = "--schema-map";
		*a++ = arena_printf(mem, "%s=%s", r->url[0].schema,
		    r->url[1].schema);
	}
	if (opts.delete) {
		*a++ = "--gone";
		*a++ = r->gone;
	}
	*a = NULL;
	return push_open(mem, &r->push, (size_t)opts.jobs, &o, &r->d);
}

static int
make_gone(struct run *r)
{
	const char *dir = getenv("TMPDIR");

	r->gone_fd = -1;
	if (!opts.delete)
		return 0;
	if (dir == NULL || strlen(dir) > sizeof(r->gone) - 20)
		dir = "/tmp";
	snprintf(r->gone, sizeof(r->gone), "%s/dbm-sync.XXXXXX", dir);
	r->gone_fd = mkostemp(r->gone, O_CLOEXEC);
	if (r->gone_fd != -1)
		return 0;
	r->gone[0] = '\0';
	return diag_errno(&r->d, "cannot make a file in %s", dir);
}

/* --- both sides, looked at before anything is written --- */

/* What the destination calls a schema of the source. */
static const char *
schema_of(const struct run *r, const char *schema)
{
	return strcmp(schema, r->url[0].schema) == 0 ? r->url[1].schema :
	    schema;
}

/* Both at once: a catalogue is slow to read for a session that is new. */
static int
read_tables(struct run *r)
{
	struct arena *mem = r->sync.mem;
	const char **schema, **mapped;
	size_t i, n;

	schema = pick_schemas(mem, &pick_opts, r->url[0].schema, &n);
	mapped = arena_array(mem, const char *, n);
	for (i = 0; i < n; i++)
		mapped[i] = schema_of(r, schema[i]);
	if (tables_send(r->sync.db[0], schema, n, &r->d) == -1 ||
	    tables_send(r->sync.db[1], mapped, n, &r->d) == -1 ||
	    tables_take(mem, r->sync.db[0], &r->all[0], &r->d) == -1)
		return -1;
	return tables_take(mem, r->sync.db[1], &r->all[1], &r->d);
}

/* A child whose parents stay behind may find them missing. */
static void
tell_parents(struct run *r)
{
	const struct table *t, *parent;
	size_t i, j;

	for (i = 0; i < r->chosen.n; i++) {
		t = r->chosen.table[i];
		for (j = 0; j < t->nfks; j++) {
			parent = table_find(&r->chosen, t->fk[j].parent_schema,
			    t->fk[j].parent_name);
			if (parent == NULL)
				warning("'%s' refers to '%s', which is left "
				    "out: rows that are missing there are "
				    "not pushed", t->shown,
				    t->fk[j].parent_name);
		}
	}
}

static int
refuse_row_security(struct run *r)
{
	const struct table *t;
	size_t i;
	int side;

	for (i = 0; i < r->sync.n; i++)
		for (side = 0; side < 2; side++) {
			t = side == 0 ? r->sync.table[i].from :
			    r->sync.table[i].to;
			if (!t->row_security)
				continue;
			diag_hint(&r->d, "connect as the table's owner, or "
			    "as a role with BYPASSRLS");
			return diag_set(&r->d, "row level security may hide "
			    "rows of '%s' in %s", t->shown, side == 0 ?
			    opts.from : opts.to);
		}
	return 0;
}

static int
refuse_mismatches(struct run *r, const struct match *m)
{
	struct mismatches found = { NULL, 0 };
	struct diag d = DIAG_INIT;
	size_t i;

	match_tables(r->sync.mem, m, &found);
	for (i = 0; i < found.n; i++) {
		if (i + 1 == found.n)
			break; /* the last one ends the program */
		diag_set(&d, "%s", found.item[i].text);
		if (found.item[i].hint != NULL)
			diag_hint(&d, "%s", found.item[i].hint);
		diag_print(&d);
		diag_reset(&d);
	}
	diag_free(&d);
	if (found.n == 0)
		return 0;
	if (found.item[i].hint != NULL)
		diag_hint(&r->d, "%s", found.item[i].hint);
	return diag_set(&r->d, "%s", found.item[i].text);
}

static int
pair_tables(struct run *r)
{
	struct sync *s = &r->sync;
	struct match m = { .n = r->chosen.n };
	size_t i;

	m.from = arena_array(s->mem, const struct table *, m.n + 1);
	m.to = arena_array(s->mem, const struct table *, m.n + 1);
	m.from_name = opts.from;
	m.to_name = opts.to;
	s->n = r->chosen.n;
	s->table = arena_array(s->mem, struct sync_table, s->n + 1);
	for (i = 0; i < s->n; i++) {
		m.from[i] = s->table[i].from = r->chosen.table[i];
		m.to[i] = s->table[i].to = table_find(&r->all[1],
		    schema_of(r, m.from[i]->schema), m.from[i]->name);
	}
	if (refuse_mismatches(r, &m) == -1)
		return -1;
	return refuse_row_security(r);
}

static int
look(struct run *r)
{
	struct sync *s = &r->sync;

	if (read_tables(r) == -1 || pick_among(s->mem, s->db[0], &pick_opts,
	    &r->all[0], &r->chosen, &r->d) == -1)
		return -1;
	if (pick_opts.include.n + pick_opts.exclude.n > 0)
		tell_parents(r);
	return pair_tables(r);
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
	size_t i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		verbose("%s: %s: %s", t->from->shown, how[t->method], t->why);
	}
	if (r->sync.now.doubt != NULL)
		note("the next run will look for more rows than their times "
		    "tell: %s", r->sync.now.doubt);
}

static int
plan(struct run *r)
{
	struct sync *s = &r->sync;
	struct state_place *place;
	struct state *state = NULL;
	size_t n = 0;

	if ((place = state_open(s->mem, s->db[1], 0, &r->d)) != NULL)
		state = state_read(s->mem, s->db[1], place, &n, &r->d);
	else if (!opts.dry_run && r->d.text.len == 0)
		place = state_open(s->mem, s->db[1], 1, &r->d);
	if (r->d.text.len > 0 ||
	    rows_begin(s->db[1], ROWS_READ, NULL, &r->d) == -1)
		return -1;
	s->full = opts.full;
	if (plan_tables(s, &r->d) == -1 ||
	    plan_methods(s, state, n, &r->d) == -1)
		return -1;
	tell_plan(r);
	if (opts.delete && (prune_find(s, r->gone_fd, &r->d) == -1 ||
	    prune_check(s, opts.delete_limit, &r->d) == -1))
		return -1;
	return rows_commit(s->db[1], &r->d);
}

/* --- doing it --- */

/* NULL: it needs no move. */
static const char *
value_to_set(const struct sequence *from, const struct sequence *to)
{
	long long have, want;

	if (from->last == NULL)
		return NULL;
	if (to->last == NULL)
		return from->last;
	want = atoll(from->last);
	have = atoll(to->last);
	return (to->descending ? want < have : want > have) ? from->last :
	    NULL;
}

/*
 * Before the rows are there, lest the application takes a number that one of
 * them has.
 */
static int
move_sequences(struct run *r, const struct sync_table *t)
{
	const struct sequence *from, *to;
	const char *param[2];
	size_t i, j;

	for (i = 0; i < t->from->nsequences; i++)
		for (j = 0; j < t->to->nsequences; j++) {
			from = &t->from->sequence[i];
			to = &t->to->sequence[j];
			if (strcmp(from->column->name, to->column->name) != 0)
				continue;
			param[0] = to->ident;
			param[1] = value_to_set(from, to);
			if (param[1] != NULL && db_query(r->sync.db[1],
			    r->sync.mem, "SELECT setval($1::regclass, $2)", 2,
			    param, &r->d) == NULL)
				return -1;
		}
	return 0;
}

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

/* How many rows will have travelled is known where all of them do. */
static void
on_tick(void *arg)
{
	const struct run *r = arg;
	struct progress_flow flow = { .unit = "rows" };
	const struct sync_table *t;
	size_t i;

	for (i = 0; i < r->sync.n; i++) {
		t = &r->sync.table[i];
		flow.units += t->rows;
		flow.units_total += t->done || t->condition != NULL ||
		    t->from->rows < t->rows ? t->rows : t->from->rows;
		if (t->begun && !t->done)
			flow.what = t->from->shown;
	}
	progress_flow(&flow);
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

static int
push(struct run *r)
{
	struct sync *s = &r->sync;
	size_t i;
	int rc = 0;

	r->push.sync = s;
	r->push.on_done = on_done;
	r->push.on_tick = on_tick;
	r->push.arg = r;
	r->out = out_open(columns, sizeof(columns) / sizeof(columns[0]));
	for (i = 0; i < s->n && !opts.dry_run && rc == 0; i++)
		rc = move_sequences(r, &s->table[i]);
	progress_start(s->n);
	if (rc == 0)
		rc = push_run(&r->push);
	progress_clear();
	if (rc == 0 && opts.delete && !opts.dry_run)
		rc = delete_gone(r);
	for (i = 0; i < s->n && opts.delete && !opts.dry_run; i++)
		if (s->table[i].done)
			print_record(r, &s->table[i]);
	out_close(r->out);
	return rc;
}

/* --- after it --- */

/* How many tables differ; -1: diag. */
static int
verify(struct run *r)
{
	struct sync *s = &r->sync;
	struct digest digest[2];
	struct pair p;
	int differ = 0;
	size_t i;

	if (rows_begin(s->db[1], ROWS_READ, NULL, &r->d) == -1)
		return -1;
	for (i = 0; i < s->n; i++) {
		plan_pair(s, &s->table[i], &p);
		if (digest_tables(s->mem, &p, digest, &r->d) == -1)
			return -1;
		if (digest[0].rows == digest[1].rows &&
		    strcmp(digest[0].sum, digest[1].sum) == 0)
			continue;
		warning("'%s' differs: %lld rows in %s, %lld in %s",
		    s->table[i].from->shown, digest[0].rows, opts.from,
		    digest[1].rows, opts.to);
		differ++;
	}
	rows_rollback(s->db[1]);
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

static void
end(struct run *r)
{
	push_close(&r->push);
	if (r->gone[0] != '\0')
		unlink(r->gone);
	db_close(r->turn);
	db_close(r->sync.db[0]);
	db_close(r->sync.db[1]);
}

static int
sync_all(struct run *r)
{
	struct sync *s = &r->sync;

	if (connect_both(r) == -1 || refuse_same(r) == -1 ||
	    take_turn(r) == -1 || make_gone(r) == -1 ||
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
	if (opts.jobs < 1 || opts.jobs > 64)
		xopt_usage(&program, "--jobs is from 1 to 64");
	sig_init();
	sig_ignore_pipe();
	r.sync.mem = arena_new();
	differ = sync_all(&r);
	end(&r);
	sig_end();
	if (differ == -1) {
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
