#ifndef ROWS_STREAM_H
#define ROWS_STREAM_H

#include <stddef.h>

#include "rows/name.h"

struct arena;
struct diag;

/*
 * A row stream that is read from a descriptor: the data part of a plain
 * pg_dump.  Memory is constant: data comes in pieces, and a row may be larger
 * than one.  A signal ends it as an error.
 */
struct stream;

enum stream_kind {
	STREAM_COPY,   /* its data follows */
	STREAM_BEGIN,
	STREAM_COMMIT,
	STREAM_SETVAL, /* a sequence is to go on from a value */
	STREAM_SKIPPED /* not for us; `text' tells what is left undone */
};

struct stream_item {
	enum stream_kind kind;
	size_t line;	       /* where it begins */
	struct copy_name name; /* the table, or the sequence */
	long long value;
	int called;	       /* the value was taken already */
	const char *text;
};

/* It lives in the arena; what it is called in errors is `stdin'. */
struct stream *stream_open(struct arena *, int fd);
void stream_close(struct stream *);

/*
 * The next statement that means something: 1; 0: the stream has ended; -1:
 * diag says at which line what is wrong.  The data of a COPY has to be read
 * to its end first.
 */
int stream_next(struct stream *, struct arena *, struct stream_item *,
    struct diag *);

/* Is there a row (1), or has the data ended (0)?  -1: diag. */
int stream_has_row(struct stream *, struct diag *);

/* Is what was read up to now whole rows? */
int stream_at_row(const struct stream *);
/* Is all that is left of the data here already? */
int stream_is_short(const struct stream *);

struct stream_piece {
	const char *data; /* holds until the next call */
	size_t len;
	long long rows;	  /* that end in it */
};

/*
 * The next piece of data, of so many rows at most: 1; 0: the data has ended.
 * -1: diag; a stream that ends inside of its data is torn.
 */
int stream_data(struct stream *, long long rows, struct stream_piece *,
    struct diag *);

/* The line that comes next. */
size_t stream_line(const struct stream *);

#endif
