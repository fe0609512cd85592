#ifndef DB_INTROSPECT_PRIV_H
#define DB_INTROSPECT_PRIV_H

#include "catalog/catalog.h"

/*
 * What the text of a default, as pg_get_expr prints it, stands for in a
 * column of this type.
 */
void introspect_default(struct arena *, const char *text,
    const struct cat_type *, struct cat_default *);

#endif
