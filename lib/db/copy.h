#ifndef DB_COPY_H
#define DB_COPY_H

#include <stddef.h>

struct db;
struct diag;

/*
 * COPY as a stream of bytes.  One is under way at a time, and nothing else
 * can be asked of that session until it has ended.  A signal ends it, as an
 * error.
 */

/* Begins a COPY … TO stdout. */
int db_copy_out(struct db *, const char *sql, struct diag *);
/*
 * The same in two halves, so that two servers work at once: the answer comes
 * with the first rows only.  What was sent has to be begun.
 */
int db_copy_send(struct db *, const char *sql, struct diag *);
int db_copy_begin(struct db *, struct diag *);
/*
 * The next row, its newline included: 1, and it holds until the next call;
 * 0: that was all, and db_affected() is how many; -1: an error.
 */
int db_copy_row(struct db *, const char **row, size_t *len, struct diag *);

/* Begins a COPY … FROM stdin. */
int db_copy_in(struct db *, const char *sql, struct diag *);
/*
 * Any piece of its data, rows need not be whole.  What the server has against
 * it is told at the end only.
 */
int db_copy_put(struct db *, const char *data, size_t len, struct diag *);
/*
 * Has the server said anything meanwhile?  Mostly that is an error, which
 * db_copy_end() tells; it may be a notice only.
 */
int db_copy_answered(struct db *);
/* Ends it: db_affected() is how many rows there were. */
int db_copy_end(struct db *, struct diag *);
/* Ends it so that the server forgets the data; reason is for its log. */
void db_copy_abort(struct db *, const char *reason);

#endif
