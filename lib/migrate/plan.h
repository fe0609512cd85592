#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include "base/opt.h"
#include "catalog/rename.h"
#include "catalog/risk.h"

struct arena;
struct buf;
struct catalog;
struct db;
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

/*
 * Compares, with the renames that were asked for.  What may be a rename is
 * asked about on the terminal; without one it is an error of status 1 that
 * tells both ways on.  command: what was typed, for these.  `from' is
 * changed by renames.
 */
int plan_make(struct arena *, struct catalog *from,
    const struct catalog *to, const char *command, struct plan *,
    struct diag *);

/* What the user has typed, and how people are spoken to. */
struct plan_case {
	const char *command;
	int push;    /* `db push', else `migrate dev' */
	int written; /* --create-only: nothing is done but told */
	void (*say)(const char *, ...) __attribute__((format(printf, 1, 2)));
};

/*
 * Once rows have been counted: tells what cannot be executed, with the ways
 * on in diag, and what may destroy data or fail, which has to be agreed to.
 * 0: go on.
 */
int plan_confirm(struct arena *, const struct plan *,
    const struct plan_case *, struct diag *);

/*
 * For commands in hints: the option that names the same database again,
 * " --url NAME", or "" where none was given.  A URL is not repeated.
 */
const char *plan_database(struct arena *);

/*
 * How to come round what cannot be executed, in commands; lines without the
 * last newline.
 */
void plan_advice(struct arena *, const struct plan *, int push, struct buf *);

#endif
