#ifndef ROWS_SWAP_PRIV_H
#define ROWS_SWAP_PRIV_H

/* Shared by swap*.c: one unique index that may be in the way. */
struct column;
struct diag;
struct merge;
struct merge_table;

struct unique {
	const struct merge_table *t;
	const char *name, *shown, *predicate; /* shown: what it indexes */
	const char **expr, **equal;
	size_t n;
	int nulls_equal;
	size_t number; /* of the index among those of the table */
	const struct column **column; /* all that it depends on */
	size_t ncolumns;
	const char *found; /* a temporary table of the rows that hold values
			    * which staged ones want; see swap_find() */
};

/*
 * Makes `found': the keys of rows that are in the way, and the texts
 * "dbm wants" and "dbm holds" (keys) and "dbm value"; is the one that holds
 * it staged, "dbm staged", will it be deleted, "dbm gone", is the one that
 * wants it there already, "dbm there".
 * 1: there are any; 0; -1: diag, also where two staged rows want the same.
 */
int swap_find(struct merge *, struct unique *, struct diag *);
/* Are there any still? */
int swap_left(struct merge *, const struct unique *, struct diag *);
/* Gives them another value: 1; 0: no column may have one; -1: diag. */
int swap_set(struct merge *, const struct unique *, struct diag *);

#endif
