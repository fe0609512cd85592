#ifndef SERVER_LASTING_H
#define SERVER_LASTING_H

#include "server/worker.h"

struct arena;
struct diag;
struct place;

/*
 * The lasting private server of a project.  PROJECT/.dbm/ has its URL in a
 * file; its data lies there too, or for root, who has to step down to a user
 * that may not enter the project, in /var/lib/dbm/server/.
 */
struct lasting {
	const struct place *place;
	const char *project; /* real path */
	const char *dot;     /* PROJECT/.dbm */
	const char *url_file;
	const char *parent;  /* of home, where that is not the project */
	const char *home;    /* folder of data, log, lock */
	const char *socket;  /* folder, the same at each start */
	const char *url;
	double seconds;	     /* how long to wait for a lock or a shutdown */
};

/* The project is the nearest folder upwards with a .dbm of ours, or dir. */
int lasting_find(struct arena *, const struct place *, const char *dir,
    struct lasting *, struct diag *);

/* Each fills in the state afterwards.  A server that runs is left alone. */
int lasting_start(struct lasting *, struct server_state *, struct diag *);
int lasting_stop(struct lasting *, struct server_state *, struct diag *);
int lasting_status(struct lasting *, struct server_state *, struct diag *);
/* Stops it, and removes its data and .dbm. */
int lasting_destroy(struct lasting *, struct server_state *, struct diag *);

#endif
