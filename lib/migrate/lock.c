#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "db/lock.h"
#include "migrate/lock.h"

static const char what[] = "this database's migration history";

struct lock_opts lock_opts = { .wait = 10 };

const struct opt opt_lock[] = {
	OPT_SECONDS('w', "wait", "SECONDS", &lock_opts.wait,
	    "how long to wait for the migration lock (10)"),
	OPT_END
};

int
migrate_lock_wanted(void)
{
	return getenv("PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK") == NULL;
}

int
migrate_lock(struct db *db, struct diag *d)
{
	struct buf text = BUF_INIT;

	if (!migrate_lock_wanted())
		return 0;
	/* dbm's own first: it is the one that is held throughout */
	if (lock_acquire(db, LOCK_DBM, lock_opts.wait, what, d) == 0 &&
	    lock_acquire(db, LOCK_PRISMA, lock_opts.wait, what, d) == 0)
		return 0;
	if (d->status == EXIT_LATER) {
		buf_addf(&text, "P1002: %s", buf_str(&d->text));
		diag_set(d, "%s", buf_str(&text));
		buf_free(&text);
	}
	return -1;
}

#define PATIENCE 300 /* seconds for who has come in between */

int
migrate_lock_keep(struct db *db, struct diag *d)
{
	static const int64_t keys[] = { LOCK_DBM, LOCK_PRISMA };
	size_t i;
	int mine;

	for (i = 0; i < 2; i++) {
		mine = lock_is_mine(db, keys[i], d);
		if (mine == -1 || (mine == 0 && lock_acquire(db, keys[i],
		    PATIENCE, what, d) == -1))
			return -1;
	}
	return 0;
}

int
migrate_lock_held(struct db *db, struct diag *d)
{
	struct arena *mem = arena_new();
	int held;

	held = lock_holder(db, mem, LOCK_DBM, d) != NULL ||
	    lock_holder(db, mem, LOCK_PRISMA, d) != NULL;
	arena_free(mem);
	return d->text.len > 0 ? -1 : held;
}
