#ifndef BATCH_CUT_H
#define BATCH_CUT_H

#include "batch/turn.h"

struct key;

/*
 * Cuts a table into ranges of so many rows, one at a time, by walking its
 * key: never by OFFSET from the start, and without a snapshot between two.
 */
struct cut {
	struct turn turn;
	const char *from;	/* in FROM, with its alias */
	const char *alias;	/* quoted */
	const struct key *key;
	const char *where;	/* SQL of the rows that count; NULL: all */
};

struct edge {
	const char **hi;	/* upper bound; NULL: the end of the table */
	long long rows;		/* -1: not known, fewer than asked for */
};

/* Asks where n rows above that bound (NULL: from the start) end. */
int cut_send(const struct cut *, const char *const *lo, long long n,
    struct diag *);
int cut_take(const struct cut *, struct arena *, long long n, struct edge *,
    struct diag *);
/* Both; and counts the rows of the last one. */
int cut_next(const struct cut *, struct arena *, const char *const *lo,
    long long n, struct edge *, struct diag *);

#endif
