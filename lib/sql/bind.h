#ifndef SQL_BIND_H
#define SQL_BIND_H

#include <stddef.h>

struct arena;
struct buf;
struct diag;

/*
 * A statement with places for a range: `:range', or `t.:range' for the
 * columns of that table, and the bounds `:lo' and `:hi'.  They are not seen
 * inside of quotes and comments, nor is a `::' cast one.
 */
enum bind_word {
	BIND_RANGE,
	BIND_LO,
	BIND_HI,
	BIND__MAX
};

struct bind_place {
	enum bind_word word;
	size_t at, len;	       /* in the text, with what qualifies it */
	const char *qualifier; /* "t.", or "" */
};

struct bind {
	const char *text;
	struct bind_place *place;
	size_t nplaces;
	int has[BIND__MAX];
	/* Of :lo and :hi: the text knows that it may be NULL, for somewhere
	 * it asks whether it IS, or has it in COALESCE. */
	int minds_null[BIND__MAX];
	const char *command; /* its first word, in lower case */
};

/*
 * Reads a statement; a ';' at its end does no harm.  -1: it is empty, has
 * more than one statement or a parameter of its own; diag says what, *offset
 * is the byte.
 */
int bind_read(struct arena *, const char *text, struct bind *,
    size_t *offset, struct diag *);

/* Writes it, and what add writes for each place. */
void bind_write(struct buf *, const struct bind *,
    void (*add)(struct buf *, const struct bind_place *, const void *arg),
    const void *arg);
/* Where that stands in the text what was written at that offset: in a place,
 * its beginning. */
size_t bind_origin(const struct bind *, size_t offset,
    void (*add)(struct buf *, const struct bind_place *, const void *arg),
    const void *arg);

#endif
