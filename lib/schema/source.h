#ifndef SCHEMA_SOURCE_H
#define SCHEMA_SOURCE_H

#include <stddef.h>

struct arena;
struct diag;

/* One file of a schema; its text is UTF-8 without NUL bytes, NUL-terminated. */
struct source {
	const char *path;
	const char *text;
	size_t len;
};

/* All files of a schema, in the order of their paths' bytes. */
struct sources {
	struct source *file;
	size_t n;
};

/* A stretch of one file: byte offsets, end exclusive. */
struct span {
	unsigned file, start, end;
};

/*
 * Reads FILE, a folder with all *.prisma below it, or "-" for stdin.  The
 * texts live as long as the arena.  -1: nothing there, not readable, NUL
 * bytes, bad UTF-8, 4 GB and more.
 */
int sources_read(struct arena *, const char *path, struct sources *,
    struct diag *);

/* Line and column, from 1, of an offset; columns count characters. */
void source_position(const struct source *, size_t offset, size_t *line,
    size_t *column);

#endif
