/* Both sides at work at once: queries, and COPY streams side by side. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "db/copy.h"
#include "rows/digest_priv.h"
#include "rows/table.h"

/* An error of the server says neither which table nor which database. */
static int
failed(const struct pair *p, int side, struct diag *d)
{
	const struct db_url *url = db_url_of(p->db[side]);
	struct arena *mem = arena_new();
	const char *text = arena_strdup(mem, buf_str(&d->text));

	if (strcmp(d->sqlstate, "42501") == 0 &&
	    strstr(text, p->table[side]->name) != NULL)
		diag_hint(d, "all rows are needed: the role has to be its "
		    "owner, or have SELECT on it");
	if (d->sqlstate[0] != '\0' && !db_lost(p->db[side]))
		diag_set(d, "cannot read table '%s' in database '%s' at %s: "
		    "%s", p->table[side]->shown, url->dbname,
		    url_where(mem, url), text);
	else
		diag_set(d, "%s (database '%s' at %s)", text, url->dbname,
		    url_where(mem, url));
	arena_free(mem);
	return -1;
}

int
digest_ask(struct arena *mem, const struct pair *p, const char *const sql[2],
    struct db_rows *out[2], struct diag *d)
{
	int side;

	for (side = 0; side < 2; side++)
		if (db_send_query(p->db[side], sql[side], 0, NULL, d) == -1) {
			if (side == 1)
				db_stop(p->db[0]);
			return failed(p, side, d);
		}
	for (side = 0; side < 2; side++)
		if ((out[side] = db_take(p->db[side], mem, d)) == NULL) {
			if (side == 0)
				db_stop(p->db[1]);
			return failed(p, side, d);
		}
	return 0;
}

int
digest_streams_begin(struct arena *mem, const struct pair *p,
    const char *const sql[2], size_t nfields, struct digest_stream at[2],
    struct diag *d)
{
	int side;

	memset(at, 0, 2 * sizeof(*at));
	for (side = 0; side < 2; side++) {
		at[side].pair = p;
		at[side].side = side;
		at[side].ended = 1;
		at[side].nfields = nfields;
		at[side].field = arena_array(mem, char *, nfields);
	}
	for (side = 0; side < 2; side++) {
		if (db_copy_send(p->db[side], sql[side], d) == -1)
			return failed(p, side, d);
		at[side].ended = 0;
	}
	for (side = 0; side < 2; side++)
		if (db_copy_begin(p->db[side], d) == -1) {
			at[side].ended = 1;
			return failed(p, side, d);
		}
	return digest_stream_next(&at[0], d) == -1 ||
	    digest_stream_next(&at[1], d) == -1 ? -1 : 0;
}

int
digest_stream_next(struct digest_stream *s, struct diag *d)
{
	const char *row;
	size_t len, i;
	int rc = db_copy_row(s->pair->db[s->side], &row, &len, d);

	if (rc != 1) {
		s->ended = 1;
		return rc == 0 ? 0 : failed(s->pair, s->side, d);
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
			db_stop(at[side].pair->db[side]);
		at[side].ended = 1;
		buf_free(&at[side].line);
	}
}
