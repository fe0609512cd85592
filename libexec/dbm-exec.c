/*
 * dbm exec -- runs SQL: files, stdin, or statements of the command line.
 *
 * Each script is one implicit transaction, unless it has BEGIN and COMMIT of
 * its own, or statements that refuse one.  Rows go to stdout as records,
 * COPY … TO stdout as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/run.h"
#include "db/runs.h"
#include "db/target.h"
#include "migrate/checksum.h"
#include "migrate/units.h"
#include "schema/project.h"
#include "sql/copydata.h"
#include "sql/script.h"

static struct {
	struct opt_list commands, files;
	const char *record;
	int from_stdin, single, dry_run, force;
} opts;

static const struct opt table[] = {
	OPT_LIST('c', "command", "SQL", &opts.commands, "run this SQL"),
	OPT_LIST(0, "file", "FILE", &opts.files, "run this file"),
	OPT_FLAG(0, "stdin", &opts.from_stdin, "run what stdin says"),
	OPT_FLAG(0, "single-transaction", &opts.single,
	    "all of it in one transaction, or nothing"),
	OPT_FLAG('n', "dry-run", &opts.dry_run,
	    "run it in one transaction and roll that back"),
	OPT_STRING(0, "record", "NAME", &opts.record,
	    "keep it in dbm.runs, and refuse the same name again"),
	OPT_FLAG('f', "force", &opts.force,
	    "run it although its name is recorded"),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm exec",
	.summary = "run SQL scripts or statements",
	.operands = "[FILE...|-]",
	.opts = table,
};

struct script {
	const char *name;
	int is_command;	 /* of the command line: its COPY data is on stdin */
	struct buf text; /* COPY data is blanked out, so that offsets hold */
	struct copy_data data;
	size_t next; /* block of it */
	struct units units;
};

struct exec {
	struct arena *mem;
	struct db *db;
	struct script *script;
	size_t n;
	struct out *out; /* of the result that is being written */
	struct script *now;
	struct buf input; /* stdin, as data for a COPY of the command line */
	int printed;	  /* something has been */
	struct diag *d;
};

/* --- reading --- */

static const char *
one_transaction_option(void)
{
	return opts.dry_run ? "--dry-run" : "--single-transaction";
}

/* Whether a transaction holds all of it can only be told of what parses. */
static int
forbidden(const struct script *s, struct diag *d)
{
	const struct units *u = &s->units;
	size_t i;

	if (u->stmt == NULL) {
		diag_at(d, s->name, 0, 0);
		return diag_set(d, "this script does not parse as PostgreSQL "
		    "15, so %s cannot tell whether it commits",
		    one_transaction_option());
	}
	for (i = 0; i < u->nstmt; i++) {
		if (u->stmt[i].kind != SQL_AUTOCOMMIT &&
		    u->stmt[i].kind != SQL_COMMIT &&
		    u->stmt[i].kind != SQL_PREPARE &&
		    u->stmt[i].kind != SQL_ROLLBACK &&
		    u->stmt[i].kind != SQL_BEGIN)
			continue;
		diag_at_offset(d, s->name, s->text.data, s->text.len,
		    u->stmt[i].code);
		return diag_set(d, "this statement cannot be part of one "
		    "transaction, which %s asks for",
		    one_transaction_option());
	}
	return 0;
}

/* A psql command is told here: the server's message would not help. */
static int
is_for_psql(struct exec *e, const struct script *s)
{
	struct sql_script split;
	size_t offset;

	if (sql_split(e->mem, buf_str(&s->text), s->text.len, &split, &offset,
	    e->d) == -1 && offset < s->text.len &&
	    s->text.data[offset] == '\\') {
		diag_at_offset(e->d, s->name, s->text.data, s->text.len,
		    offset);
		return 1;
	}
	diag_reset(e->d);
	return 0;
}

static int
plan(struct exec *e, struct script *s)
{
	if (file_check_text(s->name, &s->text, e->d) == -1)
		return -1;
	if (!s->is_command &&
	    copy_data_cut(e->mem, s->name, &s->text, &s->data, e->d) == -1)
		return -1;
	if (units_plan(e->mem, s->name, buf_str(&s->text), s->text.len,
	    &s->units, e->d) == -1)
		return -1;
	if (s->units.stmt == NULL && is_for_psql(e, s))
		return -1;
	return opts.single || opts.dry_run ? forbidden(s, e->d) : 0;
}

static int
read_scripts(struct exec *e, char **operand, size_t noperands)
{
	size_t i;

	e->script = arena_array(e->mem, struct script, opts.commands.n +
	    opts.files.n + noperands + 1);
	for (i = 0; i < opts.commands.n; i++) {
		e->script[e->n].name = "--command";
		e->script[e->n].is_command = 1;
		buf_adds(&e->script[e->n++].text, opts.commands.item[i]);
	}
	for (i = 0; i < opts.files.n; i++)
		e->script[e->n++].name = opts.files.item[i];
	for (i = 0; i < noperands; i++)
		e->script[e->n++].name = operand[i];
	if (opts.from_stdin || e->n == 0)
		e->script[e->n++].name = "-";
	for (i = opts.commands.n; i < e->n; i++)
		if (file_read(e->script[i].name, &e->script[i].text,
		    e->d) == -1)
			return -1;
	for (i = 0; i < e->n; i++) {
		if (strcmp(e->script[i].name, "-") == 0)
			e->script[i].name = "stdin";
		if (plan(e, &e->script[i]) == -1)
			return -1;
	}
	return 0;
}

/* --- results --- */

static void
on_columns(void *arg, const struct out_column *column, size_t n)
{
	struct exec *e = arg;

	e->out = out_open(column, n);
	e->printed = 1;
}

static void
on_row(void *arg, const char *const *cell, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		out_field(((struct exec *)arg)->out, cell[i]);
}

static void
on_end(void *arg)
{
	struct exec *e = arg;

	out_close(e->out);
	e->out = NULL;
}

static void
on_tag(void *arg, const char *tag)
{
	(void)arg;
	verbose("%s", tag);
}

static int
read_input(struct exec *e, const char **data, size_t *len)
{
	struct diag ignored = DIAG_INIT;
	int rc = -1;

	if (e->input.data == NULL && !opts.from_stdin &&
	    !isatty(STDIN_FILENO))
		rc = file_read("-", &e->input, &ignored);
	*data = buf_str(&e->input);
	*len = e->input.len;
	diag_free(&ignored);
	return rc;
}

static int
on_copy_data(void *arg, const char **data, size_t *len)
{
	struct exec *e = arg;
	struct script *s = e->now;

	if (s->is_command)
		return read_input(e, data, len);
	if (s->next == s->data.n)
		return -1;
	*data = s->data.original + s->data.block[s->next].start;
	*len = s->data.block[s->next++].len;
	return 0;
}

static void
on_copy_out(void *arg, const char *data, size_t len)
{
	((struct exec *)arg)->printed = 1;
	fwrite(data, 1, len, stdout);
}

/* --- running --- */

static int
run_unit(struct exec *e, struct script *s, const struct unit *u)
{
	const struct db_sink sink = { on_columns, on_row, on_end, on_tag,
		on_copy_data, on_copy_out, e };
	char *sql = strndup(buf_str(&s->text) + u->start, u->end - u->start);
	struct units_failure f = { .unit = u, .sent = sql };
	int rc;

	if (sql == NULL)
		return diag_errno(e->d, "cannot run '%s'", s->name);
	e->now = s;
	rc = db_run(e->db, sql, &sink, e->d);
	if (rc == -1 && !db_lost(e->db)) {
		f.position = db_error_position(e->db);
		f.completed = db_completed(e->db);
		units_locate(&s->units, &f, e->d);
	}
	free(sql);
	return rc;
}

static int
run_units(struct exec *e, struct script *s)
{
	size_t i;
	int rc = 0;

	s->next = 0;
	for (i = 0; i < s->units.n && rc == 0; i++)
		rc = run_unit(e, s, &s->units.unit[i]);
	return rc;
}

/*
 * As a migration: an atomic script that failed only for being one
 * transaction has left nothing, and is run statement by statement.
 */
static int
run_script(struct exec *e, struct script *s)
{
	struct diag ignored = DIAG_INIT;
	int rc = run_units(e, s);

	/* rows that have been printed cannot be taken back */
	if (rc == -1 && s->units.mode == UNITS_ATOMIC && e->printed &&
	    strcmp(e->d->sqlstate, "55P04") == 0)
		diag_hint(e->d, "end the ALTER TYPE with a COMMIT, or run it "
		    "by itself");
	if (rc == -1 && s->units.mode == UNITS_ATOMIC && !e->printed &&
	    !db_lost(e->db) &&
	    !db_in_transaction(e->db) && units_need_steps(e->d->sqlstate) &&
	    units_plan_steps(e->mem, &s->units, &ignored) == 0 &&
	    s->units.n > 1) {
		diag_reset(e->d);
		rc = run_units(e, s);
	}
	diag_free(&ignored);
	return rc;
}

static char *
digest_of_all(struct exec *e)
{
	struct buf all = BUF_INIT, what = BUF_INIT;
	char sum[CHECKSUM_SIZE], *out;
	size_t i;

	for (i = 0; i < e->n; i++) {
		buf_addf(&what, "%s%s", i > 0 ? " " : "", e->script[i].name);
		buf_add(&all, buf_str(&e->script[i].text),
		    e->script[i].text.len);
	}
	checksum(buf_str(&all), all.len, sum);
	buf_addf(&what, " sha256:%s", sum);
	out = arena_strdup(e->mem, buf_str(&what));
	buf_free(&all);
	buf_free(&what);
	return out;
}

static int
refuse_recorded(struct exec *e)
{
	const char *state, *when;
	int found;

	found = runs_find(e->db, e->mem, "exec", opts.record, &state, &when,
	    e->d);
	if (found != 1 || opts.force)
		return found == -1 ? -1 : 0;
	diag_reset(e->d);
	if (strcmp(state, "done") == 0)
		diag_hint(e->d, "it is not run twice; --force does");
	else
		diag_hint(e->d, "it has not come to its end: see what it did, "
		    "then --force runs it again");
	return diag_set(e->d, "'%s' is recorded as %s, begun at %s",
	    opts.record, state, when);
}

/* Two may have come this far with the same name: one is refused here. */
static int
begin_record(struct exec *e)
{
	struct buf sql = BUF_INIT;
	int rc;

	runs_add_begin(&sql, e->mem, "exec", opts.record, digest_of_all(e),
	    opts.force);
	rc = db_exec(e->db, buf_str(&sql), e->d);
	buf_free(&sql);
	if (rc == -1 && strcmp(e->d->sqlstate, "23505") == 0) {
		if (db_in_transaction(e->db))
			db_exec(e->db, "ROLLBACK", e->d);
		refuse_recorded(e);
	}
	return rc;
}

/* Where '\' escapes, our parser and the server read different statements. */
static int
check_strings(struct exec *e, const struct script *s)
{
	if (!db_escapes_strings(e->db) ||
	    strchr(buf_str(&s->text), '\\') == NULL)
		return 0;
	diag_at(e->d, s->name, 0, 0);
	return diag_set(e->d, "a script with '\\' cannot be kept in one "
	    "transaction while standard_conforming_strings is off");
}

/* Everything in one transaction, with its record. */
static int
run_as_one(struct exec *e)
{
	struct buf sql = BUF_INIT;
	size_t i;
	int rc;

	rc = db_exec(e->db, "BEGIN", e->d);
	if (rc == 0 && opts.record != NULL) {
		rc = begin_record(e);
		runs_add_end(&sql, e->mem, "exec", opts.record, "done");
		if (rc == 0)
			rc = db_exec(e->db, buf_str(&sql), e->d);
		buf_free(&sql);
	}
	for (i = 0; i < e->n && rc == 0; i++) {
		rc = check_strings(e, &e->script[i]);
		if (rc == 0)
			rc = run_script(e, &e->script[i]);
		if (rc == 0 && !db_in_transaction(e->db))
			rc = diag_set(e->d, "'%s' has ended the transaction: "
			    "what was done stays", e->script[i].name);
	}
	if (rc == -1)
		return -1;
	return db_exec(e->db, opts.dry_run ? "ROLLBACK" : "COMMIT", e->d);
}

static int
run_each(struct exec *e)
{
	struct diag first = DIAG_INIT, *d = e->d;
	struct buf sql = BUF_INIT;
	size_t i;
	int rc = 0;

	if (opts.record != NULL && begin_record(e) == -1)
		return -1;
	for (i = 0; i < e->n && rc == 0; i++)
		rc = run_script(e, &e->script[i]);
	if (opts.record == NULL || db_lost(e->db))
		return rc;
	if (db_in_transaction(e->db))
		db_exec(e->db, "ROLLBACK", &first);
	runs_add_end(&sql, e->mem, "exec", opts.record,
	    rc == 0 ? "done" : "failed");
	e->d = rc == 0 ? d : &first; /* the first error is the one to tell */
	if (db_exec_own(e->db, buf_str(&sql), e->d) == -1)
		rc = -1;
	buf_free(&sql);
	e->d = d;
	diag_free(&first);
	return rc;
}

/* Can all of it, with its record, be one transaction? */
static int
is_atomic(const struct exec *e)
{
	return e->n == 1 && e->script[0].units.mode == UNITS_ATOMIC;
}

static int
run(struct exec *e)
{
	struct project project;
	struct db_url url;

	if (project_load(e->mem, &project_opts, &project, e->d) == -1 ||
	    target_resolve(e->mem, &project, target_opts.url, TARGET_SESSION,
		&url, e->d) == -1 ||
	    (e->db = db_open(&url, DB_KEEP_PATH, e->d)) == NULL)
		return -1;
	if (opts.record != NULL && (refuse_recorded(e) == -1 ||
	    (!opts.dry_run && runs_prepare(e->db, e->d) == -1)))
		return -1;
	if (opts.dry_run)
		opts.record = NULL;
	if (opts.single || opts.dry_run)
		return run_as_one(e);
	if (opts.record == NULL || !is_atomic(e))
		return run_each(e);
	/* the record and the work: both or neither, where that can be */
	if (run_as_one(e) == 0)
		return 0;
	if (db_lost(e->db) || !units_need_steps(e->d->sqlstate))
		return -1;
	diag_reset(e->d);
	if (db_exec(e->db, "ROLLBACK", e->d) == -1)
		return -1;
	return run_each(e);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct exec e = { .mem = arena_new(), .d = &d };
	int first, rc;

	setprogname("dbm-exec");
	first = xopt_parse(&program, argc, argv);
	if (first == argc && opts.commands.n + opts.files.n == 0 &&
	    isatty(STDIN_FILENO))
		xopt_usage(&program, "no SQL: give a FILE, -c SQL, or a pipe");
	sig_init();
	rc = read_scripts(&e, argv + first, (size_t)(argc - first));
	if (rc == 0)
		rc = run(&e);
	if (rc == -1)
		diag_print(&d);
	else if (sig_pending() == 0)
		note(opts.dry_run ? "Script ran without error and was rolled "
		    "back." : "Script executed successfully.");
	db_close(e.db);
	sig_end();
	if (rc == -1)
		return diag_status(&d);
	return out_flush();
}
