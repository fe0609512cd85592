/*
 * Literals as the engine's libraries take them: JSON, base64, RFC 3339,
 * decimals.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "schema/check_priv.h"

#define JSON_DEPTH 128

struct json {
	const char *at;
	const char *why; /* the first that is wrong */
	int depth;
};

static void value(struct json *);

static void
wrong(struct json *j, const char *why)
{
	if (j->why == NULL)
		j->why = *j->at == '\0' ? "it ends too early" : why;
}

static void
space(struct json *j)
{
	j->at += strspn(j->at, " \t\r\n");
}

static void
word(struct json *j, const char *w)
{
	size_t n = strlen(w);

	if (strncmp(j->at, w, n) != 0)
		wrong(j, "expected a value");
	else
		j->at += n;
}

static void
digits(struct json *j)
{
	if (!isdigit((unsigned char)*j->at))
		wrong(j, "expected a digit");
	while (isdigit((unsigned char)*j->at))
		j->at++;
}

static void
number(struct json *j)
{
	if (*j->at == '-')
		j->at++;
	if (*j->at == '0')
		j->at++;
	else
		digits(j);
	if (*j->at == '.') {
		j->at++;
		digits(j);
	}
	if (*j->at == 'e' || *j->at == 'E') {
		j->at++;
		if (*j->at == '+' || *j->at == '-')
			j->at++;
		digits(j);
	}
}

/* \uD83D must be followed by its other half. */
static unsigned
hex4(struct json *j)
{
	unsigned v = 0, i;

	for (i = 0; i < 4; i++, j->at++) {
		if (!isxdigit((unsigned char)*j->at)) {
			wrong(j, "expected four hexadecimal digits");
			return 0;
		}
		v = v * 16 + (unsigned)(isdigit((unsigned char)*j->at) ?
		    *j->at - '0' : tolower((unsigned char)*j->at) - 'a' + 10);
	}
	return v;
}

static void
escape(struct json *j)
{
	unsigned v;

	j->at++;
	if (*j->at != 'u') {
		if (*j->at == '\0' || strchr("\"\\/bfnrt", *j->at) == NULL)
			wrong(j, "no such escape");
		else
			j->at++;
		return;
	}
	j->at++;
	v = hex4(j);
	if (v >= 0xdc00 && v <= 0xdfff)
		wrong(j, "half a surrogate pair");
	if (v < 0xd800 || v > 0xdbff || j->why != NULL)
		return;
	if (j->at[0] != '\\' || j->at[1] != 'u') {
		wrong(j, "half a surrogate pair");
		return;
	}
	j->at += 2;
	v = hex4(j);
	if (v < 0xdc00 || v > 0xdfff)
		wrong(j, "half a surrogate pair");
}

static void
string(struct json *j)
{
	if (*j->at != '"') {
		wrong(j, "expected a string");
		return;
	}
	for (j->at++; *j->at != '"' && j->why == NULL; ) {
		if ((unsigned char)*j->at < ' ')
			wrong(j, "a control character in a string");
		else if (*j->at == '\\')
			escape(j);
		else
			j->at++;
	}
	if (j->why == NULL)
		j->at++;
}

/* What stands between brackets, with commas; each takes one item. */
static void
items(struct json *j, char close, int keyed)
{
	j->at++;
	space(j);
	if (*j->at == close) {
		j->at++;
		return;
	}
	while (j->why == NULL) {
		space(j);
		if (keyed) {
			string(j);
			space(j);
			if (j->why == NULL && *j->at != ':')
				wrong(j, "expected ':'");
			if (j->why != NULL)
				return;
			j->at++;
		}
		value(j);
		space(j);
		if (j->why != NULL)
			return;
		if (*j->at == close) {
			j->at++;
			return;
		}
		if (*j->at != ',')
			wrong(j, "expected ','");
		else
			j->at++;
	}
}

static void
value(struct json *j)
{
	space(j);
	if (++j->depth > JSON_DEPTH)
		wrong(j, "it is too deep");
	else if (*j->at == '{')
		items(j, '}', 1);
	else if (*j->at == '[')
		items(j, ']', 0);
	else if (*j->at == '"')
		string(j);
	else if (*j->at == 't')
		word(j, "true");
	else if (*j->at == 'f')
		word(j, "false");
	else if (*j->at == 'n')
		word(j, "null");
	else if (*j->at == '-' || isdigit((unsigned char)*j->at))
		number(j);
	else
		wrong(j, "expected a value");
	j->depth--;
}

const char *
literal_json(struct arena *mem, const char *text)
{
	struct json j = { .at = text };
	size_t line = 1;
	const char *p, *begin = text;

	value(&j);
	space(&j);
	if (j.why == NULL && *j.at != '\0')
		j.why = "more follows";
	if (j.why == NULL)
		return NULL;
	for (p = text; p < j.at; p++)
		if (*p == '\n') {
			line++;
			begin = p + 1;
		}
	return arena_printf(mem, "%s at line %zu column %zu", j.why, line,
	    (size_t)(j.at - begin) + 1);
}

static int
base64_value(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

/* Padded, and with no bits left over in the last letter. */
const char *
literal_base64(const char *text)
{
	static const char why[] = "Could not convert from `base64 encoded "
	    "bytes` to `PrismaValue::Bytes`";
	size_t i, n = strlen(text), pad = 0;
	int last;

	if (n % 4 != 0)
		return why;
	while (pad < 2 && n > 0 && text[n - 1] == '=') {
		n--;
		pad++;
	}
	for (i = 0; i < n; i++)
		if (base64_value(text[i]) == -1)
			return why;
	last = n > 0 ? base64_value(text[n - 1]) : 0;
	if ((pad == 1 && (last & 3)) || (pad == 2 && (last & 15)))
		return why;
	return NULL;
}

/* n digits within a range; -1: they are not. */
static int
field(const char **s, int n, int low, int high)
{
	int v = 0, i;

	for (i = 0; i < n; i++, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return -1;
		v = v * 10 + (**s - '0');
	}
	return v < low || v > high ? -1 : v;
}

static int
separator(const char **s, const char *any)
{
	if (**s == '\0' || strchr(any, **s) == NULL)
		return -1;
	(*s)++;
	return 0;
}

static int
days(int year, int month)
{
	static const int n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return month == 2 && year % 4 == 0 && (year % 100 != 0 ||
	    year % 400 == 0) ? 29 : n[month - 1];
}

static int
zone(const char **s)
{
	if (**s == 'Z' || **s == 'z') {
		(*s)++;
		return 0;
	}
	return separator(s, "+-") == -1 || field(s, 2, 0, 23) == -1 ||
	    separator(s, ":") == -1 || field(s, 2, 0, 59) == -1 ? -1 : 0;
}

const char *
literal_datetime(const char *s)
{
	static const char why[] = "write it as \"2024-12-31T23:59:59Z\"";
	int year, month;

	year = field(&s, 4, 0, 9999);
	if (year == -1 || separator(&s, "-") == -1)
		return why;
	month = field(&s, 2, 1, 12);
	if (month == -1 || separator(&s, "-") == -1 ||
	    field(&s, 2, 1, days(year, month)) == -1 ||
	    separator(&s, "Tt ") == -1 || field(&s, 2, 0, 23) == -1 ||
	    separator(&s, ":") == -1 || field(&s, 2, 0, 59) == -1 ||
	    separator(&s, ":") == -1 || field(&s, 2, 0, 60) == -1)
		return why;
	if (*s == '.') {
		s++;
		if (!isdigit((unsigned char)*s))
			return why;
		while (isdigit((unsigned char)*s))
			s++;
	}
	return zone(&s) == -1 || *s != '\0' ? why : NULL;
}

static size_t
count_digits(const char **s)
{
	size_t n = 0;

	for (; isdigit((unsigned char)**s) || (n > 0 && **s == '_'); (*s)++)
		n++;
	return n;
}

const char *
literal_decimal(const char *s)
{
	static const char why[] = "invalid digit found in string";
	size_t n;

	if (*s == '\0')
		return "Failed to parse empty string";
	if (*s == '+' || *s == '-')
		s++;
	n = count_digits(&s);
	if (*s == '.') {
		s++;
		n += count_digits(&s);
	}
	if (n == 0)
		return why;
	if (*s == 'e' || *s == 'E') {
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if (count_digits(&s) == 0)
			return why;
	}
	return *s == '\0' ? NULL : why;
}

const char *
literal_integer(const char *s)
{
	char *end;

	errno = 0;
	strtoll(s, &end, 10);
	if (*end != '\0')
		return "invalid digit found in string";
	if (errno == ERANGE)
		return *s == '-' ? "number too small to fit in target type" :
		    "number too large to fit in target type";
	return NULL;
}
