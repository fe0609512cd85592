/* Statements: sent, waited for, cancelled by a signal, explained. */
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn_priv.h"
#include "db/run.h"

void
db_cancel(struct db *db)
{
	PGcancel *c = PQgetCancel(db->conn);
	char text[256];

	if (c == NULL)
		return;
	PQcancel(c, text, sizeof(text));
	PQfreeCancel(c);
}

#define CANCEL_PATIENCE 10 /* seconds for the server to obey a cancel */
#define CANCEL_AGAIN 1

int
db_has_input(const struct db *db)
{
	struct pollfd p = { .fd = PQsocket(db->conn), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* The server takes what we send only when it has nothing else to do. */
int
db_flush(struct db *db, struct diag *d)
{
	int left, ready;

	while ((left = PQflush(db->conn)) == 1) {
		ready = db_wait_socket(db, POLLIN | POLLOUT, 60);
		if (ready == -1) {
			/* half a query does nothing: the session ends here */
			db->gone = 1;
			return diag_set(d, "interrupted while sending");
		}
		if (ready == 1 && db_has_input(db)) {
			db->answered = 1;
			if (PQconsumeInput(db->conn) == 0)
				left = -1;
		}
		if (left == -1)
			break;
	}
	if (left == 0)
		return 0;
	db->gone = 1;
	db_explain_lost(db, d);
	return -1;
}

/* Until something has come in: 0; -1: the connection is lost, or the server
 * does not obey a cancel. */
int
db_wait_input(struct db *db, struct db_wait *w)
{
	double now = clock_now();
	int ready;

	if (w->next_tick == 0)
		w->next_tick = now + db->tick_seconds;
	ready = db_wait_socket(db, POLLIN,
	    db->tick != NULL ? w->next_tick - now : 60);
	now = clock_now();
	if (ready == -1) {
		if (w->cancelled == 0) {
			w->cancelled = now;
			db_cancel(db);
		} else if (now - w->cancelled > CANCEL_PATIENCE) {
			db->gone = 1;
			return -1;
		}
		/* the signal stays pending: wait for the socket only */
		poll(&(struct pollfd){ .fd = PQsocket(db->conn),
		    .events = POLLIN }, 1, 200);
	}
	if (db->tick != NULL && now >= w->next_tick) {
		db->tick(db->tick_arg);
		w->next_tick = now + db->tick_seconds;
	}
	if (PQconsumeInput(db->conn) == 0) {
		db->gone = 1;
		return -1;
	}
	return 0;
}

/*
 * The next result of what was sent; NULL when there is no more, or with
 * db->gone set when the connection is lost or the server does not obey.
 */
PGresult *
db_next_result(struct db *db)
{
	struct db_wait w = { 0 };
	PGresult *res = db_stashed(db);

	if (res != NULL)
		return res;
	while (PQisBusy(db->conn))
		if (db_wait_input(db, &w) == -1)
			return PQstatus(db->conn) == CONNECTION_BAD ?
			    PQgetResult(db->conn) : NULL;
	return PQgetResult(db->conn);
}

void
db_set_patience(struct db *db, int signals)
{
	db->patience = signals;
}

void
db_set_tick(struct db *db, double seconds, void (*tick)(void *), void *arg)
{
	db->tick = tick;
	db->tick_arg = arg;
	db->tick_seconds = seconds;
}

static void
add_field(struct buf *b, const PGresult *res, int field)
{
	const char *text = PQresultErrorField(res, field);

	if (text != NULL)
		buf_adds(b, text);
}

/* Lock timeout; server stopping or starting; connection failure. */
static int
is_passing(const char *sqlstate)
{
	return strcmp(sqlstate, "55P03") == 0 ||
	    strncmp(sqlstate, "57P0", 4) == 0 ||
	    strncmp(sqlstate, "08", 2) == 0;
}

/* What libpq says itself, without the server. */
static void
explain_libpq(const char *text, struct diag *d)
{
	int n = (int)strcspn(text, "\n");

	if (strstr(text, "out of memory") != NULL) {
		diag_set(d, "there is not enough memory for what the server "
		    "sends: %.*s", n, text);
		return;
	}
	diag_set(d, "P1017: the server has closed the connection: %.*s", n,
	    text);
	d->status = EXIT_LATER;
}

void
db_explain(struct db *db, const PGresult *res, struct diag *d)
{
	const char *sqlstate, *text, *where, *position;

	diag_reset(d);
	db->error_position = 0;
	sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	if (sqlstate == NULL || text == NULL) {
		db->gone = 1;
		text = PQresultErrorMessage(res);
		if (*text == '\0')
			text = PQerrorMessage(db->conn);
		explain_libpq(text, d);
		return;
	}
	diag_set(d, "%s", text);
	strlcpy(d->sqlstate, sqlstate, sizeof(d->sqlstate));
	add_field(&d->detail, res, PG_DIAG_MESSAGE_DETAIL);
	add_field(&d->hint, res, PG_DIAG_MESSAGE_HINT);
	where = PQresultErrorField(res, PG_DIAG_CONTEXT);
	if (where != NULL)
		buf_addf(&d->detail, "%s%s", d->detail.len > 0 ? "\n" : "",
		    where);
	position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
	if (position != NULL)
		db->error_position = strtoul(position, NULL, 10);
	if (is_passing(sqlstate))
		d->status = EXIT_LATER;
}

void
db_explain_lost(struct db *db, struct diag *d)
{
	diag_reset(d);
	explain_libpq(PQerrorMessage(db->conn), d);
}

size_t
db_error_position(const struct db *db)
{
	return db->error_position;
}

size_t
db_completed(const struct db *db)
{
	return db->completed;
}

long long
db_affected(const struct db *db)
{
	return db->affected;
}

int
db_lost(const struct db *db)
{
	return db->gone || PQstatus(db->conn) == CONNECTION_BAD;
}

/* 1: sent; 0: the connection is lost, as diag says. */
int
db_send(struct db *db, const char *sql, struct diag *d)
{
	/* What is sent after a signal puts things in order: it runs through,
	 * unless another signal comes. */
	db->signals_before = sig_count();
	db->completed = 0;
	db->affected = 0;
	if (!PQsendQuery(db->conn, sql)) {
		db_explain_lost(db, d);
		return 0;
	}
	/* One row at a time: a SELECT in a script may be large. */
	PQsetSingleRowMode(db->conn);
	return db_flush(db, d) == 0;
}

int
db_exec(struct db *db, const char *sql, struct diag *d)
{
	return db_run(db, sql, &(struct db_sink){ .arg = NULL }, d);
}

int
db_execf(struct db *db, struct diag *d, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	rc = db_exec(db, buf_str(&b), d);
	buf_free(&b);
	return rc;
}

static int
parameter_is(const struct db *db, const char *name, const char *value)
{
	const char *now = PQparameterStatus(db->conn, name);

	return now != NULL && strcmp(now, value) == 0;
}

int
db_restore_encoding(struct db *db, struct diag *d)
{
	if (parameter_is(db, "client_encoding", "UTF8"))
		return 0;
	return db_exec(db, "SET client_encoding = 'UTF8'", d);
}

int
db_exec_own(struct db *db, const char *sql, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	int rc;

	if (db_restore_encoding(db, d) == -1)
		return -1;
	if (db_in_transaction(db))
		return db_execf(db, d, DB_OWN_ROLE "%s", sql);
	rc = db_execf(db, d, "BEGIN READ WRITE;" DB_OWN_ROLE "%s;COMMIT", sql);
	if (rc == -1 && db_in_transaction(db))
		db_exec(db, "ROLLBACK", &ignored);
	diag_free(&ignored);
	return rc;
}

int
db_escapes_strings(const struct db *db)
{
	return parameter_is(db, "standard_conforming_strings", "off");
}

int
db_is_read_only(const struct db *db)
{
	return parameter_is(db, "default_transaction_read_only", "on");
}

/* By its command tag, as in "UPDATE 5". */
static int
has_written(PGresult *res)
{
	static const char *const writes[] = { "INSERT", "UPDATE", "DELETE",
		"MERGE", "COPY" };
	const char *tag = PQcmdStatus(res);
	size_t i;

	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (strncmp(tag, writes[i], strlen(writes[i])) == 0)
			return 1;
	return 0;
}

struct db_rows *
db_copy_rows(struct arena *mem, PGresult *res)
{
	struct db_rows *r = arena_new_of(mem, struct db_rows);
	size_t col, row;
	int length;

	r->nrows = (size_t)PQntuples(res);
	r->ncols = (size_t)PQnfields(res);
	r->affected = atoll(PQcmdTuples(res));
	r->wrote = has_written(res);
	r->cell = arena_array(mem, const char *, r->nrows * r->ncols + 1);
	r->name = arena_array(mem, const char *, r->ncols + 1);
	for (col = 0; col < r->ncols; col++)
		r->name[col] = arena_strdup(mem, PQfname(res, (int)col));
	for (row = 0; row < r->nrows; row++)
		for (col = 0; col < r->ncols; col++) {
			if (PQgetisnull(res, (int)row, (int)col))
				continue;
			length = PQgetlength(res, (int)row, (int)col);
			r->cell[row * r->ncols + col] = arena_strndup(mem,
			    PQgetvalue(res, (int)row, (int)col),
			    (size_t)length);
		}
	return r;
}

int
db_send_query(struct db *db, const char *sql, size_t nparams,
    const char *const *params, struct diag *d)
{
	db->signals_before = sig_count();
	if (!PQsendQueryParams(db->conn, sql, (int)nparams, NULL, params, NULL,
	    NULL, 0)) {
		db_explain_lost(db, d);
		return -1;
	}
	return db_flush(db, d);
}

struct db_rows *
db_take(struct db *db, struct arena *mem, struct diag *d)
{
	struct db_rows *rows = NULL;
	ExecStatusType status;
	PGresult *res;
	int failed = 0;

	while ((res = db_next_result(db)) != NULL) {
		status = PQresultStatus(res);
		if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
			if (*PQcmdTuples(res) != '\0')
				db->affected = atoll(PQcmdTuples(res));
			rows = db_copy_rows(mem, res);
		} else if (!failed) {
			db_explain(db, res, d);
			failed = 1;
		}
		PQclear(res);
	}
	if (failed)
		return NULL;
	if (rows == NULL)
		db_explain_lost(db, d);
	return rows;
}

struct db_rows *
db_query(struct db *db, struct arena *mem, const char *sql, size_t nparams,
    const char *const *params, struct diag *d)
{
	if (db_send_query(db, sql, nparams, params, d) == -1)
		return NULL;
	return db_take(db, mem, d);
}

/* The first query of a pipeline still has the single-row mode of the one
 * before it (libpq 14 to 17 reset it between two of them only): an empty one
 * goes ahead. */
static int
send_all(struct db *db, const struct db_ask *ask, size_t n,
    const char *const *params)
{
	int ok = PQenterPipelineMode(db->conn) &&
	    PQsendQueryParams(db->conn, "", 0, NULL, NULL, NULL, NULL, 0);
	size_t i;

	for (i = 0; i < n && ok; i++)
		ok = PQsendQueryParams(db->conn, ask[i].sql,
		    (int)ask[i].nparams, NULL, ask[i].params != NULL ?
		    ask[i].params : params, NULL, NULL, 0);
	return ok && PQpipelineSync(db->conn);
}

/* Up to the sync: a failed query spoils those after it. */
int
db_take_all(struct db *db, struct arena *mem, size_t n, struct db_rows **out,
    struct diag *d)
{
	ExecStatusType status = PGRES_COMMAND_OK;
	size_t part = 0;
	PGresult *res;
	int failed = 0;

	while (status != PGRES_PIPELINE_SYNC && !db_lost(db)) {
		if ((res = db_next_result(db)) == NULL)
			continue;
		status = PQresultStatus(res);
		if ((status == PGRES_TUPLES_OK ||
		    status == PGRES_COMMAND_OK) && part < n)
			out[part++] = db_copy_rows(mem, res);
		else if (status == PGRES_FATAL_ERROR && !failed) {
			db_explain(db, res, d);
			failed = 1;
		}
		PQclear(res);
	}
	/* leaving a pipeline takes the NULL after the sync */
	while (!db_lost(db) && PQexitPipelineMode(db->conn) == 0)
		if ((res = db_next_result(db)) != NULL)
			PQclear(res);
	db->completed = part;
	if (failed)
		return -1;
	if (part == n && status == PGRES_PIPELINE_SYNC)
		return 0;
	db_explain_lost(db, d);
	return -1;
}

int
db_send_all(struct db *db, const struct db_ask *ask, size_t n,
    const char *const *params, struct diag *d)
{
	db->signals_before = sig_count();
	if (!send_all(db, ask, n, params)) {
		db_explain_lost(db, d);
		return -1;
	}
	return db_flush(db, d);
}

int
db_answers(struct db *db, double seconds)
{
	return !PQisBusy(db->conn) ||
	    db_wait_socket(db, POLLIN, seconds) != 0;
}

int
db_query_all(struct db *db, struct arena *mem, const struct db_ask *ask,
    size_t n, const char *const *params, struct db_rows **out, struct diag *d)
{
	if (db_send_all(db, ask, n, params, d) == -1)
		return -1;
	return db_take_all(db, mem, n, out, d);
}
