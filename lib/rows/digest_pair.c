/* What two tables of one name have in common. */
#include "base/arena.h"
#include "rows/digest.h"
#include "rows/table.h"

/* So that it tells rows apart on both sides. */
static const struct key *
common_key(struct arena *mem, const struct table *a, const struct table *b)
{
	const struct key *k, *end = a->key + a->nkeys;
	const struct column **column;
	size_t i;

	for (k = a->key; k < end; k++) {
		if (!k->identifies)
			continue;
		column = arena_array(mem, const struct column *, k->n);
		for (i = 0; i < k->n; i++)
			if ((column[i] = table_column(b,
			    k->column[i]->name)) == NULL)
				break;
		if (i == k->n && table_key(b, column, k->n) != NULL)
			return k;
	}
	return NULL;
}

void
digest_pair(struct arena *mem, struct pair *p)
{
	const struct table *a = p->table[0], *b = p->table[1];
	const struct column *other;
	size_t i, common = 0;

	p->column = arena_array(mem, const struct column *, a->ncolumns + 1);
	p->ncolumns = 0;
	for (i = 0; i < a->ncolumns; i++) {
		other = table_column(b, a->column[i].name);
		common += other != NULL;
		if (other != NULL &&
		    !(other->generated && a->column[i].generated))
			p->column[p->ncolumns++] = &a->column[i];
	}
	p->partial = common < a->ncolumns || common < b->ncolumns;
	p->key = common_key(mem, a, b);
}
