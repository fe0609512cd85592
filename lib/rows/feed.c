/* Two processes and three pipes: selections in, rows across, records out. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/record.h"
#include "base/sig.h"
#include "rows/feed.h"

#define ROOM 65536   /* read at once */
#define FIELDS 16    /* of a record */
#define ACROSS (1 << 20) /* bytes that the pipe between the two may hold */

/* A pair of descriptors: both close-on-exec, so that no child keeps the
 * other's end open. */
static int
make_pipe(int fd[2], struct diag *d)
{
	if (pipe2(fd, O_CLOEXEC) == -1) {
		fd[0] = fd[1] = -1;
		return diag_errno(d, "pipe");
	}
	return 0;
}

static void
close_pipe(int fd[2])
{
	if (fd[0] != -1)
		close(fd[0]);
	if (fd[1] != -1)
		close(fd[1]);
}

static char **
arguments(struct arena *mem, char *const *head, char *const *tail)
{
	size_t n = 0, i;
	char **argv;

	for (i = 0; head[i] != NULL; i++)
		n++;
	for (i = 0; tail != NULL && tail[i] != NULL; i++)
		n++;
	argv = arena_array(mem, char *, n + 1);
	for (n = 0; head[n] != NULL; n++)
		argv[n] = head[n];
	for (i = 0; tail != NULL && tail[i] != NULL; i++)
		argv[n++] = tail[i];
	return argv;
}

/* The URL has a password, perhaps: it does not go through argv. */
static int
start(struct arena *mem, struct proc *p, char *const argv[], const char *url,
    const int fd[2], struct diag *d)
{
	struct proc_opts o = PROC_OPTS_INIT;
	char *env[2] = { NULL, NULL };

	env[0] = arena_printf(mem, "DBM_SYNC_DATABASE_URL=%s", url);
	o.env = env;
	o.in = fd[0];
	o.out = fd[1];
	o.die_with_us = SIGTERM;
	return proc_start(p, argv, &o, d);
}

static int
start_both(struct arena *mem, struct feed *f, const struct feed_opts *o,
    int pipes[3][2], struct diag *d)
{
	char *snapshot = arena_strdup(mem, o->snapshot);
	char *talk = o->quiet ? "-q" : o->verbose ? "-v" : NULL;
	char *const rows[] = { "dbm-rows", "--url", "dbm-sync", "--select",
	    "-", "--snapshot", snapshot, talk, NULL };
	char *const load[] = { "dbm-load", "--url", "dbm-sync", "--running",
	    NULL };
	char *const tail[] = { talk, NULL };
	int fd[2];

	fd[0] = pipes[0][0];
	fd[1] = pipes[1][1];
	if (start(mem, &f->rows, rows, o->from, fd, d) == -1)
		return -1;
	fd[0] = pipes[1][0];
	fd[1] = pipes[2][1];
	if (start(mem, &f->load, arguments(mem, arguments(mem, load, o->load),
	    tail), o->to, fd, d) == 0)
		return 0;
	kill(f->rows.pid, SIGTERM);
	proc_wait(&f->rows);
	return -1;
}

int
feed_open(struct arena *mem, struct feed *f, const struct feed_opts *o,
    struct diag *d)
{
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } }, i;

	memset(f, 0, sizeof(*f));
	f->in = f->out = -1;
	if (make_pipe(pipes[0], d) == -1 || make_pipe(pipes[1], d) == -1 ||
	    make_pipe(pipes[2], d) == -1 ||
	    start_both(mem, f, o, pipes, d) == -1) {
		for (i = 0; i < 3; i++)
			close_pipe(pipes[i]);
		return -1;
	}
	fcntl(pipes[1][1], F_SETPIPE_SZ, ACROSS); /* as far as allowed */
	close(pipes[0][0]);
	close_pipe(pipes[1]);
	close(pipes[2][1]);
	f->in = pipes[0][1];
	f->out = pipes[2][0];
	fcntl(f->in, F_SETFL, O_NONBLOCK);
	fcntl(f->out, F_SETFL, O_NONBLOCK);
	return 0;
}

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
	int rc;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0) {
		reap(f);
		return 0;
	}
	buf_add(&f->said, room, (size_t)n);
	rc = hand_over(f, hook, arg);
	return rc;
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

void
feeds_kill(struct feed *f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (f[i].out == -1)
			continue;
		if (f[i].left > 0) {
			/* first the reader: it sees no end that looks like
			 * one */
			kill(f[i].load.pid, SIGTERM);
			kill(f[i].rows.pid, SIGTERM);
		}
		reap(&f[i]);
	}
}
