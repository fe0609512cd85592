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

/*
 * The same, but the range ends sooner where so many rows are such as
 * `matches' says, boolean SQL: rows that will be written, say, of which a
 * table may have few in one part and many in the next.  edge->rows are those
 * looked at.
 */
int cut_matching(const struct cut *, struct arena *, const char *const *lo,
    long long n, const char *matches, long long most, struct edge *,
    struct diag *);
/* In two halves; as of cut_take(), hi is NULL where the end is near. */
int cut_matching_send(const struct cut *, const char *const *lo, long long n,
    const char *matches, long long most, struct diag *);
int cut_matching_take(const struct cut *, struct arena *, struct edge *,
    struct diag *);

/* One edge is no reason to sort a table: what goes ahead of such queries. */
extern const char cut_no_sort[];

#endif
