/*
 * Defaults, read from the text that pg_get_expr prints.  What is understood
 * and what stays an expression must agree with default.rs and tokenize.rs of
 * prisma-engines' sql-schema-describer, oddities included: a diff compares
 * the one with the other.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/introspect_priv.h"

enum token_kind {
	TOKEN_END,
	TOKEN_COMMA,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_SQUARE,
	TOKEN_CLOSE_SQUARE,
	TOKEN_OPEN_CURLY,
	TOKEN_CLOSE_CURLY,
	TOKEN_MINUS,
	TOKEN_DOT,
	TOKEN_CAST,
	TOKEN_QUOTED, /* "…" */
	TOKEN_STRING, /* '…' */
	TOKEN_ESCAPES, /* E'…' */
	TOKEN_DIGITS,
	TOKEN_WORD,
	TOKEN_SPACE,
	TOKEN_BAD
};

struct token {
	enum token_kind kind;
	const char *p;
	size_t len;
};

struct reader {
	struct arena *mem;
	struct token *token; /* the last is TOKEN_END */
	size_t n, next;
};

/* --- tokens --- */

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

static void
reader_init(struct reader *r, struct arena *mem, const char *text)
{
	*r = (struct reader){ .mem = mem };
	r->token = arena_array(mem, struct token, strlen(text) + 1);
	do {
		r->token[r->n] = token_at(text);
		text += r->token[r->n].len;
	} while (r->token[r->n++].kind != TOKEN_END);
}

/* What comes next behind white space, which is not passed yet. */
static const struct token *
peek(const struct reader *r)
{
	const struct token *t = &r->token[r->next];

	while (t->kind == TOKEN_SPACE)
		t++;
	return t;
}

static const struct token *
take(struct reader *r)
{
	const struct token *t = peek(r);

	r->next = (size_t)(t - r->token) + (t->kind != TOKEN_END);
	return t;
}

/* The token, or NULL: it is of another kind. */
static const struct token *
take_kind(struct reader *r, enum token_kind kind)
{
	return peek(r)->kind == kind ? take(r) : NULL;
}

/* One token more than that is let pass, as the engine does. */
static int
at_end(const struct reader *r)
{
	return r->next + 2 >= r->n;
}

static int
is_text(const struct token *t, const char *text)
{
	return t != NULL && t->len == strlen(text) &&
	    strncasecmp(t->p, text, t->len) == 0;
}

/* Up to the next of that kind; 0: there is none. */
static int
take_until(struct reader *r, enum token_kind kind)
{
	const struct token *t;

	do {
		t = take(r);
	} while (t->kind != kind && t->kind != TOKEN_END);
	return t->kind == kind;
}

/* ::timestamp with time zone (4)[], if there is one; 0: it is not whole. */
static int
take_cast(struct reader *r)
{
	if (!take_kind(r, TOKEN_CAST))
		return 1;
	while (take_kind(r, TOKEN_QUOTED) || take_kind(r, TOKEN_WORD) ||
	    take_kind(r, TOKEN_DOT))
		;
	if (peek(r)->kind == TOKEN_OPEN && !take_until(r, TOKEN_CLOSE))
		return 0;
	return !take_kind(r, TOKEN_OPEN_SQUARE) ||
	    take_kind(r, TOKEN_CLOSE_SQUARE) != NULL;
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

static char *
unquote(struct arena *mem, const struct token *t)
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

/* The text of a string and its cast, or NULL. */
static const char *
take_string(struct reader *r)
{
	enum token_kind kind = peek(r)->kind;
	const char *text;

	if (kind != TOKEN_STRING && kind != TOKEN_ESCAPES)
		return NULL;
	text = unquote(r->mem, take(r));
	return take_cast(r) ? text : NULL;
}

/* --- a value of each sort; 0: it is not one --- */

static int
read_string(struct reader *r, struct cat_default *out)
{
	out->value.kind = VALUE_STRING;
	out->value.text = take_string(r);
	return out->value.text != NULL;
}

static int
read_enum(struct reader *r, struct cat_default *out)
{
	const struct token *t = take_kind(r, TOKEN_WORD);

	out->value.kind = VALUE_ENUM;
	out->value.text = t != NULL ? arena_strndup(r->mem, t->p, t->len) :
	    take_string(r);
	return out->value.text != NULL && take_cast(r);
}

/* As an i64 is read: digits, perhaps a sign. */
static int
set_int(struct reader *r, struct cat_default *out, const char *text,
    int negative)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0' ||
	    strlen(digits) > 19)
		return 0;
	out->value.kind = VALUE_INT;
	out->value.text = arena_printf(r->mem, "%s%lld", negative ? "-" : "",
	    strtoll(text, &end, 10));
	return 1;
}

static const char *
token_text(struct reader *r, const struct token *t)
{
	return arena_strndup(r->mem, t->p, t->len);
}

/* A name, quoted or not, of two the second: "schema".name */
static const char *
sequence_name(struct arena *mem, const char *text)
{
	const struct token *t, *first = NULL;
	struct reader r;

	reader_init(&r, mem, text);
	for (;;) {
		t = take_kind(&r, TOKEN_QUOTED);
		if (t == NULL)
			t = take_kind(&r, TOKEN_WORD);
		if (t == NULL)
			return NULL;
		if (first != NULL || !take_kind(&r, TOKEN_DOT))
			break;
		first = t;
	}
	return t->kind == TOKEN_QUOTED ? unquote(mem, t) : token_text(&r, t);
}

/* nextval('name'::regclass), also nextval(('name'::text)::regclass) */
static int
read_nextval(struct reader *r, struct cat_default *out)
{
	const char *text;

	if (!take_kind(r, TOKEN_OPEN))
		return 0;
	take_kind(r, TOKEN_OPEN);
	if ((text = take_string(r)) == NULL ||
	    (text = sequence_name(r->mem, text)) == NULL ||
	    !take_until(r, TOKEN_CLOSE) || !take_cast(r))
		return 0;
	take_kind(r, TOKEN_CLOSE);
	if (!take_cast(r))
		return 0;
	out->kind = CAT_DEFAULT_SEQUENCE;
	out->text = text;
	return 1;
}

static int
read_int(struct reader *r, struct cat_default *out)
{
	int negative = peek(r)->kind == TOKEN_MINUS;
	const struct token *t;
	const char *text;

	if (negative)
		take(r);
	if ((t = take_kind(r, TOKEN_DIGITS)) != NULL)
		return set_int(r, out, token_text(r, t), negative);
	if (negative)
		return 0;
	if (peek(r)->kind == TOKEN_STRING)
		return (text = take_string(r)) != NULL &&
		    set_int(r, out, text, 0);
	return is_text(take_kind(r, TOKEN_WORD), "nextval") &&
	    read_nextval(r, out);
}

static int
read_number(struct reader *r, struct cat_default *out)
{
	const struct token *digits, *fraction = NULL;
	int open = take_kind(r, TOKEN_OPEN) != NULL;
	int negative = take_kind(r, TOKEN_MINUS) != NULL;

	if ((digits = take_kind(r, TOKEN_DIGITS)) == NULL)
		return 0;
	if (take_kind(r, TOKEN_DOT) &&
	    (fraction = take_kind(r, TOKEN_DIGITS)) == NULL)
		return 0;
	if (open && !take_kind(r, TOKEN_CLOSE))
		return 0;
	out->value.kind = VALUE_FLOAT;
	out->value.text = arena_printf(r->mem, "%s%.*s%s%.*s",
	    negative ? "-" : "", (int)digits->len, digits->p,
	    fraction != NULL ? "." : "",
	    fraction != NULL ? (int)fraction->len : 0,
	    fraction != NULL ? fraction->p : "");
	return 1;
}

static int
read_float(struct reader *r, struct cat_default *out)
{
	enum token_kind kind = peek(r)->kind;
	struct reader inner;
	const char *text;

	if (kind != TOKEN_STRING && kind != TOKEN_ESCAPES)
		return read_number(r, out) && take_cast(r);
	if ((text = take_string(r)) == NULL)
		return 0;
	reader_init(&inner, r->mem, text);
	return read_number(&inner, out) && take_cast(r);
}

static int
read_bool(struct reader *r, struct cat_default *out)
{
	const struct token *t = take_kind(r, TOKEN_WORD);

	out->value.kind = VALUE_BOOLEAN;
	if (is_text(t, "t") || is_text(t, "true"))
		out->value.text = "true";
	else if (is_text(t, "f") || is_text(t, "false"))
		out->value.text = "false";
	return out->value.text != NULL;
}

static int
read_datetime(struct reader *r, struct cat_default *out)
{
	const struct token *t = take_kind(r, TOKEN_WORD);

	if (t == NULL || (take_kind(r, TOKEN_OPEN) &&
	    !take_kind(r, TOKEN_CLOSE)) || !take_cast(r))
		return 0;
	out->kind = CAT_DEFAULT_NOW;
	return is_text(t, "now") || is_text(t, "current_timestamp");
}

static int
read_bytes(struct reader *r, struct cat_default *out)
{
	const char *text = take_string(r);
	char *p;

	if (text == NULL || strncmp(text, "\\x", 2) != 0 ||
	    strlen(text) % 2 != 0 ||
	    text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] != '\0')
		return 0;
	out->value.kind = VALUE_BYTES;
	out->value.text = p = arena_strdup(r->mem, text + 2);
	for (; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return 1;
}

typedef int read_fn(struct reader *, struct cat_default *);

static read_fn *
reader_for(enum native native)
{
	static read_fn *const by_scalar[SCALAR__MAX] = {
		[SCALAR_STRING] = read_string,
		[SCALAR_BOOLEAN] = read_bool,
		[SCALAR_INT] = read_int,
		[SCALAR_BIGINT] = read_int,
		[SCALAR_FLOAT] = read_float,
		[SCALAR_DECIMAL] = read_float,
		[SCALAR_DATETIME] = read_datetime,
		[SCALAR_JSON] = read_string,
		[SCALAR_BYTES] = read_bytes
	};

	if (native == NATIVE_ENUM)
		return read_enum;
	if (native == NATIVE_UNSUPPORTED || native == NATIVE_UUID)
		return NULL;
	return by_scalar[native_info[native].scalar];
}

/* --- lists --- */

static struct cat_value *
new_item(struct cat_value *list)
{
	return &list->item[list->nitems++];
}

/* ARRAY['a'::text, 'b'::text] */
static int
read_array(struct reader *r, read_fn *read, struct cat_value *list)
{
	struct cat_default item;

	if (read == NULL || !is_text(take_kind(r, TOKEN_WORD), "array") ||
	    !take_kind(r, TOKEN_OPEN_SQUARE))
		return 0;
	while (!take_kind(r, TOKEN_CLOSE_SQUARE)) {
		item = (struct cat_default){ .kind = CAT_DEFAULT_VALUE };
		if (!read(r, &item) || item.kind != CAT_DEFAULT_VALUE)
			return 0;
		*new_item(list) = item.value;
		if (take_kind(r, TOKEN_CLOSE_SQUARE))
			break;
		if (!take_kind(r, TOKEN_COMMA))
			return 0;
	}
	return 1;
}

/* A decimal number as it may stand in quotes; no NaN. */
static int
is_decimal(const char *s)
{
	char *end;

	if (s[strspn(s, "0123456789+-.eE")] != '\0' || *s == '\0')
		return 0;
	strtod(s, &end);
	return *end == '\0';
}

/* An element of '{…}' without its quotes. */
static int
set_element(struct reader *r, enum native native, const char *text,
    struct cat_value *v)
{
	struct cat_default item = { .kind = CAT_DEFAULT_VALUE };
	enum scalar scalar = native_info[native].scalar;
	struct reader inner;

	*v = (struct cat_value){ .kind = VALUE_STRING, .text = text };
	reader_init(&inner, r->mem, text);
	if (native == NATIVE_ENUM) {
		v->kind = VALUE_ENUM;
		if ((text = take_string(&inner)) != NULL)
			v->text = text;
		return 1;
	}
	switch (scalar) {
	case SCALAR_INT:
	case SCALAR_BIGINT:
		if (!set_int(r, &item, text, 0))
			return 0;
		*v = item.value;
		return 1;
	case SCALAR_FLOAT:
	case SCALAR_DECIMAL:
		v->kind = VALUE_FLOAT;
		return is_decimal(text);
	case SCALAR_BOOLEAN:
		if (!read_bool(&inner, &item) || inner.next + 1 != inner.n)
			return 0;
		*v = item.value;
		return 1;
	case SCALAR_JSON:
		v->kind = VALUE_JSON;
		return 1;
	case SCALAR_STRING:
		return 1;
	default:
		return 0;
	}
}

static int
read_element(struct reader *r, enum native native, struct cat_value *v)
{
	struct cat_default item = { .kind = CAT_DEFAULT_VALUE };
	enum scalar scalar = native_info[native].scalar;
	const struct token *t = peek(r);

	switch (t->kind) {
	case TOKEN_WORD:
		return set_element(r, native, token_text(r, take(r)), v);
	case TOKEN_QUOTED:
		return set_element(r, native, unquote(r->mem, take(r)), v);
	case TOKEN_STRING:
		return set_element(r, native, take_string(r), v);
	case TOKEN_MINUS:
	case TOKEN_DIGITS:
		if (native == NATIVE_ENUM)
			return 0;
		if (scalar == SCALAR_INT || scalar == SCALAR_BIGINT ?
		    !read_int(r, &item) : (scalar != SCALAR_FLOAT &&
		    scalar != SCALAR_DECIMAL) || !read_float(r, &item))
			return 0;
		*v = item.value;
		return 1;
	default:
		return 0;
	}
}

/* '{a,"b c"}' */
static int
read_literal(struct reader *r, enum native native, struct cat_value *list)
{
	const char *text = take_string(r);
	struct reader inner;

	if (text == NULL || native == NATIVE_UNSUPPORTED ||
	    native == NATIVE_UUID)
		return 0;
	reader_init(&inner, r->mem, text);
	if (!take_kind(&inner, TOKEN_OPEN_CURLY))
		return 0;
	while (!take_kind(&inner, TOKEN_CLOSE_CURLY)) {
		if (!read_element(&inner, native, new_item(list)))
			return 0;
		if (peek(&inner)->kind != TOKEN_CLOSE_CURLY &&
		    !take_kind(&inner, TOKEN_COMMA))
			return 0;
	}
	return 1;
}

static int
read_list(struct reader *r, enum native native, struct cat_default *out)
{
	out->value.kind = VALUE_LIST;
	out->value.item = arena_array(r->mem, struct cat_value,
	    r->n + strlen(r->token[0].p));
	if (peek(r)->kind == TOKEN_WORD)
		return read_array(r, reader_for(native), &out->value);
	return read_literal(r, native, &out->value);
}

void
introspect_default(struct arena *mem, const char *text,
    const struct cat_type *type, struct cat_default *out)
{
	read_fn *read = reader_for(type->native);
	struct reader r;

	*out = (struct cat_default){ .kind = CAT_DEFAULT_NONE };
	if (text == NULL ||
	    strncmp(text + strspn(text, " \t\n\r"), "NULL", 4) == 0)
		return;
	reader_init(&r, mem, text);
	out->kind = CAT_DEFAULT_VALUE;
	if (type->arity == ARITY_LIST ? read_list(&r, type->native, out) :
	    read != NULL && read(&r, out) && at_end(&r))
		return;
	*out = (struct cat_default){ .kind = CAT_DEFAULT_DBGENERATED,
		.text = text };
}
