#ifndef MIGRATE_OPEN_H
#define MIGRATE_OPEN_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct schema;
struct site;

/* What the programs need that bring a database to the schema. */

/*
 * The schema, which must be there and valid: else -1, the first error in
 * diag and how many more there are.
 */
int open_schema(struct arena *, const struct site *, struct schema **,
    struct diag *);

/* The namespaces it lies in: the datasource's, else that of the URL. */
const char *const *open_namespaces(struct arena *, const struct site *,
    const struct schema *, size_t *n);

/*
 * A session of the database; one that does not exist is created, where its
 * host is this machine.  *created: it was.  NULL: diag.
 */
struct db *open_database(const struct site *, int *created, struct diag *);

#endif
