#include <string.h>

#include "base/arena.h"
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

struct run_row *
control_find(struct arena *mem, struct db *db, const char *which,
    struct diag *d)
{
	struct run_row *row, *found = NULL;
	size_t n, i, unfinished = 0;

	if (control_list(mem, db, which, &row, &n, d) == -1)
		return NULL;
	if (which != NULL)
		return &row[0];
	for (i = 0; i < n; i++)
		if (!run_is_over(&row[i]) && unfinished++ == 0)
			found = &row[i];
	if (unfinished == 1)
		return found;
	diag_hint(d, "'dbm backfill --status' lists them");
	if (unfinished == 0)
		diag_set(d, "there is no unfinished run");
	else
		diag_set(d, "there are %zu unfinished runs: which one?",
		    unfinished);
	return NULL;
}

struct run_row *
control_kept(struct arena *mem, struct db *db, const char *which,
    struct diag *d)
{
	struct run_row *row;
	size_t n, i;

	if (which == NULL)
		return control_find(mem, db, NULL, d);
	if (control_list(mem, db, which, &row, &n, d) == -1)
		return NULL;
	for (i = 0; i < n; i++)
		if (strcmp(arena_printf(mem, "%lld", row[i].id), which) == 0)
			return &row[i];
	for (i = 0; i < n; i++)
		if (row[i].kept != NULL)
			return &row[i];
	return &row[0];
}
