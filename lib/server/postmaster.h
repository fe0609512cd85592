#ifndef SERVER_POSTMASTER_H
#define SERVER_POSTMASTER_H

#include <sys/types.h>

/* Does this pid's file say that it accepts connections? */
int postmaster_ready(const char *data, pid_t);

/* Has it ended?  A child of ours is reaped. */
int postmaster_gone(pid_t);

/*
 * The postmaster that runs on this very folder, or 0.  A pid file left by a
 * crash is not believed: the process must be a postgres that works there.
 */
pid_t postmaster_pid(const char *data);

/*
 * Sends a signal (SIGINT: fast, SIGQUIT: at once) and waits.  -1: it still
 * runs after so many seconds.
 */
int postmaster_stop(pid_t, int signo, double seconds);

/*
 * Ends all that runs on this folder: SIGQUIT to the postmaster (0: none is
 * known), after some seconds SIGKILL.  Leaves no shared memory.
 */
void postmaster_kill(const char *data, pid_t);

#endif
