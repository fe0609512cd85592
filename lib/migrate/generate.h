#ifndef MIGRATE_GENERATE_H
#define MIGRATE_GENERATE_H

struct arena;
struct diag;
struct project;

/*
 * The project's own `prisma', node_modules/.bin/prisma of the schema's folder
 * or the nearest above, and of the working directory; NULL: not installed.
 */
const char *generate_find(struct arena *, const struct project *);

/*
 * Runs `prisma generate' with it, for the project's schema; more: further
 * arguments, NULL-ended, or NULL; out: a descriptor for what it prints, or
 * -1.  Its status; -1: it could not be run.
 */
int generate_run(struct arena *, const struct project *, const char *prisma,
    char *const *more, int out, struct diag *);

#endif
