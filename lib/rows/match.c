/* Whether rows of one table can go into another, before the first one does. */
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rows/match_priv.h"
#include "rows/table.h"

/* The same thing, an enum's value, may be found in several columns. */
void
match_tell(struct pairing *p, const char *hint, const char *fmt, ...)
{
	const char *text;
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	text = arena_vprintf(p->mem, fmt, ap);
	va_end(ap);
	for (i = 0; i < p->out->n; i++)
		if (strcmp(p->out->item[i].text, text) == 0)
			return;
	p->out->item = arena_more(p->mem, p->out->item, p->out->n,
	    sizeof(*p->out->item));
	p->out->item[p->out->n].text = text;
	p->out->item[p->out->n++].hint = hint;
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

	match_tell(p, arena_printf(p->mem, "give it a primary key, leave it "
	    "out with '-T %s', or copy all of it: dbm rows --url %s %s | dbm "
	    "load --url %s --mode replace", t, p->from_url, t, p->to_url),
	    "table '%s' has no key in %s that tells its rows apart", t, where);
}

static void
other_key(struct pairing *p, const struct key *from, const struct key *to)
{
	match_tell(p, p->mend, "the key of table '%s' is (%s) in %s and (%s) "
	    "in %s", p->from->shown, key_columns(p->mem, from),
	    p->match->from_name, key_columns(p->mem, to), p->match->to_name);
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
		match_tell(p, "connect as a role with BYPASSRLS, or as the "
		    "table's owner", "row level security of table '%s' hides "
		    "rows from this role in %s", p->from->shown,
		    p->from->row_security ? p->match->from_name :
		    p->match->to_name);
}

static void
check_table(struct pairing *p)
{
	if (p->to == NULL) {
		match_tell(p, p->mend, "table '%s' is missing in %s",
		    p->from->shown, p->match->to_name);
		return;
	}
	check_security(p);
	match_columns(p);
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
