/* Several sessions at work at once, and one thread that waits for them. */
#include <err.h>
#include <poll.h>
#include <stdlib.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn_priv.h"

static void
stash(struct db *db, PGresult *res)
{
	if (res == NULL)
		return; /* between two statements */
	db->stash = reallocarray(db->stash, db->nstash + 1,
	    sizeof(*db->stash));
	if (db->stash == NULL)
		err(EXIT_TROUBLE, NULL);
	db->stash[db->nstash++] = res;
}

PGresult *
db_stashed(struct db *db)
{
	PGresult *res;

	if (db->stash_at == db->nstash)
		return NULL;
	res = db->stash[db->stash_at++];
	if (db->stash_at == db->nstash)
		db->stash_at = db->nstash = 0;
	return res;
}

void
db_drop_stash(struct db *db)
{
	PGresult *res;

	while ((res = db_stashed(db)) != NULL)
		PQclear(res);
	free(db->stash);
	db->stash = NULL;
}

/*
 * Has all of the answer come?  A part of it comes before a notice, or where
 * it is long: who takes that would wait for the rest, and for whatever locks
 * that waits for.
 */
static int
is_complete(struct db *db)
{
	PGresult *res;

	if (PQconsumeInput(db->conn) == 0)
		return 1; /* it is lost, as who takes it is told */
	if (PQpipelineStatus(db->conn) == PQ_PIPELINE_OFF)
		return !PQisBusy(db->conn);
	while (!PQisBusy(db->conn)) {
		res = PQgetResult(db->conn);
		stash(db, res);
		if (res != NULL &&
		    PQresultStatus(res) == PGRES_PIPELINE_SYNC)
			return 1;
		if (PQstatus(db->conn) == CONNECTION_BAD)
			return 1;
	}
	return 0;
}

static struct pollfd *
fill(struct arena *mem, struct db *const *db, size_t n, int fd)
{
	struct pollfd *p = arena_array(mem, struct pollfd, n + 2);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = PQsocket(db[i]->conn),
			.events = POLLIN };
	p[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	/* readable for good after the first signal: the next interrupts */
	p[n + 1] = (struct pollfd){ .fd = sig_count() > 0 ? -1 : sig_fd(),
		.events = POLLIN };
	return p;
}

int
db_wait_any(struct db *const *db, size_t n, int fd, double seconds)
{
	struct arena *mem = arena_new();
	struct pollfd *p = fill(mem, db, n, fd);
	int found = -1;
	size_t i;

	if (sig_count() > 0 && seconds > 1)
		seconds = 1;
	if (poll(p, n + 2, (int)(seconds * 1000) + 1) > 0)
		for (i = 0; i <= n && found == -1; i++)
			if (p[i].revents != 0 &&
			    (i == n || is_complete(db[i])))
				found = (int)i;
	arena_free(mem);
	return found;
}
