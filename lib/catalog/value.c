/*
 * Literals of defaults.  They are written to SQL as the schema has them, so
 * they are kept as text, in the one form that the engine prints: numbers as
 * BigDecimal does, times as chrono does, bytes in hex.
 */
#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "catalog/value.h"

/* --- numbers --- */

/* Digits, where the point stands in them, and the sign. */
struct decimal {
	int negative;
	const char *digit;
	long ndigits, scale; /* digits behind the point */
};

static long
exponent(const char *s)
{
	long n = 0;
	int negative = *s == '-';

	if (*s == '-' || *s == '+')
		s++;
	for (; *s >= '0' && *s <= '9' && n < 10000; s++)
		n = n * 10 + *s - '0';
	return negative ? -n : n;
}

static void
decimal_read(struct arena *mem, const char *s, struct decimal *d)
{
	char *digit = arena_alloc(mem, strlen(s) + 2);
	int point = 0;

	*d = (struct decimal){ .digit = digit };
	d->negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	for (; (*s >= '0' && *s <= '9') || *s == '.'; s++) {
		if (*s == '.') {
			point = 1;
			continue;
		}
		digit[d->ndigits++] = *s;
		d->scale += point;
	}
	if (*s == 'e' || *s == 'E')
		d->scale -= exponent(s + 1);
	while (d->ndigits > 1 && d->ndigits > d->scale && *d->digit == '0') {
		d->digit++;
		d->ndigits--;
	}
}

static int
decimal_is_zero(const struct decimal *d)
{
	return strspn(d->digit, "0") == (size_t)d->ndigits;
}

char *
value_decimal(struct arena *mem, const char *text)
{
	struct buf b = BUF_INIT;
	struct decimal d;
	char *out;

	decimal_read(mem, text, &d);
	if (d.negative && !decimal_is_zero(&d))
		buf_addc(&b, '-');
	if (d.ndigits <= d.scale)
		buf_addc(&b, '0');
	for (long i = 0; i < d.ndigits && i < d.ndigits - d.scale; i++)
		buf_addc(&b, d.digit[i]);
	for (long i = d.scale; i < 0; i++)
		buf_addc(&b, '0');
	if (d.scale > 0)
		buf_addc(&b, '.');
	for (long i = d.ndigits; i < d.scale; i++)
		buf_addc(&b, '0');
	for (long i = d.ndigits > d.scale ? d.ndigits - d.scale : 0;
	    d.scale > 0 && i < d.ndigits; i++)
		buf_addc(&b, d.digit[i]);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* "1.50" and "1.5" are one number. */
static size_t
significant(const char *s)
{
	size_t n = strlen(s);

	if (strchr(s, '.') == NULL)
		return n;
	while (n > 0 && s[n - 1] == '0')
		n--;
	return n > 0 && s[n - 1] == '.' ? n - 1 : n;
}

static int
decimal_equal(const char *a, const char *b)
{
	size_t n = significant(a);

	return n == significant(b) && strncmp(a, b, n) == 0;
}

/* --- times: RFC 3339 in, "2020-01-02 03:04:05.678 +02:00" out --- */

static char *
datetime(struct arena *mem, const char *s)
{
	const char *end = s + strlen(s), *zone, *point, *offset;
	char fraction[11] = "";
	size_t n, kept;

	if (end - s < 20)
		return arena_strdup(mem, s);
	zone = end[-1] == 'Z' || end[-1] == 'z' ? end - 1 : end - 6;
	point = s + 19;
	if (*point == '.' && zone > point) {
		n = (size_t)(zone - point);
		if (n > sizeof(fraction) - 1)
			n = sizeof(fraction) - 1;
		memcpy(fraction, point, n);
		while (n < sizeof(fraction) - 1)
			fraction[n++] = '0';
		/* none, 3, 6 or 9 digits, whatever holds it */
		for (kept = 10; kept > 1; kept -= 3)
			if (strspn(fraction + kept - 3, "0") <
			    10 - (kept - 3))
				break;
		fraction[kept > 1 ? kept : 0] = '\0';
	}
	offset = zone == end - 1 || strcmp(zone, "-00:00") == 0 ? "+00:00" :
	    zone;
	return arena_printf(mem, "%.10s %.8s%s %s", s, s + 11, fraction,
	    offset);
}

/* --- bytes: base64 in, hex out --- */

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c == '\0' ? NULL : strchr(digits, c);

	return p == NULL ? -1 : (int)(p - digits);
}

static char *
hex_of_base64(struct arena *mem, const char *s)
{
	struct buf b = BUF_INIT;
	unsigned bits = 0;
	int have = 0;
	char *out;

	for (; base64_value(*s) >= 0; s++) {
		bits = bits << 6 | (unsigned)base64_value(*s);
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addf(&b, "%02x", bits >> have & 0xff);
		}
	}
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* --- all --- */

static enum value_kind
kind_of(enum scalar scalar)
{
	static const enum value_kind kind[SCALAR__MAX] = {
		[SCALAR_STRING] = VALUE_STRING,
		[SCALAR_BOOLEAN] = VALUE_BOOLEAN,
		[SCALAR_INT] = VALUE_INT,
		[SCALAR_BIGINT] = VALUE_INT,
		[SCALAR_FLOAT] = VALUE_FLOAT,
		[SCALAR_DECIMAL] = VALUE_FLOAT,
		[SCALAR_DATETIME] = VALUE_DATETIME,
		[SCALAR_JSON] = VALUE_JSON,
		[SCALAR_BYTES] = VALUE_BYTES
	};

	return kind[scalar];
}

void
value_from_expr(struct arena *mem, const struct ast_expr *e,
    enum scalar scalar, struct cat_value *v)
{
	*v = (struct cat_value){ .kind = kind_of(scalar), .text = e->text };
	if (e->kind == EXPR_ARRAY) {
		v->kind = VALUE_LIST;
		v->nitems = e->nitems;
		v->item = arena_array(mem, struct cat_value, e->nitems);
		for (size_t i = 0; i < e->nitems; i++)
			value_from_expr(mem, e->item[i], scalar, &v->item[i]);
	} else if (v->kind == VALUE_INT || v->kind == VALUE_FLOAT) {
		v->text = value_decimal(mem, e->text);
	} else if (v->kind == VALUE_DATETIME) {
		v->text = datetime(mem, e->text);
	} else if (v->kind == VALUE_BYTES) {
		v->text = hex_of_base64(mem, e->text);
	}
}

/* -1: one of them cannot be parsed */
static int
documents_equal(const char *a, const char *b, size_t flags)
{
	json_t *x = json_loads(a, flags, NULL), *y = json_loads(b, flags, NULL);
	int equal = x == NULL || y == NULL ? -1 : json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return equal;
}

/* An integer that 64 bits cannot hold is a number with a point. */
int
value_json_equal(const char *a, const char *b)
{
	size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	int equal = strcmp(a, b) == 0 ? 1 : documents_equal(a, b, flags);

	if (equal == -1)
		equal = documents_equal(a, b, flags | JSON_DECODE_INT_AS_REAL);
	return equal != 0;
}

/* A label that a database shows as text, and bytes: '\x6869'. */
static int
text_is_bytes(const char *text, const char *hex)
{
	return strncmp(text, "\\x", 2) == 0 && strcasecmp(text + 2, hex) == 0;
}

static int
items_equal(const struct cat_value *a, const struct cat_value *b)
{
	if (a->kind == VALUE_DATETIME || b->kind == VALUE_DATETIME)
		return 1;
	if (a->kind == VALUE_ENUM && b->kind == VALUE_BYTES)
		return text_is_bytes(a->text, b->text);
	if (a->kind == VALUE_BYTES && b->kind == VALUE_ENUM)
		return text_is_bytes(b->text, a->text);
	return value_equal(a, b);
}

/* What the engine cannot compare counts as equal: times, above all. */
int
value_equal(const struct cat_value *a, const struct cat_value *b)
{
	int json = a->kind == VALUE_JSON || b->kind == VALUE_JSON;
	int texts = (a->kind == VALUE_JSON || a->kind == VALUE_STRING) &&
	    (b->kind == VALUE_JSON || b->kind == VALUE_STRING);

	if (a->kind == VALUE_LIST && b->kind == VALUE_LIST) {
		if (a->nitems != b->nitems)
			return 0;
		for (size_t i = 0; i < a->nitems; i++)
			if (!items_equal(&a->item[i], &b->item[i]))
				return 0;
		return 1;
	}
	if (a->kind == VALUE_DATETIME || b->kind == VALUE_DATETIME)
		return 1;
	if (json && texts)
		return value_json_equal(a->text, b->text);
	if (a->kind != b->kind)
		return 0;
	if (a->kind == VALUE_FLOAT)
		return decimal_equal(a->text, b->text);
	return strcmp(a->text, b->text) == 0;
}
