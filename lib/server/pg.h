#ifndef SERVER_PG_H
#define SERVER_PG_H

struct arena;
struct diag;

/* The programs of one PostgreSQL. */
struct pg {
	const char *bin; /* folder of initdb and postgres */
	int version;	 /* 15 */
};

/*
 * DBM_PGBIN, else the newest of /usr/lib/postgresql, else PATH.  want is a
 * version that data is of, 0 for any.
 */
int pg_find(struct arena *, int want, struct pg *, struct diag *);

#endif
