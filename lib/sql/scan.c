/* What the server's scanner takes as quotes and comments (must agree with
 * scan.l). */
#include <string.h>

#include "sql/letter.h"
#include "sql/scan.h"

/* Behind a comment; NULL: it has no end. */
static const char *
comment(const char *s)
{
	int depth = 0;

	if (*s == '-')
		return s + strcspn(s, "\r\n");
	do {
		if (*s == '\0')
			return NULL;
		if (strncmp(s, "/*", 2) == 0) {
			depth++;
			s += 2;
		} else if (strncmp(s, "*/", 2) == 0) {
			depth--;
			s += 2;
		} else
			s++;
	} while (depth > 0);
	return s;
}

/* A string goes on behind a line end: the quote there, else NULL. */
static const char *
continued(const char *s)
{
	int newline = 0;

	for (;;) {
		if (strncmp(s, "--", 2) == 0)
			s = comment(s);
		else if (*s != '\0' && strchr(" \t\n\r\f\v", *s) != NULL) {
			newline |= *s == '\n' || *s == '\r';
			s++;
		} else
			return newline && *s == '\'' ? s : NULL;
	}
}

static const char *
string(const char *s, int escapes)
{
	const char *more;

	for (;;) {
		for (s++; *s != '\0' && *s != '\''; s++)
			if (escapes && *s == '\\' && s[1] != '\0')
				s++;
		if (*s == '\0')
			return NULL;
		if (s[1] == '\'') {
			s++;
			continue;
		}
		more = continued(s + 1);
		if (more == NULL)
			return s + 1;
		s = more;
	}
}

/* $tag$ … $tag$; a '$' that begins no such thing is passed over. */
static const char *
dollar(const char *s)
{
	const char *p = s + 1;
	size_t n;

	if (sql_is_letter((unsigned char)*p))
		while (sql_is_part((unsigned char)*p) && *p != '$')
			p++;
	if (*p != '$')
		return s + 1;
	n = (size_t)(p - s) + 1;
	for (p++; (p = strchr(p, '$')) != NULL; p++)
		if (strncmp(p, s, n) == 0)
			return p + n;
	return NULL;
}

static const char *
word(const char *s)
{
	const char *start = s;

	while (sql_is_part((unsigned char)*s))
		s++;
	if (*s == '\'' && s - start == 1 && (*start | 0x20) == 'e')
		return string(s, 1);
	return s;
}

const char *
sql_token(const char *s)
{
	const char *end;

	if (strncmp(s, "--", 2) == 0 || strncmp(s, "/*", 2) == 0)
		return comment(s);
	if (*s == '\'')
		return string(s, 0);
	if (*s == '"') {
		end = strchr(s + 1, '"');
		return end == NULL ? NULL : end + 1;
	}
	if (*s == '$')
		return dollar(s);
	if (sql_is_letter((unsigned char)*s))
		return word(s);
	return s + 1;
}

const char *
sql_skip(const char *s)
{
	for (;;) {
		s += strspn(s, " \t\n\r\f\v");
		if (strncmp(s, "--", 2) != 0 && strncmp(s, "/*", 2) != 0)
			return s;
		if ((s = comment(s)) == NULL)
			return NULL;
	}
}
