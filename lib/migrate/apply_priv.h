#ifndef MIGRATE_APPLY_PRIV_H
#define MIGRATE_APPLY_PRIV_H

#include "migrate/apply.h"
#include "migrate/journal.h"
#include "migrate/units.h"

/* One migration at work; shared by the files that apply it. */
struct run {
	struct apply *a;
	struct db *db;
	struct arena *mem;
	const struct migration *m;
	const char *text;
	size_t len;
	struct units units;
	struct journal journal; /* of the row that is resumed */
	char id[37];
	size_t done; /* units */
	int resumed; /* an earlier run may have left things behind */
	size_t begun; /* a unit that refuses transactions, from 1; 0: none */
	const char *begun_indexes; /* that its table had before */
	const struct sql_stmt *failed; /* NULL: not known */
	struct diag *d;
};

/* apply.c */

/* Sends a unit's text with nothing around it; before: as of run_unit(). */
int run_bare(struct run *, const struct unit *, const char *before);

/* Calls the caller's tick while statements run. */
void run_ticks(struct run *);

/*
 * Unit i and its record, in one transaction wherever that can be.  before:
 * SQL that goes ahead of it in the same simple query, or NULL.
 */
int run_unit(struct run *, size_t i, const char *before);

/* record.c: the row */

/* Makes it; settle: and ends the unfinished ones of earlier runs. */
int record_begin(struct run *, int settle);

/* Appends what is to be committed together with unit i: RECORD_STMTS. */
void record_unit(struct buf *, const struct run *, size_t i);
#define RECORD_STMTS 3

/* By a statement of its own: `done' units; all of them: it is finished. */
int record_done(struct run *);

/* By a statement of its own: the whole journal, and what has begun. */
int record_journal(struct run *);

/* Ends any transaction, and says why in the row.  A mere lock timeout leaves
 * no failed row behind. */
void record_failure(struct run *, const char *why);

/* alone.c: a unit that refuses transactions: asks the catalog, runs it,
 * checks. */
int alone_run(struct run *, const struct unit *);

/* The same for a unit that ends in PREPARE TRANSACTION: nothing of ours can
 * be part of that transaction. */
int alone_prepare(struct run *, const struct unit *, const char *before);

/* patience.c: unit i under --lock-timeout. */
int patience_run(struct run *, size_t i);

/* failure.c */

/* Nothing of the script is in the database, nor may be. */
int run_left_nothing(const struct run *);

/* Is this the SQLSTATE of the last error? */
int run_failed_with(const struct run *, const char *sqlstate);

/* Records the failure, and turns diag into what people need to know. */
void run_failed(struct run *, const struct history_row *earlier);

#endif
