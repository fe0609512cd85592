/*
 * The datasource block, by a lexer of five kinds of token.  Braces, strings
 * and comments are all that is understood of the other blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "schema/datasource.h"

enum token {
	T_END,
	T_WORD,
	T_STRING,
	T_NEWLINE,
	T_CHAR /* any other, as itself */
};

struct lexer {
	struct arena *mem;
	const char *file, *text;
	size_t len, at;
	struct diag *diag;
	/* the token */
	enum token kind;
	size_t start;
	char *word; /* T_WORD, T_STRING: decoded */
	char c;	    /* T_CHAR */
};

static int
fail_at(struct lexer *l, size_t offset, const char *what)
{
	diag_at_offset(l->diag, l->file, l->text, l->len, offset);
	/* A line of the datasource may hold a password. */
	buf_reset(&l->diag->excerpt);
	return diag_set(l->diag, "%s", what);
}

static int
peek(const struct lexer *l, size_t ahead)
{
	return l->len - l->at > ahead ?
	    (unsigned char)l->text[l->at + ahead] : -1;
}

static int
is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c >= 0x80;
}

static void
add_utf8(struct buf *b, unsigned long c)
{
	if (c < 0x80)
		buf_addc(b, (char)c);
	else if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(b, (char)(0xe0 | c >> 12));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | c >> 18));
		buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	}
}

/* The four digits of \uXXXX at the backslash, or -1. */
static long
hex4(const struct lexer *l)
{
	char digits[5] = "";

	if (peek(l, 0) != '\\' || peek(l, 1) != 'u' || peek(l, 5) == -1)
		return -1;
	memcpy(digits, l->text + l->at + 2, 4);
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return -1;
	return strtol(digits, NULL, 16);
}

static int
lex_escape(struct lexer *l, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p;
	size_t start = l->at;
	long c, low;

	if ((c = hex4(l)) > 0) {
		l->at += 6;
		if (c >= 0xd800 && c < 0xdc00) {
			low = hex4(l);
			if (low < 0xdc00 || low > 0xdfff)
				return fail_at(l, start, "half of a surrogate "
				    "pair in a string");
			l->at += 6;
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
		}
		add_utf8(b, (unsigned long)c);
		return 0;
	}
	if (peek(l, 1) <= 0 || (p = strchr(from, peek(l, 1))) == NULL)
		return fail_at(l, start, "unknown escape in a string");
	buf_addc(b, to[p - from]);
	l->at += 2;
	return 0;
}

static int
lex_string(struct lexer *l)
{
	struct buf b = BUF_INIT;
	int c, rc = 0;

	for (l->at++; rc == 0 && (c = peek(l, 0)) != '"';) {
		if (c == -1 || c == '\n' || c == '\r')
			rc = fail_at(l, l->start, "unterminated string");
		else if (c == '\\')
			rc = lex_escape(l, &b);
		else {
			buf_addc(&b, (char)c);
			l->at++;
		}
	}
	l->at++;
	l->word = arena_strndup(l->mem, buf_str(&b), b.len);
	buf_free(&b);
	return rc;
}

static int
skip_blank(struct lexer *l)
{
	size_t start;
	int c;

	for (;;) {
		c = peek(l, 0);
		if (c == '/' && peek(l, 1) == '/') {
			while ((c = peek(l, 0)) != -1 && c != '\n')
				l->at++;
		} else if (c == '/' && peek(l, 1) == '*') {
			start = l->at;
			for (l->at += 2; peek(l, 0) != '*' ||
			    peek(l, 1) != '/'; l->at++)
				if (peek(l, 0) == -1)
					return fail_at(l, start,
					    "unterminated comment");
			l->at += 2;
		} else if (c == ' ' || c == '\t' || c == '\r')
			l->at++;
		else
			return 0;
	}
}

/* To the next token. */
static int
lex(struct lexer *l)
{
	int c;

	if (skip_blank(l) == -1)
		return -1;
	l->start = l->at;
	c = peek(l, 0);
	if (c == -1)
		l->kind = T_END;
	else if (c == '"') {
		l->kind = T_STRING;
		return lex_string(l);
	} else if (is_word(c)) {
		l->kind = T_WORD;
		while (is_word(peek(l, 0)))
			l->at++;
		l->word = arena_strndup(l->mem, l->text + l->start,
		    l->at - l->start);
	} else {
		l->kind = c == '\n' ? T_NEWLINE : T_CHAR;
		l->c = (char)c;
		l->at++;
	}
	return 0;
}

static int
is_char(const struct lexer *l, char c)
{
	return l->kind == T_CHAR && l->c == c;
}

static int
lex_line(struct lexer *l)
{
	do {
		if (lex(l) == -1)
			return -1;
	} while (l->kind == T_NEWLINE);
	return 0;
}

/* The token is the opening brace: to the one that closes it. */
static int
skip_block(struct lexer *l)
{
	size_t depth = 1, open = l->start;

	while (depth > 0) {
		if (lex(l) == -1)
			return -1;
		if (l->kind == T_END)
			return fail_at(l, open, "'{' is never closed");
		if (is_char(l, '{'))
			depth++;
		else if (is_char(l, '}'))
			depth--;
	}
	return 0;
}

static void
place(const struct lexer *l, size_t offset, size_t *line, size_t *column)
{
	struct diag d = DIAG_INIT;

	diag_at_offset(&d, l->file, l->text, l->len, offset);
	*line = d.line;
	*column = d.column;
	diag_free(&d);
}

/* "…" or env("…"); the token is the first of it, and then the last. */
static int
read_value(struct lexer *l, struct ds_value *v)
{
	static const char wanted[] = "a string or env(\"NAME\") is expected";
	size_t start = l->start;

	place(l, start, &v->line, &v->column);
	if (l->kind == T_STRING) {
		v->literal = l->word;
		return 0;
	}
	if (l->kind != T_WORD || strcmp(l->word, "env") != 0)
		return fail_at(l, start, wanted);
	if (lex(l) == -1)
		return -1;
	if (!is_char(l, '('))
		return fail_at(l, start, wanted);
	if (lex(l) == -1)
		return -1;
	if (l->kind != T_STRING)
		return fail_at(l, start, wanted);
	v->env = l->word;
	if (lex(l) == -1)
		return -1;
	return is_char(l, ')') ? 0 : fail_at(l, start, wanted);
}

static int
read_schemas(struct lexer *l, struct datasource *ds)
{
	const char **list = NULL, **more;
	size_t n = 0, open = l->start;

	if (!is_char(l, '['))
		return fail_at(l, open, "a list of strings is expected");
	for (;;) {
		if (lex_line(l) == -1)
			return -1;
		if (is_char(l, ']'))
			break;
		if (is_char(l, ','))
			continue;
		if (l->kind != T_STRING)
			return fail_at(l, open,
			    "a list of strings is expected");
		more = arena_array(l->mem, const char *, n + 1);
		if (n > 0)
			memcpy(more, list, n * sizeof(*more));
		list = more;
		list[n++] = l->word;
	}
	ds->schemas = list;
	ds->nschemas = n;
	return 0;
}

/* Of other properties (extensions, relationMode) nothing is needed. */
static int
skip_value(struct lexer *l)
{
	int list = 0;

	for (;;) {
		if (l->kind == T_END || (!list &&
		    (l->kind == T_NEWLINE || is_char(l, '}'))))
			return 0;
		if (is_char(l, '['))
			list = 1;
		else if (is_char(l, ']'))
			list = 0;
		if (lex(l) == -1)
			return -1;
	}
}

/* The token is the name of a property, and then the one after its value. */
static int
read_property(struct lexer *l, struct datasource *ds)
{
	struct ds_value provider = { .line = 0 };
	const struct {
		const char *name;
		struct ds_value *value;
	} known[] = { { "provider", &provider }, { "url", &ds->url },
		{ "directUrl", &ds->direct_url },
		{ "shadowDatabaseUrl", &ds->shadow_url } };
	const char *name = l->word;
	size_t i;

	if (lex(l) == -1)
		return -1;
	if (!is_char(l, '='))
		return fail_at(l, l->start, "'=' is expected");
	if (lex(l) == -1)
		return -1;
	if (strcmp(name, "schemas") == 0)
		return read_schemas(l, ds) == -1 ? -1 : lex(l);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			break;
	if (i == sizeof(known) / sizeof(known[0]))
		return skip_value(l);
	if (read_value(l, known[i].value) == -1)
		return -1;
	if (i == 0)
		ds->provider = provider.literal;
	return lex(l);
}

/* datasource NAME {, the token being its first word and then its last. */
static int
read_head(struct lexer *l, struct datasource *ds)
{
	*ds = (struct datasource){ .file = l->file };
	place(l, l->start, &ds->line, &ds->column);
	if (lex(l) == -1)
		return -1;
	if (l->kind != T_WORD)
		return fail_at(l, l->start, "the datasource needs a name");
	ds->name = l->word;
	if (lex_line(l) == -1)
		return -1;
	return is_char(l, '{') ? 0 : fail_at(l, l->start, "'{' is expected");
}

static int
read_block(struct lexer *l, struct datasource *ds)
{
	size_t open;

	if (read_head(l, ds) == -1)
		return -1;
	open = l->start;
	if (lex(l) == -1)
		return -1;
	while (!is_char(l, '}')) {
		if (l->kind == T_END)
			return fail_at(l, open, "'{' is never closed");
		if (l->kind == T_WORD) {
			if (read_property(l, ds) == -1)
				return -1;
		} else if (l->kind != T_NEWLINE)
			return fail_at(l, l->start, "a property is expected");
		else if (lex(l) == -1)
			return -1;
	}
	return 0;
}

int
datasource_read(struct arena *a, const char *file, const char *text,
    size_t len, struct datasource *ds, int *found, struct diag *d)
{
	struct lexer l = { .mem = a, .file = file, .text = text, .len = len,
		.diag = d };
	size_t first_line = 0;

	*found = 0;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		l.at = 3;
	for (;;) {
		if (lex(&l) == -1)
			return -1;
		if (l.kind == T_END)
			return 0;
		if (is_char(&l, '{') && skip_block(&l) == -1)
			return -1;
		if (l.kind != T_WORD || strcmp(l.word, "datasource") != 0)
			continue;
		if (*found) {
			fail_at(&l, l.start, "a second datasource");
			diag_hint(d, "the first one is at %s:%zu", file,
			    first_line);
			return -1;
		}
		if (read_block(&l, ds) == -1)
			return -1;
		*found = 1;
		first_line = ds->line;
	}
}
