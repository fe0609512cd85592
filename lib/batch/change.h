#ifndef BATCH_CHANGE_H
#define BATCH_CHANGE_H

#include "batch/job.h"
#include "rows/table.h"
#include "sql/update.h"

struct db;
struct diag;

/*
 * Where a piece of a statement was written: text from `begin' on, `length'
 * bytes of it, stands in the statement at `offset'.
 */
struct change_source {
	const char *name;	/* "--set", "--where", or a file's name */
	const char *text;
	size_t begin, length, offset;
};

/*
 * An UPDATE that is to be done in batches: read, checked against the
 * catalogue, and written anew with bounds.  Rows that are already as wanted
 * are left alone, by the text of their values (rows/equal.h).
 */
struct change {
	struct arena *mem;
	struct db *db;
	const char *statement;
	const struct change_source *source; /* for messages */
	size_t nsources;
	struct sql_update update;
	struct tables all;
	const struct table *table;
	const struct key *key;
	const struct column **set; /* for each update.set */
	const char *alias;	/* quoted */
	const char *target;	/* ONLY "s"."t" AS "alias" */
	const char *path;	/* search_path of the statement */
	const char *differ;	/* boolean SQL: not yet as wanted; NULL where
				 * that is not asked: once, or volatile */
	int once;		/* not idempotent, and so asked for */
	const char *why_once;	/* why it has to be; NULL: it has not */
	int unsteady;		/* a value is another each time it is asked */
	const char *unsteady_by; /* what makes it so */
	const char *keys;	/* of which it is done, where `once': a table
				 * with them (batch/keep.h); else NULL */
	int keeps;		/* what was there before is to be kept */
	const char *keep;	/* a table for it; NULL */
};

/*
 * Parses and resolves the statement, and chooses the key (by: as in
 * batch_key()).  once: said by the user.  -1: no such table or column, no
 * key, a generated column, an expression that needs --once and has it not, …;
 * diag has the place where it was written.
 */
int change_open(struct change *, const char *by, struct diag *);
/*
 * Has the server look at it, without a write: does it type-check, may this
 * role do it, is the server read-only?  Would one of the first rows be
 * refused for a NULL?  diag has place, GRANT, hint.
 */
int change_check(struct change *, struct diag *);

/* The rows that it means, with their values: " FROM … WHERE …", for queries
 * of our own.  differ: only those that would be written. */
void change_rows(struct buf *, const struct change *, int differ);
/* Parts of it, for statements of our own: "col" = (value), …; the condition,
 * with the test whether it is already as wanted, "true" where there is none.
 * Both may name what update.from has. */
void change_set(struct buf *, const struct change *);
void change_where(struct buf *, const struct change *, int differ);
/* A query of the number of its rows, each counted once. */
void change_count(struct buf *, const struct change *, int differ);
/* Boolean SQL: is the row's key among change->keys?  A join would make bare
 * names of the key ambiguous. */
#define CHANGE_KEYS "\"dbm keys\""
void change_in_keys(struct buf *, const struct change *);
/* The job that does it; arg is the change. */
void change_job(const struct change *, struct job *);

/* The name of a run where none is given: the table's and a hash of what is
 * done. */
char *change_name(struct arena *, const struct change *);

#endif
