#ifndef BATCH_UPDATES_H
#define BATCH_UPDATES_H

#include <stddef.h>

#include "batch/change.h"

struct arena;
struct db;
struct diag;

/* The UPDATE statements of a file. */
struct updates {
	struct arena *mem;	/* the first four are given */
	struct db *db;
	const char *by;		/* as in change_open() */
	int once;
	struct change *change;
	size_t n;
	int brackets;		/* it has BEGIN or COMMIT, passed over */
};

/* Reads them, "-" for stdin, opens and checks each.  -1: nothing of the file
 * can be done; diag has the place. */
int updates_read(struct updates *, const char *file, struct diag *);

#endif
