/*
 * Work as another user is done by a child that has become that user for good:
 * root that only lends its rights away can be made to take them back.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/sig.h"
#include "server/place.h"
#include "server/worker.h"

#define TEXT_MAX 2048

/* Smaller than a pipe's buffer, which a writer therefore never waits for. */
struct message {
	struct server_state state;
	int failed, status;
	char text[TEXT_MAX], detail[TEXT_MAX], hint[TEXT_MAX];
};

void
worker_close_on_exec(void)
{
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

void
worker_tell(int fd, const struct server_state *state, const struct diag *d)
{
	struct message m;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	m.state = *state;
	if (d != NULL) {
		m.failed = 1;
		m.status = d->status;
		strlcpy(m.text, buf_str(&d->text), TEXT_MAX);
		strlcpy(m.detail, buf_str(&d->detail), TEXT_MAX);
		strlcpy(m.hint, buf_str(&d->hint), TEXT_MAX);
	}
	do
		n = write(fd, &m, sizeof(m));
	while (n == -1 && errno == EINTR);
}

static int
understand(const struct message *m, struct server_state *state,
    struct diag *d)
{
	*state = m->state;
	if (!m->failed)
		return 0;
	d->status = m->status;
	buf_reset(&d->detail);
	buf_adds(&d->detail, m->detail);
	diag_hint(d, "%s", m->hint);
	return diag_set(d, "%s", m->text);
}

int
worker_hear(int fd, int stop_fd, struct server_state *state, struct diag *d)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN } };
	struct message m;
	size_t got = 0;
	ssize_t n;

	while (got < sizeof(m)) {
		if (poll(p, 2, -1) > 0 && p[1].revents != 0)
			return diag_set(d, "interrupted");
		if (p[0].revents == 0)
			continue;
		n = read(fd, (char *)&m + got, sizeof(m) - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return diag_set(d, "the process that manages the "
			    "server has ended too early");
		got += (size_t)n;
	}
	return understand(&m, state, d);
}

int
worker_run(const struct place *p, worker_fn fn, void *arg,
    struct server_state *state, struct diag *d)
{
	int fd[2], failed, rc;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	pid = fork();
	if (pid == -1)
		rc = diag_errno(d, "fork");
	else if (pid == 0) {
		worker_close_on_exec();
		failed = place_become(p, d) == -1 || fn(arg, state, d) == -1;
		worker_tell(fd[1], state, failed ? d : NULL);
		_exit(0);
	}
	close(fd[1]);
	if (pid != -1) {
		rc = worker_hear(fd[0], sig_fd(), state, d);
		if (rc == -1 && sig_pending() != 0) {
			/* The child's to answer: it tells the outcome. */
			kill(pid, sig_pending());
			rc = worker_hear(fd[0], -1, state, d);
		}
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			continue;
	}
	close(fd[0]);
	return rc;
}
