/* What a failure tells the row, and people. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "db/conn.h"
#include "migrate/apply_priv.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "sql/script.h"

int
run_left_nothing(const struct run *r)
{
	return r->done == 0 && r->begun == 0;
}

int
run_failed_with(const struct run *r, const char *sqlstate)
{
	return strcmp(r->d->sqlstate, sqlstate) == 0;
}

static void
add_failure(struct buf *b, const struct run *r)
{
	const struct diag *d = r->d;

	struct sql_script script = { .text = r->text, .len = r->len };
	const char *head;

	if (d->line > 0)
		buf_addf(b, "failed at %s:%zu", r->m->path, d->line);
	else
		buf_addf(b, "failed at %s", r->m->path);
	buf_addf(b, ": %s", buf_str(&d->text));
	/* a row of the database is no place for a password */
	if (r->failed != NULL) {
		head = sql_head(r->mem, &script, r->failed);
		if (strcasestr(head, "password") == NULL)
			buf_addf(b, ": in %s", head);
	}
	if (d->sqlstate[0] != '\0')
		buf_addf(b, " (SQLSTATE %s)", d->sqlstate);
	buf_addc(b, '\n');
	if (d->detail.len > 0)
		buf_addf(b, "DETAIL: %s\n", buf_str(&d->detail));
	if (d->hint.len > 0)
		buf_addf(b, "HINT: %s\n", buf_str(&d->hint));
}

static void
add_grant(struct buf *b, const struct run *r)
{
	const struct history *h = r->a->history;

	if (!run_failed_with(r, "42501") || h->may_create)
		return;
	buf_addf(b, "role '%s' may not create anything in schema '%s'; as its "
	    "owner or a superuser: GRANT USAGE, CREATE ON SCHEMA %s TO %s;\n",
	    h->role, h->schema, db_ident(r->mem, h->schema),
	    db_ident(r->mem, h->role));
}

/* What is left in the database, and what to do about it. */
static void
add_advice(struct buf *b, const struct run *r)
{
	if (db_lost(r->db))
		buf_adds(b, "the connection was lost: 'dbm migrate deploy "
		    "--retry' finds out what was done and goes on from there");
	else if (run_failed_with(r, "55P03") && run_left_nothing(r))
		buf_adds(b, "nothing of it was left in the database: run 'dbm "
		    "migrate deploy' again later");
	else if (run_left_nothing(r))
		buf_adds(b, "nothing of it was left in the database: mend the "
		    "cause and run 'dbm migrate deploy --retry'");
	else if (r->done == 0)
		buf_adds(b, "its first statement may be half done: mend the "
		    "cause and run 'dbm migrate deploy --retry', which asks "
		    "the catalog");
	else
		buf_addf(b, "%zu of its %zu parts are done and stay: mend the "
		    "cause and run 'dbm migrate deploy --retry', which goes "
		    "on after them", r->done, r->units.n);
}

void
run_failed(struct run *r, const struct history_row *earlier)
{
	struct buf text = BUF_INIT;
	struct diag *d = r->d;

	if (r->done == r->units.n && r->units.n > 0) {
		/* it is finished; only what comes after has gone wrong */
		return;
	}
	add_failure(&text, r);
	record_failure(r, buf_str(&text));
	buf_reset(&text);
	buf_addf(&text, "P3018: migration '%s' failed: %s", r->m->name,
	    buf_str(&d->text));
	diag_set(d, "%s", buf_str(&text));
	buf_reset(&text);
	if (d->hint.len > 0)
		buf_addf(&text, "%s\n", buf_str(&d->hint));
	add_grant(&text, r);
	add_advice(&text, r);
	/* `resolve --rolled-back' says so, but undoes nothing by itself */
	if (earlier != NULL && earlier->rolled_back != NULL &&
	    earlier->steps > 0)
		buf_addf(&text, "\nan earlier run of it, recorded as rolled "
		    "back, had finished %lld parts: see that they are undone",
		    earlier->steps);
	diag_hint(d, "%s", buf_str(&text));
	buf_free(&text);
}
