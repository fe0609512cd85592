#ifndef CATALOG_RENDER_PRIV_H
#define CATALOG_RENDER_PRIV_H

#include "base/buf.h"
#include "catalog/change.h"

struct arena;

/* The statements of one step, being written. */
struct render {
	struct arena *mem;
	const struct changes *changes;
	const char *default_ns; /* not written before names; NULL: none */
	struct buf text;	/* the statement at hand */
	const char **stmt;
	size_t n;
};

/* Ends the statement at hand. */
void render_end(struct render *);
/* "ns"."name", or "name" in the default namespace. */
void render_name(struct render *, const char *ns, const char *name);
/* "a", "b" with sep between them */
void render_index_columns(struct render *, const struct cat_index *,
    const char *sep);

/* INTEGER, "E"[], with SERIAL for what counts up by itself. */
void render_type(struct render *, const struct cat_column *);
/* The expression after DEFAULT; nothing where there is none to write. */
void render_default(struct render *, const struct cat_column *);

void render_create_table(struct render *, const struct cat_table *);
void render_alter_table(struct render *, const struct change *);
void render_alter_enum(struct render *, const struct change *);
void render_labels(struct render *, const struct cat_enum *);

#endif
