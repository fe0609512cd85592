/* The lines of a pipe, as they come, while other work goes on. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/sig.h"
#include "batch/each_priv.h"

enum {
	PIECE = 16 * 1024,
	LONGEST = 4 * 1024 * 1024 /* no key in an index comes near it */
};

/* What has been given out is let go of first. */
static void
make_room(struct each_input *in)
{
	if (in->at > 0) {
		memmove(in->in.data, in->in.data + in->at,
		    in->in.len - in->at);
		in->in.len -= in->at;
		in->at = 0;
	}
	buf_reserve(&in->in, PIECE);
}

int
each_more(struct each_input *in, struct diag *d)
{
	struct pollfd p[2] = { { .fd = in->fd, .events = POLLIN },
		{ .fd = sig_fd(), .events = POLLIN } };
	ssize_t n;

	if (poll(p, 2, -1) == -1 && errno != EINTR)
		return diag_errno(d, "cannot wait for the ranges");
	if (sig_pending() != 0 || p[0].revents == 0)
		return 0;
	make_room(in);
	n = read(in->fd, in->in.data + in->in.len, PIECE);
	if (n == -1 && errno != EINTR && errno != EAGAIN)
		return diag_errno(d, "cannot read the ranges");
	in->ended = n == 0;
	if (n > 0)
		in->in.len += (size_t)n;
	return 0;
}

int
each_line(struct each_input *in, char **line, struct diag *d)
{
	size_t left = in->in.len - in->at;
	char *end;

	*line = in->in.data + in->at;
	end = left == 0 ? NULL : memchr(*line, '\n', left);
	if (end == NULL && !in->ended && left < LONGEST)
		return 0;
	if (end == NULL && left == 0)
		return 0;
	in->line++;
	/* of a bound that was cut off, what is left may be one as well */
	if (end == NULL)
		return diag_set(d, in->ended ? "the last line has no end: "
		    "whoever wrote it was interrupted" :
		    "this line is too long for a range");
	if (memchr(*line, '\0', (size_t)(end - *line)) != NULL)
		return diag_set(d, "there is a zero byte in this line");
	*end = '\0';
	in->at = (size_t)(end - in->in.data) + 1;
	return 1;
}
