/* Quoting: the delimiter is doubled inside, all else stands for itself. */
#include "base/buf.h"
#include "base/quote.h"

static void
quote(struct buf *b, const char *text, char mark)
{
	buf_addc(b, mark);
	for (; *text != '\0'; text++) {
		if (*text == mark)
			buf_addc(b, mark);
		buf_addc(b, *text);
	}
	buf_addc(b, mark);
}

void
quote_ident(struct buf *b, const char *name)
{
	quote(b, name, '"');
}

void
quote_string(struct buf *b, const char *text)
{
	quote(b, text, '\'');
}
