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

/* What cannot be executed, for people: a line each; how many. */
size_t plan_blocked(const struct plan *, struct buf *);
/* What may destroy data, or fail. */
size_t plan_warnings(const struct plan *, struct buf *);

/* How to come round what cannot be executed, in commands. */
void plan_advice(struct arena *, const struct plan *, struct buf *);

#endif
