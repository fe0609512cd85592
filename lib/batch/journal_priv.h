#ifndef BATCH_JOURNAL_PRIV_H
#define BATCH_JOURNAL_PRIV_H

#include <stdint.h>

struct arena;
struct db;
struct diag;
struct run_row;

/* Shared by journal*.c. */

/* Of the lock that whoever works on the run has. */
int64_t journal_key(struct arena *, const struct run_row *);
/* After an error: who only looks needs fewer rights than who works.  -1. */
int journal_grant(struct arena *, struct db *, const char *rights,
    struct diag *);

#endif
