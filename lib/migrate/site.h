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

#endif
