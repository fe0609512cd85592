#ifndef CATALOG_VALUE_H
#define CATALOG_VALUE_H

#include "catalog/catalog.h"

struct arena;
struct ast_expr;
struct buf;

/* The value of a literal in @default(…) of a scalar field, or of a list. */
void value_from_expr(struct arena *, const struct ast_expr *, enum scalar,
    struct cat_value *);

/* As the engine compares them: numbers by value, JSON as parsed. */
int value_equal(const struct cat_value *, const struct cat_value *);

/* Are two JSON texts the same document?  Also where one cannot be parsed. */
int value_json_equal(const char *, const char *);

/*
 * A decimal number in the form it is written to SQL: plain, the digits
 * behind the point kept, no leading zeros, "1e3" as "1000".
 */
char *value_decimal(struct arena *, const char *);

#endif
