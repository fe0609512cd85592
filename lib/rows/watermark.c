/*
 * Up to when a run has seen everything, and under which snapshot.
 *
 * The order is what makes it right: sessions, then prepared transactions,
 * then the snapshot.  A transaction leaves each of these only after it is
 * visible to new snapshots, or stands in the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/session.h"
#include "rows/watermark.h"

/* Columns of watermark_open.sql. */
enum {
	OPEN_CUTOFF,
	OPEN_PID,
	OPEN_ROLE,
	OPEN_MUTE,
	OPEN_SELF,
	OPEN_SUBSCRIBER,
	OPEN_STANDBY,
	OPEN_UTC
};

enum part {
	PART_OPEN,
	PART_PREPARED,
	PART_SOURCE,
	PART__MAX
};

/*
 * Transaction numbers are compared as 32 bits: a mark serves while fewer than
 * 2^31 were used since.  The rest is room for those used while we read.
 */
#define MARK_REACH ((1ULL << 31) - 100000000ULL)
#define MARK_VERSION "1"

static int
is_true(const struct db_rows *r, size_t col)
{
	const char *cell = db_cell(r, 0, col);

	return cell != NULL && *cell == 't';
}

/* What may be open without being seen, or comes with times of its own. */
static const char *
find_doubt(struct arena *mem, const struct db_rows *open,
    const struct db_rows *prepared)
{
	const char *pid = db_cell(open, 0, OPEN_PID);
	const char *role = db_cell(open, 0, OPEN_ROLE);
	const char *self = db_cell(open, 0, OPEN_SELF);

	if (is_true(open, OPEN_STANDBY))
		return "it is a standby: what is open on its primary cannot "
		    "be seen";
	if (prepared->nrows > 0)
		return arena_printf(mem, "transaction '%s' is prepared, and "
		    "when it began is not known", db_cell(prepared, 0, 0));
	if (pid != NULL && is_true(open, OPEN_MUTE))
		return arena_printf(mem, "session %s of role '%s' has "
		    "track_activities off", pid, role);
	if (pid != NULL)
		return arena_printf(mem, "session %s of role '%s' is hidden "
		    "from role '%s' (GRANT pg_monitor TO %s)", pid,
		    role == NULL ? "?" : role, self, db_ident(mem, self));
	if (is_true(open, OPEN_SUBSCRIBER))
		return "rows come by logical replication, with times of their "
		    "own";
	return NULL;
}

/* Not every role may ask which cluster it is, and not every cluster says. */
static int
ask(struct arena *mem, struct db *db, const char *seconds,
    struct db_rows *out[PART__MAX], struct diag *d)
{
	const struct db_ask all[PART__MAX] = {
		[PART_OPEN] = { sql_watermark_open, 1, NULL },
		[PART_PREPARED] = { sql_watermark_prepared, 0, NULL },
		[PART_SOURCE] = { sql_watermark_source, 0, NULL },
	};
	struct diag refused = DIAG_INIT;
	int rc;

	rc = db_query_all(db, mem, all, PART__MAX, &seconds, out, &refused);
	if (rc == -1) {
		out[PART_SOURCE] = NULL;
		rc = db_query_all(db, mem, all, PART_SOURCE, &seconds, out, d);
	}
	diag_free(&refused);
	return rc;
}

static int
take_snapshot(struct arena *mem, struct db *db, struct watermark *w,
    struct diag *d)
{
	struct db_rows *r;

	if (rows_begin(db, ROWS_READ, NULL, d) == -1)
		return -1;
	r = db_query(db, mem, "SELECT pg_export_snapshot(), "
	    "pg_snapshot_xmin(pg_current_snapshot())::text, "
	    "pg_snapshot_xmax(pg_current_snapshot())::text", 0, NULL, d);
	if (r == NULL) {
		rows_rollback(db);
		return -1;
	}
	w->snapshot = db_cell(r, 0, 0);
	w->xmin = db_cell(r, 0, 1);
	w->xmax = db_cell(r, 0, 2);
	return 0;
}

int
watermark_take(struct arena *mem, struct db *db, double overlap,
    struct watermark *w, struct diag *d)
{
	struct db_rows *part[PART__MAX];

	memset(w, 0, sizeof(*w));
	if (ask(mem, db, arena_printf(mem, "%.6f", overlap), part, d) == -1)
		return -1;
	w->cutoff = db_cell(part[PART_OPEN], 0, OPEN_CUTOFF);
	w->doubt = find_doubt(mem, part[PART_OPEN], part[PART_PREPARED]);
	w->utc = is_true(part[PART_OPEN], OPEN_UTC);
	if (part[PART_SOURCE] != NULL && part[PART_SOURCE]->nrows > 0)
		w->source = arena_printf(mem, "%s.%s",
		    db_cell(part[PART_SOURCE], 0, 0), db_url_of(db)->schema);
	return take_snapshot(mem, db, w, d);
}

/* "1 XMIN sure SOURCE", or "doubt"; no source where it is not known. */
char *
watermark_mark(struct arena *mem, const struct watermark *w)
{
	return arena_printf(mem, MARK_VERSION " %s %s %s", w->xmin,
	    w->doubt != NULL ? "doubt" : "sure",
	    w->source != NULL ? w->source : "");
}

/* The next word of a text that has single blanks; NULL: none. */
static char *
next_word(struct arena *mem, const char **s)
{
	size_t n = strcspn(*s, " ");
	char *word;

	if (n == 0)
		return NULL;
	word = arena_strndup(mem, *s, n);
	*s += n;
	if (**s == ' ')
		(*s)++;
	return word;
}

static int
is_number(const char *s)
{
	return *s != '\0' && strlen(s) < 20 &&
	    s[strspn(s, "0123456789")] == '\0';
}

int
watermark_compare(struct arena *mem, const struct watermark *now,
    const char *mark, struct mark *out)
{
	const char *version, *xmin, *sure;
	unsigned long long then;

	memset(out, 0, sizeof(*out));
	if (mark == NULL || now->source == NULL)
		return 0;
	version = next_word(mem, &mark);
	xmin = next_word(mem, &mark);
	sure = next_word(mem, &mark);
	if (sure == NULL || strcmp(version, MARK_VERSION) != 0 ||
	    !is_number(xmin) || strcmp(mark, now->source) != 0)
		return 0;
	/* numbers that went back: an older copy of the cluster's files */
	then = strtoull(xmin, NULL, 10);
	if (then > strtoull(now->xmin, NULL, 10) ||
	    strtoull(now->xmax, NULL, 10) - then >= MARK_REACH)
		return 0;
	out->xmin = xmin;
	out->doubt = strcmp(sure, "sure") != 0;
	return 1;
}
