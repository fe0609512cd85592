#ifndef DB_COUNTS_H
#define DB_COUNTS_H

struct arena;
struct db;
struct diag;
struct risk;
struct risks;

/*
 * Counts what the risks ask for, read-only and in one query, or one by one
 * where that fails.  What is not done after a minute is given up, and stays
 * unknown, as what cannot be asked; so does that of a table which another
 * session has locked: risk.locked.  The session must be in no transaction.
 * -1: an SQL error.
 */
int counts_take(struct arena *, struct db *, struct risks *, struct diag *);

/*
 * Of a RISK_ADD_FK, the rows that refer to nothing: SQL that goes on after
 * FROM, and calls these rows c.
 */
char *counts_orphans(struct arena *, const struct risk *);

#endif
