/*
 * Whether rows of one table can go into another, before the first one does.
 * Types are judged by what every value of the one can become in the other;
 * where only some can (numbers that are too large, texts too long), the
 * server tells when they arrive.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/conn.h"
#include "rows/match.h"
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

struct pairing {
	struct arena *mem;
	const struct match *match;
	const struct table *from, *to;
	struct mismatches *out;
	const char *from_url, *to_url; /* what --url takes */
	const char *mend; /* the commands that bring the schema over */
};

/* The same thing, an enum's value, may be found in several columns. */
static void
add(struct pairing *p, const char *text, const char *hint)
{
	size_t i;

	for (i = 0; i < p->out->n; i++)
		if (strcmp(p->out->item[i].text, text) == 0)
			return;
	p->out->item = arena_more(p->mem, p->out->item, p->out->n,
	    sizeof(*p->out->item));
	p->out->item[p->out->n].text = text;
	p->out->item[p->out->n++].hint = hint;
}

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
			add(p, arena_printf(p->mem, "value '%s' of enum '%s' "
			    "is missing in %s", from->label[i], type,
			    p->match->to_name), arena_printf(p->mem, "%s; or "
			    "there: ALTER TYPE %s.%s ADD VALUE %s;", p->mend,
			    db_ident(p->mem, to->type_schema),
			    db_ident(p->mem, type),
			    db_literal(p->mem, from->label[i])));
}

static void
check_type(struct pairing *p, const struct column *from,
    const struct column *to)
{
	if (from->nlabels > 0 && from->type_kind == to->type_kind &&
	    to->nlabels > 0)
		check_labels(p, from, to);
	else if (!type_casts(from->type_name, to->type_name))
		add(p, arena_printf(p->mem, "column '%s.%s' is %s in %s and "
		    "%s in %s, which does not cast", p->from->shown,
		    from->name, from->type, p->match->from_name, to->type,
		    p->match->to_name), p->mend);
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

	add(p, arena_printf(p->mem, "column '%s.%s' is missing in %s",
	    p->from->shown, c->name, p->match->to_name), like == NULL ?
	    p->mend : arena_printf(p->mem, "there it is called '%s'",
	    like->name));
}

static void
check_column(struct pairing *p, const struct column *from)
{
	const struct column *to = table_column(p->to, from->name);

	if (to == NULL) {
		if (!from->generated)
			missing_column(p, from);
	} else if (from->generated != to->generated)
		add(p, arena_printf(p->mem, "column '%s.%s' is computed in %s "
		    "only", p->from->shown, from->name, from->generated ?
		    p->match->from_name : p->match->to_name), p->mend);
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
		add(p, arena_printf(p->mem, "column '%s.%s' is NOT NULL "
		    "without a default in %s, and missing in %s",
		    p->to->shown, c->name, p->match->to_name,
		    p->match->from_name), arena_printf(p->mem, "there: ALTER "
		    "TABLE %s ALTER COLUMN %s DROP NOT NULL; or give it a "
		    "default", p->to->ident, c->ident));
	}
}

/* The columns that rows carry from here to there, as the destination's. */
static const struct column **
common(struct pairing *p, size_t *n)
{
	const struct column **out, *c;
	size_t i;

	out = arena_array(p->mem, const struct column *, p->to->ncolumns + 1);
	*n = 0;
	for (i = 0; i < p->to->ncolumns; i++) {
		c = table_column(p->from, p->to->column[i].name);
		if (c != NULL && !c->generated && !p->to->column[i].generated)
			out[(*n)++] = &p->to->column[i];
	}
	return out;
}

/* Has the source a key of these very columns? */
static int
is_key_of(const struct table *t, const struct key *k)
{
	size_t i, j, l, found;

	for (i = 0; i < t->nkeys; i++) {
		if (!t->key[i].identifies || t->key[i].n != k->n)
			continue;
		for (j = found = 0; j < k->n; j++)
			for (l = 0; l < k->n; l++)
				found += strcmp(k->column[j]->name,
				    t->key[i].column[l]->name) == 0;
		if (found == k->n)
			return 1;
	}
	return 0;
}

static const char *
key_columns(struct arena *mem, const struct key *k)
{
	struct buf b = BUF_INIT;
	const char *out;
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", k->column[i]->name);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static void
no_key(struct pairing *p, const char *where)
{
	const char *t = p->from->shown;

	add(p, arena_printf(p->mem, "table '%s' has no key in %s that tells "
	    "its rows apart", t, where), arena_printf(p->mem, "give it a "
	    "primary key, leave it out with '-T %s', or copy all of it: dbm "
	    "rows --url %s %s | dbm load --url %s --mode replace", t,
	    p->from_url, t, p->to_url));
}

static void
other_key(struct pairing *p, const struct key *from, const struct key *to)
{
	add(p, arena_printf(p->mem, "the key of table '%s' is (%s) in %s and "
	    "(%s) in %s", p->from->shown, key_columns(p->mem, from),
	    p->match->from_name, key_columns(p->mem, to), p->match->to_name),
	    p->mend);
}

static void
check_key(struct pairing *p)
{
	const struct key *from = table_key(p->from, NULL, 0);
	const struct key *to = table_key(p->to, NULL, 0), *carried;
	const struct column **column;
	size_t n;

	if (from == NULL || to == NULL) {
		no_key(p, from == NULL ? p->match->from_name :
		    p->match->to_name);
		return;
	}
	column = common(p, &n);
	carried = table_key(p->to, column, n);
	if (carried == NULL || !is_key_of(p->from, carried))
		other_key(p, from, carried == NULL ? to : carried);
}

/* An empty source must not be mistaken for rows that are hidden. */
static void
check_security(struct pairing *p)
{
	if (p->from->row_security || p->to->row_security)
		add(p, arena_printf(p->mem, "row level security of table '%s' "
		    "hides rows from this role in %s", p->from->shown,
		    p->from->row_security ? p->match->from_name :
		    p->match->to_name), "connect as a role with BYPASSRLS, or "
		    "as the table's owner");
}

static void
check_table(struct pairing *p)
{
	size_t i;

	if (p->to == NULL) {
		add(p, arena_printf(p->mem, "table '%s' is missing in %s",
		    p->from->shown, p->match->to_name), p->mend);
		return;
	}
	check_security(p);
	for (i = 0; i < p->from->ncolumns; i++)
		check_column(p, &p->from->column[i]);
	check_required(p);
	check_key(p);
}

/* A URL is long, and nothing to repeat. */
static const char *
shown(const char *name, const char *else_called)
{
	return strchr(name, ':') != NULL ? else_called : name;
}

void
match_tables(struct arena *mem, const struct match *m, struct mismatches *out)
{
	struct match named = *m;
	struct pairing p = { .mem = mem, .match = &named, .out = out };
	size_t i;

	named.from_name = shown(m->from_name, "the source");
	named.to_name = shown(m->to_name, "the destination");
	p.from_url = shown(m->from_name, "URL");
	p.to_url = shown(m->to_name, "URL");
	p.mend = arena_printf(mem, "dbm migrate deploy --url %s, or dbm db "
	    "push --url %s", p.to_url, p.to_url);
	for (i = 0; i < m->n; i++) {
		p.from = m->from[i];
		p.to = m->to[i];
		check_table(&p);
	}
}
