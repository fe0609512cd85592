/* What goes to a pair and comes from it: selections in, records out. */
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/record.h"
#include "base/sig.h"
#include "rows/feed.h"

#define ROOM 65536   /* read at once */
#define FIELDS 16    /* of a record */
#define PATIENCE 10  /* seconds that children have to end in */

void
feed_say(struct feed *f, const char *line)
{
	if (f->sent == f->pending.len) {
		buf_reset(&f->pending);
		f->sent = 0;
	}
	buf_adds(&f->pending, line);
	buf_addc(&f->pending, '\n');
}

static void
close_in(struct feed *f)
{
	if (f->in != -1)
		close(f->in);
	f->in = -1;
}

void
feed_end(struct feed *f)
{
	f->ending = 1;
	if (f->sent == f->pending.len)
		close_in(f);
}

/* An error of write shows in the child's status. */
static void
write_pending(struct feed *f)
{
	ssize_t n = write(f->in, f->pending.data + f->sent,
	    f->pending.len - f->sent);

	if (n > 0)
		f->sent += (size_t)n;
	else if (n == -1 && errno != EAGAIN && errno != EINTR)
		close_in(f);
	if (f->ending && f->sent == f->pending.len)
		close_in(f);
}

/* Who came first in the pipe is to blame, unless it only lost its reader. */
static void
reap(struct feed *f)
{
	int rows, load;

	close_in(f);
	close(f->out);
	f->out = -1;
	rows = proc_wait(&f->rows);
	load = proc_wait(&f->load);
	if (rows != 0 && (rows != 128 + SIGPIPE || load == 0)) {
		f->failed = rows;
		f->culprit = "dbm rows";
	} else if (load != 0) {
		f->failed = load;
		f->culprit = "dbm load";
	}
	buf_free(&f->pending);
	buf_free(&f->said);
}

static int
hand_over(struct feed *f, feed_hook *hook, void *arg)
{
	char *field[FIELDS], *line = f->said.data, *end;
	size_t left = f->said.len, n;
	int rc = 0;

	while (rc == 0 && left > 0 &&
	    (end = memchr(line, '\n', left)) != NULL) {
		*end = '\0';
		n = record_split(line, field, FIELDS);
		left -= (size_t)(end + 1 - line);
		line = end + 1;
		rc = hook(arg, f, (const char *const *)field, n);
	}
	if (f->said.len > 0) {
		memmove(f->said.data, line, left);
		f->said.len = left;
	}
	return rc;
}

static int
read_said(struct feed *f, feed_hook *hook, void *arg)
{
	char room[ROOM];
	ssize_t n = read(f->out, room, sizeof(room));

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0) {
		reap(f);
		return 0;
	}
	buf_add(&f->said, room, (size_t)n);
	return hand_over(f, hook, arg);
}

int
feeds_wait(struct feed *f, size_t n, double seconds, feed_hook *hook,
    void *arg, struct diag *d)
{
	struct pollfd *p = calloc(2 * n + 1, sizeof(*p));
	size_t i;
	int rc = 0;

	if (p == NULL)
		return diag_errno(d, "cannot wait");
	for (i = 0; i < n; i++) {
		p[2 * i].fd = f[i].sent < f[i].pending.len ? f[i].in : -1;
		p[2 * i].events = POLLOUT;
		p[2 * i + 1].fd = f[i].out;
		p[2 * i + 1].events = POLLIN;
	}
	p[2 * n].fd = sig_fd();
	p[2 * n].events = POLLIN;
	poll(p, 2 * n + 1, (int)(seconds * 1000));
	for (i = 0; i < n && rc == 0; i++) {
		if (p[2 * i].revents != 0)
			write_pending(&f[i]);
		if (p[2 * i + 1].revents != 0)
			rc = read_said(&f[i], hook, arg);
	}
	free(p);
	if (rc == 0 && sig_pending() != 0)
		rc = diag_set(d, "interrupted");
	return rc;
}

/* A process that is stopped would not hear of it. */
static void
tell_to_end(const struct feed *f)
{
	/* first the reader: it sees no end that looks like one */
	kill(f->load.pid, SIGTERM);
	kill(f->load.pid, SIGCONT);
	kill(f->rows.pid, SIGTERM);
	kill(f->rows.pid, SIGCONT);
}

/* By then it has ended, or is made to: nothing of ours needs its leave. */
static void
end_by(const struct proc *p, double deadline)
{
	siginfo_t info;

	while (clock_now() < deadline) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG |
		    WNOWAIT) == -1 || info.si_pid != 0)
			return;
		poll(NULL, 0, 10);
	}
	kill(p->pid, SIGKILL);
}

/*
 * What was committed by then is told as ever.  A signal that comes between
 * two statements does not end the second: it is sent again.
 */
static void
drain(struct feed *f, double deadline, feed_hook *hook, void *arg)
{
	struct pollfd p = { .fd = f->out, .events = POLLIN };
	char room[ROOM];
	ssize_t n;

	while (clock_now() < deadline) {
		if (poll(&p, 1, 1000) != 1) {
			tell_to_end(f);
			continue;
		}
		n = read(f->out, room, sizeof(room));
		if (n == 0)
			return;
		if (n > 0) {
			buf_add(&f->said, room, (size_t)n);
			hand_over(f, hook, arg);
		}
	}
}

void
feeds_kill(struct feed *f, size_t n, feed_hook *hook, void *arg)
{
	double deadline = clock_now() + PATIENCE;
	size_t i;

	for (i = 0; i < n; i++)
		if (f[i].out != -1)
			tell_to_end(&f[i]);
	for (i = 0; i < n; i++) {
		if (f[i].out == -1)
			continue;
		drain(&f[i], deadline, hook, arg);
		end_by(&f[i].load, deadline);
		end_by(&f[i].rows, deadline);
		reap(&f[i]);
	}
}
