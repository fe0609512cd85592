/*
 * Equality as SQL.  record_out writes each field by its type's own output
 * function, keeps NULL and '' apart and quotes what could be mistaken, so
 * the text of a ROW() is equal exactly when the text of all its columns is.
 */
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

void
equal_hash(struct buf *b, const struct column *const *column, size_t n,
    const char *alias)
{
	buf_adds(b, "hashtextextended(");
	equal_text(b, column, n, alias);
	buf_adds(b, " COLLATE \"C\",0)");
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
