/* Sequences go forward only: what the destination has handed out stays. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"

/*
 * The value that nextval() would give is what counts; a descending sequence
 * is mirrored.  Between the look and setval() there is no lock to be had: a
 * value that is handed out just then is below the new one all the same,
 * unless a whole gap is used up in that moment.
 */
static char *
statement(struct load *l, const char *ident)
{
	return arena_printf(l->work,
	    "SELECT pg_catalog.setval(p.seqrelid::regclass, $1::bigint, "
	    "$2::boolean) FROM %s s, pg_catalog.pg_sequence p "
	    "WHERE p.seqrelid = %s::regclass AND sign(p.seqincrement) * "
	    "($1::numeric + CASE WHEN $2::boolean THEN p.seqincrement "
	    "ELSE 0 END - s.last_value - CASE WHEN s.is_called THEN "
	    "p.seqincrement ELSE 0 END) > 0", ident,
	    db_literal(l->work, ident));
}

int
load_setval(struct load *l, const struct stream_item *item)
{
	const char *schema = load_schema(l, item->name.schema), *params[2];
	char value[32], *ident;

	ident = arena_printf(l->work, "%s.%s", db_ident(l->work, schema),
	    db_ident(l->work, item->name.table));
	snprintf(value, sizeof(value), "%lld", item->value);
	params[0] = value;
	params[1] = item->called ? "t" : "f";
	if (db_query(l->db, l->work, statement(l, ident), 2, params, l->d) !=
	    NULL)
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
	if (strcmp(l->d->sqlstate, "42501") == 0)
		diag_hint(l->d, "GRANT SELECT, UPDATE ON SEQUENCE %s TO the "
		    "role that loads", ident);
	return -1;
}
