#ifndef MIGRATE_LOCK_H
#define MIGRATE_LOCK_H

#include <stdint.h>

#include "base/opt.h"

struct db;
struct diag;

/*
 * Prisma's advisory lock, and the one that dbm runs exclude each other by
 * while Prisma's has to be free (alone.c).
 */
#define LOCK_PRISMA INT64_C(72707369)
#define LOCK_DBM INT64_C(72707369006)

/* Has PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK not been set, as Prisma has it? */
int migrate_lock_wanted(void);

/*
 * Takes both, polling for --wait seconds each, where they are wanted.  -1:
 * held (P1002, status 75, the holder named) or an error.
 */
int migrate_lock(struct db *, struct diag *);

/* --wait, for OPT_INCLUDE. */
struct lock_opts {
	double wait; /* seconds; 10, as Prisma */
};
extern struct lock_opts lock_opts;
extern const struct opt opt_lock[];

/* Takes again what a script has let go of. */
int migrate_lock_keep(struct db *, struct diag *);

/* Does any session hold one of them?  -1: error. */
int migrate_lock_held(struct db *, struct diag *);

#endif
