/*
 * Literals as the engine's libraries take them: base64, RFC 3339, decimals.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema/check_priv.h"

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
