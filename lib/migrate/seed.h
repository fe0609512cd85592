#ifndef MIGRATE_SEED_H
#define MIGRATE_SEED_H

struct arena;
struct diag;
struct site;

/*
 * Runs the seed command of package.json against the database of the site;
 * none is fine.  say: how it tells people; out: a descriptor for what the
 * command prints, or -1.  -1: it could not be run, or failed.
 */
int seed_run(struct arena *, const struct site *,
    void (*say)(const char *, ...) __attribute__((format(printf, 1, 2))),
    int out, struct diag *);

#endif
