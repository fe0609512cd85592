/* By which key a table is cut, and the SQL of its bounds. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/key.h"
#include "rows/table.h"

/* Why it will not do; NULL: it will. */
static const char *
fault(struct arena *mem, const struct key *k,
    const struct column *const *avoid, size_t n)
{
	size_t i;

	if (k->partial)
		return "holds some rows only";
	if (k->expression)
		return "is made of expressions";
	for (i = 0; i < k->n; i++) {
		if (!k->column[i]->not_null)
			return arena_printf(mem, "column '%s' may be NULL",
			    k->column[i]->name);
		if (columns_have(avoid, n, k->column[i]))
			return arena_printf(mem, "column '%s' is set",
			    k->column[i]->name);
	}
	if (!k->identifies)
		return "has a computed column";
	return k->order == NULL ? "has an order of its own" : NULL;
}

static void
add_names(struct buf *b, const struct key *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s%s", i > 0 ? "," : "", k->column[i]->name);
}

static int
is_named(const struct key *k, const char *by)
{
	struct buf b = BUF_INIT;
	int same;

	add_names(&b, k);
	same = k->n > 0 && strcmp(buf_str(&b), by) == 0;
	buf_free(&b);
	return same;
}

/* "the choices are 'a,b'; 'c' will not do: column 'c' may be NULL" */
static void
hint_choices(struct arena *mem, const struct table *t,
    const struct column *const *avoid, size_t n, struct diag *d)
{
	struct buf good = BUF_INIT, bad = BUF_INIT;
	const char *why;
	size_t i;

	for (i = 0; i < t->nkeys; i++) {
		why = fault(mem, &t->key[i], avoid, n);
		if (why == NULL) {
			buf_addf(&good, "%s'", good.len > 0 ? ", " : "");
			add_names(&good, &t->key[i]);
			buf_adds(&good, "'");
		} else
			buf_addf(&bad, "%sindex '%s' %s", bad.len > 0 ?
			    "; " : "", t->key[i].name, why);
	}
	if (good.len > 0)
		diag_hint(d, "the choices are %s", buf_str(&good));
	else if (bad.len > 0)
		diag_hint(d, "%s", buf_str(&bad));
	else
		diag_hint(d, "it has no unique index at all: a primary key, "
		    "or a unique index over NOT NULL columns is needed");
	buf_free(&good);
	buf_free(&bad);
}

const struct key *
batch_key(struct arena *mem, const struct table *t, const char *by,
    const struct column *const *avoid, size_t navoid, struct diag *d)
{
	size_t i;

	for (i = 0; i < t->nkeys; i++) /* the best come first */
		if (fault(mem, &t->key[i], avoid, navoid) == NULL &&
		    (by == NULL || is_named(&t->key[i], by)))
			return &t->key[i];
	hint_choices(mem, t, avoid, navoid, d);
	if (by != NULL)
		diag_set(d, "table '%s' has no unique key '%s' to go by",
		    t->shown, by);
	else
		diag_set(d, "table '%s' has no unique key to go by",
		    t->shown);
	return NULL;
}

void
key_columns(struct buf *b, const struct key *k, const char *alias)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s%s%s%s", i > 0 ? ", " : "",
		    alias != NULL ? alias : "", alias != NULL ? "." : "",
		    k->column[i]->ident);
}

/* ROW(…) of one column would be one too, but no index is searched by it. */
void
key_compare(struct buf *b, const struct key *k, const char *alias,
    const char *operator, size_t param)
{
	size_t i;

	buf_adds(b, k->n > 1 ? "ROW(" : "");
	key_columns(b, k, alias);
	buf_addf(b, "%s OPERATOR(%s.%s) %s", k->n > 1 ? ")" : "", k->order,
	    operator, k->n > 1 ? "ROW(" : "");
	for (i = 0; i < k->n; i++)
		buf_addf(b, "%s$%zu::%s", i > 0 ? ", " : "", param + i,
		    k->column[i]->type);
	buf_adds(b, k->n > 1 ? ")" : "");
}

void
key_within(struct buf *b, const struct key *k, const char *alias, size_t lo,
    size_t hi)
{
	if (lo > 0)
		key_compare(b, k, alias, ">", lo);
	if (lo > 0 && hi > 0)
		buf_adds(b, " AND ");
	if (hi > 0)
		key_compare(b, k, alias, "<=", hi);
	if (lo == 0 && hi == 0)
		buf_adds(b, "true");
}
