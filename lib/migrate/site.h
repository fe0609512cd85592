#ifndef MIGRATE_SITE_H
#define MIGRATE_SITE_H

#include "base/opt.h"
#include "db/url.h"
#include "migrate/dir.h"
#include "schema/project.h"

struct arena;
struct diag;

/*
 * Where the migration programs work: the project, its migrations folder and
 * the database that is meant.
 */
struct site {
	struct project project;
	struct migration_dir dir;
	struct db_url url;
	const char *const *schemas; /* of the datasource */
	size_t nschemas;
};

/*
 * Finds all of it; with the folder read and its lock file checked (P3019).
 * flags: as of target_resolve().
 */
int site_open(struct arena *, unsigned flags, struct site *, struct diag *);

/* --url, --migrations, --schema, --env-file: for OPT_INCLUDE. */
struct site_opts {
	const char *migrations;
};
extern struct site_opts site_opts;
extern const struct opt opt_site[];

/*
 * For commands in hints: the options that lead to the same place again, as
 * they were typed, each after a blank; "" where there were none.  A URL is
 * not repeated, it is "URL".
 */
const char *site_hint(struct arena *);
/* The same for a program that knows no --migrations. */
const char *site_hint_database(struct arena *);

#endif
