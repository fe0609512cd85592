#ifndef ROWS_MERGE_H
#define ROWS_MERGE_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct table;
struct column;
struct key;

/*
 * Rows are staged in a temporary table and merged from there, set by set:
 * new ones are inserted, those whose text differs updated, all others left
 * alone (no tuple is written, no trigger fires).  Several tables that refer
 * to each other are merged as one group.  All in the transaction of
 * rows_begin(ROWS_WRITE) that is open.
 */
struct merge_table {
	const struct table *table;    /* at the destination */
	const struct column **column; /* those that come, in their order */
	size_t ncolumns;
	const struct key *key;	      /* NULL: it has none (insert only) */
	const char *stage;	      /* quoted; set by merge_stage() */
	long long staged;	      /* set by the caller; less those that
				       * a later row of the key replaces */
	/* What was done; set by merge_run(), added up over its calls. */
	long long inserted, updated, deleted;
	/* Rows that are not as they came in spite of it all: a trigger or
	 * a rule changes them, or swallows them. */
	long long unlike;
};

/*
 * Makes the staging table: the columns of merge_table.column with the types
 * of the destination, ON COMMIT DROP.  COPY then fills it.
 */
int merge_stage(struct arena *, struct db *, struct merge_table *,
    struct diag *);

enum {
	MERGE_LAST = 1,	    /* no more rows of these tables will come */
	MERGE_REPLACE = 2,  /* rows that are not staged are deleted: only with
			     * MERGE_LAST, by merge_delete() afterwards */
	MERGE_DISTINCT = 4, /* no key is staged twice; else the last counts */
	MERGE_INSERT = 8    /* a key that is there is an error, not an update */
};

/*
 * Merges what is staged and empties the stage.  1: done.  0: unique values
 * are held by rows that have not come yet: nothing was written, stage more
 * and call again (never with MERGE_LAST).  -1: diag; for a unique value it
 * names both keys.  gone: a file of records as `dbm compare --keys' writes
 * them (rows/keyfile.h), in which 'extra' ones are rows that are to be deleted
 * later, whose unique values may be taken; NULL: none.
 *
 * A row that swaps unique values with another is parked first: the column
 * goes to NULL, or to a value that nobody has; no row is ever deleted for
 * it.  Foreign keys inside the group: rows are inserted with NULL where the
 * constraint is not deferrable, and filled in afterwards; where neither can
 * be it is an error that names the constraint.
 */
int merge_run(struct arena *, struct db *, struct merge_table *, size_t n,
    unsigned flags, const char *gone, struct diag *);

/* For MERGE_REPLACE, children before parents: deletes what was not staged. */
int merge_delete(struct arena *, struct db *, struct merge_table *,
    struct diag *);

#endif
