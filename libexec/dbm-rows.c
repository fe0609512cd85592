/*
 * dbm rows -- writes tables as a stream of rows.
 *
 * All of them are read under one snapshot, parents come before children.
 * The stream (dbm-rows(5)) is the data part of a plain pg_dump.  With
 * --select a list that comes line by line says what to read.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "base/utf8.h"
#include "base/writer.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/order.h"
#include "rows/pick.h"
#include "rows/select.h"
#include "rows/session.h"
#include "rows/since.h"
#include "schema/project.h"
#include "sql/expression.h"

static struct {
	const char *where, *since, *columns, *snapshot, *select;
} opts;

static const struct opt table[] = {
	OPT_INCLUDE(opt_pick),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "only rows of which this is true"),
	OPT_STRING(0, "since", "TIME", &opts.since,
	    "only rows made or changed at that time or later"),
	OPT_STRING(0, "columns", "LIST", &opts.columns,
	    "these columns, in this order; with commas between"),
	OPT_STRING(0, "snapshot", "ID", &opts.snapshot,
	    "read what a session sees that has exported this"),
	OPT_STRING(0, "select", "FILE|-", &opts.select,
	    "read from there what to write, and write it as it comes"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm rows",
	.summary = "write tables as a stream of rows",
	.operands = "[TABLE...]",
	.opts = table,
};

struct rows {
	struct arena *mem;
	struct db *db;
	struct writer out;
	struct tables all;
	const char *since; /* UTC */
	const char **column; /* of --columns */
	size_t ncolumns;
	struct diag *d;
};

/* --- what to read of a table --- */

/* One name of a list, as it is written, or between double quotes. */
static const char *
next_name(struct arena *mem, const char **list)
{
	const char *s = *list + strspn(*list, " "), *end;
	struct buf b = BUF_INIT;
	char *name;

	if (*s == '"') {
		for (s++; *s != '\0' && (*s != '"' || *++s == '"'); s++)
			buf_addc(&b, *s);
		s += strspn(s, " ");
	} else {
		end = s + strcspn(s, ",");
		buf_add(&b, s, (size_t)(end - s));
		s = end;
		while (b.len > 0 && b.data[b.len - 1] == ' ')
			b.data[--b.len] = '\0';
	}
	*list = *s == ',' ? s + 1 : NULL;
	name = arena_strdup(mem, buf_str(&b));
	if (*s != ',' && *s != '\0')
		name = NULL;
	buf_free(&b);
	return name;
}

static int
read_columns(struct rows *r)
{
	const char *list = opts.columns, *name;
	size_t i;

	while (list != NULL) {
		name = next_name(r->mem, &list);
		if (name == NULL || *name == '\0')
			return diag_set(r->d, "--columns '%s' is no list of "
			    "names", opts.columns);
		for (i = 0; i < r->ncolumns; i++)
			if (strcmp(r->column[i], name) == 0)
				return diag_set(r->d, "--columns has '%s' "
				    "twice", name);
		r->column = arena_more(r->mem, r->column, r->ncolumns,
		    sizeof(*r->column));
		r->column[r->ncolumns++] = name;
	}
	return 0;
}

static int
no_column(struct rows *r, const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (name_is_like(t->column[i].name, name)) {
			diag_hint(r->d, "did you mean '%s'?",
			    t->column[i].name);
			break;
		}
	return diag_set(r->d, "table '%s' has no column '%s'", t->shown, name);
}

static int
set_columns(struct rows *r, const struct table *t, struct select *s)
{
	const struct column **column;
	size_t i, n = r->ncolumns;

	if (n == 0)
		column = table_streamed(r->mem, t, &n);
	else
		column = arena_array(r->mem, const struct column *, n);
	for (i = 0; i < r->ncolumns; i++) {
		column[i] = table_column(t, r->column[i]);
		if (column[i] == NULL)
			return no_column(r, t, r->column[i]);
		if (column[i]->generated)
			return diag_set(r->d, "column '%s' of table '%s' is "
			    "generated: no row stream carries it",
			    r->column[i], t->shown);
	}
	s->columns = columns_list(r->mem, column, n, "");
	return 0;
}

static void
set_condition(struct rows *r, const struct table *t, struct select *s)
{
	struct since_columns c = { NULL, NULL };

	if (r->since != NULL)
		since_columns(t, &c);
	s->condition = opts.where;
	if (c.created != NULL || c.updated != NULL)
		s->condition = since_condition(r->mem, &c, r->since, NULL);
	else if (r->since != NULL)
		warning("table '%s' has no column that tells when a row was "
		    "made or changed: it is written whole", t->shown);
	if (s->condition != opts.where && opts.where != NULL)
		s->condition = arena_printf(r->mem, "%s\n) AND (%s",
		    opts.where, s->condition);
}

static int
set_select(struct rows *r, const struct table *t, struct select *s)
{
	memset(s, 0, sizeof(*s));
	s->ident = t->ident;
	s->from = t->from;
	s->whole = t->kind == 'r';
	s->shown = t->shown;
	if (t->row_security) {
		diag_hint(r->d, "connect as its owner, or as a role with "
		    "BYPASSRLS");
		return diag_set(r->d, "row level security would hide rows of "
		    "table '%s'", t->shown);
	}
	return set_columns(r, t, s);
}

/* --- TABLE… --- */

/* Where in the condition the server has found something, if it is there. */
static void
locate(struct rows *r, const struct buf *sql, const size_t *at, size_t n)
{
	size_t len = strlen(opts.where), offset;

	if (db_error_position(r->db) == 0)
		return;
	offset = utf8_offset(sql->data, sql->len,
	    db_error_position(r->db) - 1);
	while (n-- > 0)
		if (offset >= at[n] && offset < at[n] + len) {
			diag_at_offset(r->d, "--where", opts.where, len,
			    offset - at[n]);
			return;
		}
}

/*
 * Everything is asked for without a row of it first, so that nothing is
 * written where something is wrong with any; the tables are locked by it.
 */
static int
check(struct rows *r, const struct select *s, size_t n)
{
	size_t *at = arena_array(r->mem, size_t, n + 1), i;
	struct buf sql = BUF_INIT;
	int rc;

	for (i = 0; i < n; i++) {
		select_query(&sql, &s[i], &at[i]);
		buf_adds(&sql, " LIMIT 0;\n");
	}
	rc = n == 0 ? 0 : db_exec(r->db, buf_str(&sql), r->d);
	if (rc == -1 && opts.where != NULL)
		locate(r, &sql, at, n);
	if (rc == -1 && db_completed(r->db) < n)
		select_failed(&s[db_completed(r->db)], r->db, r->d);
	buf_free(&sql);
	return rc;
}

static int
write_sequences(struct rows *r, const struct table *t)
{
	const struct sequence *q = t->sequence, *end = q + t->nsequences;
	struct buf b = BUF_INIT;
	int rc;

	for (; q < end; q++)
		if (q->last != NULL)
			buf_addf(&b, "SELECT pg_catalog.setval(%s, %s, "
			    "true);\n\n", db_literal(r->mem, q->ident),
			    q->last);
	rc = writer_add(&r->out, buf_str(&b), b.len, r->d);
	buf_free(&b);
	return rc;
}

static int
write_begin(struct rows *r)
{
	return writer_adds(&r->out, "BEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n\n",
	    r->d);
}

static int
write_commit(struct rows *r)
{
	return writer_adds(&r->out, "COMMIT;\n\n", r->d);
}

static int
write_table(struct rows *r, const struct select *s)
{
	if (sig_pending() != 0 ||
	    select_write(s, r->db, &r->out, r->d) == -1)
		return -1;
	verbose("%s: %lld row%s", s->shown, db_affected(r->db),
	    db_affected(r->db) == 1 ? "" : "s");
	return 0;
}

static int
write_group(struct rows *r, const struct table_group *g,
    const struct select *s)
{
	size_t i;

	if (g->n > 1 && write_begin(r) == -1)
		return -1;
	for (i = 0; i < g->n; i++)
		if (write_table(r, &s[i]) == -1 ||
		    write_sequences(r, g->table[i]) == -1)
			return -1;
	return g->n > 1 ? write_commit(r) : 0;
}

static int
read_time(struct rows *r)
{
	static const char sql[] = "SELECT ($1::pg_catalog.timestamptz AT TIME "
	    "ZONE 'UTC')::pg_catalog.text";
	struct db_rows *rows = db_query(r->db, r->mem, sql, 1, &opts.since,
	    r->d);

	if (rows == NULL) {
		if (r->d->sqlstate[0] == '2') { /* data exception */
			diag_reset(r->d);
			diag_set(r->d, "--since '%s' is no time that "
			    "PostgreSQL can read", opts.since);
		}
		return -1;
	}
	r->since = db_cell(rows, 0, 0);
	return 0;
}

static int
write_tables(struct rows *r)
{
	struct table_order order;
	struct tables chosen;
	struct select *s, *at;
	size_t i, j;
	int rc = 0;

	if (opts.since != NULL && read_time(r) == -1)
		return -1;
	if (pick_tables(r->mem, r->db, &pick_opts, &r->all, &chosen, r->d)
	    == -1)
		return -1;
	tables_order(r->mem, chosen.table, chosen.n, &order);
	at = s = arena_array(r->mem, struct select, chosen.n + 1);
	for (i = 0; i < order.n; i++)
		for (j = 0; j < order.group[i].n; j++, at++) {
			if (set_select(r, order.group[i].table[j], at) == -1)
				return -1;
			set_condition(r, order.group[i].table[j], at);
		}
	if (check(r, s, chosen.n) == -1)
		return -1;
	for (i = 0, at = s; i < order.n && rc == 0; i++) {
		rc = write_group(r, &order.group[i], at);
		at += order.group[i].n;
	}
	return rc;
}

/* --- --select --- */

static const struct table *
look_up(struct rows *r, const char *schema, const char *name)
{
	const struct table *t = table_find(&r->all, schema, name);

	if (t == NULL && tables_read(r->mem, r->db, &schema, 1, &r->all,
	    r->d) == 0)
		t = table_find(&r->all, schema, name);
	if (t == NULL && r->d->text.len == 0)
		diag_set(r->d, "there is no table '%s' in database '%s', "
		    "schema %s", name, db_url_of(r->db)->dbname, schema);
	return t;
}

/* With columns nothing has to be asked. */
static int
set_named(struct rows *r, struct arena *mem, const struct select_record *rec,
    struct select *s)
{
	const char *schema = rec->name.schema != NULL ? rec->name.schema :
	    db_url_of(r->db)->schema;
	const struct table *t;
	struct buf b = BUF_INIT;
	size_t i;

	if (rec->name.ncolumns == 0) {
		t = look_up(r, schema, rec->name.table);
		return t == NULL ? -1 : set_select(r, t, s);
	}
	memset(s, 0, sizeof(*s));
	s->ident = arena_printf(mem, "%s.%s", db_ident(mem, schema),
	    db_ident(mem, rec->name.table));
	s->from = arena_printf(mem, "%s%s", rec->name.only ? "ONLY " : "",
	    s->ident);
	s->whole = rec->name.only;
	s->shown = rec->text;
	for (i = 0; i < rec->name.ncolumns; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    db_ident(mem, rec->name.column[i]));
	s->columns = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return 0;
}

static int
write_record(struct rows *r, struct arena *mem,
    const struct select_record *rec)
{
	struct select s;

	switch (rec->kind) {
	case SELECT_BEGIN:
		return write_begin(r);
	case SELECT_COMMIT:
		return write_commit(r);
	default:
		if (set_named(r, mem, rec, &s) == -1)
			return -1;
		s.condition = rec->condition;
		return write_table(r, &s);
	}
}

static int
write_selected(struct rows *r)
{
	struct select_input *in = select_open(opts.select, r->d);
	struct arena *scratch = arena_new();
	struct select_record rec;
	int rc = in == NULL ? -1 : 0, in_bracket = 0;

	while (rc == 0) {
		arena_reset(scratch);
		rc = select_next(in, scratch, &rec, r->d);
		if (rc == -1 || rec.kind == SELECT_END)
			break;
		rc = write_record(r, scratch, &rec);
		in_bracket = rec.kind == SELECT_BEGIN ||
		    (in_bracket && rec.kind != SELECT_COMMIT);
		if (rc == 0 && !in_bracket)
			rc = writer_flush(&r->out, r->d);
	}
	arena_free(scratch);
	select_close(in);
	return rc;
}

/* --- all of it --- */

static int
start(struct rows *r)
{
	struct project project;
	struct db_url url;

	if (project_load(r->mem, &project_opts, &project, r->d) == -1 ||
	    target_resolve(r->mem, &project, target_opts.url, 0, &url, r->d)
	    == -1 || (r->db = db_open(&url, 0, r->d)) == NULL)
		return -1;
	return rows_begin(r->db, ROWS_READ, opts.snapshot, r->d);
}

static int
check_where(struct rows *r)
{
	size_t offset;

	if (opts.where == NULL ||
	    expression_check(opts.where, &offset, r->d) == 0)
		return 0;
	diag_at_offset(r->d, "--where", opts.where, strlen(opts.where),
	    offset);
	return -1;
}

static int
run(struct rows *r)
{
	int rc = -1;

	if (check_where(r) == 0 &&
	    (opts.columns == NULL || read_columns(r) == 0) && start(r) == 0)
		rc = opts.select != NULL ? write_selected(r) :
		    write_tables(r);
	if (rc == 0)
		rc = rows_commit(r->db, r->d);
	return rc;
}

static void
check_usage(void)
{
	int more = pick_opts.n + pick_opts.include.n + pick_opts.exclude.n > 0;

	if (opts.select == NULL)
		return;
	if (more || opts.where != NULL || opts.since != NULL ||
	    opts.columns != NULL)
		xopt_usage(&program, "--select says itself what to read");
	if (strcmp(opts.select, "-") == 0 && isatty(STDIN_FILENO))
		xopt_usage(&program, "--select -: a pipe is needed");
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT, torn = DIAG_INIT;
	struct rows r = { .mem = arena_new(), .d = &d };
	int first, rc;

	setprogname("dbm-rows");
	first = xopt_parse(&program, argc, argv);
	pick_opts.operand = argv + first;
	pick_opts.n = (size_t)(argc - first);
	check_usage();
	sig_init();
	writer_init(&r.out, STDOUT_FILENO);
	rc = run(&r);
	/* what was read before an error is as good as ever */
	if (writer_flush(&r.out, rc == 0 ? &d : &torn) == -1)
		rc = -1;
	db_close(r.db);
	sig_end();
	if (rc == 0)
		return out_flush();
	diag_print(&d);
	return diag_status(&d);
}
