#ifndef MIGRATE_SIDE_H
#define MIGRATE_SIDE_H

#include <stddef.h>

#include "db/url.h"

struct arena;
struct catalog;
struct diag;
struct project;
struct schema;

/* One of the two things that are compared. */
enum side_kind {
	SIDE_EMPTY,
	SIDE_SCHEMA,	 /* a file, or a folder of them */
	SIDE_HISTORY,	 /* a folder of migrations */
	SIDE_DATABASE,	 /* a URL, or the name of one */
	SIDE_DATASOURCE	 /* the database that a schema's datasource names */
};

struct side {
	enum side_kind kind;
	const char *text; /* the path, URL or name; SIDE_EMPTY: unused */
	/* filled in by sides_read() */
	struct schema *schema; /* SIDE_SCHEMA */
	struct db_url url;     /* SIDE_DATABASE, SIDE_DATASOURCE */
	struct catalog *catalog;
};

/*
 * What an operand means: "empty"; else a path that exists (a folder with
 * migration_lock.toml or a migration.sql one below is a history, any other
 * a schema); else a URL or name.
 */
void side_of(const char *operand, struct side *);

struct sides_opts {
	const char *shadow_url; /* NULL: the schema's shadowDatabaseUrl */
};

/*
 * Fills in both catalogs.  Which namespaces of a database or history are
 * looked at, and which is the default one, is what the other side says.
 * Comparing files asks neither the environment nor a server.  -1: diag.
 */
int sides_read(struct arena *, struct side *from, struct side *to,
    const struct sides_opts *, struct diag *);

#endif
