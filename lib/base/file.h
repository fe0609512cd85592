#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

struct buf;
struct diag;

/*
 * Reads a whole file, "-" for stdin, into an empty buf.  -1: not readable,
 * diag says why; errno is kept.
 */
int file_read(const char *path, struct buf *, struct diag *);

/*
 * Checks that a text is what SQL can be: UTF-8 without NUL bytes.  -1 with
 * file, line and column set.
 */
int file_check_text(const char *path, const struct buf *, struct diag *);

/*
 * Publishes a file: written beside the target, fsynced, renamed, the folder
 * fsynced.  It is there whole or not at all.
 */
int file_publish(const char *path, const void *, size_t, unsigned mode,
    struct diag *);

/*
 * Publishes what somebody named as the place of a result.  A file that is
 * there keeps its mode, also one that a link leads to; a new one gets what
 * the umask leaves; a pipe or device is written to, and stays what it is.
 */
int file_save(const char *path, const void *, size_t, struct diag *);

/*
 * file_publish() for a file that must not be there yet; 1: it is, and is
 * kept.
 */
int file_create(const char *path, const void *, size_t, unsigned mode,
    struct diag *);

/* mkdir -p; existing folders are fine. */
int file_mkdirs(const char *path, unsigned mode, struct diag *);

/* Removes a tree; what is not there is fine. */
int file_remove_tree(const char *path, struct diag *);

int file_exists(const char *path);
int file_is_dir(const char *path);

#endif
