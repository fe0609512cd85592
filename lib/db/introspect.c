/*
 * The catalogue queries of an introspection, sent in one pipeline.  Names in
 * them are looked up with an empty search_path; the path that expressions
 * are written for is set by the queries themselves, until the transaction
 * ends, which it does with the pipeline.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/sql.h"

static const struct part {
	const char *name, *sql;
	size_t nparams; /* schemas, path, are views wanted */
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

/* With what sets the path, and puts it back, a part has up to two queries. */
#define ASKS (2 * INTROSPECT__MAX + 3)

/*
 * Inside somebody's transaction the path is put back by a savepoint; outside
 * it is the pipeline's own transaction that ends.  place[i] is where the
 * answer of part i will be.
 */
static size_t
list_asks(int nested, struct db_ask ask[ASKS], size_t place[INTROSPECT__MAX])
{
	size_t n = 0;
	int i;

	if (nested)
		ask[n++].sql = "SAVEPOINT dbm_introspect";
	for (i = 0; i < INTROSPECT__MAX; i++) {
		if (i == 0 || parts[i - 1].nparams > 1)
			ask[n++].sql = NO_PATH;
		place[i] = n;
		ask[n].nparams = parts[i].nparams;
		ask[n++].sql = parts[i].sql;
	}
	if (nested) {
		ask[n++].sql = "ROLLBACK TO SAVEPOINT dbm_introspect";
		ask[n++].sql = "RELEASE SAVEPOINT dbm_introspect";
	}
	return n;
}

int
introspect_read(struct arena *mem, struct db *db, const char *const *ns,
    size_t nns, unsigned flags, struct introspection *in, struct diag *d)
{
	struct db_ask ask[ASKS] = { { NULL, 0, NULL } };
	struct db_rows *answer[ASKS];
	size_t place[INTROSPECT__MAX], n;
	const char *params[3];
	int i;

	params[0] = db_array(mem, ns, nns);
	params[1] = db_ident(mem, db_url_of(db)->schema);
	params[2] = flags & INTROSPECT_WITH_VIEWS ? "t" : "f";
	n = list_asks(db_in_transaction(db), ask, place);
	if (db_query_all(db, mem, ask, n, params, answer, d) == -1)
		return -1;
	for (i = 0; i < INTROSPECT__MAX; i++)
		in->rows[i] = answer[place[i]];
	return 0;
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
			record_add(out, r->cell[i]);
			buf_addc(out, (i + 1) % r->ncols == 0 ? '\n' : '\t');
		}
	}
}

/* The next line, its newline cut off; NULL: there is no whole one. */
static char *
take_line(char **p, const char *end)
{
	char *line = *p, *stop = memchr(line, '\n', (size_t)(end - line));

	if (stop == NULL)
		return NULL;
	*stop = '\0';
	*p = stop + 1;
	return line;
}

/* "name rows columns", of which each row takes a byte at least. */
static int
read_counts(const struct part *part, const char *line, size_t left,
    struct db_rows *r)
{
	size_t n = strlen(part->name);
	char *end;

	if (line == NULL || strncmp(line, part->name, n) != 0 ||
	    line[n] != ' ')
		return 0;
	r->nrows = strtoul(line + n + 1, &end, 10);
	r->ncols = strtoul(end, &end, 10);
	return *end == '\0' && r->ncols == part->ncols && r->nrows <= left;
}

int
introspect_load(struct arena *mem, const char *text, size_t len,
    struct introspection *in)
{
	char *p = arena_strndup(mem, text, len), *end = p + len, *line;
	struct db_rows *r;
	size_t i;
	int part;

	if (len < strlen(HEADER) || memcmp(text, HEADER, strlen(HEADER)) != 0)
		return -1;
	p += strlen(HEADER);
	for (part = 0; part < INTROSPECT__MAX; part++) {
		in->rows[part] = r = arena_new_of(mem, struct db_rows);
		line = take_line(&p, end);
		if (!read_counts(&parts[part], line, (size_t)(end - p), r))
			return -1;
		r->cell = arena_array(mem, const char *,
		    r->nrows * r->ncols + 1);
		for (i = 0; i < r->nrows; i++)
			if ((line = take_line(&p, end)) == NULL ||
			    record_split(line, (char **)r->cell +
			    i * r->ncols, r->ncols) != r->ncols)
				return -1;
	}
	return p == end ? 0 : -1;
}
