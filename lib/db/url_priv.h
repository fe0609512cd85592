#ifndef DB_URL_PRIV_H
#define DB_URL_PRIV_H

#include "db/url.h"

#define MAX_KEYS 64

/* A URL being parsed: shared by url.c and url_params.c. */
struct url_parse {
	struct arena *mem;
	struct diag *d;
	const char *dir;
	struct db_url *url;
	const char **key, **value;
	size_t nkeys;
	const char *sslcert, *sslmode, *sslpassword;
	int strict, pgbouncer; /* pgbouncer: -1 not said */
};

/* P1013 and why; -1. */
int url_invalid(struct diag *, const char *what);

/* A keyword for libpq; a later one replaces an earlier. */
void url_add_key(struct url_parse *, const char *key, const char *value);

/* One parameter of the URL: translated, handed on or dropped. */
int url_parameter(struct url_parse *, const char *name, const char *value);

/* sslmode, sslaccept and certificates, when all of them are known. */
void url_translate_ssl(struct url_parse *);

#endif
