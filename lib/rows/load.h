#ifndef ROWS_LOAD_H
#define ROWS_LOAD_H

#include <stddef.h>

struct arena;
struct db;
struct diag;

/*
 * A row stream into a database, table by table.  A table that is empty is
 * filled by COPY; rows for any other are staged and merged (rows/merge.h).
 * What belongs together is committed together, and told then.
 */
enum load_mode {
	LOAD_INSERT,  /* a key that is there is an error */
	LOAD_UPSERT,
	LOAD_REPLACE, /* what the stream does not have is deleted */
	LOAD__MAX
};
extern const char *const load_mode_name[LOAD__MAX];

struct schema_map {
	const char *from, *to;
};

struct load_record {
	const char *table;
	int running; /* not committed yet */
	long long inserted, updated, unchanged, deleted;
	long long milliseconds, rows, bytes;
	const char *insert, *update; /* dry run: some of the keys, or NULL */
};

struct load_options {
	enum load_mode mode;
	long long batch;     /* rows a transaction; 0: as seems best */
	int dry_run;
	int distinct;	     /* the stream names each key once */
	int running;	     /* tell each second of the table at work */
	const struct schema_map *map;
	size_t nmap;
	const char *state;   /* time to remember for each table, or NULL */
	const char *mark;
	const char *gone;    /* see merge_run() */
	/* Who is told: records, and warnings and notes on the way. */
	void (*record)(void *, const struct load_record *);
	void (*say)(void *, const struct diag *);
	void *arg;
};

/*
 * Reads the stream from that descriptor to its end.  -1: diag; what was told
 * by then is committed, the rest is as it was before.
 */
int load_run(struct arena *, struct db *, int fd, const struct load_options *,
    struct diag *);

#endif
