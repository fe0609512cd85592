#ifndef BATCH_KEY_H
#define BATCH_KEY_H

#include <stddef.h>

struct arena;
struct buf;
struct column;
struct diag;
struct key;
struct table;

/*
 * The key by which a table is cut into ranges: unique, all of its columns
 * NOT NULL, and its index in the order of ORDER BY.  by: its columns with
 * commas between, as they are written, NULL: the primary key, else the
 * shortest.  avoid: columns that it must not have, for they are changed on
 * the way.  NULL: diag names the keys there are, and why none will do.
 */
const struct key *batch_key(struct arena *, const struct table *,
    const char *by, const struct column *const *avoid, size_t navoid,
    struct diag *);

/* "alias"."a", "alias"."b"; here and below, without an alias: "a", "b" */
void key_columns(struct buf *, const struct key *, const char *alias);

/*
 * Boolean SQL: is the key of that row above the lower bound, and not above
 * the upper one?  The bounds are parameters, one for each column and cast to
 * its type: the lower one from $lo on, the upper one from $hi on; 0: that end
 * is open.  "true" where both are.
 */
void key_within(struct buf *, const struct key *, const char *alias,
    size_t lo, size_t hi);
/* Half of it: "row > bound" or "row <= bound", as the operator says. */
void key_compare(struct buf *, const struct key *, const char *alias,
    const char *operator, size_t param);

#endif
