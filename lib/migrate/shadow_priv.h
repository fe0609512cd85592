#ifndef MIGRATE_SHADOW_PRIV_H
#define MIGRATE_SHADOW_PRIV_H

#include "base/buf.h"
#include "db/url.h"
#include "migrate/checksum.h"
#include "migrate/shadow.h"
#include "server/watch.h"

/* Shared by shadow.c, ways.c and roles.c. */

/* Where a history can be replayed, in the order they are tried. */
enum shadow_way {
	WAY_PRIVATE,
	WAY_URL,
	WAY_BESIDE,
	WAY__MAX /* none is open */
};
extern const char *const way_name[WAY__MAX];

struct migration_dir;

struct shadow {
	struct arena *mem;
	const struct shadow_opts *o;
	const char *schema;
	const char *const *ns;
	size_t nns;
	const char **role;
	size_t nroles;
	const char *version; /* of the private server, once it is known */

	enum shadow_way way; /* that is open */
	struct watch watch;  /* of the private server */
	struct db_url base;  /* its maintenance database */
	struct db *side;     /* a session that makes and drops databases */
	char *made;	     /* the name of a database of ours, or NULL */
	struct db_url url;   /* where the scripts run */
	struct db *db;
	size_t done;	     /* scripts that have run there */
	char done_chain[CHECKSUM_SIZE];
};

/* Could it be gone at all?  Nothing is started. */
int way_exists(struct shadow *, enum shadow_way);
/* What a result depends on besides the scripts. */
const char *way_version(const struct shadow *, enum shadow_way);
/* Starts it; way_empty() still has to follow. */
int way_open(struct shadow *, enum shadow_way, struct diag *);
/* An empty database, with a new session: s->db. */
int way_empty(struct shadow *, struct diag *);
void ways_close(struct shadow *);

/* The scripts of a list, and the chain of their digests. */
struct scripts {
	const struct migration_dir *dir;
	struct buf *text;
	char (*chain)[CHECKSUM_SIZE]; /* one more: [0] is of none */
};

/*
 * s->role: those that are to be there before the first script, of the main
 * database, named in scripts and created by none.  Others are made when a
 * script misses them.
 */
int roles_find(struct shadow *, const struct scripts *, struct diag *);
/* Creates them, NOLOGIN, on the private server. */
int roles_make(struct shadow *, struct diag *);

#endif
