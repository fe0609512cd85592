#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/operand.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/pick.h"
#include "rows/table.h"

/* A view, or something else that is no table?  What diag says stands, where
 * it is nothing. */
static void
tell_kind(struct arena *mem, struct db *db, const char *operand,
    struct diag *d)
{
	const char *dot = strchr(operand, '.');
	const char *param[2] = { db_url_of(db)->schema, operand };
	struct diag ignored = DIAG_INIT;
	struct db_rows *r;

	if (dot != NULL) {
		param[0] = arena_strndup(mem, operand,
		    (size_t)(dot - operand));
		param[1] = dot + 1;
	}
	r = db_query(db, mem, sql_change_relation, 2, param, &ignored);
	diag_free(&ignored);
	if (r == NULL || r->nrows == 0)
		return;
	diag_reset(d);
	diag_hint(d, "name the table that its rows are from");
	diag_set(d, "'%s' is a %s, which has no key to go by", operand,
	    db_cell(r, 0, 0));
}

const struct table *
operand_table(struct arena *mem, struct db *db, const char *operand,
    struct diag *d)
{
	char *name = arena_strdup(mem, operand);
	struct pick pick = { .operand = &name, .n = 1 };
	struct tables all, chosen;

	if (pick_tables(mem, db, &pick, &all, &chosen, d) == -1) {
		if (strchr(operand, '"') != NULL)
			diag_hint(d, "a table is named as it is, without "
			    "quotes around it");
		else if (!db_lost(db))
			tell_kind(mem, db, operand, d);
		return NULL;
	}
	if (chosen.n > 0)
		return chosen.table[0];
	diag_set(d, "table '%s' is dbm's own", operand);
	return NULL;
}
