#ifndef BATCH_EACH_PRIV_H
#define BATCH_EACH_PRIV_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/out.h"
#include "batch/each.h"
#include "batch/range.h"
#include "batch/turn.h"
#include "db/conn.h"
#include "rows/table.h"

/* --- lines (each_input.c) --- */

struct each_input {
	int fd;
	struct buf in;
	size_t at;   /* where the next line begins */
	size_t line; /* number of the last one, from 1 */
	int ended;
};

/* 1: *line is the next one, its newline cut off; 0: more has to be read
 * first; -1: diag.  At the end it is 0, and ended. */
int each_line(struct each_input *, char **line, struct diag *);
/* Reads what is there; waits where nothing is. */
int each_more(struct each_input *, struct diag *);

/* --- tables (each_table.c) --- */

/* A range of which a run knows that it is done: its bounds as fields. */
struct each_piece {
	char *lo, *hi; /* NULL: open */
};

struct each_table {
	const char *name, *columns; /* as in a record */
	const struct table *table;  /* NULL: not looked up yet */
	const struct key *key;
	struct tables all;
	struct each_piece *piece; /* what touches is one */
	size_t npieces;
};

struct each;
/* The one of that range, looked up where it is new; NULL: diag. */
struct each_table *each_table(struct each *, const struct range *,
    struct diag *);
/* The one of that name, not looked up. */
struct each_table *each_table_named(struct each *, const char *name,
    const char *columns);
/* Remembers that it is done. */
void each_table_add(struct each_table *, const char *lo, const char *hi);
void each_table_free(struct each_table *);

/* --- work (each_work.c) --- */

enum {
	EACH_JOBS = 64 /* at most */
};

enum each_state {
	EACH_IDLE,
	EACH_HELD,	/* touches a range that is under way */
	EACH_WORK,	/* sent */
	EACH_COMMIT,	/* done, its COMMIT is sent */
	EACH_PAUSE	/* to be tried again */
};

/* What of a range was done before, by its bounds. */
struct each_hole {
	const char *const *lo, *const *hi;
};

/* What is left of it: what the run remembers when that is done. */
struct each_gap {
	const char *lo, *hi; /* as fields */
};

struct each_worker {
	struct turn turn;
	enum each_state state;
	struct arena *mem;     /* of the range */
	struct range range;
	size_t line;	       /* of the input */
	const char *field[RANGE_FIELDS];
	struct each_table *table;
	struct each_hole *hole;
	struct each_gap *gap;
	size_t nholes, ngaps;
	double began, resume;  /* clock_now() */
	int tries;
	long long rows;
	double seconds;
};

/* A limit of the server's. */
long each_ms(double seconds);
/* Sends its range.  -1: diag. */
int each_send(struct each *, struct each_worker *, struct diag *);
/* Takes the answer: 0: it goes on; 1: the range is done with; -1: diag. */
int each_take(struct each *, struct each_worker *, struct diag *);

/* --- ranges (each_range.c) --- */

/* For an idle session: 1: a line was taken; 0: there is none yet. */
int each_next(struct each *, struct each_worker *, struct diag *);
/* Its range is read: sends it, if nothing stands against it. */
int each_begin(struct each *, struct each_worker *, struct diag *);
/* It is committed. */
void each_done(struct each *, struct each_worker *);
/* Something has failed, that session's work or (NULL) else: tells it, and
 * nothing new begins.  Resets diag. */
void each_fail(struct each *, struct each_worker *, struct diag *);

/* --- SQL (each_sql.c) --- */

/* What is wrong with that range for these statements?  -1: diag. */
int each_fits(const struct each *, const struct each_worker *, struct diag *);
/* A statement for a range. */
struct db_ask each_ask(const struct each_worker *, const struct bind *);
/* Where in it the server has found something. */
void each_locate(const struct each_worker *, const struct bind *,
    struct diag *);

/* --- runs (each_run.c) --- */

int each_claim(struct each *, struct diag *);
void each_release(struct each *);
/* Inside the transaction: is it still ours?; then that it is done. */
struct db_ask each_mine(struct each *, struct arena *);
struct db_ask each_record(struct each *, struct each_worker *);
/* Of a range: 1: it is done already; 0: its holes and gaps are known; -1:
 * diag; 2: another that is under way touches it. */
int each_known(struct each *, struct each_worker *, struct diag *);
/* A sign of life now and then; and the end. */
int each_tell(struct each *, struct diag *);
int each_finish(struct each *, const char *state, const char *error,
    struct diag *);

struct each {
	const struct each_options *o;
	const struct each_hooks *hooks;
	struct each_counts *counts;
	struct arena *mem;
	struct db_url url;
	const char *path;	/* search_path of the statements */
	struct db *db;		/* looks things up, and keeps the run */
	struct each_input input;
	struct each_table **table;
	size_t ntables;
	struct each_worker *worker;
	int failed, status;
	struct buf first, told;	/* the first error, and the last */
	/* with a run */
	long long run, claim;	/* its id, and which claim of it is ours */
	int64_t lock;
	struct db *holder;	/* behind a pooler: has the lock */
	double when_told;
	int cancelled;
};

#endif
