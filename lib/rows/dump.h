#ifndef ROWS_DUMP_H
#define ROWS_DUMP_H

#include <stddef.h>

#include "rows/order.h"
#include "rows/table.h"

struct arena;
struct db;
struct diag;
struct pick;
struct select;
struct writer;

/*
 * Tables into a row stream, in the transaction of rows_begin() that is open.
 * What comes first is for the caller to fill, all else zero.
 */
struct dump {
	struct arena *mem;
	struct db *db;
	struct writer *out;
	const char *where;   /* SQL, of every table; NULL: none */
	const char *since;   /* a time as PostgreSQL reads it; NULL: none */
	const char *columns; /* names with commas between; NULL: all */
	/* A table has been written. */
	void (*done)(const struct select *, long long rows);

	/* By dump_plan(): tables that are written whole in spite of `since',
	 * for nothing tells when their rows were made or changed. */
	const char **timeless;
	size_t ntimeless;

	struct tables all;
	struct table_order order;
	struct select *select; /* in that order */
	size_t n;
	const char *time;      /* UTC */
	const char **column;
	size_t ncolumns;
};

/*
 * Chooses, and has the server check it all without reading a row, so that
 * nothing is written where something is wrong.  The tables are locked as
 * pg_dump locks them.
 */
int dump_plan(struct dump *, const struct pick *, struct diag *);
/* Writes it: parents first, cycles in one transaction, and the sequences. */
int dump_write(struct dump *, struct diag *);

/*
 * Instead of both: writes what a list says, line by line as it comes ("-" is
 * stdin), and flushes after each table.
 */
int dump_selected(struct dump *, const char *file, struct diag *);

#endif
