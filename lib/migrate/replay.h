#ifndef MIGRATE_REPLAY_H
#define MIGRATE_REPLAY_H

struct arena;
struct buf;
struct db;
struct diag;
struct migration;

/*
 * Runs the script of a migration as deploy does, unit by unit, with nothing
 * recorded.  make_roles: a role that is missing is created, NOLOGIN, and the
 * unit run again; for servers of our own only.  -1: diag says where.
 */
int replay_script(struct db *, struct arena *scratch, const struct migration *,
    const struct buf *text, int make_roles, struct diag *);

#endif
