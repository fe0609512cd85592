#ifndef ROWS_SIDES_H
#define ROWS_SIDES_H

#include "db/url.h"
#include "rows/table.h"

struct arena;
struct db;
struct diag;
struct pick;
struct project;

/*
 * Two databases whose rows have to do with each other: 0 the source, 1 the
 * destination.  The schemas of their URLs mean each other.
 */
struct side {
	const char *called; /* by the user; for a URL, in words */
	struct db_url url;
	struct db *db;
	struct tables all, chosen;
};

/*
 * Connects both, named by --from and --to.  -1: also where their encodings
 * differ, and with them the digests of equal text.
 */
int sides_open(struct arena *, struct side[2], const struct project *,
    const char *const name[2], struct diag *);
void sides_close(struct side[2]);

/* An error where both are one database, or the source is a standby of the
 * destination: its rows are older. */
int sides_refuse_same(struct arena *, const struct side[2], struct diag *);

/*
 * Reads the tables of both at once, and chooses among them; a name that
 * means no table is an error at the source only.
 */
int sides_pick(struct arena *, struct side[2], const struct pick *,
    struct diag *);

/* The table of the same name on the other side, or NULL. */
struct table *sides_partner(const struct side[2], int side,
    const struct table *);

/*
 * Only one run at a time pushes into a database: two would write each
 * other's older rows.  Behind a pooler, where a session's lock holds
 * nothing, *holder is a session with a transaction that does; else NULL.
 * -1: another has it (status 75).
 */
int sides_take_turn(const struct side *, struct db **holder, struct diag *);

/* What lies between may forget a connection that is silent for minutes. */
void sides_ping(const struct side[2], struct db *holder);

#endif
