/*
 * Sessions.  Everything is asynchronous below, so that a signal ends any
 * wait: the statement is cancelled, the caller gets an error as for any
 * other failure, and its main loop does the rest.
 */
#include <poll.h>
#include <stdio.h>
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

#define VERSION_MIN 130000

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
		buf_addf(text, ": %.*s", (int)n, s);
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
	{ "08P01", "P1001", 0, "a pooler, it seems: say so with "
	    "?pgbouncer=true in the URL, and set directUrl or DIRECT_URL" },
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
	else if (strncmp(buf_str(&text), "invalid ", 8) == 0)
		diag_set(d, "P1013: the provided database string is invalid: "
		    "%s", buf_str(&text)); /* a value that libpq refuses */
	else {
		diag_set(d, "P1001: can't reach database server at %s: %s",
		    url_where(db->mem, &db->url), buf_str(&text));
		d->status = EXIT_LATER;
		if (db->url.own_server)
			diag_hint(d, "start it with 'dbm server start'");
		else if (db->url.beside_own)
			diag_hint(d, "this project has a private server: take "
			    "DATABASE_URL out of .env to use it, or say --url "
			    "\"$(dbm server url)\"");
	}
	if (strcmp(sqlstate, "3D000") == 0)
		diag_hint(d, "create it with 'dbm migrate deploy "
		    "--create-database' or 'createdb %s'", db->url.dbname);
	buf_free(&text);
}

int
db_wait_socket(const struct db *db, short events, double seconds)
{
	int before = db->signals_before, later = before > 0 || db->patience > 0;
	struct pollfd pfd[2] = {
		{ .fd = PQsocket(db->conn), .events = events },
		/* readable for good after the first signal */
		{ .fd = later ? -1 : sig_fd(), .events = POLLIN },
	};
	int n;

	if (seconds < 0)
		seconds = 0;
	if (later && seconds > 1)
		seconds = 1;
	n = poll(pfd, 2, (int)(seconds * 1000) + 1);
	if (sig_count() - before > db->patience)
		return -1;
	return n > 0;
}

static int
finish_connecting(struct db *db, double timeout, struct diag *d)
{
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;
	double deadline = clock_now() + timeout;
	int ready;

	while (want != PGRES_POLLING_OK && want != PGRES_POLLING_FAILED) {
		ready = db_wait_socket(db, want == PGRES_POLLING_READING ?
		    POLLIN : POLLOUT,
		    timeout > 0 ? deadline - clock_now() : 3600);
		if (ready == -1)
			return diag_set(d, "interrupted while connecting");
		/* a signal that ends no wait may have cut it short */
		if (ready == 0 && timeout > 0 && clock_now() >= deadline) {
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
	db->signals_before = sig_count();
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
	PQsetnonblocking(db->conn, 1); /* a signal ends any wait, sending too */
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
	PQfreemem(db->copied);
	db_drop_stash(db);
	PQfinish(db->conn);
	arena_free(db->mem);
	free(db);
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
