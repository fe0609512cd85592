#ifndef DB_OWN_H
#define DB_OWN_H

struct db;
struct diag;

/*
 * dbm's own tables stand in a schema `dbm', which is made when something
 * first needs it: in `public' they would be drift to Prisma.  A row in
 * dbm.layout says which layout they have; a column is only ever added.
 */

/*
 * Makes one of them where it is missing, by its script; NULL: only looks.
 * 1: it is there; 0: it is not; -1: diag.  Without the right to make it, or
 * to read and write it, diag names the GRANT, and has SQLSTATE 42501.
 */
struct own_table {
	const char *name, *create;
	const char *newest; /* a column that its newest layout has: a table
			     * without it is made so by the same script */
};
int own_prepare(struct db *, const struct own_table *, struct diag *);

#endif
