#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include <sys/types.h>

struct diag;
struct place;

/* What a process that runs as the servers' user tells the one that asked. */
struct server_state {
	pid_t pid;   /* of the postmaster; 0: it does not run */
	int version; /* 15; 0: there is no data */
	char url[512];
};

typedef int (*worker_fn)(void *arg, struct server_state *, struct diag *);

/*
 * Runs a function in a child that has become the servers' user, and waits.
 * The function's result; state and diag are carried over.
 */
int worker_run(const struct place *, worker_fn, void *arg,
    struct server_state *, struct diag *);

/* The two ends of that pipe.  diag NULL: it went well. */
void worker_tell(int fd, const struct server_state *, const struct diag *);
/*
 * Waits for the telling, or until stop_fd is readable.  -1: it went wrong,
 * as diag says.
 */
int worker_hear(int fd, int stop_fd, struct server_state *, struct diag *);

/* In a child: what we inherited from our caller ends with us, not later. */
void worker_close_on_exec(void);

#endif
