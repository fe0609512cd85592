/*
 * The keys that are not the same.  Both sides write theirs in one order, by
 * the hash of the key and then its text, and are merged as they come.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/digest_priv.h"
#include "rows/equal.h"
#include "rows/table.h"

const char *const key_state_name[KEY__MAX] = {
	[KEY_DIFFERS] = "differs",
	[KEY_MISSING] = "missing",
	[KEY_EXTRA] = "extra",
};

/* Fields of a row: the hash of the key, that of the row, the key's texts. */
enum {
	HASH,
	ROW_HASH,
	FIRST_TEXT
};

static char *
question(struct arena *mem, const struct pair *p, int side,
    const struct ranges *r, int keys_only)
{
	const char *where = side == 0 ? r->condition : r->other;
	struct buf b = BUF_INIT;
	char *out;
	size_t i;

	buf_adds(&b, "COPY (SELECT ");
	digest_key_hash(&b, p, side);
	buf_adds(&b, ",");
	if (keys_only)
		buf_adds(&b, "0");
	else
		digest_row_hash(&b, p, side);
	for (i = 0; i < p->key->n; i++) {
		buf_adds(&b, ",");
		equal_output(&b, digest_column(p, side, p->key->column[i]));
	}
	buf_addf(&b, " FROM %s%s%s ORDER BY 1", p->table[side]->from,
	    where != NULL ? " WHERE " : "", where != NULL ? where : "");
	for (i = 0; i < p->key->n; i++) {
		buf_adds(&b, ",(");
		equal_output(&b, digest_column(p, side, p->key->column[i]));
		buf_adds(&b, ") COLLATE \"C\"");
	}
	buf_adds(&b, ") TO stdout");
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* < 0: side 0 alone has the key at hand; > 0: side 1; 0: both have. */
static int
compare(const struct digest_stream at[2])
{
	long long hash[2];
	size_t i;
	int c;

	if (at[0].ended || at[1].ended)
		return at[0].ended - at[1].ended;
	hash[0] = atoll(at[0].field[HASH]);
	hash[1] = atoll(at[1].field[HASH]);
	if (hash[0] != hash[1])
		return hash[0] < hash[1] ? -1 : 1;
	for (i = FIRST_TEXT; i < at[0].nfields; i++)
		if ((c = strcmp(at[0].field[i], at[1].field[i])) != 0)
			return c;
	return 0;
}

int
digest_keys(const struct pair *p, const struct ranges *r, int keys_only,
    key_hook *hook, void *arg, struct diag *d)
{
	struct arena *mem = arena_new();
	const char *sql[2] = { question(mem, p, 0, r, keys_only),
		question(mem, p, 1, r, keys_only) };
	struct digest_stream at[2];
	enum key_state state;
	int c, rc;

	rc = r->none ? 0 : digest_streams_begin(mem, p, sql,
	    FIRST_TEXT + p->key->n, at, d);
	while (rc == 0 && !r->none && !(at[0].ended && at[1].ended)) {
		c = compare(at);
		state = c < 0 ? KEY_MISSING : c > 0 ? KEY_EXTRA : KEY_DIFFERS;
		if (c != 0 || strcmp(at[0].field[ROW_HASH],
		    at[1].field[ROW_HASH]) != 0)
			rc = hook(arg, state, (const char *const *)
			    at[c > 0].field + FIRST_TEXT, p->key->n);
		if (rc == 0 && c <= 0)
			rc = digest_stream_next(&at[0], d);
		if (rc == 0 && c >= 0)
			rc = digest_stream_next(&at[1], d);
	}
	if (!r->none)
		digest_streams_end(at);
	arena_free(mem);
	return rc;
}
