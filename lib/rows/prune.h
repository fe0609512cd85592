#ifndef ROWS_PRUNE_H
#define ROWS_PRUNE_H

#include <stddef.h>

struct diag;
struct sync;
struct table_group;

/*
 * Rows of the destination whose keys are gone at the source.  They are
 * looked for before anything is written, and kept in a file of records
 * (rows/keyfile.h): `dbm load' may take their unique values.
 */

/*
 * Makes the file, in TMPDIR or /tmp: it has no name there, and the path is
 * good for as long as we live.  -1, or its descriptor.
 */
int prune_file(char *path, size_t size, struct diag *);

#define PRUNE_SAMPLE 5 /* keys that table.gone_keys names */

/* Appends those of all tables to the file, and counts them: table.gone. */
int prune_find(struct sync *, int fd, struct diag *);

/*
 * Tables of which more than so many percent would be deleted are an error,
 * and nothing was written.
 */
int prune_check(const struct sync *, double limit, struct diag *);

/*
 * Deletes those of one group, in one transaction of the destination; to be
 * called for children before their parents.  A key that has changed its text
 * since stays; rows that stay are never taken along by a cascade.
 */
int prune_group(struct sync *, const struct table_group *, const char *file,
    struct diag *);

#endif
