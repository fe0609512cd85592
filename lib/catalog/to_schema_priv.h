#ifndef CATALOG_TO_SCHEMA_PRIV_H
#define CATALOG_TO_SCHEMA_PRIV_H

#include "base/buf.h"
#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/to_schema.h"

/* A table or a view on its way to a model. */
struct pull_block {
	const struct cat_table *table; /* one of the two */
	const struct cat_view *view;
	const char *ns, *db_name;
	const struct cat_column *column;
	size_t ncolumns;
	const struct schema_model *prev; /* that it is matched with, or NULL */
	const struct schema_field **field; /* the same for each column */
	const char *plain;	/* its name for relations: of the database */
	const char *name, *map; /* in the schema; map NULL: none */
	int reserved, duplicate;
	int hidden; /* a table of Prisma's own */
	/* An implicit many-to-many table: its keys, and the names of the
	 * relation ("": none), of the field on A's side and on B's */
	const struct cat_fk *a, *b;
	const struct schema_relation *prev_join;
	const char *relation, *forward, *back;
};

/* A foreign key on its way to a relation. */
struct pull_relation {
	const struct schema_relation *prev; /* whole, or NULL */
	int hidden; /* a second one over the same columns */
	const char *name, *forward, *back;
};

struct pull_enum {
	const struct cat_enum *e;
	const struct schema_enum *prev;
	const char *name, *map;
	int duplicate;
};

/* In the order in which they are told. */
enum warning {
	WARN_EMPTY_FIELDS,
	WARN_EMPTY_VIEW_FIELDS,
	WARN_REMAPPED_FIELDS,
	WARN_REMAPPED_VIEW_FIELDS,
	WARN_EMPTY_VALUES,
	WARN_NO_COLUMNS,
	WARN_NO_IDENTIFIER,
	WARN_ID_NAMES,
	WARN_VIEW_ID_NAMES,
	WARN_UNSUPPORTED,
	WARN_VIEW_UNSUPPORTED,
	WARN_REMAPPED_MODELS,
	WARN_REMAPPED_VIEWS,
	WARN_REMAPPED_VALUES,
	WARN_REMAPPED_ENUMS,
	WARN_COPIED_RELATIONS,
	WARN_DUPLICATES,
	WARN_PARTITIONS,
	WARN_INHERITED,
	WARN_NULLS,
	WARN_ROW_SECURITY,
	WARN_CHECKS,
	WARN_EXCLUSIONS,
	WARN_DEFERRING,
	WARN_COMMENTS,
	WARN_EXPRESSIONS,
	WARN__MAX
};

struct pull {
	struct arena *mem;
	const struct catalog *cat;
	const struct to_schema *opts;
	const struct schema *config, *prev; /* prev NULL: starts afresh */
	int namespaces;	  /* @@schema is written */
	int foreign_keys; /* relationMode is not "prisma" */
	struct pull_block *table, *view; /* as in the catalog */
	struct pull_relation *fk;
	struct pull_enum *enumeration;
	struct map tables;    /* a table's block by its namespace and name */
	struct map top_names; /* the first block or enum of a name */
	struct map namesakes; /* names that stand for more than one */
	struct buf warning[WARN__MAX];
	struct buf *out; /* one for each file */
	size_t nout, fresh; /* fresh: the one for what is new */
};

/* --- names (to_schema_name.c) --- */

/* Strips what the schema language does not take; may be all of it. */
const char *pull_sanitize(struct arena *, const char *);
/* Starts wrongly, or has something else in it than letters, digits, _. */
int pull_needs_sanitizing(const char *);
/* Sets the names of all blocks and enums. */
void pull_name_all(struct pull *);

const char *pull_field_name(const struct pull_block *,
    const struct cat_column *, struct arena *);
/* What @map has to say, or NULL. */
const char *pull_field_map(const struct pull_block *,
    const struct cat_column *);
/* Of a label; map NULL: none. */
const char *pull_value_name(const struct pull *, const struct pull_enum *,
    const char *label, const char **map);
const struct schema_value *pull_prev_value(const struct pull_enum *,
    const char *label);

/* --- what belongs together (to_schema_match.c) --- */

void pull_match(struct pull *);
struct pull_block *pull_block_of(const struct pull *,
    const struct cat_table *);
struct pull_relation *pull_relation_of(const struct pull *,
    const struct cat_fk *);
struct pull_enum *pull_enum_of(const struct pull *, const struct cat_enum *);
const struct schema_field *pull_prev_field(const struct pull_block *,
    const struct cat_column *);
const struct schema_index *pull_prev_index(const struct pull_block *,
    const struct cat_index *);
/* Is there a primary key or unique index that the client can use? */
int pull_has_identifier(const struct cat_table *);
/* @map or @@map of what was there, or NULL. */
const char *pull_given_map(const struct ast_attrs *);

/* --- relations (to_schema_relation.c, to_schema_relation_field.c) --- */

void pull_name_relations(struct pull *);
void pull_relation_fields(struct pull *, const struct pull_block *,
    struct buf *);
/* Does one of its own keys come with a deferrable constraint? */
int pull_adds_deferrable_key(const struct pull *, const struct pull_block *);

/* --- text --- */

void pull_string(struct buf *, const char *);
/* "/// …" for each line. */
void pull_doc(struct buf *, const char *);
void pull_default(struct pull *, const struct pull_block *,
    const struct cat_column *, struct buf *); /* to_schema_default.c */
/* @map("…") by its attribute's name with the @; nothing where NULL. */
void pull_map(struct buf *, const char *attr, const char *map);
void pull_attr_text(const struct pull *, const struct ast_attr *,
    struct buf *);
/* Scalar fields; then @@id, @@unique and @@index (to_schema_field.c). */
void pull_fields(struct pull *, const struct pull_block *, struct buf *);
void pull_indexes(struct pull *, const struct pull_block *, struct buf *);
void pull_model(struct pull *, const struct pull_block *, struct buf *);
void pull_view(struct pull *, const struct pull_block *, struct buf *);
void pull_enum_text(struct pull *, const struct pull_enum *, struct buf *);
void pull_config(struct pull *);
/* Where a block of the schema that was there goes; NULL: new ones. */
struct buf *pull_out(struct pull *, const struct ast_block *);

/* --- warnings (to_schema_warn.c) --- */

void pull_warn_all(struct pull *);
const char *pull_warnings(struct pull *);

#endif
