/*
 * @default(…) of a column, and what a string looks like in a schema.
 */
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

void
pull_string(struct buf *out, const char *s)
{
	static const char special[] = "\t\n\r\"\\", letter[] = "tnr\"\\";
	const char *found;

	buf_addc(out, '"');
	for (; *s != '\0'; s++) {
		found = strchr(special, *s);
		if (found != NULL)
			buf_addf(out, "\\%c", letter[found - special]);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			buf_addf(out, "\\u%04x", (unsigned)*s);
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

static unsigned
hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Three bytes become four digits. */
static void
add_base64(struct buf *out, const char *hex)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t left = strlen(hex) / 2, n, i;
	unsigned bits;

	buf_addc(out, '"');
	for (; left > 0; left -= n, hex += 2 * n) {
		n = left < 3 ? left : 3;
		bits = 0;
		for (i = 0; i < 3; i++)
			bits = bits << 8 | (i >= n ? 0 :
			    hex_digit(hex[2 * i]) << 4 |
			    hex_digit(hex[2 * i + 1]));
		for (i = 0; i < 4; i++)
			buf_addc(out, i > n ? '=' :
			    digit[bits >> (18 - 6 * i) & 63]);
	}
	buf_addc(out, '"');
}

static void
add_dbgenerated(struct buf *out, const char *text)
{
	buf_adds(out, "dbgenerated(");
	if (text != NULL && *text != '\0')
		pull_string(out, text);
	buf_addc(out, ')');
}

static void
add_label(struct pull *p, const struct cat_type *type, const char *label,
    struct buf *out)
{
	const char *map, *name = pull_value_name(p,
	    pull_enum_of(p, type->enumeration), label, &map);

	if (*name != '\0')
		buf_adds(out, name);
	else
		add_dbgenerated(out, map);
}

/* The engine writes labels of lists as they are in the database, and leaves
 * out what it has read as JSON. */
static void
add_item(const struct cat_value *v, const char **comma, struct buf *out)
{
	if (v->kind == VALUE_JSON)
		return;
	buf_adds(out, *comma);
	*comma = ", ";
	if (v->kind == VALUE_STRING)
		pull_string(out, v->text);
	else if (v->kind == VALUE_BYTES)
		add_base64(out, v->text);
	else
		buf_adds(out, v->text);
}

static void
add_value(struct pull *p, const struct cat_type *type,
    const struct cat_value *v, struct buf *out)
{
	const char *comma = "";
	size_t i;

	switch (v->kind) {
	case VALUE_LIST:
		buf_addc(out, '[');
		for (i = 0; i < v->nitems; i++)
			add_item(&v->item[i], &comma, out);
		buf_addc(out, ']');
		break;
	case VALUE_STRING:
	case VALUE_JSON:
	case VALUE_DATETIME:
		pull_string(out, v->text);
		break;
	case VALUE_BYTES:
		add_base64(out, v->text);
		break;
	case VALUE_ENUM:
		add_label(p, type, v->text, out);
		break;
	default:
		buf_adds(out, v->text);
	}
}

/* As it is written in the schema there was. */
static void
add_client_default(const struct pull *p, const struct schema_default *d,
    struct buf *out)
{
	const struct span *at = &d->expr->span;

	buf_add(out, p->prev->ast->sources->file[at->file].text + at->start,
	    at->end - at->start);
}

static int
is_number(enum native native)
{
	return native < NATIVE_ENUM &&
	    (native_info[native].scalar == SCALAR_INT ||
	    native_info[native].scalar == SCALAR_BIGINT);
}

void
pull_default(struct pull *p, const struct pull_block *b,
    const struct cat_column *c, struct buf *out)
{
	const struct schema_field *prev = pull_prev_field(b, c);
	const struct cat_default *d = &c->dflt;
	struct buf text = BUF_INIT;

	if (d->kind == CAT_DEFAULT_SEQUENCE ||
	    (c->autoincrement && is_number(c->type.native)))
		buf_adds(&text, "autoincrement()");
	else if (d->kind == CAT_DEFAULT_NOW)
		buf_adds(&text, "now()");
	else if (d->kind == CAT_DEFAULT_DBGENERATED)
		add_dbgenerated(&text, d->text);
	else if (d->kind == CAT_DEFAULT_VALUE)
		add_value(p, &c->type, &d->value, &text);
	else if (prev != NULL && prev->dflt.kind == DEFAULT_CLIENT &&
	    c->type.native < NATIVE_ENUM &&
	    native_info[c->type.native].scalar == SCALAR_STRING)
		add_client_default(p, &prev->dflt, &text);
	if (text.len > 0)
		buf_addf(out, " @default(%s)", buf_str(&text));
	buf_free(&text);
}
