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

struct search {
	struct arena *mem;
	struct rename_candidate *item;
	size_t n, room;
};

static void
add(struct search *s, const struct rename_candidate *c)
{
	struct rename_candidate *more;

	if (s->n == s->room) {
		s->room = s->room == 0 ? 16 : s->room * 2;
		more = arena_array(s->mem, struct rename_candidate, s->room);
		if (s->n > 0)
			memcpy(more, s->item, s->n * sizeof(*more));
		s->item = more;
	}
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

static void
search_columns(struct search *s, const struct change *change)
{
	const struct clause *a = change->clause, *b;
	const struct clause *end = a + change->nclauses;

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

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	/* the array's own order else: qsort need not keep it */
	return x->from_table != y->from_table ?
	    strcmp(x->from_table->name, y->from_table->name) :
	    x->from == NULL || x->from == y->from ? 0 :
	    strcmp(x->from->name, y->from->name);
}

size_t
rename_candidates(struct arena *mem, const struct changes *changes,
    struct rename_candidate **out)
{
	struct search s = { .mem = mem };
	const struct change *c = changes->item;

	for (; c < changes->item + changes->n; c++)
		if (c->kind == CHANGE_DROP_TABLE)
			search_tables(&s, changes, c->from_table);
		else if (c->kind == CHANGE_ALTER_TABLE)
			search_columns(&s, c);
	if (s.n > 0)
		qsort(s.item, s.n, sizeof(*s.item), by_score);
	*out = s.item;
	return s.n;
}
