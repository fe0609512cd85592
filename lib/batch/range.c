/* Key ranges, and the records that they are written as. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/out.h"
#include "batch/range.h"
#include "db/conn.h"
#include "rows/name.h"
#include "rows/table.h"

const struct out_column range_columns[RANGE_FIELDS] = {
	{ "table", OUT_TEXT },
	{ "columns", OUT_TEXT },
	{ "lower", OUT_TEXT },
	{ "upper", OUT_TEXT },
	{ "rows", OUT_NUMBER },
};

void
range_of(struct arena *mem, const struct table *t, const struct key *k,
    struct range *r)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	r->schema = t->schema;
	r->table = t->name;
	r->column = arena_array(mem, const char *, k->n);
	for (i = 0; i < k->n; i++)
		r->column[i] = k->column[i]->name;
	r->ncolumns = k->n;
	r->rows = -1;
}

const char *
range_bound(struct arena *mem, const char *const *value, size_t n)
{
	if (value == NULL)
		return NULL;
	return n == 1 ? value[0] : db_array(mem, value, n);
}

void
range_fields(struct arena *mem, const struct range *r,
    const char *field[RANGE_FIELDS])
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < r->ncolumns; i++)
		buf_addf(&b, "%s%s", i > 0 ? "," : "",
		    db_ident(mem, r->column[i]));
	field[0] = arena_printf(mem, "%s.%s", db_ident(mem, r->schema),
	    db_ident(mem, r->table));
	field[1] = arena_strdup(mem, buf_str(&b));
	field[2] = range_bound(mem, r->lo, r->ncolumns);
	field[3] = range_bound(mem, r->hi, r->ncolumns);
	field[4] = r->rows < 0 ? NULL :
	    arena_printf(mem, "%lld", r->rows);
	buf_free(&b);
}

const char **
range_values(struct arena *mem, const char *bound, size_t n)
{
	const char **value;
	size_t got;

	if (bound == NULL)
		return NULL;
	if (n == 1) {
		value = arena_array(mem, const char *, 1);
		value[0] = arena_strdup(mem, bound);
		return value;
	}
	value = db_array_read(mem, bound, &got);
	return got == n ? value : NULL;
}

/* Table and columns together are what copy_name_parse() reads. */
static int
read_name(struct arena *mem, const char *table, const char *columns,
    struct range *r, struct diag *d)
{
	struct copy_name name;
	const char *rest, *text;

	text = arena_printf(mem, "%s (%s)", table, columns);
	if (copy_name_parse(mem, text, &rest, &name, d) == -1)
		return -1;
	if (*rest != '\0' || name.schema == NULL || name.only ||
	    name.ncolumns == 0)
		return diag_set(d, "'%s' with '%s' is not a table with its "
		    "schema and its key columns", table, columns);
	r->schema = name.schema;
	r->table = name.table;
	r->column = name.column;
	r->ncolumns = name.ncolumns;
	return 0;
}

int
range_read(struct arena *mem, char *const *field, size_t n, struct range *r,
    struct diag *d)
{
	char *end = NULL;

	memset(r, 0, sizeof(*r));
	r->rows = -1;
	if (n < 4 || field[0] == NULL || field[1] == NULL) {
		diag_hint(d, "a range is what 'dbm chunks' writes: table, key "
		    "columns, lower bound, upper bound, rows");
		return diag_set(d, "this is no range");
	}
	if (read_name(mem, field[0], field[1], r, d) == -1)
		return -1;
	r->lo = range_values(mem, field[2], r->ncolumns);
	r->hi = range_values(mem, field[3], r->ncolumns);
	if ((field[2] != NULL && r->lo == NULL) ||
	    (field[3] != NULL && r->hi == NULL))
		return diag_set(d, "a bound of the range has not %zu values",
		    r->ncolumns);
	if (n > 4 && field[4] != NULL) {
		r->rows = strtoll(field[4], &end, 10);
		if (end == field[4] || *end != '\0' || r->rows < 0)
			return diag_set(d, "'%s' is no number of rows",
			    field[4]);
	}
	return 0;
}

static void
add_list(struct buf *b, const char *const *item, size_t n)
{
	size_t i;

	buf_adds(b, n > 1 ? "(" : "");
	for (i = 0; i < n; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "", item[i]);
	buf_adds(b, n > 1 ? ")" : "");
}

void
range_tell(struct buf *b, const struct range *r)
{
	if (r->lo == NULL && r->hi == NULL) {
		buf_adds(b, "all of it");
		return;
	}
	add_list(b, r->column, r->ncolumns);
	if (r->lo != NULL) {
		buf_adds(b, " > ");
		add_list(b, r->lo, r->ncolumns);
	}
	if (r->hi != NULL) {
		buf_adds(b, r->lo != NULL ? " and <= " : " <= ");
		add_list(b, r->hi, r->ncolumns);
	}
}
