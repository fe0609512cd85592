/* COPY streams.  The server's answer to one is taken by db_run()'s rules. */
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn_priv.h"
#include "db/copy.h"

#define COPY_PIECE (1024 * 1024) /* bytes in one CopyData message */

/* The results up to the end of the query; -1: one of them is an error. */
static int
take_rest(struct db *db, struct diag *d)
{
	PGresult *res;
	int rc = 0;

	while ((res = db_next_result(db)) != NULL) {
		switch (PQresultStatus(res)) {
		case PGRES_COMMAND_OK:
			if (*PQcmdTuples(res) != '\0')
				db->affected = atoll(PQcmdTuples(res));
			break;
		case PGRES_COPY_IN: /* it was given no data, or too much */
		case PGRES_COPY_OUT:
			break;
		default:
			if (rc == 0)
				db_explain(db, res, d);
			rc = -1;
		}
		PQclear(res);
	}
	if (rc == 0 && db_lost(db)) {
		db_explain_lost(db, d);
		rc = -1;
	}
	return rc;
}

static int
begin(struct db *db, ExecStatusType wanted, struct diag *d)
{
	ExecStatusType status;
	PGresult *res = db_next_result(db);

	if (res == NULL) {
		db_explain_lost(db, d);
		return -1;
	}
	status = PQresultStatus(res);
	if (status == wanted) {
		PQclear(res);
		return 0;
	}
	if (status == PGRES_FATAL_ERROR)
		db_explain(db, res, d);
	else
		diag_set(d, "that is no COPY of this kind");
	PQclear(res);
	take_rest(db, &(struct diag)DIAG_INIT);
	return -1;
}

/* The extended protocol takes one statement only: a condition that somebody
 * gave cannot become another. */
int
db_copy_send(struct db *db, const char *sql, struct diag *d)
{
	return db_send_query(db, sql, 0, NULL, d);
}

int
db_copy_begin(struct db *db, struct diag *d)
{
	return begin(db, PGRES_COPY_OUT, d);
}

int
db_copy_out(struct db *db, const char *sql, struct diag *d)
{
	return db_copy_send(db, sql, d) == -1 ? -1 : db_copy_begin(db, d);
}

int
db_copy_row(struct db *db, const char **row, size_t *len, struct diag *d)
{
	struct db_wait w = { 0 };
	int n;

	PQfreemem(db->copied);
	db->copied = NULL;
	while ((n = PQgetCopyData(db->conn, &db->copied, 1)) == 0)
		if (db_wait_input(db, &w) == -1)
			break;
	if (n > 0) {
		*row = db->copied;
		*len = (size_t)n;
		return 1;
	}
	if (n == 0) {
		db_explain_lost(db, d);
		return -1;
	}
	return take_rest(db, d);
}

/* Forgets rows up to the end of them. */
static void
drain(struct db *db)
{
	struct db_wait w = { 0 };
	char *row;
	int n;

	while ((n = PQgetCopyData(db->conn, &row, 1)) >= 0)
		if (n > 0)
			PQfreemem(row);
		else if (db_wait_input(db, &w) == -1)
			return;
}

void
db_stop(struct db *db)
{
	ExecStatusType status;
	PGresult *res;

	if (db_lost(db))
		return;
	db_cancel(db);
	while ((res = db_next_result(db)) != NULL) {
		status = PQresultStatus(res);
		PQclear(res);
		if (status == PGRES_COPY_OUT)
			drain(db);
	}
}

int
db_copy_in(struct db *db, const char *sql, struct diag *d)
{
	int rc;

	if (!db_send(db, sql, d))
		return -1;
	rc = begin(db, PGRES_COPY_IN, d);
	db->answered = 0;
	return rc;
}

int
db_copy_answered(struct db *db)
{
	db->answered |= db_has_input(db);
	return db->answered;
}

int
db_copy_put(struct db *db, const char *data, size_t len, struct diag *d)
{
	size_t n;

	for (; len > 0; data += n, len -= n) {
		n = len < COPY_PIECE ? len : COPY_PIECE;
		if (PQputCopyData(db->conn, data, (int)n) == -1 ||
		    db_flush(db, d) == -1) {
			if (d->text.len == 0)
				db_explain_lost(db, d);
			return -1;
		}
	}
	return 0;
}

int
db_copy_end(struct db *db, struct diag *d)
{
	if (PQputCopyEnd(db->conn, NULL) == -1 || db_flush(db, d) == -1) {
		if (d->text.len == 0)
			db_explain_lost(db, d);
		return -1;
	}
	return take_rest(db, d);
}

void
db_copy_abort(struct db *db, const char *reason)
{
	struct diag ignored = DIAG_INIT;

	if (!db_lost(db) && PQputCopyEnd(db->conn, reason) == 1 &&
	    db_flush(db, &ignored) == 0)
		take_rest(db, &ignored);
	diag_free(&ignored);
}
