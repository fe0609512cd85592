#ifndef BATCH_CHANGE_PRIV_H
#define BATCH_CHANGE_PRIV_H

#include "batch/change.h"

/* Says where a byte of the statement was written. */
void change_place(const struct change *, size_t offset, struct diag *);

/* The columns that are set, as a text[] parameter. */
char *change_columns(const struct change *);

/* Looks its functions up: sets unsteady.  -1: diag. */
int change_steady(struct change *, struct diag *);

#endif
