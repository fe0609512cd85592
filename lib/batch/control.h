#ifndef BATCH_CONTROL_H
#define BATCH_CONTROL_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct run_row;

/* What people ask about runs by name or number. */

/* journal_list(), but a name that no run has is an error. */
int control_list(struct arena *, struct db *, const char *which,
    struct run_row **, size_t *n, struct diag *);
/* The newest of that name; without a name the only unfinished run.  NULL:
 * diag. */
struct run_row *control_find(struct arena *, struct db *, const char *which,
    struct diag *);
/* For an undo: the one of that number, or the newest of that name that has
 * kept what was there before; else the newest. */
struct run_row *control_kept(struct arena *, struct db *, const char *which,
    struct diag *);

#endif
