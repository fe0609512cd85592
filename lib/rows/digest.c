/* Digests of whole tables. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/digest_priv.h"
#include "rows/table.h"

int
digest_tables(struct arena *mem, const struct pair *p, struct digest out[2],
    struct diag *d)
{
	struct db_rows *r[2] = { NULL, NULL };
	struct buf b = BUF_INIT;
	int sent, side;

	for (sent = 0; sent < 2; sent++) {
		buf_reset(&b);
		buf_adds(&b, "SELECT count(*), coalesce(sum(");
		digest_row_hash(&b, p, sent);
		buf_addf(&b, "), 0)::text FROM %s", p->table[sent]->from);
		if (db_send_query(p->db[sent], buf_str(&b), 0, NULL, d) == -1)
			break;
	}
	buf_free(&b);
	/* also after an error: what was sent has to be taken */
	for (side = 0; side < sent; side++)
		r[side] = db_take(p->db[side], mem, d);
	if (sent < 2 || r[0] == NULL || r[1] == NULL)
		return -1;
	for (side = 0; side < 2; side++) {
		out[side].rows = atoll(db_cell(r[side], 0, 0));
		out[side].sum = db_cell(r[side], 0, 1);
	}
	return 0;
}
