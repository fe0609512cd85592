#ifndef SCHEMA_INDEX_PRIV_H
#define SCHEMA_INDEX_PRIV_H

#include "base/buf.h"
#include "schema/resolve_priv.h"

/* Names, in lists for messages, of what cannot be part of an index. */
struct problems {
	struct buf unknown, relations;
	struct buf suggested; /* the columns of those relations */
	int follow; /* a.b may reach into a composite type */
};
#define PROBLEMS_INIT { BUF_INIT, BUF_INIT, BUF_INIT, 0 }

void problems_add(struct buf *, const char *name);
void problems_free(struct problems *);

/*
 * Sets the fields of the index.  -1: told already, or (with something in the
 * problems) still to be told.
 */
int index_fields(struct resolve *, const struct schema_model *,
    const struct ast_expr *, struct schema_index *, struct problems *);

#endif
