/* Sequences go forward only: what the destination has handed out stays. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/sequence.h"
#include "rows/table.h"

/*
 * The value that nextval() would give is what counts.  Between the look and
 * setval() there is no lock to be had: a value that is handed out just then
 * is below the new one all the same, unless a whole gap is used up in that
 * moment.
 */
static char *
statement(struct arena *mem, const char *ident)
{
	return arena_printf(mem,
	    "SELECT pg_catalog.setval(p.seqrelid::regclass, $1::bigint, "
	    "$2::boolean) FROM %s s, pg_catalog.pg_sequence p "
	    "WHERE p.seqrelid = %s::regclass AND sign(p.seqincrement) * "
	    "($1::numeric + CASE WHEN $2::boolean THEN p.seqincrement "
	    "ELSE 0 END - s.last_value - CASE WHEN s.is_called THEN "
	    "p.seqincrement ELSE 0 END) > 0", ident, db_literal(mem, ident));
}

int
sequence_forward(struct arena *mem, struct db *db, const char *ident,
    const char *value, int called, struct diag *d)
{
	const char *params[2];

	params[0] = value;
	params[1] = called ? "t" : "f";
	if (db_query(db, mem, statement(mem, ident), 2, params, d) != NULL)
		return 0;
	if (strcmp(d->sqlstate, "42501") == 0)
		diag_hint(d, "GRANT SELECT, UPDATE ON SEQUENCE %s TO the "
		    "role that writes", ident);
	return -1;
}

/* As far as the catalogue has told: spares asking for each of them. */
static int
is_behind(const struct sequence *to, const struct sequence *from)
{
	long long have, want;

	if (from->last == NULL || to->last == NULL)
		return from->last != NULL;
	have = atoll(to->last);
	want = atoll(from->last);
	return to->descending ? want < have : want > have;
}

int
sequences_follow(struct arena *mem, struct db *db, const struct table *to,
    const struct table *from, struct diag *d)
{
	const struct sequence *f, *t;

	for (f = from->sequence; f < from->sequence + from->nsequences; f++)
		for (t = to->sequence; t < to->sequence + to->nsequences; t++)
			if (strcmp(f->column->name, t->column->name) == 0 &&
			    is_behind(t, f) && sequence_forward(mem, db,
			    t->ident, f->last, 1, d) == -1)
				return -1;
	return 0;
}
