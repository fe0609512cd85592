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
	const struct sql_stmt *failed; /* NULL: not known */
	struct diag *d;
};

/* apply.c */

/* Sends a unit's text with nothing around it. */
int run_bare(struct run *, const struct unit *);

/*
 * Unit i and its record, in one transaction wherever that can be.  before:
 * SQL that goes ahead of it in the same simple query, or NULL.
 */
int run_unit(struct run *, size_t i, const char *before);

/* record.c: the row */

/* Makes it; an unfinished one of an earlier run is settled with it. */
int record_begin(struct run *, const struct history_row *resume);

/* Appends what is to be committed together with unit i. */
void record_unit(struct buf *, const struct run *, size_t i);

/*
 * Records `done' units by a statement of its own; running: and that the
 * next has begun, when its table had those indexes.
 */
int record_journal(struct run *, int running, const char *indexes);

/* Ends any transaction, and says why in the row.  A mere lock timeout leaves
 * no failed row behind. */
void record_failure(struct run *, const char *why);

/* alone.c: a unit that refuses transactions: asks the catalog, runs it,
 * checks. */
int alone_run(struct run *, const struct unit *);

/* patience.c: the only unit of an atomic script under --lock-timeout. */
int patience_run(struct run *);

/* failure.c */

/* Is this the SQLSTATE of the last error? */
int run_failed_with(const struct run *, const char *sqlstate);

/* Records the failure, and turns diag into what people need to know. */
void run_failed(struct run *, const struct history_row *earlier);

#endif
