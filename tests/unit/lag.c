/* How late a replica is, by where the log ended at what time. */
#include <math.h>

#include "batch/manners_priv.h"
#include "tap.h"

static int
is_near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

static void
test_precise(void)
{
	struct manners_lag l = { .n = 0 };

	lag_add(&l, 10, 100);
	tap_ok(is_near(lag_of(&l, 10, 100, 7), 0),
	    "lag: none where all is replayed, whatever was measured before");
	lag_add(&l, 11, 200);
	lag_add(&l, 12, 300);
	tap_ok(is_near(lag_of(&l, 12, 150, -1), 1),
	    "lag: at least since the first that it has not");
	tap_ok(is_near(lag_of(&l, 12, 150, 0.1), 1),
	    "lag: what was measured is too little");
	tap_ok(is_near(lag_of(&l, 12, 150, 9), 2),
	    "lag: what was measured is too much");
	tap_ok(is_near(lag_of(&l, 12, 150, 1.4), 1.4),
	    "lag: in between it decides");
	tap_ok(is_near(lag_of(&l, 12, 299, 0.003), 0.003),
	    "lag: a few milliseconds are not the time between two looks");
	tap_ok(is_near(lag_of(&l, 17, 299, 0.003), 5),
	    "lag: grows while nothing comes");
}

static void
test_before_we_looked(void)
{
	struct manners_lag l = { .n = 0 };

	lag_add(&l, 10, 100);
	tap_ok(is_near(lag_of(&l, 10, 50, 3), 3),
	    "lag: of older rows, as measured");
	tap_ok(is_near(lag_of(&l, 14, 50, 3), 4),
	    "lag: of older rows, since we look");
}

static void
test_idle(void)
{
	struct manners_lag l = { .n = 0 };
	int i;

	lag_add(&l, 0, 100);
	for (i = 1; i <= 1000; i++)
		lag_add(&l, i, 200);
	tap_ok(l.n == 3, "lag: an idle log takes no room");
	tap_ok(is_near(lag_of(&l, 1000, 100, -1), 999),
	    "lag: since when something is not replayed");
	lag_add(&l, 1001, 300);
	tap_ok(is_near(lag_of(&l, 1001, 200, 50), 1),
	    "lag: until when nothing more was there");
}

static void
test_room(void)
{
	struct manners_lag l = { .n = 0 };
	int i, good = 1;
	double lag;

	for (i = 0; i < 100000; i++)
		lag_add(&l, i, (unsigned long long)i);
	tap_ok(l.n <= LAG_SAMPLES, "lag: room is bounded");
	for (i = 0; i < 100000; i += 777) {
		lag = lag_of(&l, 99999, (unsigned long long)i, 0);
		good &= lag <= 99999 - i && lag > 99999 - i - 100000 / 32;
	}
	tap_ok(good, "lag: an old one is still near the truth");
	lag_forget(&l, 99999);
	tap_ok(l.n == 1, "lag: what all have replayed is forgotten");
	lag_forget(&l, 5);
	tap_ok(l.n == 1 && is_near(lag_of(&l, 100000, 5, -1), 1),
	    "lag: a replica that comes later");
}

int
main(void)
{
	test_precise();
	test_before_we_looked();
	test_idle();
	test_room();
	return tap_end();
}
