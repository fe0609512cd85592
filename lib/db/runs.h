#ifndef DB_RUNS_H
#define DB_RUNS_H

struct arena;
struct buf;
struct db;
struct diag;

/*
 * dbm.runs: what was done to this database, by whom and when.  The schema
 * `dbm' is made when something first needs it; in `public' its tables would
 * be drift to Prisma.
 */

/* Makes schema and tables where they are missing; without the right to, diag
 * names the GRANT. */
int runs_prepare(struct db *, struct diag *);
/* And the one of ranges, which not everybody needs a right to. */
int runs_prepare_ranges(struct db *, struct diag *);

/* Who runs this, for the record: the user here, and the host. */
const char *runs_os_user(void);
const char *runs_host(struct arena *);

/*
 * Has a run of that kind and name been begun before?  1: *state is
 * "running", "done" or "failed", *when its start; 0: no; -1: error.
 */
int runs_find(struct db *, struct arena *, const char *kind, const char *name,
    const char **state, const char **when, struct diag *);

/*
 * A statement that records the beginning and one that records the end: for a
 * simple query together with the work itself, or alone.  The beginning of a
 * name that is recorded fails (23505), unless it is to be replaced.
 * outcome: "done" or "failed".
 */
void runs_add_begin(struct buf *, struct arena *, const char *kind,
    const char *name, const char *what, int replace);
void runs_add_end(struct buf *, struct arena *, const char *kind,
    const char *name, const char *outcome);

#endif
