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
