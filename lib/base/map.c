/*
 * Open addressing, linear probing, at most half full; nothing is ever taken
 * out, so that there are no tombstones.
 */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"

struct map_slot {
	const char *name; /* NULL: free */
	const void *scope;
	void *value;
	uint64_t hash;
};

/* FNV-1a, begun with the scope's address, and stirred. */
static uint64_t
hash(const void *scope, const char *name)
{
	uint64_t h = 14695981039346656037u ^
	    ((uint64_t)(uintptr_t)scope * 0x9e3779b97f4a7c15u);

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

/* The slot where it stands, or the free one where it would. */
static struct map_slot *
find(const struct map *m, const void *scope, const char *name, uint64_t h)
{
	size_t i = h & (m->size - 1);
	struct map_slot *s;

	for (;; i = (i + 1) & (m->size - 1)) {
		s = &m->slot[i];
		if (s->name == NULL)
			return s;
		if (s->hash == h && s->scope == scope &&
		    strcmp(s->name, name) == 0)
			return s;
	}
}

static void
grow(struct map *m)
{
	struct map_slot *old = m->slot, *s;
	size_t i, oldsize = m->size;

	m->size *= 2;
	m->slot = arena_array(m->mem, struct map_slot, m->size);
	for (i = 0; i < oldsize; i++)
		if (old[i].name != NULL) {
			s = find(m, old[i].scope, old[i].name, old[i].hash);
			*s = old[i];
		}
}

void
map_init(struct map *m, struct arena *mem, size_t expect)
{
	m->mem = mem;
	m->n = 0;
	for (m->size = 16; m->size < expect * 2; m->size *= 2)
		continue;
	m->slot = arena_array(mem, struct map_slot, m->size);
}

void *
map_get(const struct map *m, const void *scope, const char *name)
{
	return find(m, scope, name, hash(scope, name))->value;
}

void *
map_put(struct map *m, const void *scope, const char *name, void *value)
{
	uint64_t h = hash(scope, name);
	struct map_slot *s = find(m, scope, name, h);
	void *before = s->value;

	if (s->name == NULL) {
		if (m->n + 1 > m->size / 2) {
			grow(m);
			s = find(m, scope, name, h);
		}
		m->n++;
		s->name = name;
		s->scope = scope;
		s->hash = h;
	}
	s->value = value;
	return before;
}
