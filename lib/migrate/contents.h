#ifndef MIGRATE_CONTENTS_H
#define MIGRATE_CONTENTS_H

#include <stddef.h>

struct arena;
struct db;
struct db_rows;
struct diag;
struct history;

/* One schema: how much is in it, and how to make it again. */
struct contents {
	const char *schema, *owner, *grants; /* owner NULL: not there */
	size_t tables;
	long long rows, others;
	const struct db_rows *outside; /* that goes with it */
};

/* Of a schema that need not be there.  -1: an SQL error. */
int contents_read(struct arena *, struct db *, const char *schema,
    struct contents *, struct diag *);

/*
 * Drops the schemas and makes them again, as Prisma does; their owners and
 * grants, which Prisma loses, are kept.  One transaction: all or nothing.
 */
int contents_drop(struct arena *, struct db *, const struct history *,
    const struct contents *, size_t n, struct diag *);

#endif
