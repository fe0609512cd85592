#ifndef CATALOG_FROM_SCHEMA_PRIV_H
#define CATALOG_FROM_SCHEMA_PRIV_H

#include "catalog/catalog.h"

/* A catalog being made from a schema. */
struct build {
	struct arena *mem;
	const struct schema *schema;
	struct catalog *out;
	const char *ns;
	struct cat_table **table_of;	/* by model */
	struct cat_column ***column_of; /* by model and field */
	size_t nindexes;
};

static inline struct cat_table *
table_of(const struct build *b, const struct schema_model *m)
{
	return b->table_of[m - b->schema->model];
}

static inline struct cat_column *
column_of(const struct build *b, const struct schema_field *f)
{
	return b->column_of[f->model - b->schema->model][f - f->model->field];
}

/* Keys and join tables; after the tables of models. */
void build_relations(struct build *);

#endif
