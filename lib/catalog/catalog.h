#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <stddef.h>

#include "schema/native.h"
#include "schema/schema.h"

struct arena;

/*
 * What a database looks like, as far as a schema can say it: made from a
 * schema (catalog_from_schema) or read from a database (introspect), so that
 * the two can be compared.  It points to nothing outside its arena and the
 * schema it was made from.
 *
 * `pos' is an object's place among all of its sort in the catalog: in order
 * of declaration for a schema, of names for a database.  The order of the
 * steps of a migration is made of it.
 */

struct cat_type {
	enum native native;
	enum ast_arity arity;
	int nargs;
	long arg[2]; /* length; precision, scale */
	const struct cat_enum *enumeration;
	const char *unsupported; /* its text, verbatim */
};

enum value_kind {
	VALUE_STRING,
	VALUE_ENUM,	/* the label */
	VALUE_INT,
	VALUE_FLOAT,	/* text as written */
	VALUE_BOOLEAN,	/* "true", "false" */
	VALUE_JSON,
	VALUE_DATETIME, /* text as it is rendered */
	VALUE_BYTES,	/* text: lower-case hex */
	VALUE_LIST
};

struct cat_value {
	enum value_kind kind;
	const char *text;
	struct cat_value *item; /* VALUE_LIST */
	size_t nitems;
};

enum cat_default_kind {
	CAT_DEFAULT_NONE,
	CAT_DEFAULT_VALUE,
	CAT_DEFAULT_NOW,
	CAT_DEFAULT_SEQUENCE,	/* text: its name, "" where not known yet */
	CAT_DEFAULT_DBGENERATED /* text: the expression, NULL: not said */
};

struct cat_default {
	enum cat_default_kind kind;
	const char *text;
	struct cat_value value;
};

struct cat_column {
	const char *name;
	struct cat_table *table;
	size_t pos;
	struct cat_type type;
	struct cat_default dflt;
	int autoincrement;  /* default is nextval() of a sequence; identity */
	int client_default; /* the client fills it in: uuid(), cuid() … */
	int has_comment;    /* of a database */
	const struct schema_field *field; /* it was made from, or NULL */
};

struct cat_index_column {
	struct cat_column *column;
	enum index_sort sort;
	const char *opclass; /* NULL: not said */
	int opclass_is_default;
	int nulls_first, nulls_last; /* of a database: said, and unusual */
};

struct cat_index {
	const char *name;
	struct cat_table *table;
	size_t pos;
	enum index_kind kind;
	enum index_algorithm algorithm;
	struct cat_index_column *column;
	size_t ncolumns;
	int deferrable; /* of a database */
	/* Of a database: how many of the columns are no part of the key. */
	size_t nincluded;
};

struct cat_fk {
	const char *name;
	struct cat_table *table, *target;
	size_t pos;
	struct cat_column **column, **target_column;
	size_t ncolumns;
	enum ref_action on_delete, on_update; /* never ACTION_NONE */
	int deferrable;			      /* of a database */
};

struct cat_table {
	const char *ns, *name;
	size_t pos;
	struct cat_column *column;
	size_t ncolumns;
	struct cat_index *pk; /* or NULL */
	struct cat_index *index; /* without the primary key */
	size_t nindexes;
	struct cat_fk **fk; /* of the catalog's, in their order */
	size_t nfks;
	const struct schema_model *model; /* it was made from, or NULL */
	/* Of a database, for `db pull': what the model does not hold. */
	int is_partition_parent, has_children, has_row_security;
	const char *comment; /* or NULL */
	const char *const *check, *const *exclusion, *const *expression_index;
	size_t nchecks, nexclusions, nexpression_indexes;
};

struct cat_enum {
	const char *ns, *name;
	size_t pos;
	const char *const *label;
	size_t nlabels;
	const struct schema_enum *enumeration; /* it was made from, or NULL */
	int has_comment; /* of a database */
};

struct cat_extension {
	const char *name, *schema, *version; /* "": not said */
	size_t pos;
	int relocatable;
};

struct cat_view {
	const char *ns, *name, *definition;
	struct cat_column *column;
	size_t ncolumns;
	int has_comment;
};

struct catalog {
	struct arena *arena;
	const char *default_ns; /* not written before names; NULL: none */
	const char *const *ns;	/* namespaces, by name */
	size_t nns;
	struct cat_enum *enumeration;
	size_t nenums;
	struct cat_table *table;
	size_t ntables;
	struct cat_fk *fk; /* of all tables, in the order of pos */
	size_t nfks;
	struct cat_extension *extension;
	size_t nextensions;
	struct cat_view *view; /* of a database */
	size_t nviews;
};

/* Nothing at all. */
struct catalog *catalog_empty(struct arena *);

/*
 * The tables that a valid schema asks for.  ns: the namespace of what has no
 * @@schema, usually "public".
 */
struct catalog *catalog_from_schema(struct arena *, const struct schema *,
    const char *ns);

/* By name; NULL: there is none.  Each walks what there is. */
struct cat_table *catalog_table(const struct catalog *, const char *ns,
    const char *name);
struct cat_column *catalog_column(const struct cat_table *, const char *name);

#endif
