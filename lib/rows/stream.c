/*
 * Row streams: what is read from the descriptor, and data in pieces as they
 * are read.  Data is looked through once, line by line: that finds its end,
 * and counts its rows on the way.
 */
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

int
stream_line_ends(const struct stream *s, struct diag *d)
{
	stream_fail(s, s->line, d, "this line ends with CR LF");
	return diag_hint(d, "take the CR off: tr -d '\\r' (in the data they "
	    "are written \\r)");
}

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
		return stream_line_ends(s, d);
	if (n >= 3 && p[2] != '\n')
		return stream_fail(s, s->line, d, "a row cannot begin with "
		    "\\.");
	if (s->within) /* COPY would take it for the row's end, too */
		return stream_fail(s, s->line, d, "the data ends inside of a "
		    "row: a backslash stands before the line \\.");
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
