#ifndef ROWS_DIGEST_H
#define ROWS_DIGEST_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct table;
struct column;
struct key;

/*
 * A table on two servers, told apart by digests.  Rows are dealt into ranges
 * by a hash of their key: so ranges are of one size whatever the key's type,
 * and mean the same on both sides whatever their collations.  A digest is
 * the number of rows and the 128-bit sum of their 64-bit hashes; it depends
 * on no order, and two equal rows do not cancel out.  Both servers compute
 * at once.
 */
struct pair {
	struct db *db[2];	   /* in transactions of rows_begin() */
	const struct table *table[2];
	const struct column **column; /* of table[0]; the other side has them
				       * under the same names */
	size_t ncolumns;
	const struct key *key;	   /* of table[0]; NULL: it has none */
	int partial;		   /* set by digest_pair(): a column is not
				    * on both sides */
};

/*
 * Sets columns and key of a pair that has its tables: the columns that both
 * have, computed ones where either side stores them; the best key of table[0]
 * that table[1] has, too.
 */
void digest_pair(struct arena *, struct pair *);

struct digest {
	long long rows;
	const char *sum;
};

/* Of the whole table, on each side. */
int digest_tables(struct arena *, const struct pair *, struct digest out[2],
    struct diag *);

/*
 * What differs, by key range: equal ranges cost one digest, those that
 * differ are cut into finer ones once more.  The pair needs a key.
 */
struct ranges {
	int all;	       /* nearly everything differs: all rows */
	int none;	       /* nothing does */
	long long rows[2];     /* of the tables, both sides */
	long long differ[2];   /* rows inside of ranges that differ */
	/* SQL for those of table[0], columns bare; NULL: all, or none. */
	const char *condition;
	const char *other;     /* the same for table[1] */
};
/* keys_only: rows with the same key count as equal. */
int digest_ranges(struct arena *, const struct pair *, int keys_only,
    struct ranges *, struct diag *);

/* One key that is not the same on both sides. */
enum key_state {
	KEY_DIFFERS, /* both have it, other columns differ */
	KEY_MISSING, /* only side 0 has it */
	KEY_EXTRA,   /* only side 1 has it */
	KEY__MAX
};
extern const char *const key_state_name[KEY__MAX];

/* A hook that is called for each; -1 (diag set by it) ends the search. */
typedef int key_hook(void *arg, enum key_state, const char *const *value,
    size_t n);

/*
 * Finds them inside the ranges, in the order of their hashes, in constant
 * memory.  Keys are the same when their texts are.
 */
int digest_keys(const struct pair *, const struct ranges *, int keys_only,
    key_hook *, void *arg, struct diag *);

#endif
