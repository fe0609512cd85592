#ifndef BATCH_CHUNKS_H
#define BATCH_CHUNKS_H

struct arena;
struct db;
struct diag;
struct pick;
struct range;

/* A whole table in ranges of so many rows. */
struct chunks {
	struct db *db;
	const struct pick *pick; /* one name, which means one table */
	long long size;		 /* rows */
	const char *where;	 /* of those that count; NULL: all do */
	const char *by;		 /* as in batch_key() */
	const char *from_key;	 /* above it only; NULL: all of it */
	/* The next one; -1: no more of it, diag says why. */
	int (*range)(void *arg, const struct range *, struct diag *);
	void *arg;
};

/* Is its condition one, as far as can be seen without a server? */
int chunks_check(const struct chunks *, struct diag *);
/* Finds the table, and cuts it.  Between two ranges no transaction is open,
 * and what has been held of them is let go of. */
int chunks_run(struct arena *, const struct chunks *, struct diag *);

#endif
