/* What both sides are asked: alike, each in terms of its own types. */
#include "base/arena.h"
#include "base/buf.h"
#include "rows/digest_priv.h"
#include "rows/equal.h"
#include "rows/table.h"

const struct column *
digest_column(const struct pair *p, int side, const struct column *c)
{
	return side == 0 ? c : table_column(p->table[1], c->name);
}

static void
add_hash(struct buf *b, const struct pair *p, int side,
    const struct column *const *column, size_t n)
{
	struct arena *mem = arena_new();
	const struct column **of[2];
	size_t i;
	int s;

	for (s = 0; s < 2; s++) {
		of[s] = arena_array(mem, const struct column *, n + 1);
		for (i = 0; i < n; i++)
			of[s][i] = digest_column(p, s, column[i]);
	}
	equal_hash(b, of[side], of[!side], n);
	arena_free(mem);
}

void
digest_row_hash(struct buf *b, const struct pair *p, int side)
{
	add_hash(b, p, side, p->column, p->ncolumns);
}

void
digest_key_hash(struct buf *b, const struct pair *p, int side)
{
	add_hash(b, p, side, p->key->column, p->key->n);
}
