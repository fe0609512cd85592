#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H

struct arena;
struct buf;
struct db;
struct diag;
struct history;
struct history_row;
struct migration;

/* What all migrations of a run share. */
struct apply {
	struct db *db;
	const struct history *history;
	double lock_timeout; /* seconds; 0: none */
	int use_lock;	     /* hold and release Prisma's advisory lock */
	/* how it speaks to people: note() and verbose() */
	void (*say)(const char *, ...) __attribute__((format(printf, 1, 2)));
	void (*whisper)(const char *, ...)
	    __attribute__((format(printf, 1, 2)));
};

/*
 * Applies one migration whose text has been loaded: writes its row, runs it,
 * finishes the row.  resume: the unfinished row of an earlier run, which is
 * settled, and after whose finished units this one goes on; NULL: none.
 * `went_alone' is set when an atomic script had to be run statement by
 * statement.  -1: the row is left as failed, with the reason in its logs
 * (but rolled back where nothing but a lock timeout was in the way).
 */
int apply_migration(struct apply *, struct arena *, const struct migration *,
    const struct buf *text, const struct history_row *resume, struct diag *);

#endif
