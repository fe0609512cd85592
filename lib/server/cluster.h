#ifndef SERVER_CLUSTER_H
#define SERVER_CLUSTER_H

#include <sys/types.h>

struct arena;
struct diag;

/* The programs of one PostgreSQL. */
struct cluster_pg {
	const char *bin; /* folder of initdb and postgres */
	int version;	 /* 15 */
};

/* One data folder of it. */
struct cluster {
	const char *data, *log;
	const char *socket; /* folder */
	int die_with_us;    /* the signal it gets when we die; 0: it lives */
};

/*
 * DBM_PGBIN, else the newest of /usr/lib/postgresql, else PATH.  want is a
 * version that data is of, 0 for any.
 */
int cluster_find(struct arena *, int want, struct cluster_pg *, struct diag *);

/* The version that data is of; 0: there is no cluster. */
int cluster_version(const char *data);

enum cluster_kind {
	CLUSTER_TMP,	/* as fast as can be; a crash may lose all */
	CLUSTER_DURABLE /* fsync, checksums */
};

/* initdb, settings, and one empty database. */
int cluster_init(struct arena *, const struct cluster_pg *, const char *data,
    enum cluster_kind, const char *dbname, struct diag *);

/*
 * Waits until it accepts connections.  -1: it has ended, or is not ready in
 * time (status 75: recovery can be long); diag has the end of the log.  What
 * makes stop_fd readable ends the wait.
 */
int cluster_wait(const struct cluster *, pid_t, int stop_fd, struct diag *);

/* Starts the postmaster in a session of its own, and waits likewise. */
int cluster_start(struct arena *, const struct cluster_pg *,
    const struct cluster *, int stop_fd, pid_t *, struct diag *);

/*
 * The postmaster that runs on this very folder, or 0.  A pid file left by a
 * crash is not believed: the process must be a postgres that works there.
 */
pid_t cluster_pid(const char *data);

/*
 * Sends a signal (SIGINT: fast, SIGQUIT: at once) and waits.  -1: it still
 * runs after so many seconds.
 */
int cluster_stop(pid_t, int signo, double seconds);

/*
 * Ends all that runs on this folder: SIGQUIT to the postmaster (0: none is
 * known), after some seconds SIGKILL.  Leaves no shared memory.
 */
void cluster_kill(const char *data, pid_t);

#endif
