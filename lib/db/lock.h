#ifndef DB_LOCK_H
#define DB_LOCK_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct diag;

/*
 * Session-level advisory locks, polled and never waited on: a session that
 * is blocked in pg_advisory_lock holds a snapshot, and a CREATE INDEX
 * CONCURRENTLY by the lock's holder then deadlocks with it.
 */

/*
 * Takes the lock, polling for up to `wait' seconds.  -1: it is held (status
 * 75; diag names the holder and says "`what' is locked") or an error.
 */
int lock_acquire(struct db *, int64_t key, double wait, const char *what,
    struct diag *);
int lock_release(struct db *, int64_t key, struct diag *);

/*
 * The same where this may be a transaction pooler: there *holder is another
 * session, whose transaction has the lock for as long as it is open; else it
 * is NULL.
 */
int lock_hold(struct db *, int64_t key, double wait, const char *what,
    struct db **holder, struct diag *);
/* Also where the connection is lost. */
void lock_let_go(struct db *, int64_t key, struct db *holder);

/* Does this session hold it?  -1: error. */
int lock_is_mine(struct db *, int64_t key, struct diag *);

/*
 * Who holds it: "pid 12 (dbm-migrate-deploy, connected since …)".  NULL with
 * an empty diag: nobody.
 */
char *lock_holder(struct db *, struct arena *, int64_t key, struct diag *);

/* Which of n keys are held by anybody: held[i].  -1: diag. */
int lock_held(struct db *, const int64_t *key, size_t n, int *held,
    struct diag *);

/* The key of a name: 63 bits of its SHA-256. */
int64_t lock_key(const char *name);

#endif
