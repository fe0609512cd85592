#ifndef ROWS_STATE_MODEL_H
#define ROWS_STATE_MODEL_H

#include <stddef.h>

struct arena;
struct db;
struct diag;

/*
 * The table that a Prisma model has made for the state of a sync, whatever
 * it is called, as statements.  Their values do not depend on the session's
 * TimeZone.
 */
struct state_model {
	const char *shown, *ident;
	const char *name;   /* SQL: the table's name, as text */
	const char *cutoff; /* SQL: a timestamp in UTC, or NULL */
	int coarse;	    /* in whole seconds */
	/* Parameters $1 table, $2 cutoff, and $3 rows where they are counted:
	 * of both. */
	const char *update, *insert;
	size_t nparams;
	int turns; /* its keys are counted: only one may insert at a time */
};

/* Finds it in the URL's schema.  NULL: there is none, or diag. */
struct state_model *state_model_find(struct arena *, struct db *,
    struct diag *);

#endif
