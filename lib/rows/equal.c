/*
 * Equality as SQL.  record_out writes each field by its type's own output
 * function, keeps NULL and '' apart and quotes what could be mistaken, so
 * the text of a ROW() is equal exactly when the text of all its columns is.
 */
#include <string.h>

#include "base/buf.h"
#include "rows/equal.h"
#include "rows/table.h"

static size_t
add_row(struct buf *b, const struct column *const *column, size_t n,
    const char *alias, int exact)
{
	size_t i, count = 0;

	buf_adds(b, "ROW(");
	for (i = 0; i < n; i++)
		if (exact == -1 || column[i]->exact == exact)
			buf_addf(b, "%s%s.%s", count++ > 0 ? "," : "", alias,
			    column[i]->ident);
	buf_adds(b, ")");
	return count;
}

/*
 * Where the bytes are the same so is the text: that is looked at first, and
 * spares writing the values out.
 */
void
equal_differ(struct buf *b, const struct column *const *column, size_t n,
    const char *a, const char *other)
{
	size_t i, inexact = 0, count = 0;

	for (i = 0; i < n; i++)
		inexact += !column[i]->exact;
	buf_adds(b, "(");
	for (i = 0; i < n; i++)
		if (column[i]->exact)
			buf_addf(b, "%s%s.%s IS DISTINCT FROM %s.%s",
			    count++ > 0 ? " OR " : "", a, column[i]->ident,
			    other, column[i]->ident);
	if (inexact > 0) {
		buf_addf(b, "%s", count > 0 ? " OR " : "");
		/* uncast, two ROW()s are compared column by column */
		add_row(b, column, n, a, 0);
		buf_adds(b, "::record OPERATOR(pg_catalog.*<>) ");
		add_row(b, column, n, other, 0);
		buf_adds(b, "::record AND ");
		add_row(b, column, n, a, 0);
		buf_adds(b, "::text <> ");
		add_row(b, column, n, other, 0);
		buf_adds(b, "::text");
	} else if (count == 0)
		buf_adds(b, "false");
	buf_adds(b, ")");
}

void
equal_text(struct buf *b, const struct column *const *column, size_t n,
    const char *alias)
{
	add_row(b, column, n, alias, -1);
	buf_adds(b, "::text");
}

/* Types that a cast to text writes by their output function; others have a
 * cast of another kind (boolean, character(n), inet), or may be given one. */
static int
casts_to_output(const struct column *c)
{
	static const char *const type[] = {
		"int2", "int4", "int8", "oid", "numeric", "float4", "float8",
		"text", "varchar", "uuid", "json", "jsonb", "bytea", "date",
		"time", "timetz", "timestamp", "timestamptz", "interval",
	};
	size_t i;

	if (strcmp(c->type_schema, "pg_catalog") == 0)
		for (i = 0; i < sizeof(type) / sizeof(type[0]); i++)
			if (strcmp(type[i], c->type_name) == 0)
				return 1;
	return 0;
}

void
equal_output_of(struct buf *b, const struct column *c, const char *value)
{
	if (casts_to_output(c))
		buf_addf(b, "%s::pg_catalog.text", value);
	else /* concat() takes NULL for '' */
		buf_addf(b, "CASE WHEN %s IS DISTINCT FROM NULL THEN "
		    "pg_catalog.concat(%s) END", value, value);
}

void
equal_output(struct buf *b, const struct column *c)
{
	equal_output_of(b, c, c->ident);
}

/*
 * Columns that cast are hashed one by one, which spares the making and
 * quoting of a record.  Each has a seed of its own, and what they give is
 * hashed once more: bare, the sum over all rows would hardly see two of them
 * exchange a value.  The other columns go as one record.
 *
 * hashint8extended() and the like are cheaper, but see 32 bits only.
 */
void
equal_hash(struct buf *b, const struct column *const *column,
    const struct column *const *other, size_t n)
{
	const char *before = "#hashtextextended(ROW(";
	size_t i;

	buf_adds(b, "hashtextextended('' COLLATE \"C\",0");
	for (i = 0; i < n; i++)
		if (casts_to_output(column[i]) && casts_to_output(other[i]))
			buf_addf(b, "#coalesce(hashtextextended(%s::text "
			    "COLLATE \"C\",%zu),%zu)", column[i]->ident,
			    i + 1, i + 1);
	for (i = 0; i < n; i++)
		if (!casts_to_output(column[i]) ||
		    !casts_to_output(other[i])) {
			buf_addf(b, "%s%s", before, column[i]->ident);
			before = ",";
		}
	buf_adds(b, *before == ',' ? ")::text COLLATE \"C\",0))" : ")");
}

void
equal_key(struct buf *b, const struct key *k, const char *a,
    const char *other)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s%s.%s %s %s.%s", i > 0 ? " AND " : "", a,
		    k->column[i]->ident, k->equal[i], other,
		    k->column[i]->ident);
}
