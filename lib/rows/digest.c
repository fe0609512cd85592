/* Digests of whole tables. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/digest_priv.h"
#include "rows/table.h"

static char *
question(struct arena *mem, const struct pair *p, int side)
{
	struct buf b = BUF_INIT;
	char *out;

	buf_adds(&b, "SELECT count(*), coalesce(sum(");
	digest_row_hash(&b, p, side);
	buf_addf(&b, "), 0)::text FROM %s", p->table[side]->from);
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

int
digest_tables(struct arena *mem, const struct pair *p, struct digest out[2],
    struct diag *d)
{
	const char *sql[2] = { question(mem, p, 0), question(mem, p, 1) };
	struct db_rows *r[2];
	int side;

	if (digest_ask(mem, p, sql, r, d) == -1)
		return -1;
	for (side = 0; side < 2; side++) {
		out[side].rows = atoll(db_cell(r[side], 0, 0));
		out[side].sum = db_cell(r[side], 0, 1);
	}
	return 0;
}
