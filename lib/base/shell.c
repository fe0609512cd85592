#include <string.h>

#include "base/arena.h"
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

/* One word; behind it. */
static const char *
read_word(struct buf *b, const char *s)
{
	char quote = '\0';

	for (; *s != '\0' && (quote != '\0' || *s != ' '); s++)
		if (*s == quote)
			quote = '\0';
		else if (quote == '\0' && (*s == '\'' || *s == '"'))
			quote = *s;
		else if (quote == '\0' && *s == '\\' && s[1] != '\0')
			buf_addc(b, *++s);
		else
			buf_addc(b, *s);
	return s;
}

char **
shell_split(struct arena *mem, const char *s, size_t *n)
{
	struct buf b = BUF_INIT;
	char **word = NULL;

	for (*n = 0; *(s += strspn(s, " ")) != '\0'; ) {
		buf_reset(&b);
		s = read_word(&b, s);
		word = arena_more(mem, word, *n, sizeof(*word));
		word[(*n)++] = arena_strdup(mem, buf_str(&b));
	}
	buf_free(&b);
	return word;
}
