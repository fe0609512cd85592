#ifndef DB_CREATE_H
#define DB_CREATE_H

struct db_url;
struct diag;

/*
 * Creates the database that a URL names, by way of `postgres' or `template1',
 * as Prisma does.  1: another has made it meanwhile; -1: diag.
 */
int db_create(const struct db_url *, struct diag *);

#endif
