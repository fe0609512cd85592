#ifndef SCHEMA_PREVIEW_H
#define SCHEMA_PREVIEW_H

#include "schema/source.h"

struct findings;

/*
 * The names in previewFeatures as Prisma 6.19 takes them.  Letter case
 * counts for nothing.  What is not known, or not needed any more, is told.
 * The feature's bit, PREVIEW_…, or 0.
 */
unsigned preview_bit(struct findings *, const char *name, struct span);

#endif
