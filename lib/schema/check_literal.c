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
	const char *in;	 /* what would still go on */
	const char *why; /* the first that is wrong */
	int at_end;
	int depth;
};

static void value(struct json *);

static void
wrong(struct json *j, const char *why)
{
	if (j->why != NULL)
		return;
	j->at_end = *j->at == '\0';
	j->why = j->at_end ? j->in : why;
}

static void
space(struct json *j)
{
	j->at += strspn(j->at, " \t\r\n");
}

static void
word(struct json *j, const char *w)
{
	for (; *w != '\0'; w++, j->at++)
		if (*j->at != *w) {
			wrong(j, "expected ident");
			return;
		}
}

static void
digits(struct json *j)
{
	if (!isdigit((unsigned char)*j->at))
		wrong(j, "invalid number");
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

static unsigned
hex4(struct json *j)
{
	unsigned v = 0, i;
	int c;

	for (i = 0; i < 4; i++, j->at++) {
		c = tolower((unsigned char)*j->at);
		if (!isxdigit(c)) {
			wrong(j, "invalid escape");
			return 0;
		}
		v = v * 16 + (unsigned)(isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return v;
}

/* \uD83D must be followed by its other half. */
static void
escape(struct json *j)
{
	unsigned v;

	j->at++;
	if (*j->at != 'u') {
		if (*j->at == '\0' || strchr("\"\\/bfnrt", *j->at) == NULL)
			wrong(j, "invalid escape");
		else
			j->at++;
		return;
	}
	j->at++;
	v = hex4(j);
	if (v < 0xd800 || v > 0xdfff)
		return;
	if (v < 0xdc00 && (j->at[0] != '\\' || j->at[1] != 'u')) {
		wrong(j, "unexpected end of hex escape");
		return;
	}
	if (v < 0xdc00) {
		j->at += 2;
		v = hex4(j);
		if (v >= 0xdc00 && v <= 0xdfff)
			return;
	}
	wrong(j, "lone leading surrogate in hex escape");
}

static void
string(struct json *j)
{
	const char *outer = j->in;

	j->in = "EOF while parsing a string";
	for (j->at++; *j->at != '"' && j->why == NULL; ) {
		if ((unsigned char)*j->at < ' ')
			wrong(j, "control character (\\u0000-\\u001F) found "
			    "while parsing a string");
		else if (*j->at == '\\')
			escape(j);
		else
			j->at++;
	}
	if (j->why == NULL)
		j->at++;
	j->in = outer;
}

static void
key(struct json *j)
{
	space(j);
	if (*j->at != '"')
		wrong(j, *j->at == '}' ? "trailing comma" :
		    "key must be a string");
	else
		string(j);
	space(j);
	if (*j->at != ':')
		wrong(j, "expected `:`");
	if (j->why == NULL)
		j->at++;
}

/* What stands between brackets, with commas. */
static void
items(struct json *j, char close)
{
	const char *outer = j->in;

	j->in = close == '}' ? "EOF while parsing an object" :
	    "EOF while parsing a list";
	if (++j->depth == JSON_DEPTH)
		wrong(j, "recursion limit exceeded");
	j->at += j->why == NULL;
	space(j);
	while (j->why == NULL && *j->at != close) {
		if (*j->at == '\0')
			wrong(j, NULL);
		if (close == '}')
			key(j);
		value(j);
		space(j);
		if (*j->at == close)
			break;
		if (*j->at != ',')
			wrong(j, close == '}' ? "expected `,` or `}`" :
			    "expected `,` or `]`");
		if (j->why != NULL)
			break;
		j->at++;
		space(j);
		if (*j->at == close)
			wrong(j, "trailing comma");
	}
	if (j->why == NULL)
		j->at++;
	j->depth--;
	j->in = outer;
}

static void
value(struct json *j)
{
	const char *outer = j->in;

	if (j->why != NULL)
		return;
	space(j);
	if (*j->at == '{')
		items(j, '}');
	else if (*j->at == '[')
		items(j, ']');
	else if (*j->at == '"')
		string(j);
	else {
		j->in = "EOF while parsing a value";
		if (*j->at == 't')
			word(j, "true");
		else if (*j->at == 'f')
			word(j, "false");
		else if (*j->at == 'n')
			word(j, "null");
		else if (*j->at == '-' || isdigit((unsigned char)*j->at))
			number(j);
		else
			wrong(j, "expected value");
		j->in = outer;
	}
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
		j.why = "trailing characters";
	if (j.why == NULL)
		return NULL;
	for (p = text; p < j.at; p++)
		if (*p == '\n') {
			line++;
			begin = p + 1;
		}
	return arena_printf(mem, "%s at line %zu column %zu", j.why, line,
	    (size_t)(j.at - begin) + !j.at_end);
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

struct moment {
	const char *at;
	const char *why;
};

static int
unfit(struct moment *m, const char *why)
{
	if (m->why == NULL)
		m->why = *m->at == '\0' ? "premature end of input" : why;
	return 0;
}

/* n digits within a range. */
static int
field(struct moment *m, int n, int low, int high)
{
	int v = 0, i;

	for (i = 0; i < n; i++, m->at++) {
		if (!isdigit((unsigned char)*m->at))
			return unfit(m, "input contains invalid characters");
		v = v * 10 + (*m->at - '0');
	}
	if (m->why == NULL && (v < low || v > high))
		m->why = "input is out of range";
	return v;
}

static void
separator(struct moment *m, const char *any)
{
	if (*m->at == '\0' || strchr(any, *m->at) == NULL)
		unfit(m, "input contains invalid characters");
	else
		m->at++;
}

static int
days(int year, int month)
{
	static const int n[] = { 31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return month == 2 && year % 4 == 0 && (year % 100 != 0 ||
	    year % 400 == 0) ? 29 : n[month > 12 ? 0 : month];
}

static void
zone(struct moment *m)
{
	if (*m->at == 'Z' || *m->at == 'z') {
		m->at++;
		return;
	}
	separator(m, "+-");
	field(m, 2, 0, 23);
	separator(m, ":");
	field(m, 2, 0, 59);
}

const char *
literal_datetime(const char *s)
{
	struct moment m = { .at = s };
	int year, month;

	year = field(&m, 4, 0, 9999);
	separator(&m, "-");
	month = field(&m, 2, 1, 12);
	separator(&m, "-");
	field(&m, 2, 1, days(year, month));
	separator(&m, "Tt ");
	field(&m, 2, 0, 23);
	separator(&m, ":");
	field(&m, 2, 0, 59);
	separator(&m, ":");
	field(&m, 2, 0, 60);
	if (*m.at == '.') {
		m.at++;
		field(&m, 1, 0, 9);
		m.at += strspn(m.at, "0123456789");
	}
	zone(&m);
	if (m.why == NULL && *m.at != '\0')
		m.why = "trailing input";
	return m.why;
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
