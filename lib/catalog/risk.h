#ifndef CATALOG_RISK_H
#define CATALOG_RISK_H

#include <stddef.h>

#include "catalog/change.h"

struct arena;
struct buf;

/*
 * What a list of changes can destroy, and where it can fail: known from the
 * catalogs alone, and better once the rows of a database have been counted.
 */

enum risk_kind {
	/* Prisma's warnings */
	RISK_DROP_TABLE,
	RISK_DROP_COLUMN,
	RISK_CAST,
	RISK_RECREATE_COLUMN, /* optional, or with a default */
	RISK_CHANGE_PK,
	RISK_ADD_UNIQUE,
	RISK_REMOVE_VALUES, /* of an enum */
	/* Prisma's steps that cannot be executed where there are rows */
	RISK_ADD_REQUIRED,
	RISK_ADD_REQUIRED_CLIENT, /* its default is the client's */
	RISK_MAKE_REQUIRED,
	RISK_MAKE_LIST,
	RISK_RECREATE_REQUIRED,
	/* ours */
	RISK_ADD_FK,
	RISK_ADD_PK,
	RISK_FIRST_OF_LIST, /* the others are lost */
	RISK__MAX
};

/* The greater, the worse. */
enum risk_level {
	RISK_SAFE,
	RISK_MAY_FAIL,
	RISK_DESTRUCTIVE,
	RISK_BLOCKED, /* it cannot be executed: rows are in the way */
	RISK_LEVEL__MAX
};
/* "safe", "may fail", "destructive", "blocked" */
extern const char *const risk_level_name[RISK_LEVEL__MAX];

/* What is to be counted, in risk.count. */
enum risk_need {
	NEED_ROWS,	 /* of the table */
	NEED_ANY_ROW,	 /* 1: it has one, 0: it is empty */
	NEED_VALUES,	 /* of the column, not NULL */
	NEED_NULLS,
	NEED_DUPLICATES, /* groups of rows that are equal in the columns */
	NEED_USES,	 /* rows that hold one of the removed values */
	NEED_LONGER,	 /* lists of more than one element */
	NEED_ORPHANS	 /* rows whose key is not there */
};

/* A column by the names that the database has for it now. */
struct risk_column {
	const char *ns, *table, *name;
	int is_list;
};

struct risk {
	enum risk_kind kind;
	enum risk_need need;
	size_t step; /* the change's place in the list */
	const struct change *change;
	const struct clause *clause; /* NULL: the whole change */
	const char *table;	     /* as messages name it */
	const char *name;	     /* of the column, or enum; NULL: none */
	struct risk_column on;	     /* where to count */
	/* the columns of an index or key, or those of a removed enum value */
	struct risk_column *column;
	size_t ncolumns;
	int never; /* the new columns rule duplicates out */
	/* Each -1 as long as it is not known. */
	long long count;
	long long misfits; /* RISK_CAST: values that do not fit */
	long long rounded; /* RISK_CAST: that would be another value */
	const char *locked; /* the table that could not be looked at */
};

struct risks {
	const struct changes *changes;
	struct risk *item; /* in the order of the steps */
	size_t n;
};

/* Nothing is counted yet. */
struct risks *risks_find(struct arena *, const struct changes *);

enum risk_level risk_level(const struct risk *);
/* The worst of one change: what `diff --json' tells of it. */
enum risk_level risks_of_change(const struct risks *, const struct change *);
/* Is it one of Prisma's steps that cannot be executed? */
int risk_is_step(const struct risk *);

/*
 * One line for people, Prisma's words wherever it has some, with the counts
 * that are known.
 */
void risk_text(const struct risk *, struct buf *);

/*
 * The comment that Prisma writes above a new migration; nothing where there
 * is nothing to warn of.  Counts do not show in it.
 */
void risk_header(const struct risks *, struct buf *);

#endif
