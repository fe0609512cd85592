#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

/*
 * A region of memory that is freed as a whole.  A program has two: one for
 * the run, one that is reset per item; a function that allocates takes the
 * arena first, and which one it is given says how long the result lives.
 * Out of memory ends the program.
 */
struct arena;

struct arena *arena_new(void);
void arena_reset(struct arena *); /* keeps one block for the next item */
void arena_free(struct arena *);

/* Aligned for any type, zeroed. */
void *arena_alloc(struct arena *, size_t);
char *arena_strdup(struct arena *, const char *);
/* n bytes of s and a NUL after them. */
char *arena_strndup(struct arena *, const char *s, size_t n);
char *arena_printf(struct arena *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *, const char *, va_list)
    __attribute__((format(printf, 2, 0)));

/*
 * An array of n items of that size, and room for one more behind them: the
 * same one, or a copy twice as large.  For arrays that start as NULL and
 * grow by nothing else.
 */
void *arena_more(struct arena *, void *array, size_t n, size_t size);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n)                                                \
	((type *)arena_alloc((a), sizeof(type) * (n)))

#endif
