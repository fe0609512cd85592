#ifndef ROWS_BULK_H
#define ROWS_BULK_H

struct arena;
struct db;
struct diag;
struct table;

/*
 * Filling an empty table by COPY, with its foreign keys checked once at the
 * end as ALTER TABLE … ADD FOREIGN KEY does it, and not row by row, which
 * costs more than all the rest.  Needs the right to set
 * session_replication_role (a superuser has it); where it is missing, or the
 * table has triggers of its own, all is as ever.
 */
struct bulk {
	int tried, allowed; /* is the right there? asked once a session */
	int unchecked;	    /* the keys of this table are still to be checked */
};

/* Before the COPY, in the transaction that is open. */
int bulk_begin(struct db *, struct bulk *, const struct table *,
    struct diag *);
/*
 * After it: the parents are locked against writing until the transaction
 * ends, so that none goes while we look.  -1: a row's parent is missing, or
 * another error; diag is as the server's own (23503).
 */
int bulk_end(struct arena *, struct db *, struct bulk *, const struct table *,
    struct diag *);

#endif
