/*
 * fork, exec, wait, and nothing in between that a library should not do.
 */
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/proc.h"
#include "base/sig.h"

static int
step_down(const struct passwd *pw)
{
	if (initgroups(pw->pw_name, pw->pw_gid) == -1 ||
	    setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1)
		return -1;
	setenv("HOME", pw->pw_dir, 1);
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	return 0;
}

static int
redirect(int from, int to)
{
	if (from == -1)
		return 0;
	if (from == to) /* dup2 would leave close-on-exec set */
		return fcntl(to, F_SETFD, 0);
	return dup2(from, to);
}

/* In the child: never returns; errno goes through the pipe. */
static void __attribute__((noreturn))
become(char *const argv[], const struct proc_opts *o, pid_t parent, int report)
{
	char *const *e;
	int code;

	sig_reset();
	if ((o->new_session && setsid() == -1) ||
	    redirect(o->in, STDIN_FILENO) == -1 ||
	    redirect(o->out, STDOUT_FILENO) == -1 ||
	    redirect(o->err, STDERR_FILENO) == -1)
		goto fail;
	for (e = o->env; e != NULL && *e != NULL; e++)
		if (putenv(*e) != 0)
			goto fail;
	if (o->user != NULL && step_down(o->user) == -1)
		goto fail;
	if (o->dir != NULL && chdir(o->dir) == -1)
		goto fail;
	/* After stepping down, which clears it; we may be dead by now. */
	if (o->die_with_us != 0 &&
	    (prctl(PR_SET_PDEATHSIG, o->die_with_us) == -1 ||
	    getppid() != parent))
		goto fail;
	execvp(argv[0], argv);
fail:
	code = errno;
	if (write(report, &code, sizeof(code)) == -1)
		_exit(EXIT_NOEXEC);
	_exit(EXIT_NOCMD);
}

int
proc_start(struct proc *p, char *const argv[], const struct proc_opts *o,
    struct diag *d)
{
	pid_t parent = getpid();
	int code, report[2];
	ssize_t n;

	if (pipe2(report, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	p->pid = fork();
	if (p->pid == -1) {
		close(report[0]);
		close(report[1]);
		return diag_errno(d, "fork");
	}
	if (p->pid == 0)
		become(argv, o, parent, report[1]);
	close(report[1]);
	do
		n = read(report[0], &code, sizeof(code));
	while (n == -1 && errno == EINTR);
	close(report[0]);
	if (n != sizeof(code))
		return 0;
	proc_wait(p);
	errno = code;
	d->status = code == ENOENT ? EXIT_NOCMD : EXIT_NOEXEC;
	return diag_errno(d, "cannot run '%s'", argv[0]);
}

int
proc_wait(struct proc *p)
{
	int status;

	while (waitpid(p->pid, &status, 0) == -1)
		if (errno != EINTR)
			return EXIT_TROUBLE;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void
read_all(int fd, struct buf *b)
{
	char chunk[4096];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(b, chunk, (size_t)n);
		else if (n == 0 || errno != EINTR)
			return;
	}
}

int
proc_run_quietly(char *const argv[], const struct proc_opts *opts,
    struct diag *d)
{
	struct proc_opts o = *opts;
	struct buf said = BUF_INIT;
	struct proc p;
	int fd[2], status;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	o.out = o.err = fd[1];
	status = proc_start(&p, argv, &o, d);
	close(fd[1]);
	if (status == -1) {
		close(fd[0]);
		return -1;
	}
	read_all(fd[0], &said);
	close(fd[0]);
	status = proc_wait(&p);
	if (status != 0) {
		diag_set(d, "'%s' failed with status %d", argv[0], status);
		buf_reset(&d->detail);
		buf_adds(&d->detail, buf_str(&said));
	}
	buf_free(&said);
	return status == 0 ? 0 : -1;
}

/* The terminal signals the whole group; kill(1) only us. */
static void
pass_signals(pid_t pid, int *seen)
{
	if (sig_count() == *seen)
		return;
	*seen = sig_count();
	if (!sig_by_terminal())
		kill(pid, sig_pending());
}

int
proc_run_command(char *const argv[], const struct proc_opts *o,
    struct diag *d)
{
	struct pollfd pfd = { .events = POLLIN };
	int seen = 0, status;
	struct proc p;
	pid_t pid;

	if (proc_start(&p, argv, o, d) == -1)
		return diag_status(d);
	pfd.fd = pidfd_open(p.pid, 0);
	for (;;) {
		pid = waitpid(p.pid, &status, sig_fd() == -1 ? 0 : WNOHANG);
		if (pid == p.pid)
			break;
		if (pid == -1 && errno != EINTR)
			return EXIT_TROUBLE;
		pass_signals(p.pid, &seen);
		/* A signal ends the wait; one that came just before it is
		 * seen soon.  An old kernel has no pidfd. */
		poll(&pfd, 1, pfd.fd == -1 ? 20 : 200);
	}
	if (pfd.fd != -1)
		close(pfd.fd);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
