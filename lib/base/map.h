#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

struct arena;
struct map_slot;

/*
 * A hash table from names to pointers.  A scope keeps equal names in
 * different places apart; NULL is one too.  Names and values are kept, not
 * copied; the table itself lives in the arena.
 */
struct map {
	struct arena *mem;
	struct map_slot *slot;
	size_t n, size;
};

/* expect: about how many there will be; it grows by itself. */
void map_init(struct map *, struct arena *, size_t expect);
/* NULL: not there. */
void *map_get(const struct map *, const void *scope, const char *name);
/* Puts it there; the value that stood there before, or NULL. */
void *map_put(struct map *, const void *scope, const char *name, void *value);

#endif
