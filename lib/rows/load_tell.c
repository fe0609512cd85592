/* What is told: records, warnings, and where in the stream an error is. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/sig.h"
#include "rows/load_priv.h"

void
load_tell(struct load *l, const struct load_table *t, int running)
{
	struct load_record r = { .table = t->shown, .running = running };

	r.inserted = t->merge.inserted;
	r.updated = t->merge.updated;
	r.unchanged = t->unchanged;
	r.deleted = t->merge.deleted;
	r.milliseconds = (long long)((clock_now() - t->begun) * 1000);
	r.rows = t->rows;
	r.bytes = t->bytes;
	r.insert = t->insert;
	r.update = t->update;
	l->o->record(l->o->arg, &r);
}

void
load_tick(void *arg)
{
	struct load *l = arg;
	double now;

	if (!l->o->running || l->now == NULL)
		return;
	now = clock_now();
	if (now - (l->told > l->now->begun ? l->told : l->now->begun) < 1)
		return;
	l->told = now;
	load_tell(l, l->now, 1);
}

void
load_warn(struct load *l, size_t line, const char *fmt, ...)
{
	struct diag d = DIAG_INIT;
	va_list ap;

	d.severity = DIAG_WARNING;
	va_start(ap, fmt);
	diag_vset(&d, fmt, ap);
	va_end(ap);
	diag_at(&d, "stdin", line, 0);
	l->o->say(l->o->arg, &d);
	diag_free(&d);
}

int
load_interrupted(struct load *l)
{
	return sig_pending() != 0 && diag_set(l->d, "interrupted") == -1;
}

int
load_fail(struct load *l, const struct load_table *t, const char *fmt, ...)
{
	va_list ap;

	diag_reset(l->d);
	va_start(ap, fmt);
	diag_vset(l->d, fmt, ap);
	va_end(ap);
	diag_at(l->d, "stdin", t->line, 0);
	return -1;
}

/* What the context of COPY says: line, column, and what stands there. */
struct context {
	size_t line;	   /* from 1; 0: it says nothing */
	char *column;	   /* NULL: not of one column */
	const char *rest;
};

/* ", line 3, column age: "x"", or a translation of it. */
static void
read_context(struct arena *mem, const char *s, struct context *c)
{
	const char *p, *end = s + strcspn(s, "\n");
	char *after;

	memset(c, 0, sizeof(*c));
	for (p = s; c->line == 0 && (p = strstr(p, ", ")) != NULL && p < end;) {
		p += 2;
		p += strcspn(p, " \n,");
		if (*p == ' ' && isdigit((unsigned char)p[1])) {
			c->line = strtoul(p + 1, &after, 10);
			p = after;
		}
	}
	if (c->line == 0)
		return;
	c->rest = p + strspn(p, ",: ");
	if (p[0] == ',' && (p = strchr(c->rest, ' ')) != NULL && p < end) {
		end = strstr(p + 1, ": ");
		c->column = arena_strndup(mem, p + 1, end == NULL ?
		    strcspn(p + 1, "\n") : (size_t)(end - p - 1));
	}
}

/* Takes that line out of the detail: it names the stage, perhaps, and a line
 * of what the server was sent. */
static void
replace_context(struct diag *d, char *at, const char *with)
{
	struct buf b = BUF_INIT;
	size_t skip = strcspn(at, "\n");

	buf_add(&b, d->detail.data, (size_t)(at - d->detail.data));
	buf_adds(&b, with);
	buf_adds(&b, at + skip);
	buf_free(&d->detail);
	d->detail = b;
}

static void
place(struct load *l, const struct load_table *t)
{
	struct diag *d = l->d;
	struct context c = { 0, NULL, NULL };
	char *at = d->detail.len > 0 ? d->detail.data : NULL, *text;

	while (at != NULL && strncmp(at, "COPY ", 5) != 0)
		if ((at = strchr(at, '\n')) != NULL)
			at++;
	if (at != NULL) /* the table's name, or that of its stage */
		read_context(l->work, at + (strncmp(at + 5, t->name,
		    strlen(t->name)) == 0 ? 5 + strlen(t->name) : 5), &c);
	text = arena_strdup(l->work, buf_str(&d->text));
	diag_set(d, "table '%s'%s%s%s: %s", t->shown,
	    c.column != NULL ? ", column '" : "",
	    c.column != NULL ? c.column : "", c.column != NULL ? "'" : "",
	    text);
	diag_at(d, "stdin", c.line > 0 ? t->first + c.line - 1 : t->line, 0);
	if (c.line == 0)
		return;
	text = arena_printf(l->work, "%s%.*s", c.column == NULL &&
	    *c.rest != '\0' ? "row " : "", (int)strcspn(c.rest, "\n"), c.rest);
	replace_context(d, at, text);
}

/* The parent of a foreign key whose name the message has. */
static const struct fk *
find_fk(const struct load *l, const char *text)
{
	const struct fk *best = NULL, *f;
	const struct table *t;
	size_t i, j;

	for (i = 0; i < l->n; i++) {
		t = l->table[i]->merge.table;
		for (j = 0; t != NULL && j < t->nfks; j++) {
			f = &t->fk[j];
			if (strstr(text, f->name) != NULL && (best == NULL ||
			    strlen(f->name) > strlen(best->name)))
				best = f;
		}
	}
	return best;
}

static void
hint_fk(struct load *l)
{
	const struct fk *f = find_fk(l, buf_str(&l->d->text));

	if (f == NULL)
		diag_hint(l->d, "other rows refer to those that are not in the "
		    "stream: load their table, too");
	else if (l->o->state != NULL)
		diag_hint(l->d, "a row of '%s' is missing at the destination: "
		    "'dbm sync --full' brings all", f->parent_name);
	else
		diag_hint(l->d, "load the rows of '%s' that it refers to, "
		    "first or with it", f->parent_name);
}

/* A trigger may have been refused something else. */
static void
hint_right(struct load *l, const struct load_table *t)
{
	if (t == NULL || t->merge.table == NULL ||
	    strstr(buf_str(&l->d->text), t->name) == NULL)
		return;
	diag_hint(l->d, "GRANT SELECT, INSERT, UPDATE%s ON %s TO the role "
	    "that loads", l->o->mode == LOAD_REPLACE ? ", DELETE" : "",
	    t->merge.table->ident);
}

static void
hint_bytes(struct load *l)
{
	if (strstr(buf_str(&l->d->text), "0x00") != NULL)
		diag_hint(l->d, "no text of PostgreSQL can hold a byte of "
		    "zero");
	else
		diag_hint(l->d, "a row stream is UTF-8: 'iconv -f LATIN1 -t "
		    "UTF-8' makes it so, where it is Latin 1");
}

static void
hint(struct load *l, const struct load_table *t)
{
	if (strcmp(l->d->sqlstate, "23503") == 0)
		hint_fk(l);
	if (strcmp(l->d->sqlstate, "42501") == 0)
		hint_right(l, t);
	if (strcmp(l->d->sqlstate, "22021") == 0)
		hint_bytes(l);
	if (strcmp(l->d->sqlstate, "25006") == 0)
		diag_hint(l->d, "the server is a standby, or says "
		    "default_transaction_read_only for this role or database");
	if (strcmp(l->d->sqlstate, "23505") != 0)
		return;
	if (l->o->mode == LOAD_INSERT)
		diag_hint(l->d, "--mode upsert updates rows that are there");
	else if (t != NULL && t->way == WAY_DIRECT)
		diag_hint(l->d, "the table was empty: the stream has this "
		    "value twice");
}

/* Who holds a lock has to be looked for by the table's name. */
static void
name_locked(struct load *l, const struct load_table *t)
{
	const char *text = arena_strdup(l->work, buf_str(&l->d->text));

	if (t != NULL && strcmp(l->d->sqlstate, "55P03") == 0)
		diag_set(l->d, "table '%s': %s", t->shown, text);
}

int
load_explain(struct load *l, const struct load_table *t)
{
	if (l->d->file.len > 0 || sig_pending() != 0)
		return -1;
	if (l->d->status != 0) { /* of no line of the stream */
		name_locked(l, t);
		return -1;
	}
	if (l->d->sqlstate[0] == '\0') { /* it says it all itself */
		if (t != NULL)
			diag_at(l->d, "stdin", t->line, 0);
		return -1;
	}
	if (l->d->hint.len == 0)
		hint(l, t);
	if (t != NULL)
		place(l, t);
	return -1;
}
