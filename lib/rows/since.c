/* What was made or changed since a time: by columns, or by transactions. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/conn.h"
#include "rows/since.h"
#include "rows/table.h"

static int
has_zone(const struct column *c)
{
	return strcmp(c->type_name, "timestamptz") == 0;
}

static int
is_time(const struct column *c)
{
	return strcmp(c->type_schema, "pg_catalog") == 0 &&
	    (has_zone(c) || strcmp(c->type_name, "timestamp") == 0);
}

static const struct column *
find(const struct table *t, const char *with_at, const char *without)
{
	const struct column *c;
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		c = &t->column[i];
		if (is_time(c) && (name_is_like(c->name, with_at) ||
		    name_is_like(c->name, without)))
			return c;
	}
	return NULL;
}

void
since_columns(const struct table *t, struct since_columns *out)
{
	out->created = find(t, "createdAt", "created");
	out->updated = find(t, "updatedAt", "updated");
}

/*
 * The column has rounded its values to its own precision, perhaps down to
 * before the time: that is rounded alike.  A domain's precision is not
 * known: none is coarser than a second.
 */
static void
add_time(struct buf *b, const struct column *c, const char *literal)
{
	const char *precision = strchr(c->type, '(');
	const char *type = has_zone(c) ? "timestamptz" : "timestamp";

	if (c->is_domain)
		buf_adds(b, "pg_catalog.date_trunc('second',");
	if (has_zone(c))
		buf_adds(b, "pg_catalog.timezone('UTC',");
	buf_addf(b, "%s::pg_catalog.timestamp", literal);
	if (has_zone(c))
		buf_adds(b, ")");
	if (c->is_domain)
		buf_adds(b, ")");
	else if (precision != NULL && isdigit((unsigned char)precision[1]))
		buf_addf(b, "::pg_catalog.%s(%c)", type, precision[1]);
}

static void
add_after(struct buf *b, const struct column *c, const char *literal)
{
	if (c == NULL)
		return;
	buf_addf(b, "%s%s >= ", b->len > 0 ? " OR " : "", c->ident);
	add_time(b, c, literal);
}

static int
may_be_null(const struct column *c)
{
	return c == NULL || !c->not_null;
}

/* An arm that can never be true would keep the indexes from being used. */
static void
add_timeless(struct buf *b, const struct since_columns *s)
{
	if (!may_be_null(s->created) || !may_be_null(s->updated))
		return;
	if (s->updated == NULL || s->created == NULL)
		buf_addf(b, " OR %s IS NULL", s->updated != NULL ?
		    s->updated->ident : s->created->ident);
	else
		buf_addf(b, " OR %s IS NULL AND %s IS NULL",
		    s->updated->ident, s->created->ident);
}

/*
 * A row keeps the lower 32 bits of its transaction's number.  How far they
 * are ahead is compared with how far the snapshot is: right across a
 * wraparound, and what is more than one ago means all rows.
 */
static void
add_xmin(struct buf *b, struct arena *mem, const char *xmin)
{
	const char *from = db_literal(mem, xmin);

	buf_addf(b, "%s((xmin::pg_catalog.text::pg_catalog.int8 - "
	    "%s::pg_catalog.int8) & 4294967295) < (SELECT "
	    "pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())"
	    "::pg_catalog.text::pg_catalog.int8 - %s::pg_catalog.int8)",
	    b->len > 0 ? " OR " : "", from, from);
}

char *
since_condition(struct arena *mem, const struct since_columns *s,
    const char *time, const char *xmin)
{
	struct buf b = BUF_INIT;
	const char *literal;
	char *out;

	if (time != NULL && (s->created != NULL || s->updated != NULL)) {
		literal = db_literal(mem, time);
		add_after(&b, s->updated, literal);
		add_after(&b, s->created, literal);
		add_timeless(&b, s);
	} else if (time != NULL)
		buf_adds(&b, "true");
	if (xmin != NULL)
		add_xmin(&b, mem, xmin);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}
