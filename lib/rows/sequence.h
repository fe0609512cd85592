#ifndef ROWS_SEQUENCE_H
#define ROWS_SEQUENCE_H

struct arena;
struct db;
struct diag;
struct table;

/*
 * Moves a sequence to a value, unless what it would give next is beyond it
 * already: forward only, a descending one mirrored.  ident: quoted; called:
 * was the value handed out?  -1: diag, 42P01 where there is no such sequence.
 */
int sequence_forward(struct arena *, struct db *, const char *ident,
    const char *value, int called, struct diag *);

/* Those that fill columns of the one table, by what fills the same columns
 * of the other. */
int sequences_follow(struct arena *, struct db *, const struct table *to,
    const struct table *from, struct diag *);

#endif
