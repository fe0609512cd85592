/*
 * dbm chunks -- cuts a table into pieces of so many rows.
 *
 * Walks a unique key from piece to piece and writes a range of it for each,
 * as soon as it is known.  Between two of them no transaction is open, however
 * slow the reader is.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "base/utf8.h"
#include "batch/cut.h"
#include "batch/key.h"
#include "batch/range.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/pick.h"
#include "rows/session.h"
#include "schema/project.h"
#include "sql/expression.h"
#include "sql/scan.h"

static struct {
	long long size;
	const char *where, *by, *from_key;
} opts = { .size = 10000 };

static const struct opt table[] = {
	OPT_COUNT(0, "size", "N", &opts.size, "rows of a piece (10000)"),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "count only rows of which this is true"),
	OPT_STRING(0, "by", "COLUMNS", &opts.by,
	    "go by this unique key; with commas between"),
	OPT_STRING(0, "from-key", "KEY", &opts.from_key,
	    "begin above this key"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm chunks",
	.summary = "cut a table into ranges of its key",
	.operands = "TABLE",
	.opts = table,
};

/* --- what is to be cut --- */

static int
check_where(struct diag *d)
{
	const char *s = opts.where;
	size_t offset;

	if (s == NULL)
		return 0;
	if (expression_check(s, &offset, d) == 0) {
		/* those of the queries are ours */
		while (*s != '\0' && !(*s == '$' &&
		    isdigit((unsigned char)s[1])))
			s = sql_token(s);
		if (*s == '\0')
			return 0;
		offset = (size_t)(s - opts.where);
		diag_set(d, "a condition has no parameters");
	}
	diag_at_offset(d, "--where", opts.where, strlen(opts.where), offset);
	return -1;
}

static struct db *
start(struct arena *mem, struct diag *d)
{
	struct project project;
	struct db_url url;
	struct db *db;

	if (project_load(mem, &project_opts, &project, d) == -1 ||
	    target_resolve(mem, &project, target_opts.url, 0, &url, d) == -1 ||
	    (db = db_open(&url, 0, d)) == NULL)
		return NULL;
	if (rows_stay(db, d) == 0)
		return db;
	db_close(db);
	return NULL;
}

/* Read as one that sees every name with its schema: as the cuts will. */
static const struct table *
find_table(struct arena *mem, struct db *db, struct diag *d)
{
	struct tables all, chosen;
	const struct table *t;

	if (rows_begin(db, ROWS_READ, NULL, d) == -1 ||
	    pick_tables(mem, db, &pick_opts, &all, &chosen, d) == -1 ||
	    rows_commit(db, d) == -1)
		return NULL;
	if (chosen.n == 0) {
		diag_set(d, "table '%s' is dbm's own", pick_opts.operand[0]);
		return NULL;
	}
	t = chosen.table[0];
	if (!t->row_security)
		return t;
	diag_hint(d, "connect as its owner, or as a role with BYPASSRLS");
	diag_set(d, "row level security would hide rows of table '%s'",
	    t->shown);
	return NULL;
}

/* The bound of --from-key, as it comes back from the server. */
static int
read_from_key(const struct cut *c, struct arena *mem,
    const char *const **lo, struct diag *d)
{
	struct buf b = BUF_INIT;
	struct db_ask ask = { NULL, c->key->n, NULL };
	struct db_rows *r;
	size_t i;
	int rc;

	*lo = NULL;
	if (opts.from_key == NULL)
		return 0;
	ask.params = range_values(mem, opts.from_key, c->key->n);
	if (ask.params == NULL) {
		diag_hint(d, "{VALUE,...}, as PostgreSQL writes an array");
		return diag_set(d, "--from-key '%s' has not the %zu values of "
		    "the key", opts.from_key, c->key->n);
	}
	buf_adds(&b, "SELECT ");
	for (i = 0; i < c->key->n; i++)
		buf_addf(&b, "%s$%zu::%s", i > 0 ? ", " : "", i + 1,
		    c->key->column[i]->type);
	ask.sql = buf_str(&b);
	rc = turn_run(&c->turn, mem, &ask, 1, 1, &r, d);
	buf_free(&b);
	if (rc == 0)
		*lo = ask.params;
	else if (strncmp(d->sqlstate, "22", 2) == 0)
		diag_hint(d, "--from-key has the values of the key");
	return rc;
}

/* Where in --where the server has found something. */
static void
locate(const struct cut *c, const char *sql, size_t at, struct diag *d)
{
	size_t len, offset;

	if (c->where == NULL || db_error_position(c->turn.db) == 0)
		return;
	len = strlen(c->where);
	offset = utf8_offset(sql, strlen(sql),
	    db_error_position(c->turn.db) - 1);
	if (offset < at || offset >= at + len)
		return;
	diag_at_offset(d, "--where", c->where, len, offset - at);
	if (strcmp(d->sqlstate, "42P01") == 0 || /* relation, function, type */
	    strcmp(d->sqlstate, "42883") == 0 ||
	    strcmp(d->sqlstate, "42704") == 0)
		diag_hint(d, "search_path is empty: everything but the "
		    "columns, and what is PostgreSQL's own, needs its schema "
		    "before it");
}

/* Whether it can be read, and the condition is one, before the first cut. */
static int
check(const struct cut *c, const struct table *t, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_ask ask = { NULL, 0, NULL };
	struct buf b = BUF_INIT;
	struct db_rows *r;
	size_t at;
	int rc;

	buf_addf(&b, "SELECT FROM %s WHERE (", c->from);
	at = b.len;
	buf_addf(&b, "%s\n) LIMIT 0", c->where != NULL ? c->where : "true");
	ask.sql = buf_str(&b);
	rc = turn_run(&c->turn, mem, &ask, 1, 1, &r, d);
	if (rc == -1)
		locate(c, buf_str(&b), at, d);
	if (rc == -1 && d->file.len == 0 && d->sqlstate[0] != '\0' &&
	    !db_lost(c->turn.db))
		diag_set(d, "cannot read table '%s': %s", t->shown,
		    arena_strdup(mem, buf_str(&d->text)));
	buf_free(&b);
	arena_free(mem);
	return rc;
}

/* --- cutting --- */

static int
write_range(struct out *out, struct arena *mem, const struct range *r,
    struct diag *d)
{
	const char *field[RANGE_FIELDS];
	size_t i;

	range_fields(mem, r, field);
	for (i = 0; i < RANGE_FIELDS; i++)
		out_field(out, field[i]);
	if (sig_pending() != 0)
		return diag_set(d, "interrupted");
	/* what cannot be written is told when stdout is closed */
	return fflush(stdout) == 0 ? 0 : diag_set(d, "cannot write");
}

/*
 * One is held back until the next is known to have rows: the last one is
 * open at its end, so that rows that come meanwhile are in it.  Its bounds
 * are those of the last two cuts.
 */
static int
cut_all(const struct cut *c, struct range *r, struct out *out,
    struct diag *d)
{
	struct arena *mem[3] = { arena_new(), arena_new(), arena_new() };
	struct arena *scratch = arena_new();
	const char *const *lo = r->lo;
	struct edge e = { NULL, 0 };
	int rc, held = 0;
	size_t i = 0;

	do {
		arena_reset(mem[i]);
		rc = cut_next(c, mem[i], lo, opts.size, &e, d);
		if (rc == -1)
			break;
		if (e.hi == NULL && e.rows == 0)
			r->hi = NULL;
		if (held)
			rc = write_range(out, scratch, r, d);
		held = e.hi != NULL || e.rows > 0;
		r->lo = lo;
		r->hi = lo = e.hi;
		r->rows = e.rows;
		i = (i + 1) % 3;
	} while (rc == 0 && e.hi != NULL);
	if (rc == 0 && held)
		rc = write_range(out, scratch, r, d);
	for (i = 0; i < 3; i++)
		arena_free(mem[i]);
	arena_free(scratch);
	return rc;
}

static int
run(struct arena *mem, struct db *db, struct out *out, struct diag *d)
{
	struct cut c = { .turn = { .db = db, .read_only = 1 },
		.where = opts.where };
	const struct table *t;
	struct range r;

	if ((t = find_table(mem, db, d)) == NULL)
		return -1;
	c.key = batch_key(mem, t, opts.by, NULL, 0, d);
	if (c.key == NULL)
		return -1;
	c.from = t->from;
	c.alias = db_ident(mem, t->name);
	range_of(mem, t, c.key, &r);
	if (check(&c, t, d) == -1 || read_from_key(&c, mem, &r.lo, d) == -1)
		return -1;
	return cut_all(&c, &r, out, d);
}

int
main(int argc, char **argv)
{
	struct arena *mem = arena_new();
	struct diag d = DIAG_INIT;
	struct out *out;
	struct db *db;
	int first, rc;

	setprogname("dbm-chunks");
	first = xopt_parse(&program, argc, argv);
	if (argc - first != 1)
		xopt_usage(&program, "one table is expected");
	if (opts.size < 1)
		xopt_usage(&program, "--size is at least 1");
	pick_opts.operand = argv + first;
	pick_opts.n = 1;
	sig_init();
	rc = check_where(&d);
	out = out_open(range_columns, RANGE_FIELDS);
	db = rc == 0 ? start(mem, &d) : NULL;
	rc = db == NULL ? -1 : run(mem, db, out, &d);
	out_close(out);
	if (rc == -1 && sig_pending() == 0 && !ferror(stdout))
		diag_print(&d);
	db_close(db);
	sig_end();
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	return rc == -1 ? diag_status(&d) : EXIT_DONE;
}
