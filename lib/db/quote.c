/* What stands in statements of our own, quoted into an arena. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/quote.h"
#include "db/conn.h"

char *
db_ident(struct arena *mem, const char *name)
{
	struct buf b = BUF_INIT;
	char *out;

	quote_ident(&b, name);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* With a backslash in it, it is written E'…': true under every setting of
 * standard_conforming_strings, which a script may have changed. */
char *
db_literal(struct arena *mem, const char *text)
{
	struct buf b = BUF_INIT;
	char *out;

	buf_adds(&b, strchr(text, '\\') != NULL ? " E'" : "'");
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_addc(&b, *text);
		buf_addc(&b, *text);
	}
	buf_addc(&b, '\'');
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

char *
db_array(struct arena *mem, const char *const *item, size_t n)
{
	struct buf b = BUF_INIT;
	const char *s;
	char *out;
	size_t i;

	buf_addc(&b, '{');
	for (i = 0; i < n; i++) {
		buf_adds(&b, i > 0 ? "," : "");
		if (item[i] == NULL) {
			buf_adds(&b, "NULL");
			continue;
		}
		buf_addc(&b, '"');
		for (s = item[i]; *s != '\0'; s++) {
			if (*s == '"' || *s == '\\')
				buf_addc(&b, '\\');
			buf_addc(&b, *s);
		}
		buf_addc(&b, '"');
	}
	buf_addc(&b, '}');
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

const char **
db_array_read(struct arena *mem, const char *s, size_t *n)
{
	struct buf item = BUF_INIT;
	const char **out = NULL;
	int quoted;

	*n = 0;
	if (s == NULL || *s++ != '{')
		return NULL;
	while (*s != '}' && *s != '\0') {
		buf_reset(&item);
		quoted = *s == '"';
		for (s += quoted; *s != '\0'; s++) {
			if (quoted ? *s == '"' : *s == ',' || *s == '}')
				break;
			if (*s == '\\' && s[1] != '\0')
				s++;
			buf_addc(&item, *s);
		}
		out = arena_more(mem, out, *n, sizeof(*out));
		out[(*n)++] = arena_strdup(mem, buf_str(&item));
		s += quoted && *s == '"';
		if (*s == ',')
			s++;
	}
	buf_free(&item);
	return out;
}
