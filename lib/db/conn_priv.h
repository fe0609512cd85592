#ifndef DB_CONN_PRIV_H
#define DB_CONN_PRIV_H

#include <libpq-fe.h>

#include "db/conn.h"

/* Shared inside db/ only: libpq's types never leave it. */
struct db {
	PGconn *conn;
	struct arena *mem;
	struct db_url url;
	size_t error_position; /* characters from 1 into the query; 0: none */
	size_t completed;      /* statements of the last db_exec that ended */
	long long affected;    /* rows of its last INSERT, UPDATE, DELETE */
	int signals_before;    /* sig_count() when it was sent */
	int patience;	       /* so many more do not end it */
	int gone;	       /* the connection is lost */
	int answered;	       /* the server has said something into a COPY */
	char *copied;	       /* the row that db_copy_row() has handed out */
	PGresult **stash;      /* of a pipeline, come already (any.c) */
	size_t nstash, stash_at;
	void (*tick)(void *);
	void *tick_arg;
	double tick_seconds;
};

/* 1: the socket is ready; 0: time is up; -1: a signal has arrived since
 * the statement was sent. */
int db_wait_socket(const struct db *, short events, double seconds);
/* Has it something to read? */
int db_has_input(const struct db *);
/* Sends what libpq has in hand; -1: lost, or a signal. */
int db_flush(struct db *, struct diag *);

/* A wait for input: all zero at its beginning. */
struct db_wait {
	double cancelled, asked; /* when first, when last; 0: not yet */
	double next_tick;
};
int db_wait_input(struct db *, struct db_wait *);

/* 1: sent; 0: the connection is lost, as diag says. */
int db_send(struct db *, const char *sql, struct diag *);
/* Asks the server to end what it does; its answer is still to be taken. */
void db_cancel(struct db *);
PGresult *db_next_result(struct db *);
/* The next of those that came while several were waited for, or NULL. */
PGresult *db_stashed(struct db *);
void db_drop_stash(struct db *);
/* The cells and names of a result, copied. */
struct db_rows *db_copy_rows(struct arena *, PGresult *);
/* Fills diag from a failed result, and error_position. */
void db_explain(struct db *, const PGresult *, struct diag *);
void db_explain_lost(struct db *, struct diag *);

#endif
