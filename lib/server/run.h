#ifndef SERVER_RUN_H
#define SERVER_RUN_H

#include "server/cluster.h"

struct arena;
struct diag;
struct place;
struct template;

/*
 * The folder of one throwaway server, BASE/tmp/XXXXXX:
 *   lock    flocked by the watcher for as long as it lives
 *   socket  the path of the socket folder
 *   data/   the cluster, log
 * All that there is of a server is reachable from here: what has no living
 * owner can be removed by anyone who takes the lock.
 */
struct run {
	const char *dir;
	struct cluster c;
	int lock;
	int whole; /* data is a whole copy, and may become a spare */
};

/*
 * A new one, with its socket folder and a fresh copy of the template.  After
 * -1 it is still to be removed, if dir is set.
 */
int run_new(struct arena *, const struct place *, const struct template *,
    int stop_fd, struct run *, struct diag *);

/* Removes it and its socket folder; pid is its postmaster or 0. */
void run_remove(const struct run *, const struct template *, pid_t);

/* Removes those whose owner is gone. */
void run_sweep(struct arena *, const struct place *, const struct template *);

#endif
