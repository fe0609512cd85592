/*
 * Columns in pairs.  Types are judged by what every value of the one can
 * become in the other; where only some can (numbers that are too large,
 * texts too long), the server tells when they arrive.
 */
#include <string.h>

#include "base/arena.h"
#include "db/conn.h"
#include "rows/match_priv.h"
#include "rows/table.h"

/* Types of one family cast into each other; into text casts everything. */
static const struct {
	const char *name;
	char family;
} families[] = {
	{ "int2", 'n' },      { "int4", 'n' },
	{ "int8", 'n' },      { "numeric", 'n' },
	{ "float4", 'n' },    { "float8", 'n' },
	{ "oid", 'n' },
	{ "timestamp", 'd' }, { "timestamptz", 'd' },
	{ "date", 'd' },
	{ "time", 't' },      { "timetz", 't' },
	{ "json", 'j' },      { "jsonb", 'j' },
	{ "inet", 'i' },      { "cidr", 'i' },
	{ "bit", 'b' },	      { "varbit", 'b' },
	{ "text", 's' },      { "varchar", 's' },
	{ "citext", 's' },
};

static char
family_of(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strcmp(families[i].name, type) == 0)
			return families[i].family;
	return 0;
}

/* By names: extensions may stand in other schemas, arrays as '_int4'. */
static int
type_casts(const char *from, const char *to)
{
	char family;

	if (strcmp(from, to) == 0)
		return 1;
	if (*from == '_' && *to == '_')
		return type_casts(from + 1, to + 1);
	family = family_of(to);
	return family == 's' || (family != 0 && family == family_of(from));
}

static int
has_label(const struct column *c, const char *label)
{
	size_t i;

	for (i = 0; i < c->nlabels; i++)
		if (strcmp(c->label[i], label) == 0)
			return 1;
	return 0;
}

/* Also of a list: '_Role' is the type of Role[]. */
static void
check_labels(struct pairing *p, const struct column *from,
    const struct column *to)
{
	const char *type = to->type_name + (to->type_kind != 'e');
	size_t i;

	for (i = 0; i < from->nlabels; i++)
		if (!has_label(to, from->label[i]))
			match_tell(p, arena_printf(p->mem, "%s; or there: "
			    "ALTER TYPE %s.%s ADD VALUE %s;", p->mend,
			    db_ident(p->mem, to->type_schema),
			    db_ident(p->mem, type),
			    db_literal(p->mem, from->label[i])),
			    "value '%s' of enum '%s' is missing in %s",
			    from->label[i], type, p->match->to_name);
}

static void
check_type(struct pairing *p, const struct column *from,
    const struct column *to)
{
	if (from->nlabels > 0 && from->type_kind == to->type_kind &&
	    to->nlabels > 0)
		check_labels(p, from, to);
	else if (!type_casts(from->type_name, to->type_name))
		match_tell(p, p->mend, "column '%s.%s' is %s in %s and %s in "
		    "%s, which does not cast", p->from->shown, from->name,
		    from->type, p->match->from_name, to->type,
		    p->match->to_name);
}

static const struct column *
column_like(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (name_is_like(t->column[i].name, name))
			return &t->column[i];
	return NULL;
}

static void
missing_column(struct pairing *p, const struct column *c)
{
	const struct column *like = column_like(p->to, c->name);

	match_tell(p, like == NULL ? p->mend : arena_printf(p->mem,
	    "there it is called '%s'", like->name),
	    "column '%s.%s' is missing in %s", p->from->shown, c->name,
	    p->match->to_name);
}

static void
check_column(struct pairing *p, const struct column *from)
{
	const struct column *to = table_column(p->to, from->name);

	if (to == NULL) {
		if (!from->generated)
			missing_column(p, from);
	} else if (from->generated != to->generated)
		match_tell(p, p->mend, "column '%s.%s' is computed in %s only",
		    p->from->shown, from->name, from->generated ?
		    p->match->from_name : p->match->to_name);
	else if (!from->generated)
		check_type(p, from, to);
}

/* Has check_column() told of it, as one that is called otherwise? */
static int
is_told(struct pairing *p, const struct column *c)
{
	const struct column *like = column_like(p->from, c->name);

	return like != NULL && table_column(p->to, like->name) == NULL;
}

/* What the destination wants and nobody gives it. */
static void
check_required(struct pairing *p)
{
	const struct column *c;
	size_t i;

	for (i = 0; i < p->to->ncolumns; i++) {
		c = &p->to->column[i];
		if (!c->not_null || c->has_default || c->generated ||
		    table_column(p->from, c->name) != NULL || is_told(p, c))
			continue;
		match_tell(p, arena_printf(p->mem, "there: ALTER TABLE %s "
		    "ALTER COLUMN %s DROP NOT NULL; or give it a default",
		    p->to->ident, c->ident), "column '%s.%s' is NOT NULL "
		    "without a default in %s, and missing in %s", p->to->shown,
		    c->name, p->match->to_name, p->match->from_name);
	}
}

void
match_columns(struct pairing *p)
{
	size_t i;

	for (i = 0; i < p->from->ncolumns; i++)
		check_column(p, &p->from->column[i]);
	check_required(p);
}
