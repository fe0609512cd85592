#ifndef BATCH_TURN_H
#define BATCH_TURN_H

#include <stddef.h>

struct arena;
struct db;
struct db_ask;
struct db_rows;
struct diag;

/*
 * A transaction in one round trip, with the settings in which every value
 * has one text (rows_settings) and some of its own.  Nothing is left behind
 * in the session: a transaction pooler is no obstacle.
 */
struct turn {
	struct db *db;
	int read_only;
	int lazy;	   /* its commit does not wait for the disk */
	const char *path;  /* search_path; NULL: none */
	long lock_ms, statement_ms; /* limits; 0: none */
	long idle_ms;	   /* how long the server lets it stay open; 0: ever */
};

/*
 * Sends BEGIN, the settings and the statements; commit: and COMMIT.  What was
 * sent has to be taken.
 */
int turn_send(const struct turn *, const struct db_ask *, size_t n,
    int commit, struct diag *);
/*
 * out[n]: the answers.  -1: diag says why, and it has been rolled back; *failed
 * (may be NULL) is which of the statements it was, n where none of them.
 */
int turn_take(const struct turn *, struct arena *, size_t n, int commit,
    struct db_rows **out, size_t *failed, struct diag *);
/* Both. */
int turn_run(const struct turn *, struct arena *, const struct db_ask *,
    size_t n, int commit, struct db_rows **out, struct diag *);

#endif
