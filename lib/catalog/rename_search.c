/*
 * What may be a rename.  Tables count as alike when they share most columns,
 * columns when they are of one type; names and places make the score.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/rename.h"

#define TABLE_SHARE 0.6 /* of the columns, for tables to be alike */
#define NAME_MAX_LEN 64
#define COLUMN_PAIRS 40000 /* of one table, that are looked at */
#define TABLE_PAIRS 250000

struct search {
	struct arena *mem;
	struct rename_candidate *item;
	size_t n;
};

static void
add(struct search *s, const struct rename_candidate *c)
{
	s->item = arena_more(s->mem, s->item, s->n, sizeof(*s->item));
	s->item[s->n++] = *c;
}

/* How many letters must change, 0 to 1: Levenshtein, case and _ aside. */
static double
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1], n = strlen(b), m = strlen(a), i, j;
	size_t corner, above, cost;

	if (n > NAME_MAX_LEN)
		n = NAME_MAX_LEN;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; i <= m; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			cost = tolower((unsigned char)a[i - 1]) !=
			    tolower((unsigned char)b[j - 1]);
			row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			if (corner + cost < row[j])
				row[j] = corner + cost;
			corner = above;
		}
	}
	return m + n == 0 ? 0 : (double)row[n] / (double)(m > n ? m : n);
}

static int
same_type(const struct cat_column *a, const struct cat_column *b)
{
	if ((a->type.arity == ARITY_LIST) != (b->type.arity == ARITY_LIST))
		return 0;
	return a->type.native == b->type.native &&
	    type_cast(&a->type, &b->type) == CAST_NONE;
}

static void
pair_columns(struct search *s, const struct change *change,
    const struct cat_column *from, const struct cat_column *to)
{
	struct rename_candidate c = { change->from_table, change->to_table,
		from, to, 0 };

	if (!same_type(from, to))
		return;
	c.score = 0.7 * (1 - distance(from->name, to->name));
	c.score += from->type.arity == to->type.arity ? 0.2 : 0;
	c.score += from->pos == to->pos ? 0.1 : 0;
	add(s, &c);
}

static size_t
clauses(const struct change *change, enum clause_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < change->nclauses; i++)
		n += change->clause[i].kind == kind;
	return n;
}

static void
search_columns(struct search *s, const struct change *change)
{
	const struct clause *a = change->clause, *b;
	const struct clause *end = a + change->nclauses;

	if (clauses(change, CLAUSE_DROP_COLUMN) *
	    clauses(change, CLAUSE_ADD_COLUMN) > COLUMN_PAIRS)
		return;
	for (; a < end; a++)
		for (b = change->clause; a->kind == CLAUSE_DROP_COLUMN &&
		    b < end; b++)
			if (b->kind == CLAUSE_ADD_COLUMN)
				pair_columns(s, change, a->from, b->to);
}

/* The tables that implicit many-to-many relations have are all alike but
 * for what they relate. */
static int
relates_others(const struct cat_table *a, const struct cat_table *b)
{
	if (a->ncolumns != 2 || strcmp(a->column[0].name, "A") != 0 ||
	    a->nfks != 2 || b->nfks != 2)
		return 0;
	return strcmp(a->fk[0]->target->name, b->fk[0]->target->name) != 0 ||
	    strcmp(a->fk[1]->target->name, b->fk[1]->target->name) != 0;
}

static void
pair_tables(struct search *s, const struct cat_table *from,
    const struct cat_table *to)
{
	struct rename_candidate c = { from, to, NULL, NULL, 0 };
	const struct cat_column *other;
	size_t shared = 0, i;
	double share;

	if (strcmp(from->ns, to->ns) != 0 || relates_others(from, to))
		return;
	for (i = 0; i < from->ncolumns; i++) {
		other = catalog_column(to, from->column[i].name);
		shared += other != NULL &&
		    same_type(&from->column[i], other);
	}
	share = 2.0 * (double)shared /
	    (double)(from->ncolumns + to->ncolumns + 1);
	if (shared == from->ncolumns && shared == to->ncolumns)
		share = 1;
	if (share < TABLE_SHARE)
		return;
	c.score = 0.6 * share + 0.4 * (1 - distance(from->name, to->name));
	add(s, &c);
}

static void
search_tables(struct search *s, const struct changes *changes,
    const struct cat_table *from)
{
	for (size_t i = 0; i < changes->n; i++)
		if (changes->item[i].kind == CHANGE_CREATE_TABLE)
			pair_tables(s, from, changes->item[i].to_table);
}

static int
by_score(const void *a, const void *b)
{
	const struct rename_candidate *x = a, *y = b;
	int c;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	/* by names else: qsort need not keep the array's order */
	c = strcmp(x->from_table->name, y->from_table->name);
	if (c == 0)
		c = strcmp(x->to_table->name, y->to_table->name);
	if (c == 0 && x->from != NULL && y->from != NULL) {
		c = strcmp(x->from->name, y->from->name);
		if (c == 0)
			c = strcmp(x->to->name, y->to->name);
	}
	return c;
}

static size_t
changes_of(const struct changes *c, enum change_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->item[i].kind == kind;
	return n;
}

size_t
rename_candidates(struct arena *mem, const struct changes *changes,
    struct rename_candidate **out)
{
	struct search s = { .mem = mem };
	const struct change *c = changes->item;
	int tables = changes_of(changes, CHANGE_DROP_TABLE) *
	    changes_of(changes, CHANGE_CREATE_TABLE) <= TABLE_PAIRS;

	for (; c < changes->item + changes->n; c++)
		if (c->kind == CHANGE_DROP_TABLE && tables)
			search_tables(&s, changes, c->from_table);
		else if (c->kind == CHANGE_ALTER_TABLE)
			search_columns(&s, c);
	if (s.n > 0)
		qsort(s.item, s.n, sizeof(*s.item), by_score);
	*out = s.item;
	return s.n;
}

static int
is_taken(const struct rename_candidate *c, const struct rename_candidate *by)
{
	if (c->from == NULL && by->from == NULL)
		return c->from_table == by->from_table ||
		    c->to_table == by->to_table;
	return c->from == by->from || c->to == by->to;
}

size_t
rename_likeliest(struct rename_candidate *c, size_t n)
{
	size_t kept = 0, k;

	for (size_t i = 0; i < n; i++) {
		for (k = 0; k < kept && !is_taken(&c[i], &c[k]); k++)
			continue;
		if (k == kept)
			c[kept++] = c[i];
	}
	return kept;
}
