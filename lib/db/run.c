/* Scripts whose results somebody wants to see. */
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn_priv.h"
#include "db/run.h"

#define COPY_PIECE (1024 * 1024) /* bytes in one CopyData message */

/* pg_type.oid of what stands bare in JSON; these never change. */
static enum out_kind
kind_of(Oid type)
{
	switch (type) {
	case 16: /* bool */
		return OUT_BOOL;
	case 20: /* int8 */
	case 21: /* int2 */
	case 23: /* int4 */
	case 26: /* oid */
	case 700: /* float4 */
	case 701: /* float8 */
	case 1700: /* numeric */
		return OUT_NUMBER;
	default:
		return OUT_TEXT;
	}
}

/* One result set at a time. */
struct result {
	struct arena *mem;
	struct out_column *column;
	const char **cell;
	int n; /* columns; 0: no result is open */
};

static void
begin_rows(const struct db_sink *s, struct result *r, const PGresult *res)
{
	int i;

	r->n = PQnfields(res);
	arena_reset(r->mem);
	r->column = arena_array(r->mem, struct out_column, (size_t)r->n + 1);
	r->cell = arena_array(r->mem, const char *, (size_t)r->n + 1);
	for (i = 0; i < r->n; i++) {
		r->column[i].name = arena_strdup(r->mem, PQfname(res, i));
		r->column[i].kind = kind_of(PQftype(res, i));
	}
	if (s->columns != NULL && r->n > 0)
		s->columns(s->arg, r->column, (size_t)r->n);
}

static void
one_row(const struct db_sink *s, struct result *r, const PGresult *res)
{
	int i;

	if (r->n == 0)
		begin_rows(s, r, res);
	for (i = 0; i < r->n; i++)
		r->cell[i] = PQgetisnull(res, 0, i) ? NULL :
		    PQgetvalue(res, 0, i);
	if (s->row != NULL && r->n > 0)
		s->row(s->arg, r->cell, (size_t)r->n);
}

static void
end_rows(const struct db_sink *s, struct result *r, const PGresult *res)
{
	if (r->n == 0)
		begin_rows(s, r, res);
	if (s->end != NULL && r->n > 0)
		s->end(s->arg);
	r->n = 0;
}

/* -1: nothing more can be sent. */
static int
copy_in(struct db *db, const struct db_sink *s, struct diag *d)
{
	const char *data;
	size_t len, n;

	if (s->copy_data == NULL || s->copy_data(s->arg, &data, &len) == -1) {
		PQputCopyEnd(db->conn, "there is no data for this COPY: it "
		    "follows the statement, and ends with a line of \\.");
		return db_flush(db, d);
	}
	for (; len > 0; data += n, len -= n) {
		n = len < COPY_PIECE ? len : COPY_PIECE;
		if (PQputCopyData(db->conn, data, (int)n) == -1 ||
		    db_flush(db, d) == -1)
			return -1;
	}
	return PQputCopyEnd(db->conn, NULL) == -1 ? -1 : db_flush(db, d);
}

static void
copy_out(struct db *db, const struct db_sink *s)
{
	struct db_wait w = { 0 };
	char *data;
	int n;

	while ((n = PQgetCopyData(db->conn, &data, 1)) >= 0) {
		if (n == 0) {
			if (db_wait_input(db, &w) == -1)
				return;
			continue;
		}
		if (s->copy_out != NULL)
			s->copy_out(s->arg, data, (size_t)n);
		PQfreemem(data);
	}
}

/* -1: an error result; diag is filled from the first. */
static int
take(struct db *db, const struct db_sink *s, struct result *r,
    PGresult *res, struct diag *d, int failed)
{
	switch (PQresultStatus(res)) {
	case PGRES_SINGLE_TUPLE:
		one_row(s, r, res);
		return 0;
	case PGRES_TUPLES_OK:
		end_rows(s, r, res);
		db->completed++;
		return 0;
	case PGRES_COMMAND_OK:
		if (*PQcmdTuples(res) != '\0')
			db->affected = atoll(PQcmdTuples(res));
		if (s->tag != NULL)
			s->tag(s->arg, PQcmdStatus(res));
		db->completed++;
		return 0;
	case PGRES_COPY_IN:
		return copy_in(db, s, d);
	case PGRES_COPY_OUT:
		copy_out(db, s);
		return 0;
	case PGRES_EMPTY_QUERY:
		return 0;
	default:
		if (!failed)
			db_explain(db, res, d);
		return -1;
	}
}

int
db_run(struct db *db, const char *sql, const struct db_sink *s,
    struct diag *d)
{
	struct result r = { .mem = arena_new() };
	PGresult *res;
	int rc = 0;

	if (!db_send(db, sql, d)) {
		arena_free(r.mem);
		return -1;
	}
	while ((res = db_next_result(db)) != NULL) {
		if (take(db, s, &r, res, d, rc == -1) == -1)
			rc = -1;
		PQclear(res);
	}
	if (r.n > 0 && s->end != NULL)
		s->end(s->arg);
	if (rc == 0 && db_lost(db)) {
		db_explain_lost(db, d);
		rc = -1;
	}
	arena_free(r.mem);
	return rc;
}
