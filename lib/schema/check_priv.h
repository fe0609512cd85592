#ifndef SCHEMA_CHECK_PRIV_H
#define SCHEMA_CHECK_PRIV_H

#include "schema/resolve_priv.h"

/* What the checks share beyond the schema itself. */
struct check {
	struct resolve *r;
	struct schema *s;
	struct findings *f;
	struct arena *mem;
	struct map schemas;  /* names of database schemas, as scopes */
	struct map global;   /* constraint names, by schema */
	struct map local;    /* the same, by model */
	struct map custom;   /* name: of keys, by model; struct use */
	int is_prisma_mode;
};

/* How often a constraint name is there. */
struct use {
	size_t n;
};

/* check_names.c */
void check_collect(struct check *);
/* The name of a key or index, and where to tell what is wrong with it. */
struct named {
	const char *name, *attribute;
	struct span span;
};
/* Is it the only one in its schema?  On its model? */
void check_global_name(struct check *, const struct schema_model *,
    const struct named *);
void check_local_name(struct check *, const struct schema_model *,
    const struct named *);
/* Is that custom name on the model more than once? */
int check_custom_taken(const struct check *, const struct schema_model *,
    const char *name);
void check_length(struct check *, const struct schema_model *,
    const char *name, const char *attribute, struct span);
void check_model_names(struct check *);
void check_enum_names(struct check *);
/* The whole argument of an attribute, or the fallback. */
struct span check_arg_span(const struct ast_attr *, const char *name,
    struct span fallback);
/* "@id", "@@index" … */
const char *check_index_attribute(const struct schema_index *);
/* "model" or "view" */
const char *check_container(const struct schema_model *);

/* check_model.c, check_field.c, check_default.c, check_index.c */
void check_model_key(struct check *, const struct schema_model *);
void check_view(struct check *, const struct schema_model *);
void check_shard_key(struct check *, const struct schema_model *);
void check_model_schema(struct check *, const struct schema_model *);
void check_enum_schema(struct check *, const struct schema_enum *);
void check_scalar_field(struct check *, const struct schema_model *,
    const struct schema_field *);
void check_default(struct check *, const struct schema_field *);
void check_client_name(struct check *, const struct schema_model *,
    const struct schema_field *);
void check_index_types(struct check *, const struct schema_index *);
void check_view_index(struct check *, const struct schema_model *,
    const struct schema_index *);
void check_index(struct check *, const struct schema_model *,
    const struct schema_index *);

/* check_relation.c; -1: no use to go on. */
int check_relation_field(struct check *, const struct schema_model *,
    const struct schema_field *);
void check_relation(struct check *, const struct schema_relation *);
/* check_sides.c: what belongs on which side. */
void check_one_to_one(struct check *, const struct schema_relation *);
void check_one_to_many(struct check *, const struct schema_relation *);
void check_many_to_many(struct check *, const struct schema_relation *);
void check_lone_side(struct check *, const struct schema_field *);
/* check_cycle.c */
void check_cycle(struct check *, const struct schema_relation *);
/* check_literal.c: NULL: fine, else what is wrong with it. */
const char *literal_json(struct arena *, const char *);
const char *literal_base64(const char *);
const char *literal_datetime(const char *);
const char *literal_decimal(const char *);
const char *literal_integer(const char *);

#endif
