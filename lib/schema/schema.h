#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stddef.h>

#include "schema/ast.h"

struct arena;
struct diag;
struct findings;

/*
 * A schema whose names are resolved: what its blocks and attributes mean.
 * Everything is kept in the order of declaration, file after file.
 */

enum scalar {
	SCALAR_STRING,
	SCALAR_BOOLEAN,
	SCALAR_INT,
	SCALAR_BIGINT,
	SCALAR_FLOAT,
	SCALAR_DECIMAL,
	SCALAR_DATETIME,
	SCALAR_JSON,
	SCALAR_BYTES,
	SCALAR__MAX
};
extern const char *const scalar_name[SCALAR__MAX];

enum field_kind {
	FIELD_SCALAR,
	FIELD_ENUM,
	FIELD_UNSUPPORTED,
	FIELD_RELATION,
	/* Never in a valid schema: */
	FIELD_COMPOSITE, /* of a `type' block */
	FIELD_UNKNOWN	 /* there is no such type */
};

enum default_kind {
	DEFAULT_NONE,
	DEFAULT_LITERAL,       /* expr: a string, number, constant or array */
	DEFAULT_NOW,
	DEFAULT_AUTOINCREMENT,
	DEFAULT_SEQUENCE,
	DEFAULT_DBGENERATED,   /* expr's first argument, if it has one */
	DEFAULT_CLIENT	       /* uuid() cuid() nanoid() ulid() auto() */
};

enum ref_action {
	ACTION_NONE, /* not given */
	ACTION_CASCADE,
	ACTION_RESTRICT,
	ACTION_NO_ACTION,
	ACTION_SET_NULL,
	ACTION_SET_DEFAULT,
	ACTION__MAX
};
/* As in the schema: "NoAction". */
extern const char *const ref_action_name[ACTION__MAX];

struct schema_default {
	enum default_kind kind;
	const struct ast_expr *expr;
	const struct ast_attr *attr;
	const char *map; /* constraint name given, or NULL */
};

/* @db.Name(args) */
struct schema_native {
	const char *name; /* NULL: none given */
	const char *const *arg; /* as written */
	size_t nargs;
	const struct ast_attr *attr;
};

/* What @relation says on one field; all zero where there is none. */
struct schema_side {
	const struct ast_attr *attr;
	const char *name, *map; /* given, or NULL */
	struct schema_field **fields, **references;
	size_t nfields, nreferences;
	int has_fields, has_references; /* given, be it empty or wrong */
	enum ref_action on_delete, on_update;
};

struct schema_field {
	const char *name, *db_name;
	const struct ast_field *ast;
	struct schema_model *model;
	enum field_kind kind;
	enum ast_arity arity;
	enum scalar scalar;		/* FIELD_SCALAR */
	struct schema_enum *enumeration; /* FIELD_ENUM */
	struct schema_native native;
	struct schema_default dflt;
	int updated_at, ignored;
	struct schema_model *target;	/* FIELD_RELATION */
	struct schema_relation *relation; /* FIELD_RELATION, when it has one */
	struct schema_side side;	/* FIELD_RELATION */
	unsigned mark; /* resolve's: the list it was last seen in */
};

enum index_kind {
	INDEX_ID,
	INDEX_UNIQUE,
	INDEX_NORMAL,
	INDEX_FULLTEXT
};

enum index_algorithm {
	INDEX_BTREE,
	INDEX_HASH,
	INDEX_GIN,
	INDEX_GIST,
	INDEX_SPGIST,
	INDEX_BRIN,
	INDEX_ALGORITHM__MAX
};
/* As in `type:', e.g. "SpGist". */
extern const char *const index_algorithm_name[INDEX_ALGORITHM__MAX];

enum index_sort {
	SORT_NONE, /* not given */
	SORT_ASC,
	SORT_DESC
};

struct schema_index_field {
	struct schema_field *field;
	enum index_sort sort;
	const char *ops; /* the opclass in SQL, "jsonb_path_ops"; or NULL */
	int ops_raw;	 /* given as raw("…") */
	int has_length;	 /* length: is MySQL's, refused later */
};

struct schema_index {
	enum index_kind kind;
	enum index_algorithm algorithm;
	int has_algorithm;	 /* given in the schema */
	const char *name;	 /* for the client, or NULL */
	const char *map;	 /* constraint name given, or NULL */
	const char *db_name;	 /* map, or the conventional name */
	struct schema_index_field *field;
	size_t nfields;
	struct schema_field *on; /* @id and @unique: the field; else NULL */
	const struct ast_attr *attr;
	int has_clustered;	 /* SQL Server's, refused later */
};

struct schema_model {
	const char *name, *db_name;
	const struct ast_block *ast;
	int is_view, ignored;
	const char *schema; /* @@schema, or NULL */
	const struct ast_expr *schema_expr;
	const struct ast_attr *shard_key; /* MySQL's, refused later */
	int has_shard_fields;	/* it is @@shardKey */
	struct schema_field *field;
	size_t nfields;
	struct schema_index *id; /* or NULL */
	struct schema_index *index; /* @unique by field, @@index, @@unique */
	size_t nindexes;
};

struct schema_value {
	const char *name, *db_name;
	const struct ast_field *ast;
};

struct schema_enum {
	const char *name, *db_name;
	const struct ast_block *ast;
	const char *schema;
	const struct ast_expr *schema_expr;
	struct schema_value *value;
	size_t nvalues;
};

enum relation_kind {
	RELATION_ONE_TO_ONE,
	RELATION_ONE_TO_MANY,
	RELATION_MANY_TO_MANY, /* implicit: a table of its own */
	RELATION_EMBEDDED      /* MongoDB's: never in a valid schema */
};

/*
 * a is the side that holds the key (`fields:'), in implicit many-to-many the
 * one that column A is for.
 */
struct schema_relation {
	enum relation_kind kind;
	const char *name;     /* given, or the conventional one */
	int has_name;	      /* given */
	struct schema_field *a, *b; /* NULL: that field is missing */
	struct schema_model *model_a, *model_b;
	struct schema_field **fields, **references; /* of a */
	size_t ncolumns;
	enum ref_action on_delete, on_update; /* as given */
	const char *map;      /* given, or NULL */
	const char *db_name;  /* of the foreign key, or of the m-n table */
};

struct schema_generator {
	const struct ast_block *ast;
	const char *name, *provider;
};

struct schema_datasource {
	const struct ast_block *ast;
	const char *name, *provider;
	const char *const *schemas;
	size_t nschemas;
	int relation_mode_prisma; /* relationMode = "prisma" */
	struct schema_extension {
		const char *name, *db_name, *schema, *version;
		struct span span;
	} *extension; /* by name */
	size_t nextensions;
	const struct ast_property *schemas_property, *extensions_property;
	int has_extensions; /* the property is there */
};

enum {
	PREVIEW_VIEWS = 1,
	PREVIEW_EXTENSIONS = 2, /* postgresqlExtensions */
	PREVIEW_FULLTEXT = 4,
	PREVIEW_SHARD_KEYS = 8
};

struct schema {
	const struct ast *ast;
	struct schema_datasource *datasource; /* NULL: none */
	struct schema_generator *generator;
	size_t ngenerators;
	unsigned preview; /* PREVIEW_… of all generators */
	struct schema_model *model; /* and views */
	size_t nmodels;
	struct schema_enum *enumeration;
	size_t nenums;
	struct schema_relation *relation; /* by model and field of its a side */
	size_t nrelations;
	int sound; /* no errors up to here; configuration and checks may fail */
};

/*
 * Resolves names, types, attributes and relations; then, unless that found
 * errors already, checks all that Prisma checks for PostgreSQL.  With errors
 * the schema is as whole as it could be made, for the formatter.
 */
struct schema *schema_resolve(struct arena *, const struct ast *,
    struct findings *);

/*
 * Reads, parses and checks FILE or folder.  -1: a file is not there (diag).
 * What is wrong inside is in the findings.
 */
int schema_load(struct arena *, const char *path, struct schema **,
    struct findings *, struct diag *);

/* Puts the first error into the diag, for programs that need a valid one. */
int findings_to_diag(const struct findings *, const struct sources *,
    struct diag *);

const struct schema_model *schema_model(const struct schema *,
    const char *name);

/* May no model or enum be called so? */
int schema_is_reserved(const char *name);

/*
 * Names that Prisma gives by convention, cut to 63 bytes on a character's
 * boundary: table "_" columns, suffix ("_pkey", "_key", "_idx", "_fkey").
 */
const char *schema_constraint_name(struct arena *, const char *table,
    const char *const *column, size_t ncolumns, const char *suffix);

#endif
