#ifndef DB_CREATE_H
#define DB_CREATE_H

struct db_url;
struct diag;

/* Creates the database that a URL names, by way of `postgres'. */
int db_create(const struct db_url *, struct diag *);

#endif
