/*
 * dbm compare -- tells where the rows of two databases differ.
 *
 * Each side is read under one snapshot of its own, both at once; what travels
 * are digests, and with --keys the keys of rows in ranges that differ.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/sig.h"
#include "db/conn.h"
#include "rows/digest.h"
#include "rows/keyfile.h"
#include "rows/pick.h"
#include "rows/session.h"
#include "rows/sides.h"
#include "schema/project.h"

static struct {
	const char *from, *to;
	int keys;
} opts = { .from = "local", .to = "remote" };

static const struct opt table[] = {
	OPT_INCLUDE(opt_pick),
	OPT_STRING(0, "from", "URL|NAME", &opts.from,
	    "the one database (local)"),
	OPT_STRING(0, "to", "URL|NAME", &opts.to, "the other one (remote)"),
	OPT_FLAG(0, "keys", &opts.keys,
	    "tell the keys of the rows that are not the same"),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_project),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm compare",
	.summary = "tell where the rows of two databases differ",
	.operands = "[TABLE...]",
	.opts = table,
};

static const struct out_column table_columns[] = {
	{ "table", OUT_TEXT },
	{ "from_rows", OUT_NUMBER },
	{ "to_rows", OUT_NUMBER },
	{ "from_digest", OUT_TEXT },
	{ "to_digest", OUT_TEXT },
	{ "equal", OUT_BOOL },
};

static const struct out_column key_columns[] = {
	{ "table", OUT_TEXT },
	{ "key", OUT_TEXT },
	{ "state", OUT_TEXT },
};

struct compare {
	struct arena *mem;
	struct side side[2];
	struct pair *pair;
	size_t npairs;
	struct out *out;
	int found, trouble;
	struct diag *d;
};

/* --- what can be compared --- */

/* Tells it, and goes on with what else there is. */
static void
complain(struct compare *c, struct diag *d)
{
	diag_print(d);
	diag_free(d);
	c->trouble = 1;
}

static int
is_missing(struct compare *c, int side, const struct table *t)
{
	struct diag d = DIAG_INIT;

	if (sides_partner(c->side, side, t) != NULL)
		return 0;
	diag_set(&d, "table '%s' of %s is missing in %s", t->shown,
	    c->side[side].called, c->side[!side].called);
	complain(c, &d);
	return 1;
}

static int
is_hidden(struct compare *c, int side, const struct table *t)
{
	struct diag d = DIAG_INIT;

	if (!t->row_security)
		return 0;
	diag_hint(&d, "connect as its owner, or as a role with BYPASSRLS");
	diag_set(&d, "row level security would hide rows of table '%s' in %s",
	    t->shown, c->side[side].called);
	complain(c, &d);
	return 1;
}

static void
warn_of_columns(struct compare *c, int side, const struct table *t,
    const struct table *other)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		if (table_column(other, t->column[i].name) != NULL)
			continue;
		warning("column '%s' of table '%s' is missing in %s: the "
		    "others are compared", t->column[i].name, t->shown,
		    c->side[!side].called);
		c->found = 1;
	}
}

static int
has_key(struct compare *c, const struct pair *p)
{
	struct diag d = DIAG_INIT;

	if (!opts.keys || p->key != NULL)
		return 1;
	diag_hint(&d, "without --keys its rows are compared as a whole");
	diag_set(&d, "table '%s' has no primary key, nor another one without "
	    "NULLs, that both sides have: --keys cannot name its rows",
	    p->table[0]->shown);
	complain(c, &d);
	return 0;
}

static void
add_pair(struct compare *c, const struct table *a, const struct table *b)
{
	struct pair *p;

	c->pair = arena_more(c->mem, c->pair, c->npairs, sizeof(*c->pair));
	p = &c->pair[c->npairs];
	*p = (struct pair){ .db = { c->side[0].db, c->side[1].db },
		.table = { a, b } };
	digest_pair(c->mem, p);
	if (!has_key(c, p))
		return;
	warn_of_columns(c, 0, a, b);
	warn_of_columns(c, 1, b, a);
	c->npairs++;
}

/* All that stands against it is told at once. */
static void
pair_up(struct compare *c)
{
	const struct tables *chosen = &c->side[0].chosen;
	struct table *a, *b;
	size_t i;

	for (i = 0; i < chosen->n; i++) {
		a = chosen->table[i];
		b = sides_partner(c->side, 0, a);
		if (!is_missing(c, 0, a) && !is_hidden(c, 0, a) &&
		    !is_hidden(c, 1, b))
			add_pair(c, a, b);
	}
	chosen = &c->side[1].chosen;
	for (i = 0; i < chosen->n; i++)
		is_missing(c, 1, chosen->table[i]);
}

/* --- comparing --- */

static int
compare_whole(struct compare *c, const struct pair *p)
{
	struct digest digest[2];
	int equal;

	if (digest_tables(c->mem, p, digest, c->d) == -1)
		return -1;
	equal = digest[0].rows == digest[1].rows &&
	    strcmp(digest[0].sum, digest[1].sum) == 0 && !p->partial;
	progress_clear();
	out_field(c->out, p->table[0]->shown);
	out_number(c->out, digest[0].rows);
	out_number(c->out, digest[1].rows);
	out_field(c->out, digest[0].sum);
	out_field(c->out, digest[1].sum);
	out_bool(c->out, equal);
	c->found |= !equal;
	return 0;
}

struct finding {
	struct compare *c;
	const struct pair *pair;
	struct buf key;
};

static int
on_key(void *arg, enum key_state state, const char *const *value, size_t n)
{
	struct finding *f = arg;

	buf_reset(&f->key);
	key_text(&f->key, value, n);
	progress_clear();
	out_field(f->c->out, f->pair->table[1]->shown);
	out_field(f->c->out, buf_str(&f->key));
	out_field(f->c->out, key_state_name[state]);
	f->c->found = 1;
	return 0;
}

static int
compare_keys(struct compare *c, const struct pair *p)
{
	struct finding f = { c, p, BUF_INIT };
	struct ranges r;
	int rc;

	rc = digest_ranges(c->mem, p, 0, &r, c->d);
	if (rc == 0) {
		progress_clear();
		verbose("%s: %lld and %lld rows, of them %lld and %lld in "
		    "ranges that differ", p->table[0]->shown, r.rows[0],
		    r.rows[1], r.differ[0], r.differ[1]);
		rc = digest_keys(p, &r, 0, on_key, &f, c->d);
	}
	buf_free(&f.key);
	return rc;
}

static void
tick(void *arg)
{
	(void)arg;
	progress_tick();
}

static int
compare_all(struct compare *c)
{
	size_t i;
	int rc = 0;

	c->out = opts.keys ? out_open(key_columns, 3) :
	    out_open(table_columns, 6);
	db_set_tick(c->side[0].db, 0.5, tick, NULL);
	db_set_tick(c->side[1].db, 0.5, tick, NULL);
	progress_start(c->npairs);
	for (i = 0; i < c->npairs && rc == 0; i++) {
		progress_item(i, c->pair[i].table[0]->shown);
		rc = opts.keys ? compare_keys(c, &c->pair[i]) :
		    compare_whole(c, &c->pair[i]);
	}
	progress_clear();
	out_close(c->out);
	return rc;
}

static int
run(struct compare *c)
{
	const char *const name[2] = { opts.from, opts.to };
	struct project project;

	if (project_load(c->mem, &project_opts, &project, c->d) == -1 ||
	    sides_open(c->mem, c->side, &project, name, c->d) == -1 ||
	    rows_begin(c->side[0].db, ROWS_READ, NULL, c->d) == -1 ||
	    rows_begin(c->side[1].db, ROWS_READ, NULL, c->d) == -1 ||
	    sides_pick(c->mem, c->side, &pick_opts, c->d) == -1)
		return -1;
	pair_up(c);
	return compare_all(c);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct compare c = { .mem = arena_new(), .d = &d };
	int first, rc;

	setprogname("dbm-compare");
	first = xopt_parse(&program, argc, argv);
	pick_opts.operand = argv + first;
	pick_opts.n = (size_t)(argc - first);
	sig_init();
	rc = run(&c);
	if (rc == -1 && sig_pending() == 0)
		diag_print(&d);
	sides_close(c.side);
	sig_end();
	if (out_flush() != EXIT_DONE)
		return EXIT_TROUBLE;
	if (rc == -1)
		return diag_status(&d);
	return c.trouble ? EXIT_TROUBLE : c.found ? EXIT_FOUND : EXIT_DONE;
}
