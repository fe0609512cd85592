#ifndef ROWS_SELECT_H
#define ROWS_SELECT_H

#include <stddef.h>

#include "rows/name.h"

struct arena;
struct buf;
struct db;
struct diag;
struct writer;

/* What is to be read of a table. */
struct select {
	const char *ident;	/* "s"."t": as the stream names it */
	const char *from;	/* in FROM: ONLY "s"."t", or without ONLY */
	const char *columns;	/* "a", "b"; "" where it has none */
	const char *condition;	/* SQL, NULL: all rows */
	int whole;		/* all its rows are its own: COPY reads it as
				 * a table, which is faster than a query */
	const char *shown;	/* for people */
};

/* As a query; *at is where the condition stands in it. */
void select_query(struct buf *, const struct select *, size_t *at);

/*
 * Writes the table with its COPY line and its end to a row stream.  After an
 * error the stream ends inside the table, so that its reader can tell.
 */
int select_write(const struct select *, struct db *, struct writer *,
    struct diag *);

/* Says which table an error is about. */
int select_failed(const struct select *, const struct db *, struct diag *);

/*
 * What `dbm rows --select' is told: records "table, condition", and lines
 * BEGIN and COMMIT; each is given out as soon as its line has come.
 */
enum select_kind {
	SELECT_TABLE,
	SELECT_BEGIN,
	SELECT_COMMIT,
	SELECT_END /* that was all */
};

struct select_record {
	enum select_kind kind;
	struct copy_name name;
	const char *condition;	/* NULL: none */
	int in_bracket;		/* COMMIT is still to come */
};

struct select_input;
/* "-" is stdin. */
struct select_input *select_open(const char *file, struct diag *);
/* The record lives in the arena.  A signal ends the wait: -1. */
int select_next(struct select_input *, struct arena *,
    struct select_record *, struct diag *);
void select_close(struct select_input *);

#endif
