#ifndef DB_INTROSPECT_H
#define DB_INTROSPECT_H

#include <stddef.h>

struct arena;
struct buf;
struct catalog;
struct db;
struct db_rows;
struct diag;

/* What the queries of sql/introspect_*.sql have brought, in this order. */
enum introspect_part {
	INTROSPECT_NAMESPACES,
	INTROSPECT_TABLES,
	INTROSPECT_CONSTRAINTS,
	INTROSPECT_ENUMS,
	INTROSPECT_FKS,
	INTROSPECT_INDEXES,
	INTROSPECT_EXTENSIONS,
	INTROSPECT_COLUMNS,
	INTROSPECT_VIEWS,
	INTROSPECT__MAX
};

struct introspection {
	struct db_rows *rows[INTROSPECT__MAX];
};

enum {
	INTROSPECT_WITH_VIEWS = 1 /* else there are none in it */
};

/*
 * Describes the schemas of a database as Prisma's engine sees them; ns are
 * those asked for, of which only those that exist are in the catalog.
 * Whatever search_path the session has stays as it is: expressions are
 * written for the one of its URL.  One round trip.  -1: an SQL error, or a
 * foreign key that leads out of these schemas (P4002).
 */
int introspect(struct arena *, struct db *, const char *const *ns, size_t nns,
    unsigned flags, struct catalog **, struct diag *);

/*
 * Its two halves: rows from the server, and a catalog from the rows, which
 * points into them.
 */
int introspect_read(struct arena *, struct db *, const char *const *ns,
    size_t nns, unsigned flags, struct introspection *, struct diag *);
int introspect_catalog(struct arena *, const struct introspection *,
    struct catalog **, struct diag *);

/*
 * The rows as text, to be kept in a file: a line that names the version,
 * then for each query a line "name rows columns" and its rows as in COPY.
 * Loading takes what this version has saved; -1: it is something else, or
 * torn.
 */
void introspect_save(const struct introspection *, struct buf *);
int introspect_load(struct arena *, const char *text, size_t len,
    struct introspection *);

#endif
