#ifndef SCHEMA_PLACE_H
#define SCHEMA_PLACE_H

#include <stddef.h>

struct arena;
struct finding;
struct findings;
struct sources;

/* Where a finding is: its file's path, line and column from 1. */
struct place {
	const struct finding *finding;
	const char *path;
	size_t line, column;
};

/* One for each finding, in their order. */
const struct place *places_of(struct arena *, const struct findings *,
    const struct sources *);

#endif
