#ifndef BATCH_TELL_H
#define BATCH_TELL_H

#include <stddef.h>

#include "base/out.h"
#include "batch/run.h"

struct arena;
struct change;
struct diag;
struct job;
struct preview;
struct undo;

/*
 * How runs are told: previews and batches as records to what the program has
 * opened, progress and the closing line to people.
 */

/* A preview: one thing a record. */
#define TELL_PREVIEW_COLUMNS 2
extern const struct out_column tell_preview_columns[TELL_PREVIEW_COLUMNS];
/* command: what would do it, NULL: not told. */
void tell_preview(struct out *, struct arena *, const struct change *,
    const struct preview *, const char *command);
void tell_undo(struct out *, struct arena *, const struct undo *,
    const char *command);

/* A batch: the fields of its range, rows being those it has changed; then
 * milliseconds, rows it has looked at, retries, the run. */
#define TELL_BATCH_COLUMNS 9
extern const struct out_column tell_batch_columns[TELL_BATCH_COLUMNS];

struct tell {
	struct arena *mem;
	const struct job *job;
	struct out *out;	/* NULL: no records */
	/* its own */
	struct arena *scratch;
	long long began;	/* rows looked at when it was taken up */
	int pass;
	const char *waits;	/* for what; NULL: it does not */
};

void tell_begin(struct tell *, const struct journal *);
/* The hooks that tell of it; arg is the tell. */
struct run_hooks tell_hooks(struct tell *);
/* The closing line: what was done, and what is left. */
void tell_end(struct tell *, const struct journal *,
    const struct run_result *);

/* Is stdout read by people, who want no record of each batch? */
int tell_on_terminal(void);

/* Runs, as --status lists them. */
#define TELL_RUN_COLUMNS 16
extern const struct out_column tell_run_columns[TELL_RUN_COLUMNS];
void tell_run(struct out *, const struct run_row *);

#endif
