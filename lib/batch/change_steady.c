/* Is the value of a change the same each time it is asked for? */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/change_priv.h"
#include "db/conn.h"
#include "db/sql.h"

/* Names as two arrays; a schema that was not said is ''. */
static void
add_names(const struct change *c, const char *param[2])
{
	const struct sql_update *u = &c->update;
	const char **schema, **name;
	size_t i;

	schema = arena_array(c->mem, const char *, u->nfunctions);
	name = arena_array(c->mem, const char *, u->nfunctions);
	for (i = 0; i < u->nfunctions; i++) {
		schema[i] = u->function[i].schema != NULL ?
		    u->function[i].schema : "";
		name[i] = u->function[i].name;
	}
	param[0] = db_array(c->mem, schema, u->nfunctions);
	param[1] = db_array(c->mem, name, u->nfunctions);
}

/* CURRENT_DATE and the like; or a constant that becomes it, for the column is
 * a date. */
static int
tells_time(const struct change *c)
{
	size_t i;

	for (i = 0; i < c->update.nset; i++)
		if (c->update.set[i].moment &&
		    strcmp(c->set[i]->type_schema, "pg_catalog") == 0 &&
		    update_is_time(c->set[i]->type_name))
			return 1;
	return c->update.tells_time;
}

int
change_steady(struct change *c, struct diag *d)
{
	const char *param[3];
	struct db_rows *r;

	if (tells_time(c)) {
		c->unsteady = 1;
		c->unsteady_by = "the time of day";
		return 0;
	}
	if (c->update.nfunctions == 0)
		return 0;
	add_names(c, param);
	param[2] = db_url_of(c->db)->schema;
	r = db_query(c->db, c->mem, sql_change_functions, 3, param, d);
	if (r == NULL)
		return -1;
	if (r->nrows > 0) {
		c->unsteady = 1;
		c->unsteady_by = arena_printf(c->mem, "function %s()",
		    db_cell(r, 0, 0));
	}
	return 0;
}
