#ifndef DB_COUNTS_H
#define DB_COUNTS_H

struct arena;
struct db;
struct diag;
struct risks;

/*
 * Counts what the risks ask for, read-only and in one round trip.  What
 * takes longer than a minute in all is given up, and stays unknown, as what
 * cannot be asked.  The session must be in no transaction.  -1: an SQL error.
 */
int counts_take(struct arena *, struct db *, struct risks *, struct diag *);

#endif
