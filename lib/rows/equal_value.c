/*
 * What a column would hold when a value is assigned to it, and whether it
 * holds something else already.
 *
 * A cast does nearly what an assignment does: by the same function, with the
 * same rounding to numeric(p,s) and timestamp(p).  But it cuts off what is
 * too long for character varying(n), character(n), bit(n), where assignment
 * raises an error; and 'abcd' must not be found equal to the 'abc' that it
 * would never become.  The functions that do it can be called by name, with
 * "explicit" false, for one value.  For arrays of such types, and domains,
 * which have their limit inside, both are looked at: with what is too long,
 * and without.  (Not for fields of composite types.)
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rows/equal.h"
#include "rows/table.h"

/* Types of a limited length, and how their limit is written inside. */
static const struct {
	const char *name;
	int more;
} limited[] = {
	{ "varchar", 4 }, { "bpchar", 4 }, { "bit", 0 }, { "varbit", 0 },
};

#define NLIMITED (sizeof(limited) / sizeof(limited[0]))

/* Which of them that name is; NLIMITED: none. */
static size_t
find_limited(const struct column *c, const char *name)
{
	size_t i;

	for (i = 0; i < NLIMITED; i++)
		if (strcmp(limited[i].name, name) == 0 &&
		    strcmp(c->type_schema, "pg_catalog") == 0)
			return i;
	return NLIMITED;
}

/* A type whose limit can be told. */
static size_t
limited_as(const struct column *c)
{
	if (c->is_domain || strchr(c->type, '(') == NULL)
		return NLIMITED;
	return find_limited(c, c->type_name);
}

/* The type without the limit that it may have inside; NULL: it has none. */
static const char *
limited_inside(const struct column *c, const char **brackets)
{
	int array = *c->type_name == '_';
	size_t i;

	*brackets = array ? "[]" : "";
	if (c->is_domain ? 0 : !array || strchr(c->type, '(') == NULL)
		return NULL;
	i = find_limited(c, c->type_name + array);
	return i == NLIMITED ? NULL : limited[i].name;
}

void
equal_assigned(struct buf *b, const struct column *c, const char *value)
{
	size_t i = limited_as(c);

	if (i == NLIMITED)
		buf_addf(b, "CAST((%s) AS %s)", value, c->type);
	else
		buf_addf(b, "pg_catalog.\"%s\"(CAST((%s) AS pg_catalog.\"%s\")"
		    ", %d, false)", limited[i].name, value, limited[i].name,
		    atoi(strchr(c->type, '(') + 1) + limited[i].more);
}

/* By a collation of our own: that of the column and that of the value may be
 * two. */
static int
has_collation(const struct column *c)
{
	return strcmp(c->type_schema, "pg_catalog") == 0 &&
	    (strcmp(c->type_name, "text") == 0 ||
	    strcmp(c->type_name, "varchar") == 0 ||
	    strcmp(c->type_name, "name") == 0);
}

static void
differ_by_text(struct buf *b, const struct column *c, const char *alias,
    const char *value)
{
	buf_addf(b, "ROW(%s.%s)::record OPERATOR(pg_catalog.*<>) ROW(", alias,
	    c->ident);
	equal_assigned(b, c, value);
	buf_addf(b, ")::record AND ROW(%s.%s)::text <> ROW(", alias, c->ident);
	equal_assigned(b, c, value);
	buf_adds(b, ")::text");
}

void
equal_differ_value(struct buf *b, const struct column *c, const char *alias,
    const char *value)
{
	const char *brackets, *whole = limited_inside(c, &brackets);

	buf_adds(b, "(");
	if (c->exact && has_collation(c)) {
		/* varchar has no '=' of its own, and would take anybody's */
		buf_addf(b, "CAST(%s.%s AS pg_catalog.text) IS DISTINCT FROM "
		    "CAST(", alias, c->ident);
		equal_assigned(b, c, value);
		buf_adds(b, " AS pg_catalog.text) COLLATE pg_catalog.\"C\"");
	} else if (c->exact) {
		buf_addf(b, "%s.%s IS DISTINCT FROM ", alias, c->ident);
		equal_assigned(b, c, value);
	} else
		differ_by_text(b, c, alias, value);
	if (whole != NULL)
		buf_addf(b, " OR CAST(CAST((%s) AS pg_catalog.\"%s\"%s) AS "
		    "text%s) COLLATE pg_catalog.\"C\" IS DISTINCT FROM "
		    "CAST(CAST((%s) AS %s) AS text%s)", value, whole,
		    brackets, brackets, value, c->type, brackets);
	buf_adds(b, ")");
}
