#ifndef ROWS_SWAP_H
#define ROWS_SWAP_H

struct diag;
struct merge;

/*
 * Parks the rows that hold unique values which staged rows want: those that
 * are staged themselves and give them up, and those that are to be deleted.
 * 1: done, merge now.  0: a row that has not come holds one; wait for it
 * (never with MERGE_LAST).  -1: diag names both rows.
 */
int swap_park(struct merge *, struct diag *);

#endif
