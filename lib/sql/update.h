#ifndef SQL_UPDATE_H
#define SQL_UPDATE_H

#include <stddef.h>

struct arena;
struct diag;

/* A part of a statement as it stands there; text NULL: it has none. */
struct sql_part {
	const char *text;
	size_t offset; /* in the statement, in bytes */
};

struct sql_set {
	const char *column;	/* folded as the server does */
	struct sql_part value;
	int reads_set;		/* it reads a column that the statement sets */
};

/* An UPDATE taken apart. */
struct sql_update {
	const char *schema;	/* NULL: not said */
	const char *table;
	const char *alias;	/* what its row is called in the expressions:
				 * AS …, else the table's name */
	struct sql_set *set;
	size_t nset;
	struct sql_part from;	/* behind FROM */
	struct sql_part where;	/* behind WHERE */
	int where_reads_set;	/* the condition looks at a column that is
				 * set */
	const char **function;	/* called in values and condition: a name,
				 * or schema.name */
	size_t nfunctions;
	int tells_time;		/* CURRENT_TIMESTAMP and the like are read */
};

/*
 * Takes a statement apart by PostgreSQL's own grammar; a ';' at its end does
 * no harm.  -1: it is no UPDATE, or has what cannot be done in batches (WITH,
 * RETURNING, CURRENT OF, DEFAULT, a part of a column, one row for several
 * columns from a query); diag says what, *offset is the byte.
 */
int update_parse(struct arena *, const char *text, size_t len,
    struct sql_update *, size_t *offset, struct diag *);

#endif
