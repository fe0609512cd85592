/*
 * Tokens of a default.  Where they begin and end must agree with tokenize.rs
 * of prisma-engines' sql-schema-describer, oddities included.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/introspect_token.h"

static size_t
run_of(const char *s, int (*is)(int))
{
	size_t n = 0;

	while (is((unsigned char)s[n]))
		n++;
	return n;
}

static int
is_word(int c)
{
	return isalnum(c) || c == '_' || c == '-';
}

/* Behind the closing quote, or 0; a quote is doubled, or escaped. */
static size_t
quoted(const char *s, size_t start, int escapes)
{
	char quote = s[start];
	size_t i;

	for (i = start + 1; s[i] != '\0'; i++)
		if (escapes && s[i] == '\\') {
			if (s[++i] == '\0')
				return 0;
		} else if (s[i] == quote) {
			if (escapes || s[i + 1] != quote)
				return i + 1;
			i++;
		}
	return 0;
}

static struct token
text_token(enum token_kind kind, const char *s, size_t len)
{
	if (len == 0) /* it has no end */
		return (struct token){ TOKEN_BAD, s, strlen(s) };
	return (struct token){ kind, s, len };
}

static struct token
word_token(const char *s)
{
	size_t n = 1;

	if ((*s == 'E' || *s == 'e') && s[1] == '\'')
		return text_token(TOKEN_ESCAPES, s, quoted(s, 1, 1));
	/* "e_1" is read as "e" and something bad */
	if ((*s != 'E' && *s != 'e') || isalnum((unsigned char)s[1]))
		n += run_of(s + 1, is_word);
	return (struct token){ TOKEN_WORD, s, n };
}

static struct token
token_at(const char *s)
{
	static const char marks[] = ",()[]{}-.";
	static const enum token_kind kind[] = { TOKEN_COMMA, TOKEN_OPEN,
		TOKEN_CLOSE, TOKEN_OPEN_SQUARE, TOKEN_CLOSE_SQUARE,
		TOKEN_OPEN_CURLY, TOKEN_CLOSE_CURLY, TOKEN_MINUS, TOKEN_DOT };
	const char *mark = strchr(marks, *s);

	if (*s == '\0')
		return (struct token){ TOKEN_END, s, 0 };
	if (mark != NULL)
		return (struct token){ kind[mark - marks], s, 1 };
	if (*s == ':' && s[1] == ':')
		return (struct token){ TOKEN_CAST, s, 2 };
	if (*s == ':')
		return (struct token){ TOKEN_BAD, s, strlen(s) };
	if (isdigit((unsigned char)*s))
		return (struct token){ TOKEN_DIGITS, s, run_of(s, isdigit) };
	if (isspace((unsigned char)*s) && *s != '\v')
		return (struct token){ TOKEN_SPACE, s, run_of(s, isspace) };
	if (isalpha((unsigned char)*s))
		return word_token(s);
	if (*s == '\'')
		return text_token(TOKEN_STRING, s, quoted(s, 0, 0));
	if (*s == '"')
		return text_token(TOKEN_QUOTED, s, quoted(s, 0, 1));
	return (struct token){ TOKEN_BAD, s, 1 };
}

void
reader_init(struct reader *r, struct arena *mem, const char *text)
{
	*r = (struct reader){ .mem = mem };
	r->token = arena_array(mem, struct token, strlen(text) + 1);
	do {
		r->token[r->n] = token_at(text);
		text += r->token[r->n].len;
	} while (r->token[r->n++].kind != TOKEN_END);
}

const struct token *
reader_peek(const struct reader *r)
{
	const struct token *t = &r->token[r->next];

	while (t->kind == TOKEN_SPACE)
		t++;
	return t;
}

const struct token *
reader_take(struct reader *r)
{
	const struct token *t = reader_peek(r);

	r->next = (size_t)(t - r->token) + (t->kind != TOKEN_END);
	return t;
}

const struct token *
reader_take_kind(struct reader *r, enum token_kind kind)
{
	return reader_peek(r)->kind == kind ? reader_take(r) : NULL;
}

int
reader_at_end(const struct reader *r)
{
	return r->next + 2 >= r->n;
}

int
token_is(const struct token *t, const char *text)
{
	return t != NULL && t->len == strlen(text) &&
	    strncasecmp(t->p, text, t->len) == 0;
}

int
reader_take_until(struct reader *r, enum token_kind kind)
{
	const struct token *t;

	do {
		t = reader_take(r);
	} while (t->kind != kind && t->kind != TOKEN_END);
	return t->kind == kind;
}

int
reader_take_cast(struct reader *r)
{
	enum token_kind kind;

	if (!reader_take_kind(r, TOKEN_CAST))
		return 1;
	do {
		kind = reader_peek(r)->kind;
	} while ((kind == TOKEN_QUOTED || kind == TOKEN_WORD ||
	    kind == TOKEN_DOT) && reader_take(r) != NULL);
	if (kind == TOKEN_OPEN && !reader_take_until(r, TOKEN_CLOSE))
		return 0;
	return !reader_take_kind(r, TOKEN_OPEN_SQUARE) ||
	    reader_take_kind(r, TOKEN_CLOSE_SQUARE) != NULL;
}

char *
token_text(struct arena *mem, const struct token *t)
{
	return arena_strndup(mem, t->p, t->len);
}

/* --- strings --- */

static void
add_codepoint(struct buf *b, unsigned long c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_addc(b, (char)(0xe0 | c >> 12));
		} else {
			buf_addc(b, (char)(0xf0 | (c >> 18 & 7)));
			buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (c & 0x3f)));
}

/* \n, \u00e9 …: what follows the backslash; how many bytes that was. */
static size_t
add_escape(struct buf *b, const char *s, const char *end)
{
	static const char from[] = "abvfnrt", to[] = "\a\b\x11\x12\n\r\t";
	const char *known = strchr(from, *s);
	size_t digits = *s == 'u' ? 4 : *s == 'U' ? 8 : 0;
	char hex[9] = "";

	if (digits > 0 && (size_t)(end - s) > digits) {
		memcpy(hex, s + 1, digits);
		add_codepoint(b, strtoul(hex, NULL, 16));
		return digits + 1;
	}
	buf_addc(b, known != NULL ? to[known - from] : *s);
	return 1;
}

char *
token_unquote(struct arena *mem, const struct token *t)
{
	const char *p = t->p + (t->kind == TOKEN_ESCAPES ? 2 : 1);
	const char *end = t->p + t->len - 1;
	struct buf b = BUF_INIT;
	char *out;

	while (p < end) {
		if (t->kind == TOKEN_ESCAPES && *p == '\\') {
			p++;
			p += add_escape(&b, p, end);
			continue;
		}
		if ((t->kind == TOKEN_STRING && *p == '\'') ||
		    (t->kind == TOKEN_QUOTED && *p == '\\'))
			p++;
		buf_addc(&b, *p++);
	}
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

const char *
reader_take_string(struct reader *r)
{
	enum token_kind kind = reader_peek(r)->kind;
	const char *text;

	if (kind != TOKEN_STRING && kind != TOKEN_ESCAPES)
		return NULL;
	text = token_unquote(r->mem, reader_take(r));
	return reader_take_cast(r) ? text : NULL;
}
