#ifndef DB_CONN_H
#define DB_CONN_H

#include <stddef.h>

#include "db/url.h"

struct arena;
struct db;
struct diag;

enum {
	DB_READ_ONLY = 1, /* default_transaction_read_only: cannot write */
	DB_KEEP_PATH = 2  /* search_path is the URL's schema, else empty */
};

/*
 * Connects: application_name is the program's, client_encoding UTF8.
 * NULL: diag says why, with Prisma's code (P1000 wrong password, P1001
 * unreachable, P1003 no such database) and status 75 where trying later may
 * help.  A signal ends the wait.
 */
struct db *db_open(const struct db_url *, unsigned flags, struct diag *);
void db_close(struct db *);

/*
 * Runs one simple query, of any number of statements; rows are discarded.
 * -1: diag has the server's message, detail, hint and SQLSTATE.  A signal
 * that arrives cancels it.
 */
int db_exec(struct db *, const char *sql, struct diag *);
int db_execf(struct db *, struct diag *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Where the last error was, in characters from 1 of the query; 0: not told. */
size_t db_error_position(const struct db *);
/* How many statements of the last db_exec() or db_take_all() ended well. */
size_t db_completed(const struct db *);
/* Rows that its last INSERT, UPDATE or DELETE has written. */
long long db_affected(const struct db *);
/* The connection is lost: nothing can be sent any more. */
int db_lost(const struct db *);

/* Calls tick every so many seconds while a statement runs; NULL: no more. */
void db_set_tick(struct db *, double seconds, void (*tick)(void *), void *arg);

/* How many signals a statement of this session outlives: with 1, the first
 * lets it end, and the next cancels it. */
void db_set_patience(struct db *, int signals);

/* Rows, copied into an arena; a NULL cell is a NULL. */
struct db_rows {
	size_t nrows, ncols;
	long long affected; /* rows that it has written, or returned */
	int wrote;	    /* INSERT, UPDATE, DELETE, MERGE or COPY */
	const char **cell;
	const char **name; /* of the columns */
};

/* One statement with parameters $1…; NULL: diag says why. */
struct db_rows *db_query(struct db *, struct arena *, const char *sql,
    size_t nparams, const char *const *params, struct diag *);

/*
 * db_query() in two halves, so that two servers work at once: sends it; -1:
 * not sent.  Its result has to be taken before anything else is asked.
 */
int db_send_query(struct db *, const char *sql, size_t nparams,
    const char *const *params, struct diag *);
struct db_rows *db_take(struct db *, struct arena *, struct diag *);
/* Ends what is under way, a query or COPY, and forgets its answer; its
 * transaction has failed then. */
void db_stop(struct db *);

/*
 * Statements in one round trip; one that fails spoils those after it.  Where
 * one has no parameters of its own, these are the first of those that all
 * share.  -1, or out[n] is filled.
 */
struct db_ask {
	const char *sql;
	size_t nparams;
	const char *const *params; /* NULL: the shared ones */
};
int db_query_all(struct db *, struct arena *, const struct db_ask *, size_t n,
    const char *const *params, struct db_rows **out, struct diag *);
/* The same in two halves; between them: does an answer come within so many
 * seconds? */
int db_answers(struct db *, double seconds);
int db_send_all(struct db *, const struct db_ask *, size_t n,
    const char *const *params, struct diag *);
int db_take_all(struct db *, struct arena *, size_t n, struct db_rows **out,
    struct diag *);

/*
 * Waits until one of these sessions, to which something was sent, has an
 * answer to be taken: its index; n: fd (-1: none) can be read; -1: neither in
 * that time, or a signal has arrived.
 */
int db_wait_any(struct db *const *, size_t n, int fd, double seconds);

static inline const char *
db_cell(const struct db_rows *r, size_t row, size_t col)
{
	return r->cell[row * r->ncols + col];
}

/* The one function that quotes identifiers: "a""b". */
char *db_ident(struct arena *, const char *);
/* For simple queries of our own, which cannot carry parameters. */
char *db_literal(struct arena *, const char *);
/* A text[] parameter: {"a","b"}; a NULL is NULL. */
char *db_array(struct arena *, const char *const *item, size_t n);
/* Back: of one dimension, as array_out writes it; NULLs are "NULL". */
const char **db_array_read(struct arena *, const char *, size_t *n);

/*
 * Runs a statement of our own in a session whose scripts may have left it
 * with another role, encoding or access mode: these stay, but not for us.
 * As part of the transaction that is open, else in one of its own.
 */
int db_exec_own(struct db *, const char *sql, struct diag *);

/* Our tables belong to who connected, whatever role a script has taken: what
 * goes ahead of a statement of ours inside somebody's transaction. */
#define DB_OWN_ROLE                                                            \
	"SET LOCAL SESSION AUTHORIZATION DEFAULT;SET LOCAL ROLE NONE;"

/* A script may have set another client_encoding: UTF-8 again. */
int db_restore_encoding(struct db *, struct diag *);
/* Is standard_conforming_strings off, so that '\' escapes? */
int db_escapes_strings(const struct db *);
/* Has the session default_transaction_read_only on?  (PostgreSQL 14) */
int db_is_read_only(const struct db *);

int db_backend_pid(const struct db *);
/* In a transaction block (also a failed one)? */
int db_in_transaction(const struct db *);
const struct db_url *db_url_of(const struct db *);

#endif
