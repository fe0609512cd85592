/* The small things that everything stands on: arena, buf, utf8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "tap.h"

static int
all_zero(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n == 0;
}

static void
test_arena(void)
{
	struct arena *a = arena_new();
	/* also as large as a block, with and without its header */
	const size_t sizes[] = { 0, 1, 7, 8, 4096, 3, 1 << 20, 5 << 20, 17,
		2 << 20, 4096, (2 << 20) - 16, 17, (2 << 20) - 32, 17,
		(2 << 20) - 48, 17 };
	int aligned = 1, zeroed = 1, round;
	size_t i;
	char *p;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			p = arena_alloc(a, sizes[i]);
			aligned &= (uintptr_t)p % _Alignof(max_align_t) == 0;
			zeroed &= all_zero(p, sizes[i]);
			memset(p, 0xff, sizes[i]);
		}
		arena_reset(a);
	}
	tap_ok(aligned, "arena: aligned for any type");
	tap_ok(zeroed, "arena: zeroed, after a reset too");
	p = arena_strdup(a, "one");
	tap_is(arena_strndup(a, "twofold", 3), "two", "arena: strndup");
	tap_is(arena_printf(a, "%s-%0100d", "x", 1) + 101, "1",
	    "arena: printf");
	tap_is(p, "one", "arena: what was given stays as it is");
	arena_free(a);
	arena_free(NULL);
}

static void
test_buf(void)
{
	struct buf b = BUF_INIT;
	char *long_text = malloc(100001);
	int i;

	tap_is(buf_str(&b), "", "buf: empty is a string");
	buf_reset(&b);
	buf_add(&b, "a\0b", 3);
	tap_ok(b.len == 3 && memcmp(b.data, "a\0b", 4) == 0,
	    "buf: holds NUL bytes, and one more after them");
	buf_reset(&b);
	tap_is(buf_str(&b), "", "buf: reset empties it");
	for (i = 0; i < 300; i++)
		buf_addc(&b, "0123456789"[i % 10]);
	tap_ok(b.len == 300 && strncmp(b.data + 290, "0123456789", 11) == 0,
	    "buf: grows");
	memset(long_text, 'x', 100000);
	long_text[100000] = '\0';
	buf_reset(&b);
	buf_addf(&b, "%s|%d", long_text, 7);
	tap_is(b.data + 100000, "|7", "buf: formats what is long");
	buf_free(&b);
	tap_ok(b.data == NULL && b.len == 0, "buf: freed is empty");
	buf_adds(&b, "");
	tap_ok(b.data != NULL && b.data[0] == '\0',
	    "buf: adding nothing makes a string");
	buf_free(&b);
	free(long_text);
}

/* Equal prefix and length: well-formed. */
static const struct {
	const char *name, *text;
	size_t prefix;
} utf8[] = {
	{ "empty", "", 0 },
	{ "ascii", "abc", 3 },
	{ "two bytes", "\xc3\xa9", 2 },
	{ "three bytes", "\xe2\x82\xac", 3 },
	{ "four bytes", "\xf0\x9f\x90\x98", 4 },
	{ "the last character", "\xf4\x8f\xbf\xbf", 4 },
	{ "above it", "a\xf4\x90\x80\x80", 1 },
	{ "overlong /", "a\xc0\xaf", 1 },
	{ "overlong, three bytes", "\xe0\x9f\xbf", 0 },
	{ "overlong, four bytes", "\xf0\x8f\xbf\xbf", 0 },
	{ "before the surrogates", "\xed\x9f\xbf", 3 },
	{ "a surrogate", "\xed\xa0\x80", 0 },
	{ "cut short", "ab\xe2\x82", 2 },
	{ "lone continuation", "\x80", 0 },
	{ "Latin-1", "caf\xe9!", 3 },
	{ "0xff", "\xff", 0 },
};

static void
test_utf8(void)
{
	static const char text[] = "a\xc3\xa9\xf0\x9f\x90\x98z";
	const size_t want[] = { 0, 1, 3, 7, 8, 8 };
	int good = 1;
	size_t i;

	for (i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++)
		tap_ok(utf8_valid_prefix(utf8[i].text, strlen(utf8[i].text)) ==
		    utf8[i].prefix, utf8[i].name);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		good &= utf8_offset(text, strlen(text), i) == want[i];
	tap_ok(good, "utf8: offsets of characters");
}

int
main(void)
{
	test_arena();
	test_buf();
	test_utf8();
	return tap_end();
}
