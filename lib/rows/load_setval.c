/* Sequences of the stream: what the destination has handed out stays. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/sequence.h"

int
load_setval(struct load *l, const struct stream_item *item)
{
	const char *schema = load_schema(l, item->name.schema);
	char value[32], *ident;

	ident = arena_printf(l->work, "%s.%s", db_ident(l->work, schema),
	    db_ident(l->work, item->name.table));
	snprintf(value, sizeof(value), "%lld", item->value);
	if (sequence_forward(l->work, l->db, ident, value, item->called,
	    l->d) == 0)
		return 0;
	/* no such table, or no such schema */
	if (strcmp(l->d->sqlstate, "42P01") == 0 ||
	    strcmp(l->d->sqlstate, "3F000") == 0) {
		diag_reset(l->d);
		load_warn(l, item->line, "there is no sequence %s in database "
		    "'%s'", ident, db_url_of(l->db)->dbname);
		return 0;
	}
	diag_at(l->d, "stdin", item->line, 0);
	return -1;
}
