/*
 * The catalogue queries of an introspection, sent in one pipeline.  Names in
 * them are looked up with an empty search_path; the path that expressions
 * are written for is set by the queries themselves, until the transaction
 * ends, which it does with the pipeline.
 */
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "db/conn_priv.h"
#include "db/introspect.h"
#include "db/sql.h"

static const struct part {
	const char *name, *sql;
	int nparams; /* schemas, path, are views wanted */
	size_t ncols;
} parts[INTROSPECT__MAX] = {
	[INTROSPECT_NAMESPACES] = { "namespaces", sql_introspect_namespaces,
	    1, 1 },
	[INTROSPECT_TABLES] = { "tables", sql_introspect_tables, 1, 6 },
	[INTROSPECT_CONSTRAINTS] = { "constraints",
	    sql_introspect_constraints, 1, 4 },
	[INTROSPECT_ENUMS] = { "enums", sql_introspect_enums, 1, 4 },
	[INTROSPECT_FKS] = { "fks", sql_introspect_fks, 1, 10 },
	[INTROSPECT_INDEXES] = { "indexes", sql_introspect_indexes, 1, 13 },
	[INTROSPECT_EXTENSIONS] = { "extensions", sql_introspect_extensions,
	    0, 4 },
	[INTROSPECT_COLUMNS] = { "columns", sql_introspect_columns, 3, 12 },
	[INTROSPECT_VIEWS] = { "views", sql_introspect_views, 3, 4 }
};

#define NO_PATH "SELECT pg_catalog.set_config('search_path', '', true)"

/* --- from the server --- */

static int
send(struct db *db, const char *sql, int nparams, const char *const *params)
{
	return PQsendQueryParams(db->conn, sql, nparams, NULL, params, NULL,
	    NULL, 0);
}

/*
 * Inside somebody's transaction the path is put back by a savepoint; outside
 * it is the pipeline's own transaction that ends.
 */
static int
send_all(struct db *db, int nested, const char *const params[3])
{
	int ok = PQenterPipelineMode(db->conn), i;

	if (nested)
		ok = ok && send(db, "SAVEPOINT dbm_introspect", 0, NULL);
	for (i = 0; i < INTROSPECT__MAX; i++) {
		if (i == 0 || parts[i - 1].nparams > 1)
			ok = ok && send(db, NO_PATH, 0, NULL);
		ok = ok && send(db, parts[i].sql, parts[i].nparams, params);
	}
	if (nested)
		ok = ok && send(db, "ROLLBACK TO SAVEPOINT dbm_introspect", 0,
		    NULL) && send(db, "RELEASE SAVEPOINT dbm_introspect", 0,
		    NULL);
	return ok && PQpipelineSync(db->conn);
}

/* Takes the results as they come; the small ones in between have one column
 * and no part is waiting for them. */
static int
receive(struct arena *mem, struct db *db, struct introspection *in,
    struct diag *d)
{
	ExecStatusType status = PGRES_COMMAND_OK;
	struct db_rows *rows;
	PGresult *res;
	int failed = 0, part = 0, skip = 1;

	while (status != PGRES_PIPELINE_SYNC && !db_lost(db)) {
		if ((res = db_next_result(db)) == NULL)
			continue;
		status = PQresultStatus(res);
		if (status == PGRES_TUPLES_OK && skip) {
			skip = 0;
		} else if (status == PGRES_TUPLES_OK &&
		    part < INTROSPECT__MAX) {
			rows = db_copy_rows(mem, res);
			skip = parts[part].nparams > 1;
			in->rows[part++] = rows;
		} else if (status == PGRES_FATAL_ERROR && !failed) {
			db_explain(db, res, d);
			failed = 1;
		}
		PQclear(res);
	}
	if (failed)
		return -1;
	if (part == INTROSPECT__MAX && status == PGRES_PIPELINE_SYNC)
		return 0;
	db_explain_lost(db, d);
	return -1;
}

/* Leaving a pipeline takes the NULL after the sync. */
static void
leave_pipeline(struct db *db)
{
	PGresult *res;

	while (!db_lost(db) && PQexitPipelineMode(db->conn) == 0)
		if ((res = db_next_result(db)) != NULL)
			PQclear(res);
}

int
introspect_read(struct arena *mem, struct db *db, const char *const *ns,
    size_t nns, unsigned flags, struct introspection *in, struct diag *d)
{
	const char *params[3];
	int nested = db_in_transaction(db), rc;

	memset(in, 0, sizeof(*in));
	params[0] = db_array(mem, ns, nns);
	params[1] = db_ident(mem, db_url_of(db)->schema);
	params[2] = flags & INTROSPECT_WITH_VIEWS ? "t" : "f";
	db->signals_before = sig_count();
	if (!send_all(db, nested, params)) {
		db_explain_lost(db, d);
		return -1;
	}
	if (db_flush(db, d) == -1)
		return -1;
	rc = receive(mem, db, in, d);
	leave_pipeline(db);
	return rc;
}

int
introspect(struct arena *mem, struct db *db, const char *const *ns,
    size_t nns, unsigned flags, struct catalog **out, struct diag *d)
{
	struct introspection in;

	if (introspect_read(mem, db, ns, nns, flags, &in, d) == -1)
		return -1;
	return introspect_catalog(mem, &in, out, d);
}

/* --- to a file and back --- */

#define HEADER "dbm introspection 2\n"

static void
save_cell(struct buf *out, const char *s)
{
	if (s == NULL) {
		buf_adds(out, "\\N");
		return;
	}
	for (; *s != '\0'; s++)
		switch (*s) {
		case '\t':
			buf_adds(out, "\\t");
			break;
		case '\n':
			buf_adds(out, "\\n");
			break;
		case '\\':
			buf_adds(out, "\\\\");
			break;
		default:
			buf_addc(out, *s);
		}
}

void
introspect_save(const struct introspection *in, struct buf *out)
{
	const struct db_rows *r;
	size_t i, n;
	int part;

	buf_adds(out, HEADER);
	for (part = 0; part < INTROSPECT__MAX; part++) {
		r = in->rows[part];
		n = r->nrows * r->ncols;
		buf_addf(out, "%s %zu %zu\n", parts[part].name, r->nrows,
		    r->ncols);
		for (i = 0; i < n; i++) {
			save_cell(out, r->cell[i]);
			buf_addc(out, (i + 1) % r->ncols == 0 ? '\n' : '\t');
		}
	}
}

struct load {
	struct arena *mem;
	const char *p, *end;
};

/* Up to the delimiter, escapes undone; 0: it is not there. */
static int
load_cell(struct load *l, char delimiter, const char **out)
{
	const char *stop = memchr(l->p, delimiter, (size_t)(l->end - l->p));
	char *to;

	if (stop == NULL)
		return 0;
	if (stop - l->p == 2 && memcmp(l->p, "\\N", 2) == 0) {
		*out = NULL;
		l->p = stop + 1;
		return 1;
	}
	*out = to = arena_alloc(l->mem, (size_t)(stop - l->p) + 1);
	for (; l->p < stop; l->p++) {
		if (*l->p != '\\' || l->p + 1 == stop) {
			*to++ = *l->p;
			continue;
		}
		l->p++;
		*to++ = *l->p == 't' ? '\t' : *l->p == 'n' ? '\n' : *l->p;
	}
	l->p = stop + 1;
	return 1;
}

/* "name rows columns" */
static int
load_counts(struct load *l, const struct part *part, struct db_rows *r)
{
	size_t n = strlen(part->name);
	const char *line;
	char *end;

	if (!load_cell(l, '\n', &line) || line == NULL ||
	    strncmp(line, part->name, n) != 0 || line[n] != ' ')
		return 0;
	r->nrows = strtoul(line + n + 1, &end, 10);
	r->ncols = strtoul(end, &end, 10);
	/* a cell takes a byte at least */
	return *end == '\0' && r->ncols == part->ncols &&
	    r->nrows <= (size_t)(l->end - l->p);
}

int
introspect_load(struct arena *mem, const char *text, size_t len,
    struct introspection *in)
{
	struct load l = { mem, text, text + len };
	struct db_rows *r;
	size_t i, n;
	int part;

	if (len < strlen(HEADER) || memcmp(text, HEADER, strlen(HEADER)) != 0)
		return -1;
	l.p += strlen(HEADER);
	for (part = 0; part < INTROSPECT__MAX; part++) {
		in->rows[part] = r = arena_new_of(mem, struct db_rows);
		if (!load_counts(&l, &parts[part], r))
			return -1;
		n = r->nrows * r->ncols;
		r->cell = arena_array(mem, const char *, n + 1);
		for (i = 0; i < n; i++)
			if (!load_cell(&l, (i + 1) % r->ncols == 0 ? '\n' :
			    '\t', &r->cell[i]))
				return -1;
	}
	return l.p == l.end ? 0 : -1;
}
