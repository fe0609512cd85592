#ifndef DB_TARGET_H
#define DB_TARGET_H

#include "base/opt.h"
#include "db/url.h"

struct arena;
struct diag;
struct project;

enum {
	/* The work needs a session (locks, SET): not behind a transaction
	 * pooler, where the direct address is looked for. */
	TARGET_SESSION = 1
};

/*
 * Which database is meant: the option (a URL, or NAME for NAME_DATABASE_URL);
 * else the schema's datasource; else DATABASE_URL; else the private server of
 * this project, which is said on stderr.  -1: diag says what to set.
 */
int target_resolve(struct arena *, const struct project *, const char *option,
    unsigned flags, struct db_url *, struct diag *);

/* --url, for OPT_INCLUDE. */
struct target_opts {
	const char *url;
};
extern struct target_opts target_opts;
extern const struct opt opt_target[];

#endif
