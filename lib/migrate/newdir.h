#ifndef MIGRATE_NEWDIR_H
#define MIGRATE_NEWDIR_H

struct arena;
struct buf;
struct diag;
struct migration;
struct migration_dir;

/*
 * The name of a new migration: the time in UTC, an underscore and what slug()
 * makes of a name, "" for none.  Where the clock is behind the newest folder
 * it is a second after that, so that it sorts last.
 */
char *newdir_name(struct arena *, const struct migration_dir *,
    const char *name);

/*
 * Makes the folder of that name with its script, whole or not at all, and
 * migration_lock.toml; *made is it.
 */
int newdir_create(struct arena *, const struct migration_dir *,
    const char *name, const struct buf *script, struct migration *made,
    struct diag *);

#endif
