#ifndef ROWS_EQUAL_H
#define ROWS_EQUAL_H

#include <stddef.h>

struct buf;
struct column;
struct key;

/*
 * Two values are equal when their output text is equal, not by '=': citext
 * calls 'A' and 'a' equal, numeric 1.0 and 1.00, and json has no '='.  For
 * types where it cannot differ ('exact' columns), '=' stands in.
 */

/* Boolean SQL: do rows a and b (aliases) differ in these columns? */
void equal_differ(struct buf *, const struct column *const *, size_t n,
    const char *a, const char *b);

/* SQL for the text of these columns together: injective, never NULL. */
void equal_text(struct buf *, const struct column *const *, size_t n,
    const char *alias);

/* SQL for the text of one column, bare; NULL stays NULL. */
void equal_output(struct buf *, const struct column *);
/* The same of an expression of that column's type; it is repeated. */
void equal_output_of(struct buf *, const struct column *, const char *value);

/*
 * SQL for 64 bits of hash of these columns, bare: never NULL, the same on
 * every server of one encoding where the text of all of them is the same,
 * whatever their types.  other: the columns on the other side.
 */
void equal_hash(struct buf *, const struct column *const *,
    const struct column *const *other, size_t n);

/*
 * SQL for what a column would hold when the value, an expression, was
 * assigned to it; an error where the assignment would be one.
 */
void equal_assigned(struct buf *, const struct column *, const char *value);
/* Boolean SQL: does the row hold something else there?  Never NULL. */
void equal_differ_value(struct buf *, const struct column *,
    const char *alias, const char *value);

/* Boolean SQL: are the keys of rows a and b the same by the key's own '='? */
void equal_key(struct buf *, const struct key *, const char *a, const char *b);

#endif
