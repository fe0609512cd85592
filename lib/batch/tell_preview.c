/* Previews as records, one thing each: so a pipe can pick what it needs. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/out.h"
#include "batch/change.h"
#include "batch/keep.h"
#include "batch/preview.h"
#include "batch/tell.h"
#include "rows/table.h"

const struct out_column tell_preview_columns[TELL_PREVIEW_COLUMNS] = {
	{ "item", OUT_TEXT },
	{ "value", OUT_TEXT },
};

static void
say(struct out *out, const char *item, const char *value)
{
	out_field(out, item);
	out_field(out, value);
}

static void
say_number(struct out *out, const char *item, long long n)
{
	out_field(out, item);
	out_number(out, n);
}

static void
add_values(struct buf *b, const char *const *value, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(b, "%s%s", i > 0 ? ", " : "",
		    value[i] != NULL ? value[i] : "NULL");
}

/* "id 5: 'rarity_v2' NULL -> common" */
static void
say_sample(struct out *out, const struct change *c,
    const struct preview_sample *s)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < c->key->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    c->key->column[i]->name);
	buf_addc(&b, ' ');
	add_values(&b, s->key, c->key->n);
	for (i = 0; i < c->update.nset; i++)
		buf_addf(&b, "%s %s %s -> %s", i > 0 ? "," : ":",
		    c->update.set[i].column, s->before[i] != NULL ?
		    s->before[i] : "NULL", s->after[i] != NULL ?
		    s->after[i] : "NULL");
	say(out, "sample", buf_str(&b));
	buf_free(&b);
}

/* What was measured by one batch, and what follows from it. */
static void
say_measure(struct out *out, struct arena *mem, const struct preview *v)
{
	if (v->tried == 0)
		return;
	say_number(out, "batches", v->batches);
	say(out, "seconds", arena_printf(mem, "%.2f", v->total_seconds));
	if (v->wal_bytes >= 0)
		say_number(out, "wal_bytes", v->total_wal);
	say(out, "tried", arena_printf(mem, "%lld row%s in %.0f ms, rolled "
	    "back", v->tried, v->tried == 1 ? "" : "s", v->seconds * 1000));
	if (v->hot >= 0)
		say(out, "hot", arena_printf(mem, "%.0f %% of them",
		    100.0 * (double)v->hot / (double)v->tried));
}

void
tell_preview(struct out *out, struct arena *mem, const struct change *c,
    const struct preview *v, const char *command)
{
	size_t i;

	say(out, "table", c->table->shown);
	say_number(out, "rows", v->rows);
	if (v->table_rows >= 0)
		say_number(out, "table_rows", v->table_rows);
	for (i = 0; i < v->nsamples; i++)
		say_sample(out, c, &v->sample[i]);
	say_measure(out, mem, v);
	say(out, "triggers", v->triggers != NULL ? v->triggers : "none");
	for (i = 0; i < v->nindexes; i++)
		say(out, "index", v->index[i]);
	if (v->nindexes == 0)
		say(out, "index", "none");
	if (c->once)
		say(out, "once", c->why_once != NULL ? c->why_once :
		    "as was said");
	if (command != NULL)
		say(out, "command", command);
}

void
tell_undo(struct out *out, struct arena *mem, const struct undo *u,
    const char *command)
{
	size_t i;

	say(out, "undoes", arena_printf(mem, "run %lld '%s': %s", u->run->id,
	    u->run->name, u->run->what));
	say(out, "table", u->table->shown);
	say_number(out, "kept", u->kept);
	say_number(out, "rows", u->restorable);
	say_number(out, "restored", u->restored);
	say_number(out, "changed_since", u->changed);
	say_number(out, "gone", u->gone);
	for (i = 0; i < u->nrest; i++)
		say(out, "stays", u->rest[i]);
	if (command != NULL)
		say(out, "command", command);
}

/* --- runs --- */

const struct out_column tell_run_columns[TELL_RUN_COLUMNS] = {
	{ "id", OUT_NUMBER },
	{ "kind", OUT_TEXT },
	{ "name", OUT_TEXT },
	{ "state", OUT_TEXT },
	{ "table", OUT_TEXT },
	{ "percent", OUT_NUMBER },
	{ "rows", OUT_NUMBER },
	{ "rows_per_second", OUT_NUMBER },
	{ "seconds_left", OUT_NUMBER },
	{ "reason", OUT_TEXT },
	{ "error", OUT_TEXT },
	{ "outcome", OUT_TEXT },
	{ "started", OUT_TEXT },
	{ "finished", OUT_TEXT },
	{ "by", OUT_TEXT },
	{ "what", OUT_TEXT },
};

/* NULL where it cannot be told. */
static void
say_rest(struct out *out, const struct run_row *r, int unfinished)
{
	double rate = r->active > 0 ? (double)r->examined / r->active : 0;
	long long left = r->total - r->examined;

	if (rate > 0)
		out_number(out, (long long)rate);
	else
		out_field(out, NULL);
	if (unfinished && rate > 0 && left > 0 && r->pass == 1)
		out_number(out, (long long)((double)left / rate + 0.5));
	else
		out_field(out, NULL);
}

void
tell_run(struct out *out, const struct run_row *r)
{
	int done = strcmp(r->state, "done") == 0;
	int unfinished = !done && strcmp(r->state, "cancelled") != 0;
	struct buf by = BUF_INIT;

	out_number(out, r->id);
	out_field(out, r->kind);
	out_field(out, r->name);
	out_field(out, r->state);
	out_field(out, r->relation);
	if (done)
		out_number(out, 100);
	else if (r->total > 0)
		out_number(out, r->examined >= r->total ? 99 :
		    r->examined * 100 / r->total);
	else
		out_field(out, NULL);
	out_number(out, r->rows);
	say_rest(out, r, unfinished);
	out_field(out, r->reason);
	out_field(out, r->last_error);
	out_field(out, r->outcome);
	out_field(out, r->started);
	out_field(out, r->finished);
	buf_addf(&by, "%s (%s@%s)", r->role, r->os_user != NULL ? r->os_user :
	    "", r->host != NULL ? r->host : "");
	out_field(out, buf_str(&by));
	out_field(out, r->what);
	buf_free(&by);
}
