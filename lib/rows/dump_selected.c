/* Tables as a list names them, one after the other as its lines come. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/writer.h"
#include "db/conn.h"
#include "rows/dump_priv.h"

static const struct table *
look_up(struct dump *u, const char *schema, const char *name, struct diag *d)
{
	const struct table *t = table_find(&u->all, schema, name);

	if (t == NULL && tables_read(u->mem, u->db, &schema, 1, &u->all, d)
	    == -1)
		return NULL;
	if (t == NULL)
		t = table_find(&u->all, schema, name);
	if (t == NULL)
		diag_set(d, "there is no table '%s' in database '%s', schema "
		    "%s", name, db_url_of(u->db)->dbname, schema);
	return t;
}

/* A record that has columns says all there is to know. */
static void
set_select(struct arena *mem, const struct select_record *r,
    const char *schema, struct select *s)
{
	struct buf b = BUF_INIT;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->ident = arena_printf(mem, "%s.%s", db_ident(mem, schema),
	    db_ident(mem, r->name.table));
	s->from = arena_printf(mem, "%s%s", r->name.only ? "ONLY " : "",
	    s->ident);
	s->whole = r->name.only;
	s->shown = r->name.table;
	for (i = 0; i < r->name.ncolumns; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    db_ident(mem, r->name.column[i]));
	s->columns = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
}

static int
write_table(struct dump *u, struct arena *scratch,
    const struct select_record *r, struct diag *d)
{
	const char *schema = r->name.schema != NULL ? r->name.schema :
	    db_url_of(u->db)->schema;
	const struct table *t;
	struct select s;

	if (r->name.ncolumns > 0)
		set_select(scratch, r, schema, &s);
	else if ((t = look_up(u, schema, r->name.table, d)) == NULL ||
	    dump_select(u, t, &s, d) == -1)
		return -1;
	s.condition = r->condition;
	return dump_table(u, &s, d);
}

static int
write_record(struct dump *u, struct arena *scratch,
    const struct select_record *r, struct diag *d)
{
	switch (r->kind) {
	case SELECT_BEGIN:
		return dump_begin(u, d);
	case SELECT_COMMIT:
		return dump_commit(u, d);
	default:
		return write_table(u, scratch, r, d);
	}
}

int
dump_selected(struct dump *u, const char *file, struct diag *d)
{
	struct select_input *in = select_open(file, d);
	struct arena *scratch = arena_new();
	struct select_record r;
	int rc = in == NULL ? -1 : 0;

	while (rc == 0) {
		arena_reset(scratch);
		rc = select_next(in, scratch, &r, d);
		if (rc == -1 || r.kind == SELECT_END)
			break;
		rc = write_record(u, scratch, &r, d);
		if (rc == 0 && !r.in_bracket)
			rc = writer_flush(u->out, d);
	}
	arena_free(scratch);
	select_close(in);
	return rc;
}
