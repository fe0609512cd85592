/*
 * Fuzz target: a row stream, read in pieces and at once.  What it says does
 * not depend on where it is cut.  The first byte is the size of the pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "rows/stream.h"

#define PIECES 100 /* that a socket holds, whatever their size */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int condition)
{
	if (!condition)
		abort();
}

/* The end to read from of a socket that keeps the pieces apart. */
static int
feed(const uint8_t *data, size_t n, size_t piece)
{
	int fd[2];
	size_t len;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
	for (; n > 0; data += len, n -= len) {
		len = piece < n ? piece : n;
		must(write(fd[1], data, len) == (ssize_t)len);
	}
	close(fd[1]);
	return fd[0];
}

static void
say_name(struct buf *out, const struct copy_name *name)
{
	size_t i;

	buf_addf(out, " %d %s.%s", name->only, name->schema != NULL ?
	    name->schema : "", name->table != NULL ? name->table : "");
	for (i = 0; i < name->ncolumns; i++)
		buf_addf(out, " (%s)", name->column[i]);
}

/* So many rows at a time; all of them, and nothing else, are in the data. */
static int
say_data(struct stream *s, struct buf *out, long long most, struct diag *d)
{
	struct stream_piece piece;
	long long rows = 0;
	int rc;

	while ((rc = stream_data(s, most, &piece, d)) == 1) {
		must(piece.len > 0 && piece.rows <= most);
		buf_add(out, piece.data, piece.len);
		rows += piece.rows;
	}
	must(rc == -1 || stream_at_row(s));
	buf_addf(out, "\n%lld rows\n", rows);
	return rc;
}

static void
read_all(int fd, long long most, struct buf *out)
{
	struct arena *mem = arena_new();
	struct stream *s = stream_open(mem, fd);
	struct stream_item item;
	struct diag d = DIAG_INIT;
	int rc;

	while ((rc = stream_next(s, mem, &item, &d)) == 1) {
		buf_addf(out, "%zu: %d %lld %d", item.line, (int)item.kind,
		    item.value, item.called);
		say_name(out, &item.name);
		buf_addc(out, '\n');
		if (item.kind == STREAM_COPY &&
		    (rc = say_data(s, out, most, &d)) == -1)
			break;
	}
	must((rc == -1) == (d.text.len > 0));
	buf_addf(out, "%zu %s", d.line, buf_str(&d.text));
	diag_free(&d);
	stream_close(s);
	arena_free(mem);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, cut = BUF_INIT;
	size_t piece;

	if (n < 2)
		return 0;
	piece = data[0] % 32 + 1;
	if (piece < n / PIECES + 1)
		piece = n / PIECES + 1;
	read_all(feed(data + 1, n - 1, n), 1000000, &whole);
	read_all(feed(data + 1, n - 1, piece), data[0] / 32 + 1, &cut);
	must(whole.len == cut.len &&
	    memcmp(buf_str(&whole), buf_str(&cut), whole.len) == 0);
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
