#ifndef ROWS_PRUNE_PRIV_H
#define ROWS_PRUNE_PRIV_H

#include <stddef.h>

/* Shared by prune*.c: one table of a group whose rows go. */
struct arena;
struct buf;
struct db;
struct diag;
struct key;
struct keyfile;
struct sync_table;

struct pruner {
	struct arena *mem;
	struct db *db;
	struct sync_table *table;
	const struct key *key; /* in the columns of the destination */
	const char *gone;      /* the temporary table that has its keys */
	struct keyfile *file;
	struct diag *d;
};

/* SQL: is the row of that alias the one that `g', of its keys, means? */
void prune_match_sql(const struct pruner *, struct buf *, const char *alias);

/*
 * Deleting must not take along or change rows that stay: n tables of a group,
 * their keys staged.  -1: it would, diag names the foreign key.
 */
int prune_check_children(const struct pruner *, size_t n);

/* To an error of a foreign key: what was tried, and what helps. */
void prune_explain(struct arena *, struct diag *);

#endif
