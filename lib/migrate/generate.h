#ifndef MIGRATE_GENERATE_H
#define MIGRATE_GENERATE_H

struct arena;
struct diag;
struct project;
struct schema;

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

/*
 * The same after a change of the database: what it prints goes to stderr.
 * Where there are no generators, or no prisma, that is only whispered; a
 * failure is no failure of the change.
 */
void generate_after(struct arena *, const struct project *,
    const struct schema *,
    void (*whisper)(const char *, ...) __attribute__((format(printf, 1, 2))),
    void (*say)(const char *, ...) __attribute__((format(printf, 1, 2))));

#endif
