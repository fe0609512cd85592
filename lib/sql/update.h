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
	size_t place;		/* where it stands, in bytes */
	struct sql_part value;
	const char *reads;	/* a column that the statement sets, and that
				 * it reads; or NULL */
	int perhaps;		/* it does unless a column of another table is
				 * meant, which is not said */
	const char *reads_row;	/* it reads a whole row by that name, unless
				 * a column is called so; or NULL */
	int constant;		/* it is a constant */
	int moment;		/* a constant in it is as 'now' or 'today',
				 * which a date or a time may be made of */
	const char *copies;	/* it is that column of the row, and no more;
				 * or NULL */
};

struct sql_function {
	const char *schema;	/* NULL: not said */
	const char *name;
};

/* An UPDATE taken apart. */
struct sql_update {
	const char *schema;	/* NULL: not said */
	const char *table;
	size_t place;		/* where the table stands, in bytes */
	int only;		/* ONLY was said */
	const char *alias;	/* what its row is called in the expressions:
				 * AS …, else the table's name */
	struct sql_set *set;
	size_t nset;
	struct sql_part from;	/* behind FROM */
	struct sql_part where;	/* behind WHERE */
	int where_reads_set;	/* the condition looks at a column of the row
				 * that is set */
	struct sql_function *function; /* called in values, or behind FROM */
	size_t nfunctions;
	int tells_time;		/* CURRENT_TIMESTAMP, 'now'::date and the like
				 * are read there */
};

/* Is that the name of a type, or of a list of such, for which 'now' is no text
 * but the time of day? */
int update_is_time(const char *type);

/* The version of PostgreSQL that the grammar is of: words that only a newer
 * one knows do not parse. */
extern const int update_grammar;

/*
 * Takes a statement apart by PostgreSQL's own grammar; a ';' at its end does
 * no harm.  -1: it is no UPDATE, or has what cannot be done in batches (WITH,
 * RETURNING, CURRENT OF, DEFAULT, a part of a column, one row for several
 * columns from a query, parameters); diag says what, *offset is the byte.
 *
 * Whether a column is read is told by its name.  What may mean it does: a
 * bare name inside of a sub-select, and any row of the table under another
 * name.  What a function does inside is not seen.
 */
int update_parse(struct arena *, const char *text, size_t len,
    struct sql_update *, size_t *offset, struct diag *);

#endif
