#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include "server/worker.h"

struct place;

/*
 * The watcher of a throwaway server: a process of its own that makes, starts,
 * stops and removes it.  We hold one end of a pipe, `life'; when that closes,
 * and be it because we were killed, the watcher removes everything.
 */
struct watch {
	pid_t pid;
	int life, news;
};

/* -1: nothing is left behind. */
int watch_start(struct watch *, const struct place *, double idle_seconds,
    struct server_state *, struct diag *);

/* Leaves the server to its watcher, until nobody has used it for a time. */
void watch_leave(struct watch *);

/* Returns when everything is gone. */
void watch_end(struct watch *);

#endif
