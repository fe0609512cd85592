/* Batches find their size from the time they take. */
#include "base/diag.h"
#include "batch/pace.h"
#include "batch/retry.h"
#include "tap.h"

#define AIM 0.05

/* So many batches at that price of a row, with what each costs anyway. */
static double
take(struct pace *p, int n, double per_row)
{
	double seconds = 0;

	while (n-- > 0) {
		seconds = 0.001 + (double)p->size * per_row;
		pace_took(p, p->size, seconds);
	}
	return seconds;
}

static void
test_growth(void)
{
	struct pace p;
	double seconds;
	long long before;
	int i, wild = 0;

	pace_init(&p, AIM, 1, 1000000);
	tap_ok(p.size == 100, "begins small");
	for (i = 0; i < 12; i++) {
		before = p.size;
		take(&p, 1, 4e-6);
		wild += p.size > before * 2 || p.size < before / 2;
	}
	tap_ok(wild == 0, "at most twice, and no less than half, the last");
	seconds = take(&p, 1, 4e-6);
	tap_ok(seconds > AIM * 0.8 && seconds < AIM,
	    "comes near the time that is aimed at");
	seconds = take(&p, 12, 40e-6);
	tap_ok(seconds > AIM * 0.8 && seconds < AIM * 1.05,
	    "rows that take ten times as long");
	seconds = take(&p, 16, 1e-6);
	tap_ok(seconds > AIM * 0.7 && seconds < AIM,
	    "rows that take a fortieth of that");
}

/* Rows of a millisecond or ten, from the first batch on: rows are locked for
 * as long as a batch takes. */
static void
test_beginning(void)
{
	struct pace p;

	pace_init(&p, 0.001, 1, 1000000);
	tap_ok(p.size == 2, "few, where a batch is to take a millisecond");
	pace_init(&p, AIM, 1, 1000000);
	take(&p, 1, 0.01);
	tap_ok(p.size <= 7, "the second is no slow one any more");
	take(&p, 1, 0.01);
	tap_ok(p.size <= 5 && p.size >= 3, "and the third as it should be");
	pace_init(&p, AIM, 1, 1000000);
	pace_again(&p, 7);
	tap_ok(p.size == 7, "goes on with as few as before");
	pace_again(&p, 50000);
	tap_ok(p.size == 7, "and never with more");
	pace_init(&p, AIM, 1, 1000000);
	pace_again(&p, 50000);
	pace_again(&p, 0);
	tap_ok(p.size == 100, "than at the beginning");
}

static void
test_bounds(void)
{
	struct pace p;

	pace_init(&p, AIM, 1, 50);
	tap_ok(p.size == 50, "never more than the most");
	take(&p, 20, 1e-9);
	tap_ok(p.size == 50, "however quick");
	take(&p, 40, 10);
	tap_ok(p.size <= 2, "never less than the least, however slow");
	pace_init(&p, AIM, 2000, 100);
	tap_ok(p.size == 100, "the most wins over the least");
	pace_init(&p, AIM, 2000, 9000);
	tap_ok(p.size == 2000, "the least is where it begins");
	take(&p, 41, 1);
	tap_ok(p.size == 2000, "and where it ends");
	pace_init(&p, 1e9, 1, 1000LL << 40);
	take(&p, 100, 1e-12);
	tap_ok(p.size == 1000LL << 40, "a size beyond 32 bits");
}

static void
test_outlier(void)
{
	struct pace p;
	long long usual;

	pace_init(&p, AIM, 1, 1000000);
	take(&p, 20, 4e-6);
	usual = p.size;
	pace_took(&p, p.size, AIM * 5);
	tap_ok(p.size <= usual / 5 + 1 && p.size > usual / 7,
	    "after one of five times the aim, a fifth at once");
	take(&p, 4, 4e-6);
	tap_ok(p.size > usual * 8 / 10, "and is forgotten after some");
	pace_took(&p, p.size, 3);
	tap_ok(p.size >= usual / 20 && p.size <= usual / 16,
	    "after three seconds, a sixteenth");
	take(&p, 6, 4e-6);
	tap_ok(p.size > usual * 8 / 10, "made up for by doubling");
	pace_took(&p, 0, 0.02);
	pace_took(&p, 100, 0);
	tap_ok(p.size > usual * 8 / 10, "no rows, or no time, teach nothing");
}

/* So many batches that take long before the first row, now more, now less;
 * rows of the last ten. */
static long long
take_fixed(struct pace *p, int n, double fixed)
{
	static const double noise[] = { 1, 1.3, 0.8, 0.7, 1.2 };
	long long rows = 0;
	double seconds;

	while (n-- > 0) {
		seconds = fixed * noise[n % 5] + (double)p->size * 4e-6;
		if (n < 10)
			rows += p->size;
		pace_took(p, p->size, seconds);
	}
	return rows;
}

static void
test_fixed(void)
{
	struct pace p;
	long long rows;
	int i;

	pace_init(&p, AIM, 1, 1000000);
	rows = take_fixed(&p, 60, 0.15);
	tap_ok(rows > 10 * 2000 && rows < 10 * 50000,
	    "what a batch takes anyway is no reason to make it smaller");
	pace_init(&p, AIM, 1, 1000000);
	for (i = 0; i < 10; i++)
		pace_shrink(&p);
	tap_ok(p.size == 1, "retries have made it one row");
	tap_ok(take_fixed(&p, 100, 2) > 10 * 2000, "that is found out, too");
	pace_init(&p, AIM, 1, 1000000);
	p.size = 1;
	for (rows = i = 0; i < 40; i++) {
		rows += p.size;
		pace_took(&p, p.size, (double)p.size * 2);
	}
	tap_ok(rows <= 45, "it is one, where rows take two seconds each");
	take(&p, 30, 4e-6);
	tap_ok(p.size > 8000, "for as long as they do");
	pace_init(&p, AIM, 1, 1000000);
	pace_took(&p, p.size, 0.9);
	for (i = 0; i < 30; i++)
		if (take(&p, 1, 4e-6) > AIM * 1.05)
			break;
	tap_ok(i == 30, "a slow first batch is no reason for large ones");
}

/* Whatever a row takes, with a little noise: the next batch is cut while one is
 * at work, unless that took too long.  Those that are half as long again. */
static void
test_steady(void)
{
	static const double noise[] = { 1, 1.03, 0.97, 1.02, 0.98, 0.99, 1.01 };
	double seconds, per_row;
	long long ahead, next;
	struct pace p;
	int i, late = 0;

	for (per_row = 20e-6; per_row < 3e-3; per_row *= 1.03) {
		pace_init(&p, AIM, 1, 1000000);
		next = p.size;
		for (i = 0; i < 200; i++) {
			seconds = 0.0005 + (double)next * per_row *
			    (i / 4 == 10 ? 1.35 : noise[i % 7]);
			ahead = p.size;
			pace_took(&p, next, seconds);
			late += i > 50 && seconds > AIM * 1.5;
			next = seconds > AIM * 1.5 ? p.size : ahead;
		}
	}
	tap_ok(late == 0, "sizes that are almost alike take almost as long: "
	    "no reason for twice as many");
}

static void
test_shrink(void)
{
	struct pace p;
	long long usual;
	int i;

	pace_init(&p, AIM, 1, 1000000);
	take(&p, 20, 4e-6);
	usual = p.size;
	pace_shrink(&p);
	tap_ok(p.size == usual / 2, "half, when it was in the way");
	for (i = 0; i < 40; i++)
		pace_shrink(&p);
	tap_ok(p.size == 1, "down to one row");
	for (i = 0; i < 20; i++)
		take(&p, 1, 4e-6);
	tap_ok(p.size > usual * 8 / 10, "and up again");
}

static void
test_retry(void)
{
	static const struct {
		const char *sqlstate;
		enum retry what;
	} cases[] = {
		{ "55P03", RETRY_SOON },
		{ "40P01", RETRY_SOON },
		{ "40001", RETRY_SOON },
		{ "57014", RETRY_SMALLER },
		{ "23505", RETRY_NOT },
		{ "57P01", RETRY_NOT },
		{ "", RETRY_NOT },
	};
	struct diag d = DIAG_INIT;
	double seconds, longest = 0, shortest = 9;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strlcpy(d.sqlstate, cases[i].sqlstate, sizeof(d.sqlstate));
		tap_ok(retry_what(&d) == cases[i].what, cases[i].sqlstate);
	}
	tap_ok(retry_after(1) <= 0.02, "the first retry comes at once");
	for (i = 0; i < 200; i++) {
		seconds = retry_after(i < 100 ? 20 : 2000000000);
		longest = seconds > longest ? seconds : longest;
		shortest = seconds < shortest ? seconds : shortest;
	}
	tap_ok(longest <= 1 && shortest >= 0.5 && shortest < longest,
	    "later ones within a second, and never in step");
}

int
main(void)
{
	test_growth();
	test_beginning();
	test_bounds();
	test_outlier();
	test_fixed();
	test_steady();
	test_shrink();
	test_retry();
	return tap_end();
}
