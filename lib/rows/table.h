#ifndef ROWS_TABLE_H
#define ROWS_TABLE_H

#include <stddef.h>

#include "base/like.h"

struct arena;
struct db;
struct diag;

/* What moving rows needs to know of a table; all of it lives in one arena. */

struct column {
	const char *name, *ident;    /* ident: quoted */
	const char *type;	     /* as written: character varying(20) */
	const char *type_schema, *type_name; /* a domain's is its base's */
	char type_kind;		     /* typtype: b, c, e, m, r */
	int is_domain, not_null, has_default;
	int generated;		     /* computed: never in a stream */
	char identity;		     /* a, d, or 0 */
	int plain_collation;	     /* deterministic, or has none */
	const char *const *label;    /* of an enum, or a list of one */
	size_t nlabels;
	/* Equal by the type's own '=' means equal as text, and the reverse. */
	int exact;
};

struct key {
	const char *name;
	int primary, deferrable;
	int partial, expression;     /* then column[] is not all there is */
	int nulls_equal;	     /* NULLS NOT DISTINCT */
	const struct column **column;
	const char **equal;	     /* OPERATOR(s.=) for each: found whatever
				      * the search_path */
	/* Schema (quoted) of its comparison operators, where ORDER BY its
	 * columns is its own order and a row comparison is a search in it. */
	const char *order;	     /* NULL: it is not so */
	size_t n;
	/* It tells every row apart: neither partial nor of expressions, and
	 * all of its columns are NOT NULL. */
	int identifies;
};

struct fk {
	const char *name;
	const char *parent_oid, *parent_schema, *parent_name;
	const char *parent_from;     /* in FROM, as table.from */
	int deferrable;
	char on_delete, match;	     /* as in pg_constraint */
	const struct column **column;
	const char **parent_column;
	const char **equal;	     /* OPERATOR(s.=): the parent on its left */
	const char **collate;	     /* to be put behind it, or "" */
	size_t n;
};

struct sequence {
	const struct column *column;
	const char *schema, *name, *ident; /* ident: "s"."n" */
	const char *last;	     /* NULL: never used */
	int descending;
};

struct table {
	const char *oid, *schema, *name;
	const char *ident;	     /* "schema"."name" */
	const char *from;	     /* in FROM: without inheritance children */
	const char *shown;	     /* for people: name, or schema.name where
				      * it is not the URL's schema */
	char kind;		     /* r or p */
	int is_partition, of_extension;
	int row_security;	     /* would hide rows from this role */
	long long rows;		     /* estimate; -1: never analyzed */
	long long bytes;
	const char *triggers;	     /* names, also of rules; or NULL */
	int only_fk_triggers;	     /* also none of deferrable constraints,
				      * or for replicas only */
	struct column *column;
	size_t ncolumns;
	struct key *key;	     /* unique indexes, the primary key first */
	size_t nkeys;
	struct fk *fk;
	size_t nfks;
	struct sequence *sequence;
	size_t nsequences;
};

struct tables {
	struct table **table;	     /* by schema and name, as bytes */
	size_t n;
};

/*
 * Reads all tables of these schemas in one round trip; partitions and what
 * belongs to extensions are among them, and marked.  -1: diag.
 */
int tables_read(struct arena *, struct db *, const char *const *schema,
    size_t n, struct tables *, struct diag *);
/* In two halves, so that two servers work at once. */
int tables_send(struct db *, const char *const *schema, size_t n,
    struct diag *);
int tables_take(struct arena *, struct db *, struct tables *, struct diag *);

/* NULL: not there. */
struct table *table_find(const struct tables *, const char *schema,
    const char *name);
const struct column *table_column(const struct table *, const char *name);
const struct fk *table_fk_to(const struct table *, const struct table *);
const struct fk *table_fk_of(const struct table *, const char *parent_oid);

/*
 * The key that tells rows apart, all of whose columns are among those n
 * (NULL: among all): the primary key, else the shortest that does.  NULL:
 * there is none.
 */
const struct key *table_key(const struct table *, const struct column **,
    size_t n);

/* Those columns that a stream carries: all but generated ones.  Their number
 * is *n. */
const struct column **table_streamed(struct arena *, const struct table *,
    size_t *n);

/* Is it a place where sync keeps its state: columns tableName and
 * lastMigratedAt in any spelling? */
int table_is_state(const struct table *);

/* Is it one of these? */
int columns_have(const struct column *const *, size_t n,
    const struct column *);

/* "a", "b", "c" with a prefix for each, as in "d."; for SQL lists. */
char *columns_list(struct arena *, const struct column *const *, size_t n,
    const char *prefix);

#endif
