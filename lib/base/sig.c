/* Signals become a flag and a readable descriptor. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/sig.h"

static volatile sig_atomic_t arrived, count, by_terminal, asked;
static int wake[2] = { -1, -1 };
static int ignoring;
static const int caught[] = { SIGHUP, SIGINT, SIGTERM };

static void
on_signal(int signo, siginfo_t *info, void *context)
{
	int save = errno;

	(void)context;
	arrived = signo;
	by_terminal = info->si_code == SI_KERNEL;
	count++;
	/* A full pipe is as readable as can be. */
	if (write(wake[1], "", 1) == -1)
		errno = save;
}

static void
on_usr1(int signo)
{
	(void)signo;
	asked++;
}

static void
set_handler(int signo, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	sigemptyset(&sa.sa_mask);
	if (sigaction(signo, &sa, NULL) == -1)
		err(EXIT_TROUBLE, "sigaction");
}

/* A descriptor that was closed must not become a socket of ours. */
static void
open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

static void
catch(int signo)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO };

	sigemptyset(&sa.sa_mask);
	if (sigaction(signo, &sa, NULL) == -1)
		err(EXIT_TROUBLE, "sigaction");
}

void
sig_init(void)
{
	struct sigaction old;
	size_t i;

	open_standard();
	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) == -1)
		err(EXIT_TROUBLE, "pipe");
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		/* nohup: what was ignored stays ignored */
		if (sigaction(caught[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		catch(caught[i]);
	}
}

void
sig_catch_usr1(void)
{
	struct sigaction sa = { .sa_handler = on_usr1,
		.sa_flags = SA_RESTART }, old;

	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	if (sigaction(SIGUSR1, &sa, NULL) == -1)
		err(EXIT_TROUBLE, "sigaction");
}

int
sig_usr1(void)
{
	static int told;
	int n = asked - told;

	told += n;
	return n;
}

int
sig_pending(void)
{
	return arrived;
}

int
sig_count(void)
{
	return count;
}

int
sig_by_terminal(void)
{
	return by_terminal;
}

int
sig_fd(void)
{
	return wake[0];
}

void
sig_ignore_pipe(void)
{
	set_handler(SIGPIPE, SIG_IGN);
}

void
sig_ignore(void)
{
	size_t i;

	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		set_handler(caught[i], SIG_IGN);
	ignoring = 1;
	arrived = 0;
	for (i = 0; i < 2; i++) {
		close(wake[i]);
		wake[i] = -1;
	}
}

void
sig_reset(void)
{
	struct sigaction old;
	size_t i;

	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		if (sigaction(caught[i], NULL, &old) == 0 &&
		    (ignoring || ((old.sa_flags & SA_SIGINFO) != 0 &&
		    old.sa_sigaction == on_signal)))
			set_handler(caught[i], SIG_DFL);
	if (sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == on_usr1)
		set_handler(SIGUSR1, SIG_DFL);
	set_handler(SIGPIPE, SIG_DFL);
}

void
sig_end(void)
{
	if (arrived == 0)
		return;
	set_handler(arrived, SIG_DFL);
	raise(arrived);
}
