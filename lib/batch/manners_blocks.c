/* Who waits for locks of the session that works. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "batch/manners.h"
#include "db/conn.h"
#include "db/sql.h"

/* What a lock is of, for people. */
static const char *
thing(const char *locktype)
{
	if (strcmp(locktype, "transactionid") == 0 ||
	    strcmp(locktype, "tuple") == 0)
		return "a row";
	return strcmp(locktype, "relation") == 0 ? "a table" : "a lock";
}

int
manners_blocks(struct manners *m, struct diag *d)
{
	char text[16];
	const char *pid = text;

	if (m->pid == 0)
		return 0;
	snprintf(text, sizeof(text), "%d", m->pid);
	return db_send_query(m->db, sql_manners_blocks, 1, &pid, d) == 0;
}

int
manners_blocked(struct manners *m, struct buf *who, struct diag *d)
{
	struct arena *mem = arena_new();
	struct db_rows *r = db_take(m->db, mem, d);
	const char *name;
	int found = -1;

	if (r != NULL && (found = r->nrows > 0)) {
		name = db_cell(r, 0, 1);
		buf_addf(who, "pid %s%s%s%s waits for %s", db_cell(r, 0, 0),
		    name != NULL ? " (" : "", name != NULL ? name : "",
		    name != NULL ? ")" : "", thing(db_cell(r, 0, 2)));
	}
	arena_free(mem);
	return found;
}
