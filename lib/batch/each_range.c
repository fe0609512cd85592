/* A range from its line on to its record. */
#include <string.h>

#include "base/arena.h"
#include "base/exit.h"
#include "base/record.h"
#include "base/sig.h"
#include "batch/each_priv.h"
#include "rows/session.h"

/* A server that is gone is not the fault of a line. */
static void
locate(const struct each *e, size_t line, struct diag *d)
{
	if (d->file.len == 0 && d->status != EXIT_LATER)
		diag_at(d, e->o->file, line, 0);
}

static int
open_session(struct each *e, struct each_worker *w, struct diag *d)
{
	if (w->turn.db != NULL)
		return 0;
	if ((w->turn.db = db_open(&e->url, 0, d)) == NULL)
		return -1;
	/* the first signal lets it finish what it does */
	db_set_patience(w->turn.db, 1);
	return rows_stay(w->turn.db, d);
}

static int
read_range(struct each *e, struct each_worker *w, char *line,
    struct diag *d)
{
	char *field[RANGE_FIELDS];
	size_t n;

	arena_reset(w->mem);
	w->line = e->input.line;
	w->tries = 0;
	w->nholes = w->ngaps = 0;
	n = record_split(line, field, RANGE_FIELDS);
	if (range_read(w->mem, field, n, &w->range, d) == -1)
		return -1;
	range_fields(w->mem, &w->range, w->field);
	w->table = each_table(e, &w->range, d);
	return w->table == NULL ? -1 : 0;
}

int
each_begin(struct each *e, struct each_worker *w, struct diag *d)
{
	int known = e->o->run != NULL ? each_known(e, w, d) : 0;

	if (known == -1)
		return -1;
	w->state = known == 2 ? EACH_HELD : EACH_IDLE;
	if (known == 1) {
		e->counts->skipped++;
		verbose("line %zu: done before", w->line);
	}
	if (known != 0)
		return 0;
	if (each_fits(e, w, d) == -1 || open_session(e, w, d) == -1)
		return -1;
	return each_send(e, w, d);
}

int
each_next(struct each *e, struct each_worker *w, struct diag *d)
{
	char *line;
	int rc = each_line(&e->input, &line, d);

	if (rc == 0)
		return 0;
	if (rc == -1 || read_range(e, w, line, d) == -1 ||
	    each_begin(e, w, d) == -1) {
		locate(e, e->input.line, d);
		each_fail(e, w, d);
	}
	return 1;
}

void
each_done(struct each *e, struct each_worker *w)
{
	size_t i;

	w->state = EACH_IDLE;
	e->counts->ranges++;
	e->counts->rows += w->rows;
	for (i = 0; i < w->ngaps; i++)
		each_table_add(w->table, w->gap[i].lo, w->gap[i].hi);
	if (e->hooks->done(e->hooks->arg, &w->range, w->rows, w->seconds) ==
	    -1)
		e->failed = 1;
}

/* Several sessions may say the same. */
void
each_fail(struct each *e, struct each_worker *w, struct diag *d)
{
	if (w != NULL) {
		w->state = EACH_IDLE;
		locate(e, w->line, d);
	}
	if (e->first.len == 0) {
		e->status = d->status;
		buf_adds(&e->first, buf_str(&d->text));
	}
	e->failed = 1;
	if (sig_count() < 2 && strcmp(buf_str(&e->told),
	    buf_str(&d->text)) != 0)
		e->hooks->failed(e->hooks->arg, d);
	buf_reset(&e->told);
	buf_adds(&e->told, buf_str(&d->text));
	diag_reset(d);
}
