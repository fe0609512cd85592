#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include <stddef.h>

struct diag;

/* All of these bytes, at once. */
int write_all(int fd, const void *, size_t, struct diag *);

/*
 * Bytes to a descriptor in large pieces, for streams that stdio would copy
 * once more.  A signal that arrives ends a wait, as an error.
 */
struct writer {
	int fd;
	char *data;
	size_t len;
	long long total; /* bytes that were given to it */
};

void writer_init(struct writer *, int fd);
int writer_add(struct writer *, const void *, size_t, struct diag *);
int writer_adds(struct writer *, const char *, struct diag *);
/* Writes what is left. */
int writer_flush(struct writer *, struct diag *);
void writer_free(struct writer *);

#endif
