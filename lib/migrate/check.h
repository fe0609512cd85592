#ifndef MIGRATE_CHECK_H
#define MIGRATE_CHECK_H

#include <stddef.h>

struct arena;
struct buf;
struct changes;
struct migration_status;
struct site;

/*
 * What stands in the way of a new migration: failed rows, edited files,
 * missing folders, by name, and what is to be done about each; nothing is
 * added where all is well.
 */
void check_history(const struct migration_status *, size_t n, struct buf *);

/*
 * How a database differs from what its migrations make, object by object,
 * and how to keep or undo it; changes: from the history to the database.
 * first: it has no migration on record.  What is not applied has to be
 * settled before: the ways compare with the whole folder.
 */
void check_drift(struct arena *, const struct site *, const struct changes *,
    int first, const struct migration_status *, size_t n, struct buf *);

#endif
