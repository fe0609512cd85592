/*
 * Row streams: statements, and between them data in pieces as they are read.
 * Data is looked through once, line by line: that finds its end, and counts
 * its rows on the way.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/sig.h"
#include "rows/stream_priv.h"

#define PIPE_ROOM (1024 * 1024) /* that a writer may be ahead of us */

struct stream *
stream_open(struct arena *mem, int fd)
{
	struct stream *s = arena_new_of(mem, struct stream);

	s->fd = fd;
	s->line = 1;
	s->block = arena_alloc(mem, STREAM_BLOCK);
	if (fcntl(fd, F_GETPIPE_SZ) < PIPE_ROOM)
		fcntl(fd, F_SETPIPE_SZ, PIPE_ROOM); /* a pipe, perhaps */
	return s;
}

void
stream_close(struct stream *s)
{
	buf_free(&s->text);
}

size_t
stream_line(const struct stream *s)
{
	return s->line;
}

int
stream_fail(const struct stream *s, size_t line, struct diag *d,
    const char *fmt, ...)
{
	va_list ap;

	(void)s;
	diag_reset(d);
	va_start(ap, fmt);
	diag_vset(d, fmt, ap);
	va_end(ap);
	diag_at(d, "stdin", line, 0);
	return -1;
}

/* Waits for input or a signal, so that neither is missed. */
static int
wait_input(const struct stream *s, struct diag *d)
{
	struct pollfd p[2] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = sig_fd(), .events = POLLIN },
	};

	while (poll(p, 2, -1) == -1)
		if (errno != EINTR && errno != EAGAIN)
			return diag_errno(d, "cannot wait for stdin");
	return sig_pending() != 0 ? diag_set(d, "interrupted") : 0;
}

long
stream_fill(struct stream *s, size_t n, struct diag *d)
{
	ssize_t got;

	if (s->end - s->pos >= n || s->eof)
		return (long)(s->end - s->pos);
	memmove(s->block, s->block + s->pos, s->end - s->pos);
	s->end -= s->pos;
	s->pos = 0;
	while (s->end < n && !s->eof) {
		if (wait_input(s, d) == -1)
			return -1;
		got = read(s->fd, s->block + s->end, STREAM_BLOCK - s->end);
		if (got == -1 && errno != EINTR && errno != EAGAIN)
			return diag_errno(d, "cannot read stdin");
		if (got == 0)
			s->eof = 1;
		if (got > 0)
			s->end += (size_t)got;
	}
	return (long)s->end;
}

/* --- statements --- */

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

static int
line_ends(const struct stream *s, struct diag *d)
{
	stream_fail(s, s->line, d, "this line ends with CR LF");
	return diag_hint(d, "take the CR off: tr -d '\\r' (in the data they "
	    "are written \\r)");
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
			return line_ends(s, d);
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
		return line_ends(s, d);
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
			return line_ends(s, d);
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

/* --- data --- */

static int
torn(const struct stream *s, struct diag *d)
{
	stream_fail(s, s->line, d, "the stream ends inside of its data, "
	    "without a line \\.");
	return diag_hint(d, "it is torn: what writes it has failed");
}

/* A line that begins with \. is the end, and nothing else may be in it. */
static int
end_of_data(struct stream *s, struct diag *d)
{
	long n = stream_fill(s, 3, d); /* no further: more may not come */
	const char *p = s->block + s->pos;

	if (n == -1)
		return -1;
	if (n >= 3 && p[2] == '\r')
		return line_ends(s, d);
	if (n >= 3 && p[2] != '\n')
		return stream_fail(s, s->line, d, "a row cannot begin with "
		    "\\.");
	s->pos += n >= 3 ? 3 : 2; /* its newline may be missing at the end */
	s->line++;
	s->in_data = 0;
	return 0;
}

int
stream_has_row(struct stream *s, struct diag *d)
{
	long n;

	if (!s->in_data)
		return 0;
	if (s->mid_row) {
		n = stream_fill(s, 1, d);
		return n == 0 ? torn(s, d) : n == -1 ? -1 : 1;
	}
	n = stream_fill(s, 1, d);
	if (n > 0 && s->block[s->pos] == '\\')
		n = stream_fill(s, 2, d);
	if (n <= 0)
		return n == 0 ? torn(s, d) : -1;
	if (n >= 2 && s->block[s->pos] == '\\' && s->block[s->pos + 1] == '.')
		return end_of_data(s, d);
	return 1;
}

int
stream_at_row(const struct stream *s)
{
	return !s->mid_row && !s->within;
}

int
stream_is_short(const struct stream *s)
{
	return memmem(s->block + s->pos, s->end - s->pos, "\n\\.\n", 4) !=
	    NULL;
}

/* Does an odd number of backslashes end at p?  (COPY takes a backslash and
 * a newline for a newline inside of a value.) */
static int
is_escaped(const struct stream *s, const char *begin, const char *p)
{
	const char *q = p;

	while (q > begin && q[-1] == '\\')
		q--;
	return ((p - q) + (q == begin && s->escaped)) % 2 == 1;
}

int
stream_data(struct stream *s, long long rows, struct stream_piece *piece,
    struct diag *d)
{
	const char *begin, *p, *end, *eol;
	int rc = stream_has_row(s, d);

	if (rc != 1)
		return rc;
	begin = p = s->block + s->pos;
	end = s->block + s->end;
	piece->rows = 0;
	eol = NULL;
	while (piece->rows < rows && p < end &&
	    (eol = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		s->line++;
		piece->rows += !is_escaped(s, begin, eol);
		p = eol + 1;
		/* what follows may be the end: looked at in the next call */
		if (p < end && *p == '\\' && (p + 1 == end || p[1] == '.'))
			break;
	}
	if (p < end && eol == NULL)
		p = end;
	s->mid_row = p[-1] != '\n';
	s->within = !s->mid_row && is_escaped(s, begin, p - 1);
	s->escaped = is_escaped(s, begin, p);
	s->pos += (size_t)(p - begin);
	piece->data = begin;
	piece->len = (size_t)(p - begin);
	return 1;
}
