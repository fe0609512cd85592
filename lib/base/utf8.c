#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Bytes of the well-formed character at p, or 0. */
static size_t
char_length(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t i, len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Eight bytes of ASCII: most texts are little else. */
static int
is_ascii(const unsigned char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return (word & 0x8080808080808080) == 0;
}

size_t
utf8_valid_prefix(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t at = 0, len;

	while (at < n) {
		if (n - at >= 8 && is_ascii(p + at)) {
			at += 8;
			continue;
		}
		len = char_length(p + at, n - at);
		if (len == 0)
			break;
		at += len;
	}
	return at;
}

size_t
utf8_offset(const char *s, size_t n, size_t nth)
{
	size_t at;

	for (at = 0; at < n; at++) {
		if (((unsigned char)s[at] & 0xc0) == 0x80)
			continue;
		if (nth-- == 0)
			break;
	}
	return at;
}

/* Those of one byte, and U+0080 to U+009F, which are two. */
static int
is_control(const unsigned char *s)
{
	return (s[0] < ' ' && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f ||
	    (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0);
}

void
utf8_plain(struct buf *b, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	for (; *s != '\0'; s++) {
		if (!is_control(s)) {
			buf_addc(b, (char)*s);
			continue;
		}
		buf_addc(b, '?');
		s += *s == 0xc2;
	}
}
