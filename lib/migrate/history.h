#ifndef MIGRATE_HISTORY_H
#define MIGRATE_HISTORY_H

#include <stddef.h>

struct arena;
struct db;
struct diag;
struct migration_dir;

/* A row of _prisma_migrations. */
struct history_row {
	const char *id, *checksum, *name, *logs;
	const char *started, *finished, *rolled_back; /* UTC, or NULL */
	const char *ms;	    /* NULL while not finished */
	long long steps;
};

struct history {
	const char *schema;
	const char *table; /* quoted and qualified */
	int schema_exists, exists, other_tables, read_only, may_create;
	int may_create_schema;
	const char *role;
	struct history_row *row; /* by started_at */
	size_t n;
};

/*
 * Reads the table of the connection's schema, and what stands around it;
 * schemas are those of the datasource.  A table that is not there is no
 * error (exists is 0).
 */
int history_read(struct db *, struct arena *, const char *const *schemas,
    size_t nschemas, struct history *, struct diag *);

/* A standby, or a session that may not write: -1, diag says so. */
int history_writable(struct db *, const struct history *, struct diag *);

/* Creates schema and table where they are missing, as Prisma does. */
int history_create(struct db *, const struct history *, struct diag *);

/* finished_at NULL and rolled_back_at NULL: failed, or running. */
int history_unfinished(const struct history_row *);

/*
 * The row that counts for a migration: the last that is not rolled back,
 * else the last; NULL where there is none.
 */
const struct history_row *history_find(const struct history *,
    const char *name);

enum migration_state {
	STATE_APPLIED,
	STATE_RUNNING,
	STATE_PENDING,
	STATE_FAILED,
	STATE_ROLLED_BACK, /* deploy applies it again */
	STATE_MISSING,	   /* applied, but its folder is gone */
	STATE__MAX
};

extern const char *const migration_state_name[STATE__MAX];

struct migration_status {
	enum migration_state state;
	const char *name;
	const struct migration *migration; /* NULL: missing */
	const struct history_row *row;	   /* NULL: pending */
	int edited, line_ends;
};

/*
 * Folder and table side by side, by name.  running: whether somebody holds
 * the lock, so that an unfinished row is at work and not failed.  Files are
 * read to compare checksums; one that cannot be read counts as edited.
 */
struct migration_status *history_compare(struct arena *,
    const struct migration_dir *, const struct history *, int running,
    size_t *n);

/* A new random id, as Prisma makes them: UUID version 4. */
void history_new_id(char out[37]);

#endif
