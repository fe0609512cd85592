/*
 * Digests of ranges: the hash of a row is computed where it lies, and only
 * counts and sums travel.  A range is what the low bits of the key's hash
 * say, so a finer one lies within a coarse one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/digest_priv.h"
#include "rows/table.h"

enum {
	COARSE_ROWS = 128, /* rows of a range, about */
	COARSE_LARGE = 1024,
	COARSE_MIN = 16,
	COARSE_MAX = 8192, /* so many sums fit into work_mem's default */
	FINE_ROWS = 12,
	FINE_MAX = 1 << 18 /* a list of them goes into a statement */
};

/* A second look reads the table again, which costs about a tenth of the
 * first.  It is taken where more than this part of the rows is in doubt. */
#define WORTH_FINER 64

/* What is found by one look at both sides. */
struct look {
	long long count;   /* of ranges, a power of two */
	long long *differ; /* which of them do */
	size_t n, seen;	   /* seen: those that have rows on any side */
	long long rows[2], in_doubt[2];
};

struct search {
	struct arena *mem; /* for the search */
	const struct pair *pair;
	int keys_only;
	struct diag *d;
};

static long long
more(const long long n[2])
{
	return n[0] > n[1] ? n[0] : n[1];
}

static long long
power_of_two(long long wanted, long long min, long long max)
{
	long long n = min;

	while (n < wanted && n < max)
		n *= 2;
	return n;
}

/* SQL: is the row of that side in one of the ranges?  The subselect is
 * hashed by every server, ANY() of an array not before 14. */
static char *
condition(const struct search *s, int side, const struct look *l)
{
	struct buf b = BUF_INIT;
	char *out;
	size_t i;

	buf_addc(&b, '(');
	digest_key_hash(&b, s->pair, side);
	buf_addf(&b, " & %lld) IN (SELECT unnest('{", l->count - 1);
	for (i = 0; i < l->n; i++)
		buf_addf(&b, "%s%lld", i > 0 ? "," : "", l->differ[i]);
	buf_adds(&b, "}'::bigint[]))");
	out = arena_strdup(s->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/*
 * The planner takes an expression of a unique column for as unique, and
 * would sort the whole table.  Of the output of a subquery that it cannot
 * pull up it knows nothing, and guesses few groups: the WITH, which is never
 * run, is what keeps it from that, and hinders no parallel plan.
 */
static char *
question(const struct search *s, int side, const struct look *l,
    const struct look *within)
{
	const struct pair *p = s->pair;
	struct buf b = BUF_INIT;
	char *out;

	buf_adds(&b, "COPY (SELECT r, count(*), sum(h) FROM "
	    "(WITH nothing AS (SELECT) SELECT ");
	digest_key_hash(&b, p, side);
	buf_addf(&b, " & %lld AS r, ", l->count - 1);
	if (s->keys_only)
		digest_key_hash(&b, p, side);
	else
		digest_row_hash(&b, p, side);
	buf_addf(&b, " AS h FROM %s", p->table[side]->from);
	if (within != NULL)
		buf_addf(&b, " WHERE %s", condition(s, side, within));
	buf_adds(&b, ") s GROUP BY r ORDER BY r) TO stdout");
	out = arena_strdup(s->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The next range, of both sides or of the one that alone has it. */
static int
step(struct search *s, struct look *l, struct digest_stream at[2])
{
	long long range[2], lowest;
	int has[2], same, side;

	for (side = 0; side < 2; side++)
		range[side] = at[side].ended ? l->count :
		    atoll(at[side].field[0]);
	lowest = range[0] < range[1] ? range[0] : range[1];
	has[0] = range[0] == lowest;
	has[1] = range[1] == lowest;
	same = has[0] && has[1] &&
	    strcmp(at[0].field[1], at[1].field[1]) == 0 &&
	    strcmp(at[0].field[2], at[1].field[2]) == 0;
	l->seen++;
	if (!same) {
		l->differ = arena_more(s->mem, l->differ, l->n,
		    sizeof(*l->differ));
		l->differ[l->n++] = lowest;
	}
	for (side = 0; side < 2; side++) {
		if (!has[side])
			continue;
		l->rows[side] += atoll(at[side].field[1]);
		if (!same)
			l->in_doubt[side] += atoll(at[side].field[1]);
		if (digest_stream_next(&at[side], s->d) == -1)
			return -1;
	}
	return 0;
}

static int
look(struct search *s, struct look *l, const struct look *within)
{
	const char *sql[2] = { question(s, 0, l, within),
		question(s, 1, l, within) };
	struct digest_stream at[2];
	int rc;

	rc = digest_streams_begin(s->mem, s->pair, sql, 3, at, s->d);
	while (rc == 0 && !(at[0].ended && at[1].ended))
		rc = step(s, l, at);
	digest_streams_end(at);
	return rc;
}

/* About; what was never analyzed is taken by its size. */
static long long
estimate(const struct pair *p)
{
	long long rows[2];
	int side;

	for (side = 0; side < 2; side++)
		rows[side] = p->table[side]->rows > 0 ? p->table[side]->rows :
		    p->table[side]->bytes / 64;
	return more(rows);
}

/*
 * Would smaller ranges leave clearly less in doubt?  Where all of them differ
 * so will most of the smaller ones, unless they are so large (the estimate
 * was old, or there are very many rows) that this tells nothing.
 */
static int
is_worth_finer(const struct look *l, long long fine)
{
	long long rows = more(l->rows);

	return fine >= l->count * 4 &&
	    more(l->in_doubt) > rows / WORTH_FINER &&
	    (l->n < l->seen || rows / l->count > COARSE_LARGE);
}

/* Ranges, first coarse, then finer ones within those that differ. */
static int
find(struct search *s, struct ranges *r)
{
	struct look coarse = { .count = power_of_two(estimate(s->pair) /
	    COARSE_ROWS, COARSE_MIN, COARSE_MAX) }, fine = { 0 }, *l = &coarse;

	if (look(s, &coarse, NULL) == -1)
		return -1;
	fine.count = power_of_two(more(coarse.rows) / FINE_ROWS, COARSE_MIN,
	    FINE_MAX);
	if (is_worth_finer(&coarse, fine.count)) {
		if (look(s, &fine, &coarse) == -1)
			return -1;
		l = &fine;
	}
	memcpy(r->rows, coarse.rows, sizeof(r->rows));
	memcpy(r->differ, l->in_doubt, sizeof(r->differ));
	r->none = l->n == 0;
	r->all = more(r->differ) > more(r->rows) / 2;
	if (r->none || r->all)
		return 0;
	r->condition = condition(s, 0, l);
	r->other = condition(s, 1, l);
	return 0;
}

/* One query about each table; its answer as a number. */
static int
ask(struct search *s, const char *fmt, long long answer[2])
{
	const struct pair *p = s->pair;
	struct db_rows *rows[2];
	const char *sql[2];
	int side;

	for (side = 0; side < 2; side++)
		sql[side] = arena_printf(s->mem, fmt, p->table[side]->from);
	if (digest_ask(s->mem, p, sql, rows, s->d) == -1)
		return -1;
	for (side = 0; side < 2; side++)
		answer[side] = atoll(db_cell(rows[side], 0, 0));
	return 0;
}

/* 1: one side has no rows, and the other's are counted; 0: both have. */
static int
find_empty(struct search *s, struct ranges *r)
{
	long long *n = r->rows;

	if (ask(s, "SELECT EXISTS (SELECT FROM %s)::int", n) == -1)
		return -1;
	if (n[0] == 1 && n[1] == 1)
		return 0;
	if (n[0] + n[1] > 0 && ask(s, "SELECT count(*) FROM %s", n) == -1)
		return -1;
	memcpy(r->differ, n, sizeof(r->differ));
	r->none = n[0] + n[1] == 0;
	r->all = !r->none;
	return 1;
}

int
digest_ranges(struct arena *mem, const struct pair *p, int keys_only,
    struct ranges *r, struct diag *d)
{
	struct search s = { arena_new(), p, keys_only, d };
	int rc;

	memset(r, 0, sizeof(*r));
	rc = find_empty(&s, r);
	if (rc == 0)
		rc = find(&s, r);
	if (rc != -1 && r->condition != NULL) {
		r->condition = arena_strdup(mem, r->condition);
		r->other = arena_strdup(mem, r->other);
	}
	arena_free(s.mem);
	return rc == -1 ? -1 : 0;
}
