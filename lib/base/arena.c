/*
 * Blocks in a list, the newest first; each four times the size of the last up
 * to a limit, so that a large model costs few calls and a small one little
 * room.
 */
#include <sys/mman.h>

#include <err.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK_MIN (8 * 1024)
#define BLOCK_MAX (2 * 1024 * 1024) /* a huge page, where there are some */

struct block {
	struct block *next;
	size_t size, used;
	max_align_t data[];
};

struct arena {
	struct block *head;
};

/* total: with its header. */
static struct block *
block_new(size_t total, struct block *next)
{
	struct block *b;

	if (total == BLOCK_MAX) {
		b = aligned_alloc(BLOCK_MAX, BLOCK_MAX);
		if (b != NULL)
			madvise(b, BLOCK_MAX, MADV_HUGEPAGE);
	} else
		b = malloc(total);
	if (b == NULL)
		err(2, NULL);
	b->next = next;
	b->size = total - sizeof(*b);
	b->used = 0;
	return b;
}

static void
blocks_free(struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

struct arena *
arena_new(void)
{
	struct arena *a;

	a = calloc(1, sizeof(*a));
	if (a == NULL)
		err(2, NULL);
	return a;
}

void
arena_reset(struct arena *a)
{
	if (a->head == NULL)
		return;
	blocks_free(a->head->next);
	a->head->next = NULL;
	a->head->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	blocks_free(a->head);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->head;
	size_t total;
	void *p;

	if (n > SIZE_MAX - align - sizeof(*b))
		errx(2, "out of memory");
	n = (n + align - 1) / align * align;
	if (b == NULL || b->size - b->used < n) {
		total = b == NULL ? BLOCK_MIN : (b->size + sizeof(*b)) * 4;
		if (total > BLOCK_MAX)
			total = BLOCK_MAX;
		if (total < n + sizeof(*b))
			total = n + sizeof(*b);
		b = a->head = block_new(total, b);
	}
	p = (char *)b->data + b->used;
	b->used += n;
	return memset(p, 0, n);
}
