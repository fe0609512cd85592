/* Checksums, as Prisma compares them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "migrate/checksum.h"
#include "tap.h"

#define EMPTY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const char *const verdict_name[] = {
	[CHECKSUM_SAME] = "same",
	[CHECKSUM_LINE_ENDS] = "line ends",
	[CHECKSUM_EDITED] = "edited",
};

/* The checksum of the first, compared with the second. */
static const struct {
	const char *stored, *now, *want;
} cases[] = {
	{ "", "", "same" },
	{ "a\nb\n", "a\nb\n", "same" },
	{ "a\nb\n", "a\r\nb\r\n", "line ends" },
	{ "a\r\nb\r\n", "a\nb\n", "line ends" },
	{ "a\nb", "a\r\nb", "line ends" },
	{ "a\nb\n", "a\nb", "edited" },
	{ "a\nb\n", "a\nb\n\n", "edited" },
	{ "a\n", "A\n", "edited" },
	{ "a\rb", "a\nb", "edited" },
	{ "a\r\nb\nc", "a\nb\nc", "edited" },	/* mixed: one way only */
	{ "a\nb\nc", "a\r\nb\nc", "line ends" },
	{ "a\r\r\nb", "a\r\nb", "line ends" },	/* a plain replace */
	{ "a\r", "a\r\n", "edited" },
	{ "é\n", "é\r\n", "line ends" },
};

/* As Prisma's old versions wrote it: no leading zero in a byte. */
static void
unpadded(const char *sum, char *out)
{
	for (; *sum != '\0'; sum += 2) {
		if (sum[0] != '0')
			*out++ = sum[0];
		*out++ = sum[1];
	}
	*out = '\0';
}

static void
test_cases(void)
{
	char sum[CHECKSUM_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		checksum(cases[i].stored, strlen(cases[i].stored), sum);
		tap_is(verdict_name[checksum_compare(sum, cases[i].now,
		    strlen(cases[i].now))], cases[i].want, cases[i].want);
	}
}

static void
test_old(void)
{
	char sum[CHECKSUM_SIZE], old[CHECKSUM_SIZE];

	unpadded(ABC, old);
	tap_ok(strlen(old) < 64, "there is a zero to leave out");
	tap_is(verdict_name[checksum_compare(old, "abc", 3)], "same",
	    "without padding");
	checksum("a\nb\n", 4, sum);
	unpadded(sum, old);
	tap_is(verdict_name[checksum_compare(old, "a\r\nb\r\n", 6)],
	    "line ends", "without padding, other line ends");
	tap_is(verdict_name[checksum_compare("", "abc", 3)], "edited",
	    "none was stored");
	tap_is(verdict_name[checksum_compare("manually", "abc", 3)], "edited",
	    "nonsense was stored");
}

int
main(void)
{
	struct buf b = BUF_INIT;
	char sum[CHECKSUM_SIZE];
	size_t i;

	checksum("", 0, sum);
	tap_is(sum, EMPTY, "of nothing");
	checksum("abc", 3, sum);
	tap_is(sum, ABC, "of abc");
	checksum("a\0b", 3, sum);
	tap_ok(strcmp(sum, EMPTY) != 0 && strlen(sum) == 64, "of a NUL");
	for (i = 0; i < 1000000; i++)
		buf_addc(&b, 'a');
	checksum(buf_str(&b), b.len, sum);
	tap_is(sum, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0", "of a million");
	buf_free(&b);
	test_cases();
	test_old();
	return tap_end();
}
