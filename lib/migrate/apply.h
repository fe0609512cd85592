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
	void (*tick)(void);  /* called now and then; NULL: not */
	/* how it speaks to people: note() and verbose() */
	void (*say)(const char *, ...) __attribute__((format(printf, 1, 2)));
	void (*whisper)(const char *, ...)
	    __attribute__((format(printf, 1, 2)));
};

/*
 * Applies one migration whose text has been loaded: writes its row, runs it,
 * finishes the row.  earlier: its last row, or NULL.  One that
 * is unfinished is settled, and this run goes on after its finished units.
 * -1: the row is left as failed, with the reason in its logs
 * (but rolled back where nothing but a lock timeout was in the way).
 */
int apply_migration(struct apply *, struct arena *, const struct migration *,
    const struct buf *text, const struct history_row *earlier, struct diag *);

#endif
