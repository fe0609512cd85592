#ifndef ROWS_PLAN_H
#define ROWS_PLAN_H

#include <stddef.h>

#include "base/map.h"
#include "rows/digest.h"
#include "rows/order.h"
#include "rows/state.h"
#include "rows/table.h"
#include "rows/watermark.h"

struct arena;
struct buf;
struct db;
struct diag;
struct mismatches;
struct side;

/* How the rows of a table that are to travel are found. */
enum sync_method {
	SYNC_ALL,    /* the destination is empty */
	SYNC_SINCE,  /* by its time columns */
	SYNC_XMIN,   /* by them, and by who has written a row */
	SYNC_RANGES, /* by digests of key ranges */
	SYNC__MAX
};

struct sync_table {
	const struct table *from, *to;
	const struct column **column; /* of from: those that travel */
	size_t ncolumns;
	const struct key *key;	/* of from: what identifies rows in to */
	const struct state *state; /* NULL: this is its first run */
	int empty;		/* at the destination */
	enum sync_method method;
	const char *why;	/* in words, for -v */
	const char *condition;	/* SQL for rows that travel; NULL: all */
	/* What became of it. */
	long long inserted, updated, unchanged, deleted, gone;
	long long ms, rows;	/* rows: received */
	long long there;	/* rows at the destination; with --delete */
	const char *gone_keys;	/* the first of those that are gone, or NULL */
	int begun, done;
	size_t group;		/* of sync.order; set by push_run() */
};

/* A run: two sides, 0 the source and 1 the destination. */
struct sync {
	struct arena *mem;
	struct db *db[2];
	struct watermark now;
	int full;		/* what is remembered does not count */
	/* Who is told of a table that is about to be read, or NULL. */
	void (*on_table)(size_t done, const char *table);
	struct sync_table *table;
	size_t n;
	struct table_order order; /* of the destination's tables */
	struct map by_table;	/* from their oids to sync_table */
};

/*
 * Pairs the tables that were chosen at the source with those of the
 * destination; what stands against it is added to the list, and as long as
 * that is not empty nothing else can be called.
 */
void plan_tables(struct sync *, const struct side *both, struct mismatches *);

/* Orders them, and looks which are empty at the destination. */
int plan_look(struct sync *, struct diag *);

/*
 * Decides how each is to be done, and finds the ranges that differ.  The
 * source is in the transaction of the watermark, the destination in one of
 * rows_begin().
 */
int plan_methods(struct sync *, const struct state *, size_t nstates,
    struct diag *);

/*
 * Before rows of a table that was emptied are pushed: what is remembered of
 * it from before no longer says that they are there, and were the run ended
 * among its batches, the next one would go on from it.
 */
int plan_forget(const struct sync *, const struct state_place *,
    struct diag *);

/* The pair of a table, for digests. */
void plan_pair(const struct sync *, const struct sync_table *, struct pair *);

/* The sync_table that a table of the destination belongs to. */
struct sync_table *plan_of(const struct sync *, const struct table *to);

/* The lines that make `dbm rows --select' write it. */
void plan_select(const struct sync_table *, struct buf *);

#endif
