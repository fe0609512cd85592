#ifndef MIGRATE_DEV_H
#define MIGRATE_DEV_H

#include "migrate/history.h"
#include "migrate/shadow.h"
#include "migrate/site.h"

struct arena;
struct buf;
struct catalog;
struct db;
struct diag;
struct schema;

/* A development database, its history and the schema, side by side. */
struct dev {
	struct arena *mem;
	struct site site;
	struct schema *schema;
	const char *const *ns; /* that the schema lies in */
	size_t nns;
	struct db *db; /* holds the lock */
	int created;   /* the database was, now */
	struct history history;
	struct migration_status *status;
	size_t n, pending;
	struct catalog *base; /* what all migrations make */
	struct shadow_opts shadow_opts;
	struct shadow *shadow;
};

/* Reads all three; the database is locked, and created where it may be. */
int dev_open(struct dev *, struct diag *);
/* Ends the session, and what the replay needed. */
void dev_close(struct dev *);

/*
 * Does the database stand where its history says, and do all migrations run?
 * Replays them: base is set.  1: it does not, and the text tells people what
 * is wrong, by name, and what helps; nothing was changed.  -1: diag.
 */
int dev_check(struct dev *, struct buf *text, struct diag *);

/*
 * After a new migration: replays it too where the server for it still runs,
 * so that the next time nothing is.
 */
void dev_remember(struct dev *);

#endif
