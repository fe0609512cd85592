/*
 * Tables that refer to each other.  Rows go in so that as few foreign keys as
 * can be point to rows that are not there yet; those that do and cannot be
 * deferred are NULL until all rows are there.
 */
#include <string.h>

#include "base/arena.h"
#include "rows/merge_priv.h"
#include "rows/table.h"

/* One NULL takes the row out of the foreign key; which is not so with MATCH
 * FULL, where the server says so.  NULL: none of its columns may be NULL. */
static const struct column *
fill_column(const struct merge_table *t, const struct fk *f)
{
	size_t i;

	for (i = 0; t->key != NULL && i < f->n; i++)
		if (!f->column[i]->not_null &&
		    columns_have(t->column, t->ncolumns, f->column[i]) &&
		    !columns_have(t->key->column, t->key->n, f->column[i]))
			return f->column[i];
	return NULL;
}

/* Does a foreign key need a row of that table when the statement ends? */
static int
needs(const struct fk *f, const struct merge_table *parent)
{
	return !f->deferrable &&
	    strcmp(f->parent_oid, parent->table->oid) == 0;
}

struct placing {
	struct merge *m;
	struct merge_table *table;
	size_t n;
	char *placed;
};

/*
 * What a table would have to wait for: hard counts only what cannot be NULL
 * meanwhile.
 */
static int
waits(const struct placing *p, size_t i, int hard)
{
	const struct merge_table *t = &p->table[i];
	size_t j, k;

	for (j = 0; j < p->n; j++) {
		if (j == i || p->placed[j])
			continue;
		for (k = 0; k < t->table->nfks; k++)
			if (needs(&t->table->fk[k], &p->table[j]) &&
			    (!hard || fill_column(t, &t->table->fk[k]) ==
			    NULL))
				return 1;
	}
	return 0;
}

static size_t
next(const struct placing *p)
{
	size_t i;
	int hard;

	for (hard = 0; hard < 2; hard++)
		for (i = 0; i < p->n; i++)
			if (!p->placed[i] && !waits(p, i, hard))
				return i;
	for (i = 0; p->placed[i]; i++)
		continue;
	return i;
}

static void
add_missing(struct placing *p, struct merge_part *part, const struct fk *f)
{
	const struct column *c = fill_column(part->t, f);

	if (c == NULL) {
		part->stuck = part->stuck == NULL ? f->name :
		    arena_printf(p->m->mem, "%s, %s", part->stuck, f->name);
		return;
	}
	part->null = arena_more(p->m->mem, part->null, part->nnull,
	    sizeof(*part->null));
	part->null[part->nnull++] = c;
}

static void
place(struct placing *p, size_t i)
{
	struct merge_part *part = &p->m->part[p->m->n++];
	const struct fk *f;
	size_t j, k;

	part->t = &p->table[i];
	for (k = 0; k < part->t->table->nfks; k++) {
		f = &part->t->table->fk[k];
		if (needs(f, part->t))
			part->self = 1;
		for (j = 0; j < p->n; j++)
			if (j != i && !p->placed[j] &&
			    needs(f, &p->table[j]))
				add_missing(p, part, f);
	}
	p->placed[i] = 1;
}

void
merge_order(struct merge *m, struct merge_table *table, size_t n)
{
	struct placing p = { .m = m, .table = table, .n = n };

	m->part = arena_array(m->mem, struct merge_part, n + 1);
	m->n = 0;
	p.placed = arena_array(m->mem, char, n + 1);
	while (m->n < n)
		place(&p, next(&p));
}
