#ifndef SERVER_CLUSTER_H
#define SERVER_CLUSTER_H

#include <sys/types.h>

struct arena;
struct diag;
struct pg;

/* One data folder of it. */
struct cluster {
	const char *data, *log;
	const char *socket; /* folder */
	int die_with_us;    /* the signal it gets when we die; 0: it lives */
};

/* The version that data is of; 0: there is no cluster. */
int cluster_version(const char *data);

enum cluster_kind {
	CLUSTER_TMP,	/* as fast as can be; a crash may lose all */
	CLUSTER_DURABLE /* fsync, checksums */
};

/* initdb, settings, and one empty database. */
int cluster_init(struct arena *, const struct pg *, const char *data,
    enum cluster_kind, const char *dbname, struct diag *);

/*
 * Waits until it accepts connections.  -1: it has ended, or is not ready in
 * time (status 75: recovery can be long); diag has the end of the log.  What
 * makes stop_fd readable ends the wait.
 */
int cluster_wait(const struct cluster *, pid_t, int stop_fd, struct diag *);

/* Starts the postmaster in a session of its own, and waits likewise. */
int cluster_start(struct arena *, const struct pg *,
    const struct cluster *, int stop_fd, pid_t *, struct diag *);

#endif
