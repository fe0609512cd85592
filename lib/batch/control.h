#ifndef BATCH_CONTROL_H
#define BATCH_CONTROL_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct run_row;

/* What people ask about runs, by name or number. */

/* journal_list(), but a name that no run has is an error. */
int control_list(struct arena *, struct db *, const char *which,
    struct run_row **, size_t *n, struct diag *);
/*
 * The unfinished one of that name, else the newest; without a name the only
 * one that is unfinished, or, at_work, that somebody is at work on.  NULL:
 * diag names those there are.
 */
struct run_row *control_unfinished(struct arena *, struct db *,
    const char *which, int at_work, struct diag *);
/* For an undo: the one of that number, or the newest of that name. */
struct run_row *control_kept(struct arena *, struct db *, const char *which,
    struct diag *);

/* Can a run be called so: is it a word, on one line? */
int control_is_name(const char *);

#endif
