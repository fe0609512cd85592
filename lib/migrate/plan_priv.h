#ifndef MIGRATE_PLAN_PRIV_H
#define MIGRATE_PLAN_PRIV_H

#include "migrate/plan.h"

/* Shared by plan.c, plan_rename.c and advice.c. */

/*
 * The changes that are left once all renames are settled, those asked for
 * and those agreed to; they are not among the changes.  NULL: diag.
 */
struct changes *plan_renames(struct arena *, const struct plan_case *,
    struct renames *, struct diag *);

/*
 * How to come round what cannot be executed, in commands; lines without the
 * last newline.
 */
void plan_advice(struct arena *, const struct plan *, int push, struct buf *);

#endif
