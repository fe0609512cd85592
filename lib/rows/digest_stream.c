/* Two COPY streams side by side. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "db/copy.h"
#include "rows/digest_priv.h"

int
digest_streams_begin(struct arena *mem, const struct pair *p,
    const char *const sql[2], size_t nfields, struct digest_stream at[2],
    struct diag *d)
{
	int side;

	memset(at, 0, 2 * sizeof(*at));
	for (side = 0; side < 2; side++) {
		at[side].db = p->db[side];
		at[side].ended = 1;
		at[side].nfields = nfields;
		at[side].field = arena_array(mem, char *, nfields);
	}
	for (side = 0; side < 2; side++) {
		if (db_copy_send(p->db[side], sql[side], d) == -1)
			return -1;
		at[side].ended = 0;
	}
	for (side = 0; side < 2; side++)
		if (db_copy_begin(p->db[side], d) == -1) {
			at[side].ended = 1;
			return -1;
		}
	return digest_stream_next(&at[0], d) == -1 ||
	    digest_stream_next(&at[1], d) == -1 ? -1 : 0;
}

int
digest_stream_next(struct digest_stream *s, struct diag *d)
{
	const char *row;
	size_t len, i;
	int rc = db_copy_row(s->db, &row, &len, d);

	if (rc != 1) {
		s->ended = 1;
		return rc;
	}
	buf_reset(&s->line);
	buf_add(&s->line, row, len);
	record_split(s->line.data, s->field, s->nfields);
	for (i = 0; i < s->nfields; i++)
		if (s->field[i] == NULL)
			s->field[i] = (char *)"";
	return 0;
}

void
digest_streams_end(struct digest_stream at[2])
{
	int side;

	for (side = 0; side < 2; side++) {
		if (!at[side].ended)
			db_copy_cancel(at[side].db);
		at[side].ended = 1;
		buf_free(&at[side].line);
	}
}
