#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "base/writer.h"

#define ROOM (128 * 1024)

void
writer_init(struct writer *w, int fd)
{
	memset(w, 0, sizeof(*w));
	w->fd = fd;
	w->data = malloc(ROOM);
	if (w->data == NULL)
		err(EXIT_TROUBLE, NULL);
}

/* Whoever gave it to us may have made it non-blocking. */
static void
await(int fd)
{
	struct pollfd pfd[2] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = sig_fd(), .events = POLLIN },
	};

	poll(pfd, 2, -1);
}

int
write_all(int fd, const void *bytes, size_t len, struct diag *d)
{
	const char *data = bytes;
	ssize_t n;

	while (len > 0) {
		if (sig_pending() != 0)
			return diag_set(d, "interrupted while writing");
		n = write(fd, data, len);
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN)
			await(fd);
		else if (errno != EINTR)
			return diag_errno(d, fd == STDOUT_FILENO ?
			    "cannot write to stdout" : "cannot write");
	}
	return 0;
}

int
writer_flush(struct writer *w, struct diag *d)
{
	size_t len = w->len;

	w->len = 0;
	return write_all(w->fd, w->data, len, d);
}

int
writer_add(struct writer *w, const void *data, size_t len, struct diag *d)
{
	w->total += (long long)len;
	if (len > ROOM - w->len && writer_flush(w, d) == -1)
		return -1;
	if (len > ROOM)
		return write_all(w->fd, data, len, d);
	memcpy(w->data + w->len, data, len);
	w->len += len;
	return 0;
}

int
writer_adds(struct writer *w, const char *s, struct diag *d)
{
	return writer_add(w, s, strlen(s), d);
}

void
writer_free(struct writer *w)
{
	free(w->data);
	w->data = NULL;
}
