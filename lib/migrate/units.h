#ifndef MIGRATE_UNITS_H
#define MIGRATE_UNITS_H

#include <stddef.h>

struct arena;
struct diag;
struct migration;
struct sql_stmt;

/*
 * A script is sent in units, each one simple query.  What Prisma sends as
 * one simple query has the same effect when it is parted after each COMMIT
 * or ROLLBACK; and a unit is what a journal can count.
 */
enum unit_kind {
	UNIT_IMPLICIT, /* one implicit transaction */
	UNIT_COMMIT,   /* ends in a COMMIT of the script's own */
	UNIT_BARE,     /* ends in a ROLLBACK: its record has to follow */
	UNIT_PREPARE,  /* ends in PREPARE TRANSACTION: likewise, and it stays */
	UNIT_ALONE     /* one statement that refuses transactions */
};

struct unit {
	enum unit_kind kind;
	size_t start, end; /* bytes of the script */
	size_t tail;	   /* where its last COMMIT begins */
	size_t first, n;   /* its statements */
	int chained;	   /* begins in the transaction that a chain opened */
	size_t line;	   /* of its first word */
	char digest[17];
};

enum units_mode {
	UNITS_ATOMIC, /* all of it is one implicit transaction */
	UNITS_BLOCKS, /* it has its own BEGIN and COMMIT */
	UNITS_STEPS,  /* statement by statement */
	UNITS__MAX
};

extern const char *const units_mode_name[UNITS__MAX];

struct units {
	enum units_mode mode;
	const char *file, *text;
	size_t len;
	struct unit *unit;
	size_t n;
	struct sql_stmt *stmt; /* NULL where it does not parse */
	size_t nstmt;
	int open_ended; /* nothing can be put behind it: a quote is open */
};

/*
 * Plans a script as its statements ask for.  A script that cannot be parsed
 * is one atomic unit: the server's grammar decides.  -1: a transaction is
 * left open; diag names its BEGIN.
 */
int units_plan(struct arena *, const char *file, const char *text, size_t len,
    struct units *, struct diag *);

/* Is a migration's file sound?  Its name, its text, no transaction left
 * open: -1, with diag. */
int units_check(const struct migration *, struct diag *);

/* One unit of everything, with nothing put behind it. */
void units_plan_whole(struct arena *, const char *file, const char *text,
    size_t len, struct units *);

/* The same statement by statement.  -1 also when it cannot be parsed. */
int units_plan_steps(struct arena *, struct units *, struct diag *);

/*
 * The same, but for its first units: these were made of so many statements
 * each by an earlier run, and the rest is planned anew.
 */
int units_plan_after(struct arena *, struct units *, const size_t *nstmt,
    size_t n, int steps, struct diag *);

/*
 * Did an atomic script fail only for being one transaction?  A new enum
 * value that is used at once (55P04), and statements that refuse a
 * transaction block but cannot be told by their looks (25001, 2D000).
 */
int units_need_steps(const char *sqlstate);

/* A unit as it was sent, and what the server said of it. */
struct units_failure {
	const struct unit *unit;
	const char *sent;    /* the whole simple query */
	size_t before_bytes; /* of it, before the unit's own text */
	size_t before_stmts;
	size_t record_stmts; /* ours, before the last COMMIT or at the end */
	size_t position;     /* db_error_position() */
	size_t completed;    /* db_completed() */
};

/*
 * Says in diag where it failed: by the position, or by counting statements.
 * The statement, or NULL.
 */
const struct sql_stmt *units_locate(const struct units *,
    const struct units_failure *, struct diag *);

#endif
