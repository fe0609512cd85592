#ifndef ROWS_STREAM_PRIV_H
#define ROWS_STREAM_PRIV_H

#include "base/buf.h"
#include "rows/stream.h"

#define STREAM_BLOCK (256 * 1024) /* bytes that are read at once */

struct stream {
	int fd;
	char *block;
	size_t pos, end;   /* what is read and not handed out yet */
	size_t line;	   /* where pos stands */
	int begun, eof, in_data;
	int mid_row;	   /* data: pos does not begin a line */
	int within;	   /* data: it is, but one inside of a value */
	int escaped;	   /* data: a backslash stands before pos */
	struct buf text;   /* of the statement */
};

/*
 * Reads until n bytes are there (n is small), or the stream ends.  How many
 * there are; -1: diag.
 */
long stream_fill(struct stream *, size_t n, struct diag *);

/* Sets diag to that line of the stream. */
int stream_fail(const struct stream *, size_t line, struct diag *,
    const char *, ...) __attribute__((format(printf, 4, 5)));

/* The line at hand ends with CR LF: diag; -1. */
int stream_line_ends(const struct stream *, struct diag *);

/* A statement without its ';' means what?  0: nothing; 1: item; -1: diag. */
int stream_parse(struct stream *, struct arena *, size_t line,
    struct stream_item *, struct diag *);

/* -1: a statement that begins with this word is refused at once. */
int stream_check_word(const struct stream *, const char *word, size_t line,
    struct diag *);

#endif
