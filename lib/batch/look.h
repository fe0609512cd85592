#ifndef BATCH_LOOK_H
#define BATCH_LOOK_H

#include "batch/turn.h"

struct db;
struct diag;
struct key;
struct table;

/*
 * Queries about a table apart from a run, for a preview or before it begins:
 * behind a lock they wait as long as for a run (--wait), and no longer.
 */
struct turn look_turn(struct db *, const char *path);
/* turn_run(), with its COMMIT; where a lock was in the way, diag names the
 * table, and who has it. */
int look_run(const struct turn *, struct arena *, const struct table *,
    const struct db_ask *, size_t n, struct db_rows **, struct diag *);
/* The second half, of what has failed in another way.  -1. */
int look_failed(struct db *, const struct table *, struct diag *);

/* What is counted: by ranges of a key, where it takes long. */
struct look {
	struct turn turn;
	const struct table *table; /* that it is about, for messages */
	const char *from, *alias;  /* what has the key, as in struct cut */
	const struct key *key;
};
/* Adds up a query of n numbers, which ends in a condition: bounds are added
 * to it. */
int look_count(const struct look *, const char *sql, size_t n, long long *sum,
    struct diag *);

#endif
