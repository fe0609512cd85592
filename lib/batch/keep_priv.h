#ifndef BATCH_KEEP_PRIV_H
#define BATCH_KEEP_PRIV_H

#include <stddef.h>

struct arena;
struct buf;
struct change;
struct column;

/* Where a column's values are kept: names of the columns, quoted. */
struct keep_pair {
	const char *old, *new;
};

/* One for each column that the change sets: always the same for the same
 * change, and each a name of its own. */
struct keep_pair *keep_pairs(struct arena *, const struct change *);

/* The type that it is kept in. */
const char *keep_type(struct arena *, const struct column *);
/* The value of an expression of the column's type in that type. */
void keep_value(struct buf *, const struct column *, const char *expression);

#endif
