#include <stdlib.h>
#include <string.h>
#include <poll.h>

#include <sha2.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/lock.h"
#include "db/sql.h"

#define POLL_MS 100

static char *
key_text(struct arena *mem, int64_t key)
{
	return arena_printf(mem, "%lld", (long long)key);
}

/* 1 got it, 0 it is held, -1 error */
static int
try_lock(struct db *db, struct arena *mem, int64_t key, struct diag *d)
{
	const char *params[] = { key_text(mem, key) };
	struct db_rows *r;

	r = db_query(db, mem, "SELECT pg_catalog.pg_try_advisory_lock($1)", 1,
	    params, d);
	return r == NULL ? -1 : strcmp(db_cell(r, 0, 0), "t") == 0;
}

/* The lock of a transaction holds behind a pooler, too. */
static int
try_apart(struct db *db, struct arena *mem, int64_t key, struct db **holder,
    struct diag *d)
{
	const char *params[] = { key_text(mem, key) };
	struct db_rows *r;

	if (*holder == NULL && ((*holder = db_open(db_url_of(db), 0, d)) ==
	    NULL || db_exec(*holder, "BEGIN READ ONLY;"
	    "SET LOCAL idle_in_transaction_session_timeout=0", d) == -1))
		return -1;
	r = db_query(*holder, mem,
	    "SELECT pg_catalog.pg_try_advisory_xact_lock($1)", 1, params, d);
	return r == NULL ? -1 : strcmp(db_cell(r, 0, 0), "t") == 0;
}

/*
 * Not every pooler is known by its URL.  Whoever it hands our statements to
 * is another than it says: a lock of that session would outlive us.
 */
static int
try_hold(struct db *db, struct arena *mem, int64_t key, struct db **holder,
    struct diag *d)
{
	const char *params[2] = { key_text(mem, key),
		arena_printf(mem, "%d", db_backend_pid(db)) };
	struct db_rows *r;

	if (*holder != NULL || db_url_of(db)->pooler)
		return try_apart(db, mem, key, holder, d);
	r = db_query(db, mem, "SELECT CASE WHEN "
	    "pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) $2 THEN "
	    "pg_catalog.pg_try_advisory_lock($1) END", 2, params, d);
	if (r == NULL)
		return -1;
	if (db_cell(r, 0, 0) == NULL)
		return try_apart(db, mem, key, holder, d);
	return strcmp(db_cell(r, 0, 0), "t") == 0;
}

char *
lock_holder(struct db *db, struct arena *mem, int64_t key, struct diag *d)
{
	const char *params[] = { key_text(mem, key) };
	struct db_rows *r;

	r = db_query(db, mem, sql_lock_holder, 1, params, d);
	if (r == NULL || r->nrows == 0)
		return NULL;
	return arena_printf(mem, "pid %s (%s, connected since %s)",
	    db_cell(r, 0, 0), db_cell(r, 0, 1), db_cell(r, 0, 2));
}

int
lock_is_mine(struct db *db, int64_t key, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *params[] = { key_text(mem, key) };
	struct db_rows *r = db_query(db, mem, sql_lock_holder, 1, params, d);
	int mine = -1;

	if (r != NULL)
		mine = r->nrows > 0 &&
		    atoi(db_cell(r, 0, 0)) == db_backend_pid(db);
	arena_free(mem);
	return mine;
}

static int
held(struct db *db, struct arena *mem, int64_t key, double wait,
    const char *what, struct diag *d)
{
	const char *who = lock_holder(db, mem, key, d);

	diag_reset(d);
	d->status = EXIT_LATER;
	diag_hint(d, "wait for it to end, or wait longer with --wait SECONDS");
	if (who == NULL)
		who = "a session that has just ended";
	return wait > 0 ? diag_set(d, "%s is locked by %s; gave up after %g s",
	    what, who, wait) : diag_set(d, "%s is locked by %s", what, who);
}

/* holder: NULL: this session's own lock is meant */
static int
poll_for(struct db *db, int64_t key, double wait, const char *what,
    struct db **holder, struct diag *d)
{
	double deadline = clock_now() + wait;
	struct pollfd pfd = { .fd = sig_fd(), .events = POLLIN };
	struct arena *mem = arena_new();
	int got, told = 0;
	char *who;

	while ((got = holder == NULL ? try_lock(db, mem, key, d) :
	    try_hold(db, mem, key, holder, d)) == 0) {
		if (clock_now() >= deadline) {
			got = held(db, mem, key, wait, what, d);
			break;
		}
		if (!told++ && (who = lock_holder(db, mem, key, d)) != NULL)
			note("waiting: %s is locked by %s", what, who);
		poll(&pfd, 1, POLL_MS);
		if (sig_pending() != 0) {
			got = diag_set(d, "interrupted while waiting for the "
			    "lock");
			break;
		}
		arena_reset(mem);
	}
	arena_free(mem);
	return got == 1 ? 0 : -1;
}

int
lock_acquire(struct db *db, int64_t key, double wait, const char *what,
    struct diag *d)
{
	return poll_for(db, key, wait, what, NULL, d);
}

int
lock_hold(struct db *db, int64_t key, double wait, const char *what,
    struct db **holder, struct diag *d)
{
	*holder = NULL;
	if (poll_for(db, key, wait, what, holder, d) == 0)
		return 0;
	db_close(*holder);
	*holder = NULL;
	return -1;
}

void
lock_let_go(struct db *db, int64_t key, struct db *holder)
{
	struct diag ignored = DIAG_INIT; /* it goes with its session */

	if (holder != NULL)
		db_close(holder);
	else if (!db_lost(db))
		lock_release(db, key, &ignored);
	diag_free(&ignored);
}

int
lock_release(struct db *db, int64_t key, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *params[] = { key_text(mem, key) };
	int rc;

	rc = db_query(db, mem, "SELECT pg_catalog.pg_advisory_unlock($1)", 1,
	    params, d) == NULL ? -1 : 0;
	arena_free(mem);
	return rc;
}

int
lock_held(struct db *db, const int64_t *key, size_t n, int *held,
    struct diag *d)
{
	struct arena *mem = arena_new();
	const char **text = arena_array(mem, const char *, n), *params[1];
	struct db_rows *r;
	size_t i;

	for (i = 0; i < n; i++)
		text[i] = key_text(mem, key[i]);
	params[0] = db_array(mem, text, n);
	r = db_query(db, mem, sql_locks_held, 1, params, d);
	for (i = 0; r != NULL && i < n; i++)
		held[i] = *db_cell(r, i, 0) == 't';
	arena_free(mem);
	return r == NULL ? -1 : 0;
}

int64_t
lock_key(const char *name)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	int64_t key = 0;
	SHA2_CTX ctx;
	size_t i;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)name, strlen(name));
	SHA256Final(digest, &ctx);
	for (i = 0; i < 8; i++)
		key = (int64_t)((uint64_t)key << 8 | digest[i]);
	return key & INT64_MAX;
}
