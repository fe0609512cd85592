#ifndef SERVER_WAIT_H
#define SERVER_WAIT_H

struct diag;

/*
 * Sleeps; 1 as soon as stop_fd is readable (a signal, or the other end of a
 * pipe is gone), 0 after the time.  -1 for stop_fd: only sleeps.
 */
int wait_ms(int stop_fd, int ms);

/*
 * Opens (creates) a file and takes an exclusive flock, polling, for so many
 * seconds.  The descriptor, which is the lock; or -1, diag has status 75.
 */
int wait_lock(const char *path, int stop_fd, double seconds, struct diag *);

#endif
