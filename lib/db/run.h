#ifndef DB_RUN_H
#define DB_RUN_H

#include <stddef.h>

#include "base/out.h"

struct db;
struct diag;

/*
 * Where the results of a script go.  Each hook may be NULL; `arg' is handed
 * to all.  A hook that returns -1 has set its diag, and ends the run.
 */
struct db_sink {
	/* A result with these columns begins. */
	void (*columns)(void *arg, const struct out_column *, size_t n);
	void (*row)(void *arg, const char *const *cell, size_t n);
	void (*end)(void *arg); /* of the rows */
	void (*tag)(void *arg, const char *tag); /* "INSERT 0 1" */
	/* COPY … FROM stdin asks: the next block of data; -1: none left. */
	int (*copy_data)(void *arg, const char **data, size_t *len);
	/* COPY … TO stdout gives. */
	void (*copy_out)(void *arg, const char *data, size_t len);
	void *arg;
};

/*
 * Runs a simple query and hands over what comes back, a row at a time.  -1:
 * diag says why; db_error_position() and db_completed() say where.
 */
int db_run(struct db *, const char *sql, const struct db_sink *,
    struct diag *);

#endif
