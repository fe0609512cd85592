#ifndef ROWS_LOAD_PRIV_H
#define ROWS_LOAD_PRIV_H

#include "rows/bulk.h"
#include "rows/load.h"
#include "rows/merge.h"
#include "rows/stream.h"
#include "rows/table.h"

#define LOAD_BATCH 100000 /* rows that are merged at once */

enum load_way {
	WAY_NONE,   /* no row came, and none had to */
	WAY_DIRECT, /* COPY into the table itself */
	WAY_STAGED,
	WAY_COUNTED /* dry run */
};

/* One COPY of the stream. */
struct load_table {
	const char *schema, *name; /* at the destination */
	const char *shown;	   /* for records and messages */
	size_t line;		   /* of the COPY */
	size_t first;		   /* of the first row that COPY was sent */
	enum load_way way;
	struct merge_table merge;
	long long copied;	   /* rows that COPY has taken */
	int deaf;		   /* what COPY says meanwhile is no error */
	long long rows, bytes, unchanged;
	const char *insert, *update; /* dry run: some of the keys */
	double begun;
};

/* What is committed together. */
enum load_bracket {
	BRACKET_NONE,  /* each table by itself */
	BRACKET_BEGIN, /* up to COMMIT */
	BRACKET_CYCLE  /* as long as tables of one cycle come */
};

struct load {
	struct arena *mem;   /* the run */
	struct arena *group; /* until it is committed */
	struct arena *work;  /* the transaction */
	struct db *db;
	struct stream *stream;
	const struct load_options *o;
	struct diag *d;
	/* what is known of the destination */
	const char **schema; /* that have been read */
	size_t nschemas;
	struct tables all;
	struct table_order *order; /* of all; NULL: not asked yet */
	struct state_place *place;
	struct bulk bulk;
	/* the group at hand; with LOAD_REPLACE it is never emptied */
	enum load_bracket bracket;
	const struct table_group *cycle;
	struct load_table **table;
	size_t n, merged;
	const struct stream_item **setval; /* for after the commit */
	size_t nsetval;
	struct load_table *now; /* at work, for running records */
	double told;		/* when one was last written */
	int skipped;		/* it was told that something is left undone */
};

/* load_find.c: the table that a COPY means, and its columns. */
int load_name(struct load *, const struct stream_item *, struct load_table *);
int load_find(struct load *, const struct stream_item *, struct load_table *);
const char *load_schema(const struct load *, const char *);
/* Reads the tables of a schema of the destination. */
int load_read(struct load *, const char *schema);
/* The cycle that it belongs to; NULL: none, or not known. */
const struct table_group *load_cycle(struct load *,
    const struct load_table *);

/* load_copy.c: so many rows at most, by COPY into that relation. */
int load_copy(struct load *, struct load_table *, const char *into,
    long long rows);

/* load_way.c: rows into the table, or into its stage. */
int load_begin(struct load *);
int load_fill(struct load *, struct load_table *);
int load_no_key(struct load *, const struct load_table *); /* -1 */

/* load_finish.c: the group at hand is merged, committed, told. */
int load_finish(struct load *);
int load_replace(struct load *); /* with LOAD_REPLACE, at the end */
unsigned load_flags(const struct load *);

/* load_count.c: dry run. */
int load_count(struct load *, struct load_table *);

/* load_setval.c */
int load_setval(struct load *, const struct stream_item *);

/* load_tell.c: records, warnings, and what an error is about. */
void load_tell(struct load *, const struct load_table *, int running);
void load_tick(void *); /* struct load */
void load_warn(struct load *, size_t line, const char *, ...)
    __attribute__((format(printf, 3, 4)));
/* Has a signal come?  A statement that is sent after one runs through, so
 * that things can be put in order: nothing new is begun, or committed. */
int load_interrupted(struct load *);
/* diag, at the line of the table's COPY; -1. */
int load_fail(struct load *, const struct load_table *, const char *, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts table and line of the stream into what the server says; -1.  t is
 * NULL where it may be any of the group. */
int load_explain(struct load *, const struct load_table *);

#endif
