/*
 * Sessions.  Everything is asynchronous below, so that a signal ends any
 * wait: the statement is cancelled, the caller gets an error as for any
 * other failure, and its main loop does the rest.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/conn_priv.h"

#define VERSION_MIN 130000

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A setting as one word of `options': blanks and backslashes escaped. */
static void
add_option(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, " -c %s=", name);
	for (; *value != '\0'; value++) {
		if (*value == ' ' || *value == '\\' || *value == '\t')
			buf_addc(b, '\\');
		buf_addc(b, *value);
	}
}

static char *
search_path(const struct db *db, unsigned flags)
{
	return (flags & DB_KEEP_PATH) != 0 ?
	    db_ident(db->mem, db->url.schema) : arena_strdup(db->mem, "");
}

/*
 * The session's settings travel with the start of the connection.  A pooler
 * would refuse or mix up `options': there a reader works in one read-only
 * transaction, and its settings are local to that.
 */
static char *
start_options(const struct db *db, const char *given, unsigned flags)
{
	struct buf b = BUF_INIT;
	char *out;

	if (given != NULL)
		buf_adds(&b, given);
	if (!db->url.pooler) {
		add_option(&b, "search_path", search_path(db, flags));
		add_option(&b, "standard_conforming_strings", "on");
		if ((flags & DB_READ_ONLY) != 0)
			add_option(&b, "default_transaction_read_only", "on");
	}
	out = arena_strdup(db->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static int
settle_behind_pooler(struct db *db, unsigned flags, struct diag *d)
{
	char *path;

	if (!db->url.pooler || (flags & DB_READ_ONLY) == 0)
		return 0;
	path = search_path(db, flags);
	return db_execf(db, d, "BEGIN READ ONLY; SET LOCAL search_path = %s",
	    *path == '\0' ? "''" : path);
}

/*
 * libpq has no SQLSTATE for a connection that failed, but with verbose
 * errors the server's stands in the text: "FATAL:  3D000: database …".
 */
static void
read_failure(PGconn *conn, char sqlstate[6], struct buf *text)
{
	const char *s = PQerrorMessage(conn), *fatal, *p;
	size_t n;

	sqlstate[0] = '\0';
	fatal = strstr(s, "FATAL:  ");
	if (fatal != NULL) {
		p = fatal + strlen("FATAL:  ");
		if (strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    p[5] == ':') {
			memcpy(sqlstate, p, 5);
			sqlstate[5] = '\0';
			s = p + 7;
		} else
			s = p;
	}
	n = strcspn(s, "\n");
	buf_add(text, s, n);
	while (s[n] == '\n' && s[n + 1] == '\t') { /* libpq's own hints */
		s += n + 2;
		n = strcspn(s, "\n");
		buf_addf(text, " %.*s", (int)n, s);
	}
}

static const struct {
	const char *sqlstate, *code;
	int status;
	const char *hint;
} refusals[] = {
	{ "28P01", "P1000", 0, "check user and password in the URL" },
	{ "28000", "P1000", 0, "check user and password in the URL" },
	{ "3D000", "P1003", 0, NULL },
	{ "42501", "P1010", 0, NULL },
	{ "53300", "P1001", EXIT_LATER, "all connection slots are taken" },
	{ "57P03", "P1001", EXIT_LATER, "the server is starting or stopping" },
};

static void
explain_failure(struct db *db, struct diag *d)
{
	struct buf text = BUF_INIT;
	char sqlstate[6];
	size_t i;

	read_failure(db->conn, sqlstate, &text);
	diag_reset(d);
	memcpy(d->sqlstate, sqlstate, sizeof(d->sqlstate));
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(refusals[i].sqlstate, sqlstate) == 0)
			break;
	if (i < sizeof(refusals) / sizeof(refusals[0])) {
		diag_set(d, "%s: %s", refusals[i].code, buf_str(&text));
		d->status = refusals[i].status;
		if (refusals[i].hint != NULL)
			diag_hint(d, "%s", refusals[i].hint);
	} else if (sqlstate[0] != '\0')
		diag_set(d, "%s", buf_str(&text));
	else if (strstr(buf_str(&text), "SSL") != NULL ||
	    strstr(buf_str(&text), "certificate") != NULL)
		diag_set(d, "P1011: cannot open a TLS connection to %s: %s",
		    url_where(db->mem, &db->url), buf_str(&text));
	else if (strstr(buf_str(&text), "no password supplied") != NULL)
		diag_set(d, "P1000: %s", buf_str(&text));
	else {
		diag_set(d, "P1001: can't reach database server at %s: %s",
		    url_where(db->mem, &db->url), buf_str(&text));
		d->status = EXIT_LATER;
	}
	if (strcmp(sqlstate, "3D000") == 0)
		diag_hint(d, "create it with 'dbm migrate deploy "
		    "--create-database' or 'createdb %s'", db->url.dbname);
	buf_free(&text);
}

/* What is sent after a signal puts things in order: it runs to its end. */
static void
note_signal(struct db *db)
{
	db->past_signal = sig_pending() != 0;
}

/* Waits for the socket, or a signal: 1 ready, 0 time is up, -1 signal. */
static int
wait_socket(const struct db *db, short events, double seconds)
{
	struct pollfd pfd[2] = {
		{ .fd = PQsocket(db->conn), .events = events },
		{ .fd = db->past_signal ? -1 : sig_fd(), .events = POLLIN },
	};
	int n;

	if (seconds < 0)
		seconds = 0;
	n = poll(pfd, 2, (int)(seconds * 1000) + 1);
	if (sig_pending() != 0 && !db->past_signal)
		return -1;
	return n > 0;
}

static int
finish_connecting(struct db *db, double timeout, struct diag *d)
{
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;
	double deadline = now() + timeout;
	int ready;

	while (want != PGRES_POLLING_OK && want != PGRES_POLLING_FAILED) {
		ready = wait_socket(db, want == PGRES_POLLING_READING ?
		    POLLIN : POLLOUT, timeout > 0 ? deadline - now() : 3600);
		if (ready == -1)
			return diag_set(d, "interrupted while connecting");
		if (ready == 0) {
			d->status = EXIT_LATER;
			return diag_set(d, "P1001: can't reach database server "
			    "at %s: no answer in %g s",
			    url_where(db->mem, &db->url), timeout);
		}
		want = PQconnectPoll(db->conn);
	}
	if (want == PGRES_POLLING_OK)
		return 0;
	explain_failure(db, d);
	return -1;
}

/* Is it a server that the rest of dbm can count on? */
static int
check_server(struct db *db, struct diag *d)
{
	const char *encoding;

	if (PQparameterStatus(db->conn, "crdb_version") != NULL)
		return diag_set(d, "the server at %s is CockroachDB, which "
		    "dbm does not support", url_where(db->mem, &db->url));
	if (PQserverVersion(db->conn) < VERSION_MIN)
		return diag_set(d, "the server at %s is PostgreSQL %d; dbm "
		    "needs 13 or later", url_where(db->mem, &db->url),
		    PQserverVersion(db->conn) / 10000);
	encoding = PQparameterStatus(db->conn, "server_encoding");
	if (encoding != NULL && strcmp(encoding, "SQL_ASCII") == 0) {
		diag_hint(d, "dump it and restore it into a database with "
		    "ENCODING 'UTF8'");
		return diag_set(d, "database '%s' has the encoding SQL_ASCII, "
		    "so its text cannot be told apart", db->url.dbname);
	}
	return 0;
}

static void
on_notice(void *arg, const PGresult *res)
{
	const char *severity, *text;

	(void)arg;
	severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	if (severity == NULL || text == NULL)
		return;
	if (strcmp(severity, "WARNING") == 0)
		warning("server: %s", text);
	else
		verbose("server: %s", text);
}

struct db *
db_open(const struct db_url *url, unsigned flags, struct diag *d)
{
	const char *key[80], *value[80], *given = NULL, *program;
	double timeout = 5;
	struct db *db;
	size_t i, n = 0;

	db = calloc(1, sizeof(*db));
	if (db == NULL) {
		diag_errno(d, "cannot connect");
		return NULL;
	}
	db->mem = arena_new();
	db->url = *url;
	program = getprogname();
	for (i = 0; url->keys[i] != NULL; i++) {
		if (strcmp(url->keys[i], "connect_timeout") == 0)
			timeout = atof(url->values[i]);
		if (strcmp(url->keys[i], "options") == 0) {
			given = url->values[i];
			continue;
		}
		key[n] = url->keys[i];
		value[n++] = url->values[i];
	}
	key[n] = "application_name";
	value[n++] = program;
	key[n] = "client_encoding";
	value[n++] = "UTF8";
	key[n] = "options";
	value[n++] = start_options(db, given, flags);
	key[n] = value[n] = NULL;
	db->conn = PQconnectStartParams(key, value, 0);
	if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
		explain_failure(db, d);
		goto fail;
	}
	PQsetErrorVerbosity(db->conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(db->conn, on_notice, NULL);
	if (finish_connecting(db, timeout, d) == -1 ||
	    check_server(db, d) == -1 ||
	    settle_behind_pooler(db, flags, d) == -1)
		goto fail;
	return db;
fail:
	db_close(db);
	return NULL;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	arena_free(db->mem);
	free(db);
}

static void
cancel(struct db *db)
{
	PGcancel *c = PQgetCancel(db->conn);
	char text[256];

	if (c == NULL)
		return;
	PQcancel(c, text, sizeof(text));
	PQfreeCancel(c);
}

#define CANCEL_PATIENCE 10 /* seconds for the server to obey a cancel */

/*
 * The next result of what was sent; NULL when there is no more, or with
 * db->gone set when the connection is lost or the server does not obey.
 */
PGresult *
db_next_result(struct db *db)
{
	double asked = 0, next_tick = now() + db->tick_seconds;
	int ready;

	while (PQflush(db->conn) == 1)
		if (wait_socket(db, POLLIN | POLLOUT, 1) != 0 &&
		    PQconsumeInput(db->conn) == 0)
			break;
	while (PQisBusy(db->conn)) {
		ready = wait_socket(db, POLLIN, db->tick != NULL ?
		    next_tick - now() : 60);
		if (ready == -1) {
			if (asked == 0) {
				asked = now();
				cancel(db);
			} else if (now() - asked > CANCEL_PATIENCE) {
				db->gone = 1;
				return NULL;
			}
			/* the signal stays pending: wait for the socket only */
			poll(&(struct pollfd){ .fd = PQsocket(db->conn),
			    .events = POLLIN }, 1, 200);
		}
		if (db->tick != NULL && now() >= next_tick) {
			db->tick(db->tick_arg);
			next_tick = now() + db->tick_seconds;
		}
		if (PQconsumeInput(db->conn) == 0) {
			db->gone = 1;
			break;
		}
	}
	return PQgetResult(db->conn);
}

void
db_set_tick(struct db *db, double seconds, void (*tick)(void *), void *arg)
{
	db->tick = tick;
	db->tick_arg = arg;
	db->tick_seconds = seconds;
}

static void
add_several(struct buf *b, const char *text)
{
	if (text != NULL)
		buf_adds(b, text);
}

void
db_explain(struct db *db, const PGresult *res, struct diag *d)
{
	const char *sqlstate, *text, *where, *position;
	size_t n;

	diag_reset(d);
	db->error_position = 0;
	sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	if (sqlstate == NULL || text == NULL) {
		db->gone = 1;
		text = PQresultErrorMessage(res);
		if (*text == '\0')
			text = PQerrorMessage(db->conn);
		n = strcspn(text, "\n");
		diag_set(d, "P1017: the server has closed the connection: %.*s",
		    (int)n, text);
		d->status = EXIT_LATER;
		return;
	}
	diag_set(d, "%s", text);
	strlcpy(d->sqlstate, sqlstate, sizeof(d->sqlstate));
	add_several(&d->detail, PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL));
	add_several(&d->hint, PQresultErrorField(res, PG_DIAG_MESSAGE_HINT));
	where = PQresultErrorField(res, PG_DIAG_CONTEXT);
	if (where != NULL)
		buf_addf(&d->detail, "%s%s", d->detail.len > 0 ? "\n" : "",
		    where);
	position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
	if (position != NULL)
		db->error_position = strtoul(position, NULL, 10);
	if (strcmp(sqlstate, "55P03") == 0)
		d->status = EXIT_LATER;
}

void
db_explain_lost(struct db *db, struct diag *d)
{
	const char *text = PQerrorMessage(db->conn);

	diag_reset(d);
	d->status = EXIT_LATER;
	diag_set(d, "P1017: the server has closed the connection: %.*s",
	    (int)strcspn(text, "\n"), text);
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

int
db_lost(const struct db *db)
{
	return db->gone || PQstatus(db->conn) == CONNECTION_BAD;
}

/* COPY in a simple query has nobody here to talk to: end it. */
static void
end_copy(struct db *db, ExecStatusType status)
{
	char *row;

	if (status == PGRES_COPY_IN)
		PQputCopyEnd(db->conn,
		    "COPY FROM stdin has no data in this place");
	else
		while (PQgetCopyData(db->conn, &row, 0) > 0)
			PQfreemem(row);
}

/* Takes in all results; the first error counts. */
static int
drain(struct db *db, struct diag *d)
{
	ExecStatusType status;
	PGresult *res;
	int rc = 0;

	while ((res = db_next_result(db)) != NULL) {
		status = PQresultStatus(res);
		if (status == PGRES_FATAL_ERROR && rc == 0) {
			db_explain(db, res, d);
			rc = -1;
		}
		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
			db->completed++;
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
			end_copy(db, status);
		PQclear(res);
	}
	if (db_lost(db) && rc == 0) {
		db_explain_lost(db, d);
		rc = -1;
	}
	return rc;
}

int
db_exec(struct db *db, const char *sql, struct diag *d)
{
	note_signal(db);
	if (!PQsendQuery(db->conn, sql)) {
		db_explain_lost(db, d);
		return -1;
	}
	db->completed = 0;
	/* One row at a time: a SELECT in a script may be large. */
	PQsetSingleRowMode(db->conn);
	return drain(db, d);
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

static struct db_rows *
copy_rows(struct arena *mem, const PGresult *res)
{
	struct db_rows *r = arena_new_of(mem, struct db_rows);
	size_t col, row;
	int length;

	r->nrows = (size_t)PQntuples(res);
	r->ncols = (size_t)PQnfields(res);
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

struct db_rows *
db_query(struct db *db, struct arena *mem, const char *sql, size_t nparams,
    const char *const *params, struct diag *d)
{
	struct db_rows *rows = NULL;
	ExecStatusType status;
	PGresult *res;
	int failed = 0;

	note_signal(db);
	if (!PQsendQueryParams(db->conn, sql, (int)nparams, NULL, params, NULL,
	    NULL, 0)) {
		db_explain_lost(db, d);
		return NULL;
	}
	while ((res = db_next_result(db)) != NULL) {
		status = PQresultStatus(res);
		if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
			rows = copy_rows(mem, res);
		else if (!failed) {
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

char *
db_ident(struct arena *mem, const char *name)
{
	struct buf b = BUF_INIT;
	char *out;

	buf_addc(&b, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_addc(&b, '"');
		buf_addc(&b, *name);
	}
	buf_addc(&b, '"');
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* With a backslash in it, it is written E'…': true under every setting of
 * standard_conforming_strings, which a script may have changed. */
char *
db_literal(struct arena *mem, const char *text)
{
	struct buf b = BUF_INIT;
	char *out;

	buf_adds(&b, strchr(text, '\\') != NULL ? " E'" : "'");
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_addc(&b, *text);
		buf_addc(&b, *text);
	}
	buf_addc(&b, '\'');
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

int
db_server_version(const struct db *db)
{
	return PQserverVersion(db->conn);
}

int
db_backend_pid(const struct db *db)
{
	return PQbackendPID(db->conn);
}

int
db_in_transaction(const struct db *db)
{
	PGTransactionStatusType status = PQtransactionStatus(db->conn);

	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

const struct db_url *
db_url_of(const struct db *db)
{
	return &db->url;
}
