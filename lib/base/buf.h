#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

/*
 * The one growable byte string.  All zero is a valid empty one; `data' is
 * NULL until the first write and NUL-terminated ever after (the NUL is not
 * counted in `len').  Out of memory ends the program.
 */
struct buf {
	char *data;
	size_t len, size;
};

#define BUF_INIT { NULL, 0, 0 }

void buf_free(struct buf *);
void buf_reset(struct buf *); /* empty it, keep the room */
void buf_reserve(struct buf *, size_t more);
void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addf(struct buf *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *, const char *, va_list)
    __attribute__((format(printf, 2, 0)));
/* The text; "" where nothing was written. */
const char *buf_str(const struct buf *);

#endif
