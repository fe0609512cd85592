/* Transactions in which every value has one text. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/session.h"

/* What decides how a value is written, and read back. */
#define SETTINGS(SET)                                                          \
	SET("search_path", "")                                                 \
	SET("DateStyle", "ISO, MDY")                                           \
	SET("IntervalStyle", "postgres")                                       \
	SET("extra_float_digits", "1")                                         \
	SET("TimeZone", "UTC")                                                 \
	SET("bytea_output", "hex")                                             \
	SET("array_nulls", "on")                                               \
	SET("xmlbinary", "base64")                                             \
	SET("xmloption", "content")                                            \
	SET("lc_monetary", "C")                                                \
	SET("standard_conforming_strings", "on")                               \
	SET("client_encoding", "UTF8")                                         \
	SET("row_security", "off")                                             \
	/* a large table takes its time, and waits for the end of a pipe */    \
	SET("statement_timeout", "0")                                          \
	SET("idle_in_transaction_session_timeout", "0")                        \
	/* Compiling takes each worker 0.1 to 0.3 s, and of a digest or a      \
	 * merge of 1,000,000 rows spares nothing that could be measured. */   \
	SET("jit", "off")

/* As commands they take no snapshot: a reader's is taken by what it reads. */
#define COMMAND(name, value) "SET LOCAL " name "='" value "';"
static const char settings[] = SETTINGS(COMMAND);

/* As functions they are one message of a pipeline. */
#define CALL(name, value) ",pg_catalog.set_config('" name "','" value "',true)"
const char rows_settings[] = "SELECT NULL" SETTINGS(CALL);

int
rows_begin(struct db *db, int mode, const char *snapshot, struct diag *d)
{
	struct arena *mem = arena_new();
	struct buf b = BUF_INIT;
	int rc;

	/* Who has set default_transaction_read_only means it: a database
	 * that is being moved away from, say. */
	buf_adds(&b, mode == ROWS_READ ?
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" :
	    "BEGIN ISOLATION LEVEL READ COMMITTED;");
	if (snapshot != NULL)
		buf_addf(&b, "SET TRANSACTION SNAPSHOT %s;",
		    db_literal(mem, snapshot));
	buf_adds(&b, settings);
	if (mode == ROWS_WRITE)
		buf_adds(&b, "SET CONSTRAINTS ALL DEFERRED");
	rc = db_exec(db, buf_str(&b), d);
	buf_free(&b);
	arena_free(mem);
	return rc;
}

int
rows_stay(struct db *db, struct diag *d)
{
	if (db_url_of(db)->pooler)
		return 0;
	return db_exec(db, "SELECT CASE WHEN pg_catalog.current_setting("
	    "'server_version_num')::pg_catalog.int4 >= 140000 THEN "
	    "pg_catalog.set_config('idle_session_timeout', '0', false) END",
	    d);
}

int
rows_commit(struct db *db, struct diag *d)
{
	return db_exec(db, "COMMIT", d);
}

void
rows_rollback(struct db *db)
{
	struct diag ignored = DIAG_INIT;

	if (!db_lost(db) && db_in_transaction(db))
		db_exec(db, "ROLLBACK", &ignored);
	diag_free(&ignored);
}
