#ifndef BATCH_PERFORM_H
#define BATCH_PERFORM_H

#include "base/out.h"
#include "batch/keep.h"
#include "batch/open.h"
#include "batch/run.h"

struct arena;
struct change;
struct diag;

#define PROMOTE_ROWS 50 /* of a batch of `dbm promote', as in its guide */

/*
 * What the programs that change rows in batches do with a change, or an undo,
 * once they know it: show it, or do it.
 */
struct perform {
	struct arena *mem;
	struct batch_sessions *on;
	const char *kind;	/* "backfill", "promote" */
	const char *name;	/* NULL: change_name() */
	const char *options;	/* as typed, for the record */
	const char *command;	/* that would do it, for the preview */
	int execute, keep_before;
	const void *execute_option, *dry_run_option; /* their destinations */
	struct run_result result; /* set when it was executed */
	long long rows;		/* that it would change: set when not */
};

/* The change has been checked.  0, also where it was stopped, or something is
 * left (see result). */
int perform_change(struct perform *, struct change *, struct diag *);
int perform_undo(struct perform *, struct undo *, struct diag *);

/* The exit status that the result means. */
int perform_status(const struct perform *);

/* The command that was given, by its operands and options, quoted for a
 * shell; passwords masked.  execute: the one that does it. */
char *perform_command(const struct perform *, const char *name,
    char *const *operand, size_t n, int execute);

#endif
