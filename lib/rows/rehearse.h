#ifndef ROWS_REHEARSE_H
#define ROWS_REHEARSE_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct merge_table;

/*
 * What a merge would do, counted exactly and without a write: in a
 * transaction of rows_begin(ROWS_READ).  Rows are taken apart here, sent in
 * chunks and joined with the table.  Of rows with the same key the last
 * counts, the others are unchanged; but where they come more than 2,000 rows
 * apart each is counted by itself.
 */
#define REHEARSE_SAMPLE 5
struct rehearsal {
	long long inserted, updated, unchanged;
	long long found; /* rows of the table whose keys came */
	/* Keys of the first of them, REHEARSE_SAMPLE at most: "a, b". */
	const char *insert, *update;
};

/*
 * The table has a key.  Until it is closed nothing else can be asked of the
 * session.  Lines are whole ones of COPY data, any number; they hold for the
 * call only.
 */
struct rehearse;
struct rehearse *rehearse_open(struct db *, const struct merge_table *);
int rehearse_lines(struct rehearse *, const char *data, size_t len,
    struct diag *);
/* Counts what is left, and frees; also after a failure. */
int rehearse_close(struct arena *, struct rehearse *, struct rehearsal *,
    struct diag *);

#endif
