#ifndef ROWS_REHEARSE_H
#define ROWS_REHEARSE_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct merge_table;

/*
 * What a merge would do, counted exactly and without a write: in a
 * transaction of rows_begin(ROWS_READ).  Rows are taken apart here, sent as
 * arrays of text and joined with the table.
 */
struct rehearsal {
	long long inserted, updated, unchanged;
};

/* Whole lines of COPY data, any number; they hold for the call only. */
struct rehearse;
struct rehearse *rehearse_open(struct db *, const struct merge_table *);
int rehearse_lines(struct rehearse *, const char *data, size_t len,
    struct diag *);
/* Counts what is left, and frees. */
int rehearse_close(struct rehearse *, struct rehearsal *, struct diag *);

#endif
