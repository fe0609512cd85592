#ifndef MIGRATE_DIR_H
#define MIGRATE_DIR_H

#include <stddef.h>

struct arena;
struct buf;
struct diag;

/* A folder of migrations, as Prisma Migrate lays it out. */
struct migration {
	const char *name; /* of its folder */
	const char *path; /* of its migration.sql */
};

struct migration_dir {
	const char *path;
	struct migration *migration; /* in the order of their names' bytes */
	size_t n;
};

/*
 * Lists the sub-directories: each is a migration, whatever its name; plain
 * files and symbolic links are passed over.  A folder that does not exist
 * holds none.
 */
int dir_read(struct arena *, const char *path, struct migration_dir *,
    struct diag *);

/* The migration of that name, or NULL. */
const struct migration *dir_find(const struct migration_dir *,
    const char *name);

/*
 * Reads and checks migration.sql into an empty buf: P3015 where it is not
 * there; also unreadable, NUL bytes, bad UTF-8.
 */
int dir_load(const struct migration *, struct buf *, struct diag *);

/* Is migration_lock.toml, where there is one, PostgreSQL's?  P3019 if not. */
int dir_check_provider(const struct migration_dir *, struct diag *);

#endif
