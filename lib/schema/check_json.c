/*
 * Is it JSON?  Told in the words and with the place of the engine's library.
 */
#include <ctype.h>
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
