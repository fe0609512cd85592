#ifndef BATCH_JOB_H
#define BATCH_JOB_H

#include <stddef.h>

struct arena;
struct buf;
struct key;
struct table;

/*
 * Work that can be done range by range, each in a transaction of its own.
 * What it is made of lives as long as the run.
 */
struct job {
	const char *kind;	/* "backfill", "promote", "undo" */
	const char *name;	/* of the run */
	const char *what;	/* the statement, for the record: a backfill
				 * can be begun from it again */
	const char *options;	/* as typed, for the record */
	const char *path;	/* search_path for the user's SQL; a list of
				 * quoted names */
	const struct table *table; /* whose rows are written */

	/* What is cut into ranges: the table, or one that holds keys of it
	 * in columns of the same names. */
	const char *from, *alias;  /* in FROM with its alias; the alias */
	const struct key *key;

	/*
	 * Appends the statement that does the rows inside of bounds: that is
	 * the parameters of key_within(), $lo… and $hi…, 0: open.  The rows
	 * it affects are those it has changed.  Nothing else is a parameter.
	 */
	void (*add_work)(struct buf *, const struct job *, size_t lo,
	    size_t hi);
	/* A query of one number: rows that would still be written; it ends in
	 * a condition, to which bounds can be added.  NULL: it is not asked,
	 * and there is no last pass. */
	const char *left;
	/* A query of one number, told at the end: rows that the condition
	 * leaves out and that are not as the others are made.  NULL: none. */
	const char *beyond;
	/* Boolean SQL of one row of what is cut: would it be written?  Then
	 * a batch is measured by these, too.  NULL: not known. */
	const char *counts;
	long long total;	/* rows to look at, as far as known; -1: not */
	int once;		/* a finished run of that name is refused */
	int keeps;		/* what was there before is kept: noted from
				 * the beginning (batch/keep.h) */
	long long undoes;	/* the run that it undoes; 0: none */
	const void *arg;
};

#endif
