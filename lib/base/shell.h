#ifndef BASE_SHELL_H
#define BASE_SHELL_H

struct buf;

/*
 * Appends a word as a POSIX shell reads it back: for commands in hints,
 * which are to be copied.  Nothing is ever run through a shell.
 */
void shell_word(struct buf *, const char *);

/* The words of such a command, as a shell would give them; their number is
 * *n.  It knows what shell_word() writes, and no more. */
struct arena;
char **shell_split(struct arena *, const char *, size_t *n);

#endif
