/*
 * As @sindresorhus/slugify 2 does it with the separator _, its regular
 * expressions one after the other: each sees what the one before has made.
 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "migrate/slug.h"
#include "migrate/slug_priv.h"

#define SLUG_MAX 200
#define DIAERESIS "\xcc\x88" /* on its own, after its letter */

/* At most 4, whatever bytes of broken UTF-8 follow. */
static size_t
char_len(const char *s)
{
	size_t n = 1;

	while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static unsigned
code_point(const char *s, size_t n)
{
	unsigned c = (unsigned char)*s;
	size_t i;

	if (n > 1)
		c &= 0xffU >> (n + 1);
	for (i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

static const char *
look_up(const char *s, size_t n)
{
	const struct slug_row *row;
	const struct slug_range *r;
	unsigned c = code_point(s, n);
	const char *p;

	for (row = slug_row; row->text != NULL; row++)
		for (p = row->letters; *p != '\0'; p += char_len(p))
			if (char_len(p) == n && memcmp(p, s, n) == 0)
				return row->text;
	for (r = slug_nothing; r->last != 0; r++)
		if (c >= r->first && c <= r->last)
			return "";
	return "-";
}

/* Everything in ASCII; an umlaut also when it is written as two. */
static void
transliterate(struct buf *b, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n) {
		n = char_len(s);
		if (n > 1 || *s == '&')
			buf_adds(b, look_up(s, n));
		else if (*s != '^' && *s != '`') /* accents to Unicode */
			buf_addc(b, *s);
		if (n == 1 && strchr("aouAOU", *s) != NULL &&
		    strncmp(s + 1, DIAERESIS, 2) == 0)
			buf_addc(b, 'e');
	}
}

static size_t
span(const char *s, int (*is)(int))
{
	size_t n = 0;

	while (is((unsigned char)s[n]))
		n++;
	return n;
}

static int
is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static int
is_lower_or_digit(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* ([A-Z]{2,})(\d+) */
static void
part_digits(struct buf *b, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = span(s, is_upper);
		buf_add(b, s, n);
		if (n >= 2 && isdigit((unsigned char)s[n]))
			buf_addc(b, ' ');
		s += n;
		if (*s != '\0')
			buf_addc(b, *s++);
	}
}

/* ([a-z\d]+)([A-Z]{2,}), and ([a-z\d])([A-Z]) after it */
static void
part_capitals(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		buf_addc(b, *s);
		if (is_lower_or_digit((unsigned char)*s) &&
		    is_upper((unsigned char)s[1]))
			buf_addc(b, ' ');
	}
}

static int
is_word_end(int c)
{
	return is_lower_or_digit(c) && c != 's';
}

/* ([A-Z]+)([A-Z][a-rt-z\d]+): "XMLHttp", but not "APIs" */
static void
part_words(struct buf *b, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = span(s, is_upper);
		if (n >= 2 && is_word_end((unsigned char)s[n])) {
			buf_add(b, s, n - 1);
			buf_addc(b, ' ');
			s += n - 1;
			n = 1;
		}
		if (n == 0)
			n = 1;
		buf_add(b, s, n);
		s += n;
	}
}

/* ([a-z\d]+)'([ts])(\s|$): "don't" is one word */
static int
is_contraction(const char *start, const char *s)
{
	return s > start && isalnum((unsigned char)s[-1]) &&
	    (s[1] == 't' || s[1] == 's') &&
	    (s[2] == '\0' || isspace((unsigned char)s[2]));
}

static void
separate(struct buf *b, const char *s)
{
	const char *start = s;
	int gap = 0;

	for (; *s != '\0'; s++) {
		if (*s == '\'' && is_contraction(start, s))
			continue;
		if (!isalnum((unsigned char)*s)) {
			gap = 1;
			continue;
		}
		if (gap && b->len > 0)
			buf_addc(b, '_');
		gap = 0;
		buf_addc(b, *s);
	}
}

static void
lower(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_addc(b, (char)tolower((unsigned char)*s));
}

char *
slug(struct arena *mem, const char *name)
{
	static void (*const step[])(struct buf *, const char *) = {
		transliterate, part_digits, part_capitals, part_words, lower,
		separate };
	struct buf a = BUF_INIT, b = BUF_INIT, swap;
	char *out;
	size_t i;

	buf_adds(&a, name);
	for (i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		buf_reset(&b);
		step[i](&b, buf_str(&a));
		swap = a;
		a = b;
		b = swap;
	}
	out = arena_strndup(mem, buf_str(&a),
	    a.len > SLUG_MAX ? SLUG_MAX : a.len);
	buf_free(&a);
	buf_free(&b);
	return out;
}
