#ifndef SQL_COPYDATA_H
#define SQL_COPYDATA_H

#include <stddef.h>

struct arena;
struct buf;
struct diag;

/*
 * The data of COPY … FROM stdin inside a script, as pg_dump writes it: after
 * the statement's line, up to a line of \. alone.
 */
struct copy_data {
	const char *original; /* NULL: the script has none */
	struct copy_block {
		size_t start, len; /* in the original */
	} *block;
	size_t n;
};

/*
 * Takes the data out of a script: a copy of it is kept, and in the text it
 * becomes blanks, so that offsets and lines hold.  -1: a statement before it
 * does not parse, or a COPY has none; diag says where.
 */
int copy_data_cut(struct arena *, const char *file, struct buf *text,
    struct copy_data *, struct diag *);

#endif
