#include <string.h>

#include "base/buf.h"
#include "base/shell.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";

/* Quotes inside of '' take four letters each, and are hard to read. */
static int
fits_double(const char *word)
{
	return strchr(word, '\'') != NULL && strpbrk(word, "\"$`\\!") == NULL;
}

void
shell_word(struct buf *b, const char *word)
{
	if (fits_double(word)) {
		buf_addf(b, "\"%s\"", word);
		return;
	}
	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		buf_adds(b, word);
		return;
	}
	buf_addc(b, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *word);
	buf_addc(b, '\'');
}
