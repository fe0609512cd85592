#ifndef MIGRATE_JOURNAL_H
#define MIGRATE_JOURNAL_H

#include <stddef.h>

#include "migrate/units.h"

struct arena;
struct buf;
struct diag;

/*
 * How far a script of several units has come, kept as text in the `logs' of
 * its row (Prisma reads that column never, and no column is added):
 *
 *   dbm: journal 1 steps of 5
 *   dbm: done 1 9f86d081884c7d65 line 3
 *   dbm: running 2 60303ae22b998861 line 7 indexes 16390,16392
 *
 * `running' is written before a statement that refuses transactions, with
 * the indexes its table had: what is new later is its own.
 */
struct journal {
	int found; /* the logs held one */
	enum units_mode mode;
	size_t done;
	char (*digest)[17]; /* of each unit done */
	size_t running;	    /* from 1; 0: none */
	char running_digest[17];
	const char *indexes; /* "16390,16392" */
};

void journal_read(struct arena *, const char *logs, struct journal *);

/* The text after `done' units; with running: the next one has begun. */
void journal_write(struct buf *, const struct units *, size_t done,
    int running, const char *indexes);

/*
 * May a run go on after what the journal has?  Only when the finished units
 * are still the same: else -1, and diag names the first that is not.
 */
int journal_check(const struct journal *, const struct units *,
    struct diag *);

/*
 * What a failed row tells people: where and which statement, or NULL.  Also
 * of rows that Prisma wrote.
 */
char *journal_failure(struct arena *, const char *logs);

#endif
