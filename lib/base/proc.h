#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <sys/types.h>

struct diag;

/*
 * Children: argv arrays, never a shell; every other descriptor of ours is
 * close-on-exec; a failed exec is reported here, by errno through a pipe.
 */
struct proc {
	pid_t pid;
};

struct proc_opts {
	int in, out, err;	/* descriptors for 0, 1, 2; -1: inherit */
	const char *dir;	/* working directory, NULL: ours */
	char *const *env;	/* "NAME=value" to add to ours, NULL: none */
	const struct passwd *user; /* step down to, NULL: stay who we are */
	int new_session;	/* setsid: terminal signals pass it by */
	int die_with_us;	/* the signal it gets when we die; 0: none */
};

#define PROC_OPTS_INIT { .in = -1, .out = -1, .err = -1 }

/* argv[0] is looked up on PATH.  -1: could not be started, diag says why. */
int proc_start(struct proc *, char *const argv[], const struct proc_opts *,
    struct diag *);

/*
 * Waits.  The status as a shell would see it: 0–255, or 128+n when it died
 * of signal n.
 */
int proc_wait(struct proc *);

/*
 * Runs to the end; what it wrote to stdout and stderr, if anything, becomes
 * diag's detail when it failed.  0, or -1 with diag set.
 */
int proc_run_quietly(char *const argv[], const struct proc_opts *,
    struct diag *);

/*
 * Runs a user's command in the foreground: stdin, stdout and stderr are
 * ours, and a signal that we get goes to it as well.  Its status as
 * proc_wait() gives it; 126 or 127 with diag set where it could not start.
 */
int proc_run_command(char *const argv[], const struct proc_opts *,
    struct diag *);

#endif
