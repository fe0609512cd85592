#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "batch/updates.h"
#include "sql/script.h"

static int
add(struct updates *u, const char *file, const struct sql_script *script,
    const struct sql_stmt *s, struct diag *d)
{
	struct change_source *source = arena_new_of(u->mem,
	    struct change_source);
	struct change *c = &u->change[u->n++];

	*source = (struct change_source){ file, script->text, s->code,
		s->end - s->code, 0 };
	*c = (struct change){ .mem = u->mem, .db = u->db, .once = u->once,
		.source = source, .nsources = 1 };
	c->statement = arena_strndup(u->mem, script->text + s->code,
	    s->end - s->code);
	return change_open(c, u->by, d) == -1 ? -1 : change_check(c, d);
}

static int
open_all(struct updates *u, const char *file, const struct sql_script *script,
    struct diag *d)
{
	const struct sql_stmt *s;

	u->change = arena_array(u->mem, struct change, script->n + 1);
	for (s = script->stmt; s < script->stmt + script->n; s++)
		if (s->kind == SQL_BEGIN || s->kind == SQL_COMMIT)
			u->brackets = 1;
		else if (add(u, file, script, s, d) == -1)
			return -1;
	return u->n > 0 ? 0 :
	    diag_set(d, "%s: there is no statement in it", file);
}

int
updates_read(struct updates *u, const char *file, struct diag *d)
{
	struct buf text = BUF_INIT;
	struct sql_script script;
	size_t offset;
	int rc = -1;

	if (file_read(file, &text, d) == -1)
		diag_hint(d, "a table needs --set");
	else
		rc = file_check_text(file, &text, d);
	if (rc == 0 && (rc = sql_split(u->mem, arena_strndup(u->mem,
	    buf_str(&text), text.len), text.len, &script, &offset, d)) == -1)
		diag_at_offset(d, file, buf_str(&text), text.len, offset);
	if (rc == 0)
		rc = open_all(u, file, &script, d);
	buf_free(&text);
	return rc;
}
