/* What a run leaves for the next one, and when that can be used. */
#include "base/arena.h"
#include "rows/watermark.h"
#include "tap.h"

static struct arena *mem;

/* Does a mark of that text serve a run at these transaction numbers? */
static int
serves(const char *mark, const char *source, const char *xmin,
    const char *xmax)
{
	struct watermark now = { .source = source, .xmin = xmin,
		.xmax = xmax };
	struct mark m;
	int rc = watermark_compare(mem, &now, mark, &m);

	return rc && m.xmin == NULL ? -1 : rc;
}

static void
test_there_and_back(void)
{
	struct watermark w = { .source = "7.1.5", .xmin = "41",
		.xmax = "43" };
	struct mark m;

	tap_ok(watermark_compare(mem, &w, watermark_mark(mem, &w), &m) == 1,
	    "mark: serves the same source");
	tap_is(m.xmin, "41", "mark: has the transaction");
	tap_ok(!m.doubt, "mark: has no doubt");
	w.doubt = "session 5 of role 'x' is hidden";
	tap_ok(watermark_compare(mem, &w, watermark_mark(mem, &w), &m) == 1 &&
	    m.doubt, "mark: has a doubt");
	w.source = NULL;
	tap_ok(watermark_compare(mem, &w, watermark_mark(mem, &w), &m) == 0,
	    "mark: a source that is not known serves none");
	tap_ok(serves(watermark_mark(mem, &w), "7.1.5", "41", "43") == 0,
	    "mark: nor does its mark serve another");
}

static void
test_serves(void)
{
	tap_ok(serves(NULL, "7.1.5", "9", "9") == 0, "mark: none");
	tap_ok(serves("1 5 sure 7.1.5", "7.1.5", "9", "9") == 1,
	    "mark: an older one");
	tap_ok(serves("1 5 sure 7.1.6", "7.1.5", "9", "9") == 0,
	    "mark: of another database");
	tap_ok(serves("2 5 sure 7.1.5", "7.1.5", "9", "9") == 0,
	    "mark: of a later dbm");
	tap_ok(serves("1 10 sure 7.1.5", "7.1.5", "9", "9") == 0,
	    "mark: numbers that went back");
	tap_ok(serves("1 5000000000 sure 7.1.5", "7.1.5", "6000000000",
	    "7000000000") == 1, "mark: two thousand millions later");
	tap_ok(serves("1 5000000000 sure 7.1.5", "7.1.5", "6000000000",
	    "7200000000") == 0, "mark: too long ago, counted to the last");
	tap_ok(serves("1 18446744073709551615 sure 7.1.5", "7.1.5", "9",
	    "9") == 0, "mark: a number past all");
}

static void
test_nonsense(void)
{
	static const char *const texts[] = {
		"", " ", "1", "1 5", "1 5 7.1.5", "1  5 sure 7.1.5",
		"1 x sure 7.1.5", "1 -5 sure 7.1.5", "1 5 - sure",
		"1 99999999999999999999999 sure 7.1.5", " 1 5 7.1.5 sure",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		tap_ok(serves(texts[i], "7.1.5", "9", "9") == 0,
		    "mark: nonsense");
}

int
main(void)
{
	mem = arena_new();
	test_there_and_back();
	test_serves();
	test_nonsense();
	arena_free(mem);
	return tap_end();
}
