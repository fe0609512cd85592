/*
 * One SELECT of one row: a scalar subquery for each number that is wanted,
 * and two more for a cast.  What has no answer is NULL.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/sig.h"
#include "catalog/risk.h"
#include "db/conn.h"
#include "db/counts.h"

#define CELLS 3	     /* of a risk */
#define RISKS 400    /* in one query: it has at most 1664 columns */
#define PATIENCE 60  /* seconds, for all of them */
#define LOCK_WAIT 3  /* seconds, for a table that is locked */

/* What to put where in a predicate. */
struct predicate {
	struct arena *mem;
	const char *column;
	const struct cat_type *from, *to;
};

static char *
table(struct arena *mem, const struct risk_column *c)
{
	return arena_printf(mem, "%s.%s", db_ident(mem, c->ns),
	    db_ident(mem, c->table));
}

/* --- casts: which values do not fit, which become others --- */

static int
is_number(enum native n)
{
	return n == NATIVE_SMALLINT || n == NATIVE_INTEGER ||
	    n == NATIVE_BIGINT || n == NATIVE_DECIMAL || n == NATIVE_REAL ||
	    n == NATIVE_DOUBLE;
}

static char *
outside(const struct predicate *p, const char *min, const char *max)
{
	if (!is_number(p->from->native))
		return NULL;
	return arena_printf(p->mem, "round(%s::numeric) NOT BETWEEN %s AND %s",
	    p->column, min, max);
}

static char *
not_smallint(const struct predicate *p)
{
	return outside(p, "-32768", "32767");
}

static char *
not_integer(const struct predicate *p)
{
	return outside(p, "-2147483648", "2147483647");
}

static char *
not_bigint(const struct predicate *p)
{
	return outside(p, "-9223372036854775808", "9223372036854775807");
}

static char *
not_decimal(const struct predicate *p)
{
	if (!is_number(p->from->native) || p->to->nargs < 2)
		return NULL;
	return arena_printf(p->mem, "abs(round(%s::numeric, %ld)) >= "
	    "10::numeric ^ %ld", p->column, p->to->arg[1],
	    p->to->arg[0] - p->to->arg[1]);
}

/* What is too long by blanks only is cut without an error. */
static char *
too_long(const struct predicate *p)
{
	if (p->to->nargs < 1 && p->to->native == NATIVE_VARCHAR)
		return arena_strdup(p->mem, "false");
	return arena_printf(p->mem, "length(rtrim(%s::text, ' ')) > %ld",
	    p->column, p->to->nargs < 1 ? 1 : p->to->arg[0]);
}

static char *
wrong_bits(const struct predicate *p)
{
	if (p->from->native != NATIVE_BIT && p->from->native != NATIVE_VARBIT)
		return NULL;
	return arena_printf(p->mem, "length(%s) %s %ld", p->column,
	    p->to->native == NATIVE_BIT ? "<>" : ">",
	    p->to->nargs < 1 ? 1 : p->to->arg[0]);
}

static char *
has_fraction(const struct predicate *p)
{
	return arena_printf(p->mem, "%s::numeric <> round(%s::numeric)",
	    p->column, p->column);
}

static char *
has_more_digits(const struct predicate *p)
{
	if (p->to->nargs < 2)
		return NULL;
	return arena_printf(p->mem, "%s::numeric <> round(%s::numeric, %ld)",
	    p->column, p->column, p->to->arg[1]);
}

/* NULL instead of a function: never; a function that gives NULL: unknown. */
static const struct {
	char *(*misfit)(const struct predicate *);
	char *(*rounded)(const struct predicate *);
} casts[NATIVE__MAX] = {
	[NATIVE_SMALLINT] = { not_smallint, has_fraction },
	[NATIVE_INTEGER] = { not_integer, has_fraction },
	[NATIVE_BIGINT] = { not_bigint, has_fraction },
	[NATIVE_DECIMAL] = { not_decimal, has_more_digits },
	[NATIVE_VARCHAR] = { too_long, NULL },
	[NATIVE_CHAR] = { too_long, NULL },
	[NATIVE_BIT] = { wrong_bits, NULL },
	[NATIVE_VARBIT] = { wrong_bits, NULL },
};

static void
add_filtered(struct buf *b, const char *from, const char *predicate)
{
	buf_addf(b, ", (SELECT count(*) FROM %s WHERE %s)", from, predicate);
}

static void
add_cast(struct arena *mem, const struct risk *r, struct buf *b)
{
	const struct cat_type *to = &r->clause->to->type;
	struct predicate p = { mem, db_ident(mem, r->on.name),
		&r->clause->from->type, to };
	const char *misfit = NULL, *rounded = NULL;

	if (casts[to->native].misfit != NULL && to->arity != ARITY_LIST &&
	    p.from->native != NATIVE_UNSUPPORTED)
		misfit = casts[to->native].misfit(&p);
	if (misfit == NULL) {
		buf_adds(b, ", NULL, NULL");
		return;
	}
	if (casts[to->native].rounded != NULL)
		rounded = casts[to->native].rounded(&p);
	add_filtered(b, table(mem, &r->on), misfit);
	if (rounded != NULL)
		add_filtered(b, table(mem, &r->on), rounded);
	else
		buf_adds(b, ", 0");
}

/* --- the number that each risk asks for --- */

/* Rows that are equal in all columns; NULLs never are. */
static void
add_duplicates(struct arena *mem, const struct risk *r, struct buf *b)
{
	struct buf list = BUF_INIT, where = BUF_INIT;
	const char *name;
	size_t i;

	for (i = 0; i < r->ncolumns; i++) {
		name = db_ident(mem, r->column[i].name);
		buf_addf(&list, "%s%s", i > 0 ? ", " : "", name);
		buf_addf(&where, "%s%s IS NOT NULL", i > 0 ? " AND " : "",
		    name);
	}
	if (r->never)
		buf_adds(b, "0");
	else if (r->ncolumns == 0)
		buf_addf(b, "(SELECT count(*) FROM (SELECT FROM %s HAVING "
		    "count(*) > 1) AS x)", table(mem, &r->on));
	else
		buf_addf(b, "(SELECT count(*) FROM (SELECT FROM %s WHERE %s "
		    "GROUP BY %s HAVING count(*) > 1) AS x)",
		    table(mem, &r->on), buf_str(&where), buf_str(&list));
	buf_free(&list);
	buf_free(&where);
}

static void
add_uses(struct arena *mem, const struct risk *r, struct buf *b)
{
	const struct change *c = r->change;
	const struct risk_column *column;
	struct buf values = BUF_INIT;
	size_t i;

	for (i = 0; i < c->nremoved; i++)
		buf_addf(&values, "%s%s", i > 0 ? ", " : "",
		    db_literal(mem, c->removed[i]));
	buf_adds(b, "0");
	for (i = 0; i < r->ncolumns; i++) {
		column = &r->column[i];
		buf_addf(b, " + (SELECT count(*) FROM %s WHERE %s%s && "
		    "ARRAY[%s])", table(mem, column), column->is_list ? "" :
		    "ARRAY", column->is_list ? arena_printf(mem,
		    "%s::text[]", db_ident(mem, column->name)) :
		    arena_printf(mem, "[%s::text]",
		    db_ident(mem, column->name)), buf_str(&values));
	}
	buf_free(&values);
}

char *
counts_orphans(struct arena *mem, const struct risk *r)
{
	struct buf set = BUF_INIT, match = BUF_INIT;
	const char *here;
	char *out;
	size_t i;

	for (i = 0; i < r->ncolumns; i += 2) {
		here = db_ident(mem, r->column[i].name);
		buf_addf(&set, " AND c.%s IS NOT NULL", here);
		buf_addf(&match, "%sp.%s = c.%s", i > 0 ? " AND " : "",
		    db_ident(mem, r->column[i + 1].name), here);
	}
	out = arena_printf(mem, "%s AS c WHERE NOT EXISTS (SELECT FROM %s AS "
	    "p WHERE %s)%s", table(mem, &r->on), table(mem, &r->column[1]),
	    buf_str(&match), buf_str(&set));
	buf_free(&set);
	buf_free(&match);
	return out;
}

static void
add_count(struct arena *mem, const struct risk *r, struct buf *b)
{
	switch (r->need) {
	case NEED_ROWS:
		buf_addf(b, "(SELECT count(*) FROM %s)", table(mem, &r->on));
		break;
	case NEED_ANY_ROW:
		buf_addf(b, "(SELECT count(*) FROM (SELECT FROM %s LIMIT 1) "
		    "AS x)", table(mem, &r->on));
		break;
	case NEED_VALUES:
		buf_addf(b, "(SELECT count(%s) FROM %s)",
		    db_ident(mem, r->on.name), table(mem, &r->on));
		break;
	case NEED_NULLS:
		buf_addf(b, "(SELECT count(*) FROM %s WHERE %s%s IS NULL)",
		    table(mem, &r->on), db_ident(mem, r->on.name),
		    r->on.is_list ? "[1]" : "");
		break;
	case NEED_LONGER:
		buf_addf(b, "(SELECT count(*) FROM %s WHERE cardinality(%s) > "
		    "1)", table(mem, &r->on), db_ident(mem, r->on.name));
		break;
	case NEED_DUPLICATES:
		add_duplicates(mem, r, b);
		break;
	case NEED_USES:
		add_uses(mem, r, b);
		break;
	case NEED_ORPHANS:
		buf_addf(b, "(SELECT count(*) FROM %s)",
		    counts_orphans(mem, r));
		break;
	}
}

static long long
number(const char *cell)
{
	return cell == NULL ? -1 : atoll(cell);
}

static int
take(struct arena *mem, struct db *db, struct risk *r, size_t n,
    struct diag *d)
{
	struct buf sql = BUF_INIT;
	struct db_rows *rows;
	size_t i;

	buf_adds(&sql, "SELECT ");
	for (i = 0; i < n; i++) {
		buf_adds(&sql, i > 0 ? ", " : "");
		add_count(mem, &r[i], &sql);
		if (r[i].kind == RISK_CAST)
			add_cast(mem, &r[i], &sql);
		else
			buf_adds(&sql, ", NULL, NULL");
	}
	rows = db_query(db, mem, buf_str(&sql), 0, NULL, d);
	buf_free(&sql);
	if (rows == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		r[i].count = number(db_cell(rows, 0, i * CELLS));
		r[i].misfits = number(db_cell(rows, 0, i * CELLS + 1));
		r[i].rounded = number(db_cell(rows, 0, i * CELLS + 2));
	}
	return 0;
}

/* A type without =, a value that is none, rows that may not be seen: the
 * others can still be counted. */
static int
is_about_one(const struct diag *d)
{
	return strcmp(d->sqlstate, "42883") == 0 ||
	    strcmp(d->sqlstate, "42501") == 0 ||
	    strncmp(d->sqlstate, "22", 2) == 0 ||
	    strncmp(d->sqlstate, "0A", 2) == 0;
}

static int
is_lock(const struct diag *d)
{
	return strcmp(d->sqlstate, "55P03") == 0;
}

/* Too slow, or no answer: it stays unknown, which is safe. */
static int
cannot_tell(const struct diag *d)
{
	return is_about_one(d) ||
	    (strcmp(d->sqlstate, "57014") == 0 && sig_pending() == 0);
}

/* So many of them in one query, in a transaction of its own. */
static int
take_in(struct arena *mem, struct db *db, double deadline, struct risk *r,
    size_t n, struct diag *d)
{
	double left = deadline - clock_now();
	struct diag ignored = DIAG_INIT;
	int rc;

	if (left < 0.001)
		return 0;
	rc = db_execf(db, d, "BEGIN READ ONLY; SET LOCAL search_path = ''; "
	    "SET LOCAL row_security = off; "
	    "SET LOCAL lock_timeout = '%ds'; "
	    "SET LOCAL statement_timeout = %.0f", LOCK_WAIT, left * 1000);
	if (rc == 0)
		rc = take(mem, db, r, n, d);
	if (!db_lost(db))
		db_exec(db, "ROLLBACK", &ignored);
	diag_free(&ignored);
	if (rc == 0 || !cannot_tell(d) || (n > 1 && is_about_one(d)))
		return rc;
	verbose("rows were not counted: %s", buf_str(&d->text));
	diag_reset(d);
	return 0;
}

static int
is_locked(struct arena *mem, struct db *db, const struct risk_column *c)
{
	struct diag d = DIAG_INIT;
	int out = db_execf(db, &d, "BEGIN READ ONLY; LOCK TABLE %s IN ACCESS "
	    "SHARE MODE NOWAIT", table(mem, c)) == -1 && is_lock(&d);

	if (!db_lost(db))
		db_exec(db, "ROLLBACK", &d);
	diag_free(&d);
	return out;
}

/* The server does not say which it waited for.  NULL: none. */
static const char *
locked_table(struct arena *mem, struct db *db, const struct risk *r)
{
	if (r->on.table != NULL && is_locked(mem, db, &r->on))
		return r->on.table;
	for (size_t i = 0; i < r->ncolumns; i++)
		if (is_locked(mem, db, &r->column[i]))
			return r->column[i].table;
	return NULL;
}

static int
take_one(struct arena *mem, struct db *db, double deadline, struct risk *r,
    struct diag *d)
{
	diag_reset(d);
	r->locked = locked_table(mem, db, r);
	if (r->locked != NULL)
		return 0;
	if (take_in(mem, db, deadline, r, 1, d) == 0)
		return 0;
	if (!is_lock(d))
		return -1;
	r->locked = r->on.table != NULL ? r->on.table : r->column[0].table;
	diag_reset(d);
	return 0;
}

int
counts_take(struct arena *mem, struct db *db, struct risks *risks,
    struct diag *d)
{
	double deadline = clock_now() + PATIENCE;
	size_t i, k, n;

	for (i = 0; i < risks->n; i += n) {
		n = risks->n - i < RISKS ? risks->n - i : RISKS;
		if (take_in(mem, db, deadline, &risks->item[i], n, d) == 0)
			continue;
		if (!is_about_one(d) && !is_lock(d))
			return -1;
		for (k = i; k < i + n; k++)
			if (take_one(mem, db, deadline, &risks->item[k], d) ==
			    -1)
				return -1;
	}
	return 0;
}
