#ifndef SERVER_PLACE_H
#define SERVER_PLACE_H

#include <sys/types.h>

struct arena;
struct diag;
struct passwd;

/*
 * Where private servers lie, and as whom they run.  initdb refuses root, so
 * root steps down: everything below `base' is made, run and removed by that
 * user's processes, and root itself never works inside a folder of theirs.
 */
struct place {
	const struct passwd *user; /* to step down to; NULL: we stay */
	uid_t uid;		   /* whose the servers are */
	const char *base;	   /* root: /var/lib/dbm, else ~/.cache/dbm */
};

/* Finds both, and makes the base folder. */
int place_find(struct arena *, struct place *, struct diag *);

/*
 * The user's own cache folder, ~/.cache/dbm, also for root; the folders
 * above it are made.  NULL: that cannot be done.
 */
const char *place_cache(struct arena *, struct diag *);

/*
 * Turns this process into the user that servers run as, for good, with an
 * environment in which PostgreSQL's variables are not set.
 */
int place_become(const struct place *, struct diag *);

/*
 * A folder that is ours alone (0700): made, or, where it is there, checked
 * without following a symbolic link.
 */
int place_own_folder(const char *path, struct diag *);

/* Is it a folder of this process's user, 0700, and no symbolic link? */
int place_is_own(const char *path);

/*
 * The folder in which socket folders are made: TMPDIR where a socket's path
 * fits into 107 bytes there and in a URL as it stands, else /tmp.
 */
const char *place_socket_parent(void);

/* The URL of a database behind a socket folder. */
char *place_url(struct arena *, const char *socket, const char *dbname);

/*
 * The same, for a folder whose name stays: after the next start of the
 * machine anybody may have made it, and libpq asks who answers there.
 */
char *place_lasting_url(struct arena *, const struct place *,
    const char *socket, const char *dbname);

#endif
