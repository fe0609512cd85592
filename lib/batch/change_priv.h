#ifndef BATCH_CHANGE_PRIV_H
#define BATCH_CHANGE_PRIV_H

#include "batch/change.h"

/* Says where a byte of the statement was written. */
void change_place(const struct change *, size_t offset, struct diag *);

/* The one trap that every name with capitals is. */
void change_hint_quotes(const struct change *, const char *name,
    struct diag *);

/* Does it type-check, may this role do it? */
int change_check_plan(const struct change *, struct diag *);

/* The columns that are set, as a text[] parameter. */
char *change_columns(const struct change *);

/* Looks its functions up: sets unsteady.  -1: diag. */
int change_steady(struct change *, struct diag *);
/* Sets why_once; -1: it has to be said, and is not. */
int change_check_once(struct change *, struct diag *);

#endif
