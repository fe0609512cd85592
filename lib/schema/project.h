#ifndef SCHEMA_PROJECT_H
#define SCHEMA_PROJECT_H

#include <stddef.h>

#include "base/dotenv.h"
#include "base/opt.h"
#include "schema/datasource.h"

struct arena;
struct diag;

/*
 * What stands in the working directory: schema, .env, package.json, found
 * by Prisma's rules.  All paths are relative to the working directory, or
 * as typed.
 */
struct project {
	const char *schema;	 /* file or folder, NULL: none */
	const char *schema_file; /* holds the datasource, NULL: none does */
	struct datasource datasource;
	int has_datasource;
	const char *config;	  /* prisma.config.* in charge, or NULL */
	struct dotenv env;	  /* the first file wins */
	const char *const *env_files; /* that were read, in order */
	size_t nenv_files;
	const char *package_json; /* the nearest upwards, or NULL */
	const char *seed;	  /* its prisma.seed, NULL: none */
	const char *root;	  /* its folder, "." without one */
	const char *const *warnings; /* for warning(), each one line */
	size_t nwarnings;
};

/* --schema and --env-file, for OPT_INCLUDE. */
struct project_opts {
	const char *schema, *env_file;
};
extern struct project_opts project_opts;
extern const struct opt opt_project[];

/*
 * Finds and reads it all.  No schema at all is fine (schema is NULL); one
 * that was named and is not there, or cannot be read, is not: -1.
 */
int project_load(struct arena *, const struct project_opts *, struct project *,
    struct diag *);

/* The same without opening the schema: no datasource, no schema_file. */
int project_find(struct arena *, const struct project_opts *, struct project *,
    struct diag *);

/*
 * A variable: the process environment wins over the files.  NULL: unset; an
 * empty value is "".
 */
const char *project_env(const struct project *, const char *name);

/*
 * The migrations folder: what the option says; beside the schema file that
 * holds the datasource; without a schema ./prisma/migrations, else
 * ./migrations.  Never NULL: where there is no such folder yet, it is the
 * place where the first migration would go (file_is_dir() tells).
 */
const char *project_migrations(struct arena *, const struct project *,
    const char *option);

#endif
