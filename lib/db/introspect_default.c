/*
 * Defaults, read from the text that pg_get_expr prints.  What is understood
 * and what stays an expression must agree with default.rs of prisma-engines'
 * sql-schema-describer, oddities included: a diff compares the one with the
 * other.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/value.h"
#include "db/introspect_priv.h"
#include "db/introspect_token.h"

/* --- a value of each sort; 0: it is not one --- */

static int
read_string(struct reader *r, struct cat_default *out)
{
	out->value.kind = VALUE_STRING;
	out->value.text = reader_take_string(r);
	return out->value.text != NULL;
}

static int
read_enum(struct reader *r, struct cat_default *out)
{
	const struct token *t = reader_take_kind(r, TOKEN_WORD);

	out->value.kind = VALUE_ENUM;
	out->value.text = t != NULL ? arena_strndup(r->mem, t->p, t->len) :
	    reader_take_string(r);
	return out->value.text != NULL && reader_take_cast(r);
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

/* A name, quoted or not, of two the second: "schema".name */
static const char *
sequence_name(struct arena *mem, const char *text)
{
	const struct token *t, *first = NULL;
	struct reader r;

	reader_init(&r, mem, text);
	for (;;) {
		t = reader_take_kind(&r, TOKEN_QUOTED);
		if (t == NULL)
			t = reader_take_kind(&r, TOKEN_WORD);
		if (t == NULL)
			return NULL;
		if (first != NULL || !reader_take_kind(&r, TOKEN_DOT))
			break;
		first = t;
	}
	return t->kind == TOKEN_QUOTED ? token_unquote(mem, t) :
	    token_text(mem, t);
}

/* nextval('name'::regclass), also nextval(('name'::text)::regclass) */
static int
read_nextval(struct reader *r, struct cat_default *out)
{
	const char *text;

	if (!reader_take_kind(r, TOKEN_OPEN))
		return 0;
	reader_take_kind(r, TOKEN_OPEN);
	if ((text = reader_take_string(r)) == NULL ||
	    (text = sequence_name(r->mem, text)) == NULL ||
	    !reader_take_until(r, TOKEN_CLOSE) || !reader_take_cast(r))
		return 0;
	reader_take_kind(r, TOKEN_CLOSE);
	if (!reader_take_cast(r))
		return 0;
	out->kind = CAT_DEFAULT_SEQUENCE;
	out->text = text;
	return 1;
}

static int
read_int(struct reader *r, struct cat_default *out)
{
	int negative = reader_peek(r)->kind == TOKEN_MINUS;
	const struct token *t;
	const char *text;

	if (negative)
		reader_take(r);
	if ((t = reader_take_kind(r, TOKEN_DIGITS)) != NULL)
		return set_int(r, out, token_text(r->mem, t), negative);
	if (negative)
		return 0;
	if (reader_peek(r)->kind == TOKEN_STRING)
		return (text = reader_take_string(r)) != NULL &&
		    set_int(r, out, text, 0);
	return token_is(reader_take_kind(r, TOKEN_WORD), "nextval") &&
	    read_nextval(r, out);
}

static int
read_number(struct reader *r, struct cat_default *out)
{
	const struct token *digits, *fraction = NULL;
	int open = reader_take_kind(r, TOKEN_OPEN) != NULL;
	int negative = reader_take_kind(r, TOKEN_MINUS) != NULL;

	if ((digits = reader_take_kind(r, TOKEN_DIGITS)) == NULL)
		return 0;
	if (reader_take_kind(r, TOKEN_DOT) &&
	    (fraction = reader_take_kind(r, TOKEN_DIGITS)) == NULL)
		return 0;
	if (open && !reader_take_kind(r, TOKEN_CLOSE))
		return 0;
	out->value.kind = VALUE_FLOAT;
	out->value.text = value_decimal(r->mem, arena_printf(r->mem,
	    "%s%.*s%s%.*s", negative ? "-" : "",
	    (int)digits->len, digits->p, fraction != NULL ? "." : "",
	    fraction != NULL ? (int)fraction->len : 0,
	    fraction != NULL ? fraction->p : ""));
	return 1;
}

static int
read_float(struct reader *r, struct cat_default *out)
{
	enum token_kind kind = reader_peek(r)->kind;
	struct reader inner;
	const char *text;

	if (kind != TOKEN_STRING && kind != TOKEN_ESCAPES)
		return read_number(r, out) && reader_take_cast(r);
	if ((text = reader_take_string(r)) == NULL)
		return 0;
	reader_init(&inner, r->mem, text);
	return read_number(&inner, out) && reader_take_cast(r);
}

static int
read_bool(struct reader *r, struct cat_default *out)
{
	const struct token *t = reader_take_kind(r, TOKEN_WORD);

	out->value.kind = VALUE_BOOLEAN;
	if (token_is(t, "t") || token_is(t, "true"))
		out->value.text = "true";
	else if (token_is(t, "f") || token_is(t, "false"))
		out->value.text = "false";
	return out->value.text != NULL;
}

static int
read_datetime(struct reader *r, struct cat_default *out)
{
	const struct token *t = reader_take_kind(r, TOKEN_WORD);

	if (t == NULL || (reader_take_kind(r, TOKEN_OPEN) &&
	    !reader_take_kind(r, TOKEN_CLOSE)) || !reader_take_cast(r))
		return 0;
	out->kind = CAT_DEFAULT_NOW;
	return token_is(t, "now") || token_is(t, "current_timestamp");
}

static int
read_bytes(struct reader *r, struct cat_default *out)
{
	const char *text = reader_take_string(r);
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

/* ARRAY['a'::text, 'b'::text], also (ARRAY[…])::varchar(3)[] */
static int
read_array(struct reader *r, read_fn *read, struct cat_value *list)
{
	struct cat_default item;

	reader_take_kind(r, TOKEN_OPEN);
	if (!token_is(reader_take_kind(r, TOKEN_WORD), "array") ||
	    !reader_take_kind(r, TOKEN_OPEN_SQUARE))
		return 0;
	while (!reader_take_kind(r, TOKEN_CLOSE_SQUARE)) {
		item = (struct cat_default){ .kind = CAT_DEFAULT_VALUE };
		if (read == NULL || !read(r, &item) ||
		    item.kind != CAT_DEFAULT_VALUE)
			return 0;
		*new_item(list) = item.value;
		if (reader_take_kind(r, TOKEN_CLOSE_SQUARE))
			break;
		if (!reader_take_kind(r, TOKEN_COMMA))
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
		if ((text = reader_take_string(&inner)) != NULL)
			v->text = text;
		return 1;
	}
	if (native == NATIVE_UUID || native == NATIVE_UNSUPPORTED)
		return 0;
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
	const struct token *t = reader_peek(r);

	switch (t->kind) {
	case TOKEN_WORD:
		return set_element(r, native,
		    token_text(r->mem, reader_take(r)), v);
	case TOKEN_QUOTED:
		return set_element(r, native,
		    token_unquote(r->mem, reader_take(r)), v);
	case TOKEN_STRING:
		return set_element(r, native, reader_take_string(r), v);
	case TOKEN_MINUS:
	case TOKEN_DIGITS:
		if (native >= NATIVE_ENUM)
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
	const char *text = reader_take_string(r);
	struct reader inner;

	if (text == NULL)
		return 0;
	reader_init(&inner, r->mem, text);
	if (!reader_take_kind(&inner, TOKEN_OPEN_CURLY))
		return 0;
	while (!reader_take_kind(&inner, TOKEN_CLOSE_CURLY)) {
		if (!read_element(&inner, native, new_item(list)))
			return 0;
		if (reader_peek(&inner)->kind != TOKEN_CLOSE_CURLY &&
		    !reader_take_kind(&inner, TOKEN_COMMA))
			return 0;
	}
	return 1;
}

static int
read_list(struct reader *r, enum native native, struct cat_default *out)
{
	enum token_kind kind = reader_peek(r)->kind;

	out->value.kind = VALUE_LIST;
	out->value.item = arena_array(r->mem, struct cat_value,
	    r->n + strlen(r->token[0].p));
	if (kind == TOKEN_WORD || kind == TOKEN_OPEN)
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
	    read != NULL && read(&r, out) && reader_at_end(&r))
		return;
	*out = (struct cat_default){ .kind = CAT_DEFAULT_DBGENERATED,
		.text = text };
}
