/*
 * What a run waits for, so that nobody notices it: asked on a session beside
 * the work, at most so often that the asking is not noticed either.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "batch/manners.h"
#include "batch/manners_priv.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/table.h"

#define LOOK_EVERY 0.25 /* seconds */
#define THROTTLE_EVERY 0.5
#define PATIENCE_MS 5000 /* with a query that tells whether to wait */
#define HURRY_MS 50	 /* with ours, while a batch is open */
#define MAX_LAG 10

/* Columns of manners_look.sql. */
enum {
	LOOK_KIND,
	LOOK_WHO,
	LOOK_LSN,
	LOOK_MEASURED
};

/* What is asked in one turn. */
enum {
	ASK_LOOK,
	ASK_PATH,
	ASK_THROTTLE,
	ASK__MAX
};

static void
add_reason(struct manners *m)
{
	if (m->why.len > 0)
		buf_adds(&m->why, "; ");
}

static void
look_at_replica(struct manners *m, double now, const struct db_rows *r,
    size_t row)
{
	const char *measured = db_cell(r, row, LOOK_MEASURED);
	double lag;

	lag = lag_of(m->lag, now, strtoull(db_cell(r, row, LOOK_LSN), NULL,
	    10), measured != NULL ? atof(measured) : -1);
	if (lag <= m->max_lag)
		return;
	add_reason(m);
	buf_addf(&m->why, "replica '%s' is %.*f s behind (--max-lag %g)",
	    db_cell(r, row, LOOK_WHO), lag < 9.95 ? 1 : 0, lag, m->max_lag);
}

/* Takes in what was seen.  Rows of replicas follow the one that says where
 * the log ends. */
static void
learn(struct manners *m, double now, const struct db_rows *r)
{
	unsigned long long lsn, slowest = 0;
	const char *kind;
	size_t i;

	m->asked = now;
	buf_reset(&m->why);
	for (i = 0; i < r->nrows; i++) {
		kind = db_cell(r, i, LOOK_KIND);
		if (strcmp(kind, "autovacuum") == 0) {
			add_reason(m);
			buf_addf(&m->why, "autovacuum is at work on table '%s' "
			    "(pid %s)", m->table->shown,
			    db_cell(r, i, LOOK_WHO));
			continue;
		}
		lsn = strtoull(db_cell(r, i, LOOK_LSN), NULL, 10);
		if (strcmp(kind, "now") == 0)
			lag_add(m->lag, now, slowest = lsn);
		else
			look_at_replica(m, now, r, i);
		if (lsn < slowest)
			slowest = lsn;
	}
	lag_forget(m->lag, slowest);
	if (m->throttled) {
		add_reason(m);
		buf_adds(&m->why, "--throttle-query says so");
	}
}

/* Says where in the query it is. */
static void
locate(const struct manners *m, struct diag *d)
{
	const char *sql = m->o->throttle;
	size_t len = strlen(sql), position = db_error_position(m->db);

	if (strcmp(d->sqlstate, "57014") == 0)
		diag_hint(d, "it may take %d s", PATIENCE_MS / 1000);
	diag_at_offset(d, "--throttle-query", sql, len, position > 0 ?
	    utf8_offset(sql, len, position - 1) : 0);
}

/* No row and NULL are as good as false. */
static int
read_throttle(struct manners *m, double now, const struct db_rows *r,
    struct diag *d)
{
	const char *answer = NULL;

	if (r->nrows > 0 && r->ncols > 0)
		answer = db_cell(r, 0, 0);
	if (r->ncols > 0 && (answer == NULL || strcmp(answer, "t") == 0 ||
	    strcmp(answer, "f") == 0)) {
		m->throttled = answer != NULL && *answer == 't';
		m->throttle_asked = now;
		return 0;
	}
	diag_at(d, "--throttle-query", 1, 1);
	diag_hint(d, "make it a condition, as in: SELECT count(*) > 100 "
	    "FROM jobs");
	if (r->ncols == 0)
		return diag_set(d, "it is no query");
	return diag_set(d, "it answers '%s', which is neither true nor "
	    "false", answer);
}

/* A server that has no time for our own query is to be left alone. */
static int
no_answer(struct manners *m, double now, struct diag *d)
{
	if (strcmp(d->sqlstate, "57014") != 0)
		return -1;
	diag_reset(d);
	m->asked = now;
	buf_reset(&m->why);
	buf_addf(&m->why, "the server does not say in %d s how it is",
	    PATIENCE_MS / 1000);
	return 0;
}

/* throttle: the user's query, too. */
static int
send(struct manners *m, int throttle, long limit_ms, struct diag *d)
{
	struct turn turn = { .db = m->db, .read_only = 1,
		.statement_ms = limit_ms };
	const char *path = m->path != NULL ? m->path : "";
	struct db_ask q[ASK__MAX] = {
		[ASK_LOOK] = { sql_manners_look, 1, &m->table->oid },
		/* not ahead of our own query: it could hide what is named
		 * in it */
		[ASK_PATH] = { "SELECT pg_catalog.set_config('search_path', "
		    "$1, true)", 1, &path },
		[ASK_THROTTLE] = { m->o->throttle, 0, NULL },
	};

	return turn_send(&turn, q, throttle ? ASK__MAX : 1, 1, d);
}

static int
take(struct manners *m, double now, int throttle, size_t *failed,
    struct diag *d)
{
	struct turn turn = { .db = m->db };
	struct arena *mem = arena_new();
	struct db_rows *r[ASK__MAX];
	int rc;

	*failed = ASK__MAX;
	rc = turn_take(&turn, mem, throttle ? ASK__MAX : 1, 1, r, failed, d);
	if (rc == -1 && *failed == ASK_THROTTLE)
		locate(m, d);
	if (rc == 0 && throttle)
		rc = read_throttle(m, now, r[ASK_THROTTLE], d);
	if (rc == 0)
		learn(m, now, r[ASK_LOOK]);
	arena_free(mem);
	return rc;
}

static int
ask(struct manners *m, double now, int throttle, struct diag *d)
{
	size_t failed;

	if (send(m, throttle, PATIENCE_MS, d) == -1)
		return -1;
	if (take(m, now, throttle, &failed, d) == 0)
		return 0;
	return failed == ASK_LOOK ? no_answer(m, now, d) : -1;
}

/* Who has not the right sees that there is a replica, and no more. */
static int
check_lag(struct manners *m, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_rows *r;
	int rc = 0;

	m->max_lag = m->o->max_lag < 0 ? MAX_LAG : m->o->max_lag;
	r = db_query(m->db, mem, "SELECT current_user, pg_catalog.pg_has_role("
	    "current_user, 'pg_read_all_stats', 'USAGE')", 0, NULL, d);
	if (r == NULL)
		rc = -1;
	else if (m->o->max_lag >= 0 && *db_cell(r, 0, 1) != 't') {
		diag_hint(d, "as a superuser: GRANT pg_monitor TO %s;",
		    db_ident(mem, db_cell(r, 0, 0)));
		rc = diag_set(d, "--max-lag: role '%s' may not see how late "
		    "a replica is", db_cell(r, 0, 0));
	}
	arena_free(mem);
	return rc;
}

int
manners_open(struct manners *m, struct diag *d)
{
	m->lag = arena_new_of(m->mem, struct manners_lag);
	return check_lag(m, d) == -1 || ask(m, clock_now(),
	    m->o->throttle != NULL, d) == -1 ? -1 : 0;
}

int
manners_wait(struct manners *m, struct buf *why, struct diag *d)
{
	double now = clock_now();
	int throttle = m->o->throttle != NULL &&
	    now - m->throttle_asked >= THROTTLE_EVERY;

	if ((throttle || now - m->asked >= LOOK_EVERY) &&
	    ask(m, now, throttle, d) == -1)
		return -1;
	buf_adds(why, buf_str(&m->why));
	return m->why.len > 0;
}

int
manners_mind(struct manners *m, struct diag *ignored)
{
	m->minded = clock_now();
	return m->minded - m->asked >= LOOK_EVERY &&
	    send(m, 0, HURRY_MS, ignored) == 0;
}

void
manners_minded(struct manners *m, struct diag *ignored)
{
	size_t failed;

	take(m, m->minded, 0, &failed, ignored);
}
