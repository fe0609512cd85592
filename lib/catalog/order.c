/*
 * The order of steps: by kind, then by where the things stand in the two
 * catalogs.  It is Prisma's; that it is also safe to run rests on the order
 * of the kinds (see change.h): keys go before the columns they need, tables
 * before the enums they use, and come the other way round.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/change.h"
#include "catalog/order.h"

#define NKEYS 4

static void
keys(const struct change *c, size_t k[NKEYS])
{
	memset(k, 0, NKEYS * sizeof(*k));
	switch (c->kind) {
	case CHANGE_CREATE_ENUM:
		k[0] = c->to_enum->pos;
		break;
	case CHANGE_ALTER_ENUM:
		k[0] = c->from_enum->pos;
		break;
	case CHANGE_DROP_ENUM:
		k[0] = c->from_enum->pos;
		break;
	case CHANGE_DROP_FK:
		k[0] = c->from_fk->pos;
		break;
	case CHANGE_ADD_FK:
		k[0] = c->to_fk->pos;
		break;
	case CHANGE_RENAME_FK:
		k[0] = c->from_fk->pos;
		k[1] = c->to_fk->pos;
		break;
	case CHANGE_DROP_INDEX:
		k[0] = c->from_index->pos;
		break;
	case CHANGE_RENAME_INDEX:
		k[0] = c->from_index->pos;
		k[1] = c->to_index->pos;
		break;
	case CHANGE_CREATE_INDEX: /* those of new tables first */
		k[0] = c->from_table == NULL ? 0 : c->from_table->pos + 1;
		k[1] = c->to_table->pos;
		k[2] = c->to_index->pos;
		k[3] = (size_t)c->recreated;
		break;
	case CHANGE_DROP_TABLE:
		k[0] = c->from_table->pos;
		break;
	case CHANGE_CREATE_TABLE:
		k[0] = c->to_table->pos;
		break;
	case CHANGE_ALTER_TABLE:
		k[0] = c->from_table->pos;
		k[1] = c->to_table->pos;
		break;
	case CHANGE_DROP_EXTENSION:
	case CHANGE_ALTER_EXTENSION:
		k[0] = c->from_extension->pos;
		break;
	case CHANGE_CREATE_EXTENSION:
		k[0] = c->to_extension->pos;
		break;
	default:
		break;
	}
}

static int
by_step(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	size_t k[NKEYS], l[NKEYS];

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	keys(x, k);
	keys(y, l);
	for (size_t i = 0; i < NKEYS; i++)
		if (k[i] != l[i])
			return k[i] < l[i] ? -1 : 1;
	return 0;
}

/* Is it the step that makes the columns of this index the primary key? */
static int
adds_key_over(const struct change *c, const struct cat_index *x)
{
	const struct cat_index *pk;
	int adds = 0;

	if (c->kind != CHANGE_ALTER_TABLE || c->from_table != x->table)
		return 0;
	for (size_t i = 0; i < c->nclauses; i++) {
		adds |= c->clause[i].kind == CLAUSE_ADD_PK;
		if (c->clause[i].kind == CLAUSE_DROP_PK)
			return 0;
	}
	pk = c->to_table->pk;
	if (!adds || pk->ncolumns != x->ncolumns)
		return 0;
	for (size_t i = 0; i < pk->ncolumns; i++)
		if (strcmp(pk->column[i].column->name,
		    x->column[i].column->name) != 0)
			return 0;
	return 1;
}

/*
 * A unique index that stood for the primary key goes after the key has come,
 * so that there is never a moment without either.
 */
static void
drop_after_key(struct changes *c)
{
	struct change moved;

	for (size_t i = c->n; i-- > 0;) {
		if (c->item[i].kind != CHANGE_DROP_INDEX ||
		    c->item[i].from_index->kind != INDEX_UNIQUE)
			continue;
		for (size_t k = i + 1; k < c->n; k++) {
			if (!adds_key_over(&c->item[k], c->item[i].from_index))
				continue;
			moved = c->item[i];
			memmove(&c->item[i], &c->item[i + 1],
			    (k - i) * sizeof(moved));
			c->item[k] = moved;
			break;
		}
	}
}

void
changes_sort(struct changes *c)
{
	if (c->n > 0)
		mergesort(c->item, c->n, sizeof(*c->item), by_step);
	drop_after_key(c);
}
