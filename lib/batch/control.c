#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/control.h"
#include "batch/journal.h"

int
control_list(struct arena *mem, struct db *db, const char *which,
    struct run_row **out, size_t *n, struct diag *d)
{
	if (journal_list(mem, db, which, out, n, d) == -1)
		return -1;
	if (*n > 0 || which == NULL)
		return 0;
	diag_hint(d, "'dbm backfill --status' lists them");
	return diag_set(d, "there is no run '%s'", which);
}

/* `dbm each' listens to nobody. */
static int
is_open(const struct run_row *r)
{
	return !run_is_over(r) && strcmp(r->kind, "each") != 0;
}

static int
is_at_work(const struct run_row *r)
{
	return strcmp(r->state, "running") == 0 ||
	    strcmp(r->state, "paused") == 0;
}

/* "3 'paid' (stopped), 5 'cards-1a2b3c4d' (failed)" */
static void
refuse(const struct run_row *row, size_t n, size_t unfinished,
    struct diag *d)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		if (is_open(&row[i]))
			buf_addf(&b, "%s%lld '%s' (%s)", b.len > 0 ? ", " :
			    "", row[i].id, row[i].name, row[i].state);
	if (unfinished == 0) {
		diag_set(d, "there is no unfinished run");
	} else {
		diag_hint(d, "%s", buf_str(&b));
		diag_set(d, "there are %zu unfinished runs: which one?",
		    unfinished);
	}
	buf_free(&b);
}

struct run_row *
control_unfinished(struct arena *mem, struct db *db, const char *which,
    int at_work, struct diag *d)
{
	struct run_row *row, *busy = NULL, *found = NULL;
	size_t n, i, nbusy = 0, unfinished = 0;

	if (control_list(mem, db, which, &row, &n, d) == -1)
		return NULL;
	for (i = 0; i < n; i++) {
		if (which == NULL && !is_open(&row[i]))
			continue;
		if (!run_is_over(&row[i]) && unfinished++ == 0)
			found = &row[i];
		if (is_at_work(&row[i]) && nbusy++ == 0)
			busy = &row[i];
	}
	if (which != NULL)
		return found != NULL ? found : &row[0];
	if (at_work && nbusy == 1)
		return busy;
	if (unfinished == 1)
		return found;
	refuse(row, n, unfinished, d);
	return NULL;
}

struct run_row *
control_kept(struct arena *mem, struct db *db, const char *which,
    struct diag *d)
{
	struct run_row *row;
	size_t n, i;

	if (control_list(mem, db, which, &row, &n, d) == -1)
		return NULL;
	for (i = 0; i < n; i++)
		if (strcmp(arena_printf(mem, "%lld", row[i].id), which) == 0)
			return &row[i];
	for (i = 0; i < n; i++) /* the newest first; an undo is none of them */
		if (row[i].undoes == 0)
			return &row[i];
	return &row[0];
}

int
control_is_name(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;

	for (; *s != '\0'; s++)
		if (*s < ' ' || *s == 0x7f)
			return 0;
	return *name != '\0';
}
