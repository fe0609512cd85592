#ifndef ROWS_STATE_H
#define ROWS_STATE_H

#include <stddef.h>

struct arena;
struct db;
struct diag;

/*
 * What sync remembers of a table, at the destination.  Where a Prisma model
 * has made a table with columns tableName and lastMigratedAt (in any
 * spelling), that one is used as it is; else dbm."MigrationState".  What
 * Prisma's has no columns for, the mark, is kept in dbm."MigrationState" in
 * both cases.
 */
struct state {
	const char *table;  /* as the source calls it */
	const char *cutoff; /* UTC, "2026-11-20 14:05:41.123"; milliseconds
			     * are all that is kept */
	const char *mark;   /* what sync has to say of that run; NULL: not
			     * known, or the cutoff was changed since */
};

struct state_place; /* where it is kept */

/*
 * Finds the place; with `create', makes dbm's where it is missing (outside
 * of a transaction).  NULL: diag, or (empty diag) there is none yet.
 */
struct state_place *state_open(struct arena *, struct db *, int create,
    struct diag *);
/* Can marks be kept?  Not where this role may not make dbm's table. */
int state_has_marks(const struct state_place *);
/* All that is remembered; *n is how many. */
struct state *state_read(struct arena *, struct db *,
    const struct state_place *, size_t *n, struct diag *);
/* Remembers, in the transaction that is open; rows: how many were received. */
int state_write(struct arena *, struct db *, const struct state_place *,
    const struct state *, long long rows, struct diag *);

#endif
