#ifndef ROWS_SESSION_H
#define ROWS_SESSION_H

struct arena;
struct db;
struct diag;

enum {
	ROWS_READ, /* one snapshot, and nothing can be written */
	ROWS_WRITE /* deferrable constraints are looked at when it commits */
};

/*
 * Begins a transaction in which every value has one text: the settings that
 * decide about it are made local to it, so that a transaction pooler is no
 * obstacle.  row_security is off: an error is better than rows that are
 * silently missing.  snapshot: one that was exported, or NULL.
 */
int rows_begin(struct db *, int mode, const char *snapshot, struct diag *);
/* These settings, as one SELECT. */
extern const char rows_settings[];
/*
 * For who waits between transactions, for the other end of a pipe: a time
 * limit of the role does not end the session.  A pooler's is not ours.
 */
int rows_stay(struct db *, struct diag *);
int rows_commit(struct db *, struct diag *);
/* Also after an error; what fails is not told. */
void rows_rollback(struct db *);

#endif
