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
	int past_signal;       /* sent after a signal: not to be cancelled */
	int gone;	       /* the connection is lost */
	void (*tick)(void *);
	void *tick_arg;
	double tick_seconds;
};

PGresult *db_next_result(struct db *);
/* Fills diag from a failed result, and error_position. */
void db_explain(struct db *, const PGresult *, struct diag *);
void db_explain_lost(struct db *, struct diag *);

#endif
