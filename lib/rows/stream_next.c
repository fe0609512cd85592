/* The statements of a row stream, taken apart by their ';': what is not
 * part of one is refused at its first word. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "rows/stream_priv.h"

/* What is no row stream at all, by its first bytes. */
static const struct {
	const char *magic;
	size_t len;
	const char *what, *hint;
} strangers[] = {
	{ "PGDMP", 5, "a dump in pg_dump's custom format",
	    "pg_restore -a -f - FILE | dbm load" },
	{ "toc.dat\0", 8, "a dump in pg_dump's tar format",
	    "pg_restore -a -f - FILE | dbm load" },
	{ "PGCOPY\n\377", 8, "binary COPY data",
	    "'dbm rows' and 'pg_dump --data-only' write text" },
	{ "\037\213", 2, "compressed by gzip", "zcat FILE | dbm load" },
	{ "\050\265\057\375", 4, "compressed by zstd",
	    "zstd -dc FILE | dbm load" },
	{ "\004\042\115\030", 4, "compressed by lz4",
	    "lz4 -dc FILE | dbm load" },
	{ "\3757zXZ", 5, "compressed by xz", "xzcat FILE | dbm load" },
	{ "BZh", 3, "compressed by bzip2", "bzcat FILE | dbm load" },
	{ "\377\376", 2, "UTF-16 text", "iconv -f UTF-16 -t UTF-8" },
	{ "\376\377", 2, "UTF-16 text", "iconv -f UTF-16 -t UTF-8" },
	{ "\357\273\277", 3, "text with a byte order mark",
	    "tail -c +4 FILE | dbm load" },
};

static int
check_magic(struct stream *s, struct diag *d)
{
	long n = stream_fill(s, 8, d);
	size_t i;

	s->begun = 1;
	if (n == -1)
		return -1;
	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		if ((size_t)n >= strangers[i].len &&
		    memcmp(s->block, strangers[i].magic,
			strangers[i].len) == 0) {
			diag_set(d, "stdin is %s, not a row stream",
			    strangers[i].what);
			return diag_hint(d, "%s", strangers[i].hint);
		}
	return 0;
}

/* The next byte, not taken; -1: the end, or an error (diag has text). */
static int
peek(struct stream *s, struct diag *d)
{
	if (s->pos == s->end && stream_fill(s, 1, d) <= 0)
		return -1;
	return (unsigned char)s->block[s->pos];
}

static void
take(struct stream *s)
{
	s->line += s->block[s->pos++] == '\n';
}

static void
skip_line(struct stream *s, struct diag *d)
{
	int c;

	while ((c = peek(s, d)) != -1 && c != '\n')
		take(s);
}

static int
at_comment(struct stream *s, struct diag *d)
{
	return peek(s, d) == '-' && stream_fill(s, 2, d) >= 2 &&
	    s->block[s->pos + 1] == '-';
}

#define STATEMENT_MAX (1024 * 1024) /* bytes; COPY has a name and columns */

/* Up to its ';', which is not taken; comments inside are left out. */
static int
collect(struct stream *s, size_t line, struct diag *d)
{
	int c, quote = 0, escapes = 0, checked = 0;

	buf_reset(&s->text);
	while ((c = peek(s, d)) != -1 && (quote != 0 || c != ';')) {
		if (!checked && !isalpha(c)) {
			if (stream_check_word(s, buf_str(&s->text), line,
			    d) == -1)
				return -1;
			checked = 1;
		}
		if (c == '\0')
			return stream_fail(s, s->line, d, "a NUL byte");
		if (s->text.len > STATEMENT_MAX)
			return stream_fail(s, line, d, "this statement has no "
			    "end");
		if (quote == 0 && at_comment(s, d)) {
			skip_line(s, d);
			continue;
		}
		if (c == '\r' && quote == 0 && stream_fill(s, 2, d) >= 2 &&
		    s->block[s->pos + 1] == '\n')
			return stream_line_ends(s, d);
		if (quote == 0 && (c == '"' || c == '\'')) {
			quote = c;
			escapes = c == '\'' && s->text.len > 0 &&
			    (s->text.data[s->text.len - 1] | ' ') == 'e';
		} else if (c == quote) /* a doubled one opens it again */
			quote = 0;
		else if (c == '\\' && quote == '\'' && escapes &&
		    stream_fill(s, 2, d) >= 2) {
			buf_addc(&s->text, (char)c);
			take(s);
			c = peek(s, d);
		}
		buf_addc(&s->text, (char)c);
		take(s);
	}
	return 0;
}

/* A line for psql: its commands begin with a backslash. */
static int
psql_line(struct stream *s, struct diag *d)
{
	size_t line = s->line;
	int c;

	buf_reset(&s->text);
	while ((c = peek(s, d)) != -1 && c != '\n' && s->text.len < 80) {
		buf_addc(&s->text, (char)c);
		take(s);
	}
	skip_line(s, d);
	if (strncmp(buf_str(&s->text), "\\restrict", 9) == 0 ||
	    strncmp(buf_str(&s->text), "\\unrestrict", 11) == 0)
		return 0;
	buf_addf(&s->text, "%s", ""); /* a text, also when empty */
	s->text.data[strcspn(s->text.data, " \t\r")] = '\0';
	if (strncmp(s->text.data, "\\lo", 3) == 0) {
		stream_fail(s, line, d, "large objects are not part of a row "
		    "stream: %s", s->text.data);
		return diag_hint(d, "leave them out: pg_dump --data-only "
		    "--no-blobs");
	}
	if (strcmp(s->text.data, "\\.") == 0)
		return stream_fail(s, line, d, "data ends here that has not "
		    "begun");
	return stream_fail(s, line, d, "a command of psql is not part of a "
	    "row stream: %s", s->text.data);
}

/* After the ';' of a COPY there is nothing more in its line. */
static int
begin_data(struct stream *s, struct diag *d)
{
	int c;

	while ((c = peek(s, d)) == ' ' || c == '\t')
		take(s);
	if (c == '\r' && stream_fill(s, 2, d) >= 2 &&
	    s->block[s->pos + 1] == '\n')
		return stream_line_ends(s, d);
	if (c != -1 && c != '\n')
		return stream_fail(s, s->line, d, "data of COPY begins in a "
		    "line of its own");
	if (c == '\n')
		take(s);
	s->in_data = 1;
	s->mid_row = s->within = s->escaped = 0;
	return 0;
}

static int
statement(struct stream *s, struct arena *mem, struct stream_item *item,
    struct diag *d)
{
	size_t line = s->line;
	int rc;

	if (collect(s, line, d) == -1 || d->text.len > 0)
		return -1;
	if (peek(s, d) == -1) {
		if (d->text.len > 0 || stream_check_word(s, buf_str(&s->text),
		    line, d) == -1)
			return -1;
		stream_fail(s, line, d, "the stream ends inside of this "
		    "statement");
		return diag_hint(d, "it is torn: what writes it has failed");
	}
	take(s);
	rc = stream_parse(s, mem, line, item, d);
	if (rc == 1 && item->kind == STREAM_COPY && begin_data(s, d) == -1)
		return -1;
	return rc;
}

int
stream_next(struct stream *s, struct arena *mem, struct stream_item *item,
    struct diag *d)
{
	int c, rc = 0;

	if (!s->begun && check_magic(s, d) == -1)
		return -1;
	memset(item, 0, sizeof(*item));
	while (rc == 0 && (c = peek(s, d)) != -1) {
		if (c == '\r' && stream_fill(s, 2, d) >= 2 &&
		    s->block[s->pos + 1] == '\n')
			return stream_line_ends(s, d);
		if (isspace(c) || c == ';')
			take(s);
		else if (at_comment(s, d))
			skip_line(s, d);
		else if (c == '\\')
			rc = psql_line(s, d);
		else
			rc = statement(s, mem, item, d);
	}
	return d->text.len > 0 ? -1 : rc;
}
