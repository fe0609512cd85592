/* The escapes are those of COPY's text format: must agree with copyto.c. */
#include <string.h>

#include "base/buf.h"
#include "base/record.h"

void
record_add(struct buf *b, const char *s)
{
	if (s == NULL) {
		buf_adds(b, "\\N");
		return;
	}
	for (; *s != '\0'; s++)
		switch (*s) {
		case '\\':
			buf_adds(b, "\\\\");
			break;
		case '\t':
			buf_adds(b, "\\t");
			break;
		case '\n':
			buf_adds(b, "\\n");
			break;
		case '\r':
			buf_adds(b, "\\r");
			break;
		default:
			buf_addc(b, *s);
		}
}

/* What the letter behind a backslash stands for. */
static char
meaning(char c)
{
	static const char letter[] = "bfnrtv", meant[] = "\b\f\n\r\t\v";
	const char *at = strchr(letter, c);

	return at == NULL ? c : meant[at - letter];
}

/* The field that starts here; *p is then behind its TAB, or NULL. */
static char *
take_field(char **p)
{
	char *s = *p, *start = s, *to = s;
	int null = strncmp(s, "\\N", 2) == 0 &&
	    (s[2] == '\0' || s[2] == '\t' || s[2] == '\n');

	for (; *s != '\0' && *s != '\t' && *s != '\n'; s++)
		if (*s == '\\' && s[1] != '\0')
			*to++ = meaning(*++s);
		else
			*to++ = *s;
	*p = *s == '\t' ? s + 1 : NULL;
	*to = '\0';
	return null ? NULL : start;
}

size_t
record_split(char *line, char **field, size_t max)
{
	size_t n = 0;
	char *s;

	while (line != NULL) {
		s = take_field(&line);
		if (n < max)
			field[n] = s;
		n++;
	}
	return n;
}
