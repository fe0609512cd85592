#ifndef ROWS_DIGEST_PRIV_H
#define ROWS_DIGEST_PRIV_H

#include "base/buf.h"
#include "rows/digest.h"

struct db_rows;

/* SQL for the hash of all columns of the pair, or of its key, on one side;
 * columns bare. */
void digest_row_hash(struct buf *, const struct pair *, int side);
void digest_key_hash(struct buf *, const struct pair *, int side);

/* The column of that side that goes with one of side 0. */
const struct column *digest_column(const struct pair *, int side,
    const struct column *);

/* One query on each side at once. */
int digest_ask(struct arena *, const struct pair *, const char *const sql[2],
    struct db_rows *out[2], struct diag *);

/* Rows of one side as they come. */
struct digest_stream {
	const struct pair *pair;
	int side;
	int ended;	   /* there are no more, or it has failed */
	char **field;	   /* of the row at hand, unescaped; a NULL is "" */
	size_t nfields;
	struct buf line;
};

/*
 * Both sides are asked at once, by COPY TO stdout, for rows of so many
 * fields, and the first ones are read.  digest_streams_end() has to follow,
 * also after an error.
 */
int digest_streams_begin(struct arena *, const struct pair *,
    const char *const sql[2], size_t nfields, struct digest_stream[2],
    struct diag *);
int digest_stream_next(struct digest_stream *, struct diag *);
/* What has not ended is cancelled: its transaction has failed then. */
void digest_streams_end(struct digest_stream[2]);

#endif
