/* One table into a row stream, as pg_dump would write it. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/writer.h"
#include "db/conn.h"
#include "db/copy.h"
#include "rows/select.h"

/* A comment at the end of a condition must not swallow what closes it. */
void
select_query(struct buf *b, const struct select *s, size_t *at)
{
	buf_addf(b, "SELECT %s FROM %s", s->columns, s->from);
	*at = b->len;
	if (s->condition == NULL)
		return;
	buf_adds(b, " WHERE (");
	*at = b->len;
	buf_addf(b, "%s\n)", s->condition);
}

static void
add_list(struct buf *b, const struct select *s)
{
	if (*s->columns != '\0')
		buf_addf(b, " (%s)", s->columns);
}

static void
add_copy(struct buf *b, const struct select *s)
{
	size_t at;

	buf_adds(b, "COPY ");
	if (s->whole && s->condition == NULL) {
		buf_adds(b, s->ident);
		add_list(b, s);
	} else {
		buf_adds(b, "(");
		select_query(b, s, &at);
		buf_adds(b, ")");
	}
	buf_adds(b, " TO STDOUT");
}

/* The line comes first: if the COPY cannot begin, the stream is torn. */
static int
write_rows(const struct select *s, struct db *db, struct writer *w,
    struct diag *d)
{
	struct buf b = BUF_INIT;
	const char *row;
	size_t len;
	int rc;

	buf_addf(&b, "COPY %s", s->ident);
	add_list(&b, s);
	buf_adds(&b, " FROM stdin;\n");
	rc = writer_add(w, b.data, b.len, d);
	buf_reset(&b);
	add_copy(&b, s);
	if (rc == 0)
		rc = db_copy_out(db, buf_str(&b), d);
	buf_free(&b);
	if (rc == -1)
		return -1;
	while ((rc = db_copy_row(db, &row, &len, d)) == 1)
		if (writer_add(w, row, len, d) == -1)
			return -1;
	return rc == -1 ? -1 : writer_adds(w, "\\.\n\n", d);
}

int
select_write(const struct select *s, struct db *db, struct writer *w,
    struct diag *d)
{
	if (write_rows(s, db, w, d) == -1)
		return select_failed(s, db, d);
	return 0;
}

int
select_failed(const struct select *s, const struct db *db, struct diag *d)
{
	struct arena *mem;

	if (db_lost(db) || d->sqlstate[0] == '\0')
		return -1;
	mem = arena_new();
	if (strcmp(d->sqlstate, "42501") == 0)
		diag_hint(d, "all rows are needed: the role has to be its "
		    "owner, or have SELECT on it and, with row level "
		    "security, BYPASSRLS");
	diag_set(d, "cannot read table '%s': %s", s->shown,
	    arena_strdup(mem, buf_str(&d->text)));
	arena_free(mem);
	return -1;
}
