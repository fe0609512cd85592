#ifndef BATCH_PERFORM_H
#define BATCH_PERFORM_H

#include "base/out.h"
#include "batch/keep.h"
#include "batch/open.h"
#include "batch/run.h"

struct arena;
struct change;
struct diag;

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
	struct run_result result; /* set when it was executed */
	long long rows;		/* that it would change: set when not */
};

/* The change has been checked.  0, also where it was stopped, or something is
 * left (see result). */
int perform_change(struct perform *, struct change *, struct diag *);
int perform_undo(struct perform *, struct undo *, struct diag *);

/* The exit status that the result means. */
int perform_status(const struct perform *);

/* A command line as it was typed, quoted for a shell, with --execute and
 * without --dry-run. */
char *perform_command(struct arena *, const char *name, int argc,
    char *const *argv, int execute);

#endif
