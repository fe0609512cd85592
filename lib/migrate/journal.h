#ifndef MIGRATE_JOURNAL_H
#define MIGRATE_JOURNAL_H

#include <stddef.h>

#include "migrate/units.h"

struct arena;
struct buf;
struct diag;

/*
 * How far a script of several units has come, kept in its row while it is
 * not finished; no column is added.  `applied_steps_count' says how many
 * units are done, and `logs', which Prisma never reads, what they are:
 *
 *   dbm: journal 1 steps of 5
 *   dbm: unit 1 9f86d081884c7d65 line 3 statements 1
 *   dbm: unit 2 60303ae22b998861 line 7 statements 1
 *   …
 *   dbm: running 2 indexes 16390,16392!
 *
 * `running' is written before a statement that refuses transactions, with
 * the indexes that its table had (!: invalid ones): what is new later is
 * its own.
 */
struct journal {
	int found; /* the logs held one */
	enum units_mode mode;
	size_t total, done;
	char (*digest)[17]; /* of each unit */
	size_t *nstmt;	    /* its statements */
	size_t running;	    /* from 1; 0: none */
	const char *indexes;
};

/* steps: the row's applied_steps_count. */
void journal_read(struct arena *, const char *logs, long long steps,
    struct journal *);

/* running: the number of the unit that has begun, from 1; or 0. */
void journal_write(struct buf *, const struct units *, size_t running,
    const char *indexes);

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
