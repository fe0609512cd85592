#ifndef DB_URL_H
#define DB_URL_H

#include <stddef.h>

struct arena;
struct diag;

/*
 * A PostgreSQL connection URL as Prisma writes it.  libpq rejects its
 * parameters, so it is parsed here, and handed to libpq as keywords.
 */
struct db_url {
	const char *host;     /* name, address or folder of a socket */
	const char *port;     /* NULL, both: libpq's default */
	const char *user;     /* NULL: libpq's default */
	const char *password; /* NULL: none given; never printed */
	const char *dbname;
	const char *schema;   /* "public" unless the URL says other */
	int own_server;	      /* the one of `dbm server' */
	int beside_own;	      /* another one, though this project has one */
	int pooler;	      /* a transaction pooler, as far as one can tell */
	const char *const *keys, *const *values; /* for libpq, NULL-ended */
	const char *text;     /* as given, password included */
};

/*
 * Parses.  dir is what relative certificate paths start from (the schema's
 * folder), NULL for the working directory.  What libpq has no use for goes
 * as a warning into `dropped' (may be NULL).  -1: diag says why, without the
 * password.
 */
int url_parse(struct arena *, const char *text, const char *dir,
    struct db_url *, struct diag *);

/* Is it PostgreSQL's (or Prisma's) URL at all, rather than a short name? */
int url_looks_like(const char *);

/* Is it on this machine, by its name: a socket, localhost, 127.x or ::1? */
int url_is_local(const struct db_url *);

/* Do both name one database, as far as names tell?  localhost is ::1. */
int url_is_same(const struct db_url *, const struct db_url *);

/* host:port, or the socket folder: for messages. */
char *url_where(struct arena *, const struct db_url *);

/* The same server, another database. */
int url_with_dbname(struct arena *, const struct db_url *, const char *dbname,
    struct db_url *);

#endif
