#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include "base/opt.h"
#include "catalog/rename.h"
#include "catalog/risk.h"

struct arena;
struct buf;
struct catalog;
struct db_url;
struct diag;

/* What has to be done to get from what there is to the schema. */
struct plan {
	struct changes *changes; /* renames first */
	struct risks *risks;
};

/* --rename, --no-rename, --accept-data-loss: for OPT_INCLUDE. */
struct plan_opts {
	struct opt_list rename;
	int no_rename, accept;
};
extern struct plan_opts plan_opts;
extern const struct opt opt_plan[];

/* What is wanted, by whom, and how people are spoken to. */
struct plan_case {
	struct catalog *from; /* changed by renames */
	const struct catalog *to;
	const struct db_url *url; /* whose rows are in the way */
	const char *command;	  /* as it was typed, for hints */
	int push;		  /* `db push', else `migrate dev' */
	int written; /* --create-only: nothing is done but told */
	void (*say)(const char *, ...) __attribute__((format(printf, 1, 2)));
};

/*
 * Compares, with the renames that were asked for, and counts rows.  What may
 * be a rename is asked about on the terminal; without one it is an error of
 * status 1 that tells both ways on.  What cannot be executed is told, with
 * the ways on in diag: -1; what may destroy data or fail has to be agreed to.
 * 0: go on.
 */
int plan_make(struct arena *, const struct plan_case *, struct plan *,
    struct diag *);

#endif
