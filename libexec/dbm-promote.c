/*
 * dbm promote -- changes one value of a column to another.
 *
 * Shows what that would do, and with --execute does it in batches; what was
 * there before is kept, and --undo puts it back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/like.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/quote.h"
#include "base/sig.h"
#include "base/utf8.h"
#include "batch/assemble.h"
#include "batch/change.h"
#include "batch/control.h"
#include "batch/operand.h"
#include "batch/perform.h"
#include "db/conn.h"
#include "db/target.h"
#include "rows/equal.h"
#include "rows/table.h"
#include "schema/project.h"

static struct {
	const char *from, *to, *where, *undo, *name;
	int execute, dry_run;
} opts;

static const struct opt table[] = {
	OPT_STRING(0, "from", "VALUE", &opts.from, "the value that goes"),
	OPT_STRING(0, "to", "VALUE", &opts.to, "the one that comes"),
	OPT_STRING(0, "where", "SQL", &opts.where,
	    "only rows of which this is true"),
	OPT_FLAG(0, "execute", &opts.execute, "do it; else it is shown only"),
	OPT_FLAG('n', "dry-run", &opts.dry_run, "only show it (the default)"),
	OPT_STRING(0, "name", "NAME", &opts.name,
	    "of the run (the table's name and a hash)"),
	OPT_STRING(0, "undo", "RUN", &opts.undo,
	    "put back what a run has changed"),
	OPT_INCLUDE(opt_run),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_target),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm promote",
	.summary = "change one value of a column to another",
	.operands = "[TABLE COLUMN]",
	.opts = table,
};

struct promote {
	struct arena *mem;
	struct batch_sessions on;
	struct perform perform;
	const struct table *table;
	const struct column *column;
	struct diag *d;
};

/* --- what is meant --- */

static int
find_column(struct promote *p, const char *name)
{
	const struct table *t = p->table;
	size_t i;

	if ((p->column = table_column(t, name)) != NULL)
		return 0;
	for (i = 0; i < t->ncolumns; i++)
		if (name_is_like(t->column[i].name, name))
			diag_hint(p->d, "did you mean '%s'?",
			    t->column[i].name);
	return diag_set(p->d, "table '%s' has no column '%s'", t->shown, name);
}

static int
find(struct promote *p, char **operand)
{
	p->table = operand_table(p->mem, p->on.db, operand[0], p->d);
	if (p->table == NULL)
		return -1;
	return find_column(p, operand[1]);
}

/* --- values --- */

static int
refuse_label(const struct promote *p, const char *option, const char *value)
{
	const struct column *c = p->column;
	struct buf labels = BUF_INIT;
	size_t i;

	for (i = 0; i < c->nlabels; i++)
		if (name_is_like(c->label[i], value))
			break;
	if (i < c->nlabels)
		diag_hint(p->d, "did you mean '%s'?", c->label[i]);
	else {
		for (i = 0; i < c->nlabels && i < 20; i++)
			buf_addf(&labels, "%s'%s'", i > 0 ? ", " : "",
			    c->label[i]);
		diag_hint(p->d, "it has %s%s", buf_str(&labels),
		    i < c->nlabels ? ", ..." : "");
	}
	buf_free(&labels);
	return diag_set(p->d, "%s: '%s' is no value of the enum %s of column "
	    "'%s'", option, value, c->type, c->name);
}

static int
is_label(const struct column *c, const char *value)
{
	size_t i;

	for (i = 0; i < c->nlabels; i++)
		if (strcmp(c->label[i], value) == 0)
			return 1;
	return 0;
}

/* The server says what is wrong with it; we, where it was said. */
static int
check_value(struct promote *p, const char *option, const char *value)
{
	const struct column *c = p->column;
	struct buf b = BUF_INIT, literal = BUF_INIT;
	struct db_rows *r;
	const char *why;

	if (c->type_kind == 'e' && !is_label(c, value))
		return refuse_label(p, option, value);
	quote_string(&literal, value);
	buf_adds(&b, "SELECT ");
	equal_assigned(&b, c, buf_str(&literal));
	r = db_query(p->on.db, p->mem, buf_str(&b), 0, NULL, p->d);
	buf_free(&b);
	buf_free(&literal);
	if (r != NULL)
		return 0;
	why = arena_strdup(p->mem, buf_str(&p->d->text));
	return diag_set(p->d, "%s: column '%s': %s", option, c->name, why);
}

/*
 * Can the value be compared with the column?  json and point have no '=', nor
 * has what is made of them; a composite, regtype, and a domain over an enum
 * have none with a literal.  They go by the text.
 */
static int
can_compare(struct promote *p)
{
	struct buf b = BUF_INIT;
	struct db_rows *r;

	buf_addf(&b, "SELECT FROM %s WHERE false AND %s = ", p->table->from,
	    p->column->ident);
	quote_string(&b, opts.from);
	buf_addf(&b, " GROUP BY %s", p->column->ident);
	r = db_query(p->on.db, p->mem, buf_str(&b), 0, NULL, p->d);
	buf_free(&b);
	diag_reset(p->d);
	return r != NULL;
}

/* --- the statement --- */

static int
build(struct promote *p, struct assemble *a)
{
	if (check_value(p, "--from", opts.from) == -1 ||
	    check_value(p, "--to", opts.to) == -1)
		return -1;
	buf_addf(&a->sql, "UPDATE %s SET %s = ", p->table->ident,
	    p->column->ident);
	quote_string(&a->sql, opts.to);
	buf_addf(&a->sql, " WHERE %s%s = ", p->column->ident,
	    can_compare(p) ? "" : "::text");
	quote_string(&a->sql, opts.from);
	if (opts.where == NULL)
		return 0;
	buf_adds(&a->sql, " AND (");
	if (assemble_add(a, "--where", opts.where, p->d) == -1)
		return -1;
	buf_adds(&a->sql, ")");
	return 0;
}

/* It may be a slip of the pen: which values are there? */
static void
tell_values(struct promote *p)
{
	struct diag ignored = DIAG_INIT;
	struct buf b = BUF_INIT, values = BUF_INIT;
	struct db_rows *r;
	size_t i;

	buf_addf(&b, "SELECT v, pg_catalog.count(*) FROM (SELECT "
	    "pg_catalog.left(%s::text, 40) FROM %s) AS t (v) "
	    "WHERE v IS NOT NULL GROUP BY v ORDER BY 2 DESC, 1 LIMIT 5",
	    p->column->ident, p->table->from);
	r = db_query(p->on.db, p->mem, buf_str(&b), 0, NULL, &ignored);
	for (i = 0; r != NULL && i < r->nrows; i++) {
		buf_adds(&values, i == 0 ? ": most have '" : ", '");
		utf8_plain(&values, db_cell(r, i, 0));
		buf_addf(&values, "' (%s)", db_cell(r, i, 1));
	}
	note("no row has '%s' in column '%s'%s", opts.from, p->column->name,
	    buf_str(&values));
	buf_free(&b);
	buf_free(&values);
	diag_free(&ignored);
}

static int
change(struct promote *p, char **operand)
{
	struct assemble a = { .mem = p->mem };
	struct change c = { .db = p->on.db };

	if (find(p, operand) == -1 || build(p, &a) == -1)
		return -1;
	assemble_change(&a, &c);
	if (change_open(&c, NULL, p->d) == -1 ||
	    change_check(&c, p->d) == -1)
		return -1;
	if (perform_change(&p->perform, &c, p->d) == -1)
		return -1;
	if (!opts.execute && p->perform.rows == 0 && opts.where == NULL)
		tell_values(p);
	return 0;
}

/* --- undoing --- */

static int
undo(struct promote *p)
{
	struct undo u = { .mem = p->mem, .db = p->on.db };

	u.run = control_kept(p->mem, p->on.db, opts.undo, p->d);
	if (u.run == NULL)
		return -1;
	return undo_open(&u, p->d) == -1 ? -1 :
	    perform_undo(&p->perform, &u, p->d);
}

static int
run(struct promote *p, char **operand, size_t n)
{
	struct project project;
	int rc;

	if (project_load(p->mem, &project_opts, &project, p->d) == -1 ||
	    run_options_check(p->d) == -1 ||
	    batch_open(p->mem, &project, &p->on, p->d) == -1)
		return -1;
	/* now that a password in the URL is known, and masked */
	p->perform.options = perform_command(&p->perform, program.name,
	    operand, n, opts.execute);
	p->perform.command = perform_command(&p->perform, program.name,
	    operand, n, 1);
	rc = opts.undo != NULL ? undo(p) : change(p, operand);
	batch_close(&p->on);
	return rc;
}

static void
check_usage(int noperands)
{
	if (opts.name != NULL && !control_is_name(opts.name))
		xopt_usage(&program, "--name: a name has letters, and no "
		    "control characters");
	if (opts.execute && opts.dry_run)
		xopt_usage(&program, "--execute and --dry-run exclude each "
		    "other");
	if (opts.undo != NULL) {
		if (noperands > 0 || opts.from != NULL || opts.to != NULL ||
		    opts.where != NULL || opts.name != NULL)
			xopt_usage(&program, "--undo: a run knows itself what "
			    "it has changed");
		return;
	}
	if (noperands != 2)
		xopt_usage(&program, "a table and a column are needed");
	if (opts.from == NULL || opts.to == NULL)
		xopt_usage(&program, "--from and --to are needed");
	if (strcmp(opts.from, opts.to) == 0)
		xopt_usage(&program, "--from and --to are the same");
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct promote p = { .mem = arena_new(), .d = &d };
	int first, rc;

	setprogname("dbm-promote");
	run_options.most = PROMOTE_ROWS;
	first = xopt_parse(&program, argc, argv);
	check_usage(argc - first);
	sig_init();
	sig_ignore_pipe(); /* a run stops in order */
	sig_catch_usr1();
	p.perform = (struct perform){ .mem = p.mem, .on = &p.on,
		.kind = "promote", .name = opts.name, .keep_before = 1,
		.execute = opts.execute, .execute_option = &opts.execute,
		.dry_run_option = &opts.dry_run };
	rc = run(&p, argv + first, (size_t)(argc - first));
	progress_clear();
	if (rc == -1 && (sig_pending() == 0 || d.text.len > 0))
		diag_print(&d);
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	sig_end();
	return rc == -1 ? diag_status(&d) : perform_status(&p.perform);
}
