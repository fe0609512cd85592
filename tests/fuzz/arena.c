/*
 * The arena with one malloc an allocation, in place of lib/base/arena.c: so
 * the sanitizer sees where one object runs over into the next.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct arena {
	void **item;
	size_t n, room;
};

struct arena *
arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		err(2, NULL);
	return a;
}

void
arena_reset(struct arena *a)
{
	while (a->n > 0)
		free(a->item[--a->n]);
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->item);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	if (a->n == a->room) {
		a->room = a->room == 0 ? 64 : a->room * 2;
		a->item = reallocarray(a->item, a->room, sizeof(*a->item));
	}
	if (a->item == NULL || (a->item[a->n] = calloc(1, n)) == NULL)
		err(2, NULL);
	return a->item[a->n++];
}
