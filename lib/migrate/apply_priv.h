#ifndef MIGRATE_APPLY_PRIV_H
#define MIGRATE_APPLY_PRIV_H

#include "migrate/apply.h"
#include "migrate/journal.h"
#include "migrate/units.h"

/* One migration at work; shared by apply.c and alone.c. */
struct run {
	struct apply *a;
	struct db *db;
	struct arena *mem;
	const struct migration *m;
	const char *text;
	size_t len;
	struct units units;
	struct journal journal; /* of the row that is resumed */
	char id[37];
	size_t done;	 /* units */
	int resumed;	 /* an earlier run may have left things behind */
	const struct sql_stmt *failed; /* NULL: not known */
	struct diag *d;
};

/* Keeps the journal after `done' units; running: with the next begun. */
int run_journal(struct run *, int running, const char *indexes);

/* Sends a unit's text with nothing around it. */
int run_bare(struct run *, const struct unit *);

/* A unit that refuses transactions: asks the catalog, runs it, checks. */
int alone_run(struct run *, const struct unit *);

#endif
