/* What is done on the session beside, while a batch is at work. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "batch/job.h"
#include "batch/run_priv.h"
#include "db/conn.h"
#include "db/sql.h"

#define ASK_EVERY 0.2 /* seconds, whether others wait */
#define LATE 0.6      /* of the time a batch should take: they show by then */

int
run_cut(struct run *r, int which, const char *const *lo, struct diag *d)
{
	long long most = r->wrote.size;
	int rc;

	r->known[which] = 0;
	arena_reset(r->edges[which]);
	/* counting them is not for nothing */
	if (r->job->counts == NULL || (r->looked.size <= most + most / 4 &&
	    r->looked.size <= r->wrote.most))
		rc = cut_next(&r->cut, r->edges[which], lo, r->looked.size,
		    &r->edge[which], d);
	else
		rc = cut_matching(&r->cut, r->edges[which], lo,
		    r->looked.size, r->job->counts, most, &r->edge[which], d);
	r->known[which] = rc == 0;
	return rc;
}

/* Who has the lock that the batch waits for. */
static void
find_blocker(struct run *r, struct diag *d)
{
	char pid[16];
	const char *params[] = { pid };
	struct db_rows *rows;

	if (db_url_of(r->look)->pooler)
		return; /* whose pid is ours is not known */
	snprintf(pid, sizeof(pid), "%d", db_backend_pid(r->db));
	rows = db_query(r->look, r->scratch, sql_blockers, 1, params, d);
	if (rows != NULL && rows->nrows > 0)
		r->who = arena_printf(r->journal->mem, "pid %s (%s, %s)",
		    db_cell(rows, 0, 0), db_cell(rows, 0, 1),
		    db_cell(rows, 0, 2));
}

static void
find_waiters(struct run *r, struct diag *d)
{
	struct buf who = BUF_INIT;

	r->asked = clock_now();
	if (manners_blocks(&r->manners, &who, d) == 1)
		r->blocks = 1;
	buf_free(&who);
}

/* What is asked now need not be asked between two batches. */
static void
mind_manners(struct run *r, struct diag *d)
{
	struct buf why = BUF_INIT;

	manners_wait(&r->manners, &why, d);
	buf_free(&why);
}

/*
 * What fails here does not matter to the batch: the range is cut once more
 * when it is needed, manners are asked again, and it is told then.
 */
void
run_look(struct run *r, double since)
{
	struct diag ignored = DIAG_INIT;
	double late = since + r->o->batch_time * LATE;

	r->blocks = 0;
	if (r->edge[0].hi != NULL && !r->known[1])
		run_cut(r, 1, r->edge[0].hi, &ignored);
	mind_manners(r, &ignored);
	if (r->retries > 0 || clock_now() - r->asked > ASK_EVERY) {
		if (!db_answers(r->db, late - clock_now())) {
			if (r->retries > 0)
				find_blocker(r, &ignored);
			find_waiters(r, &ignored);
		}
	}
	diag_free(&ignored);
}
