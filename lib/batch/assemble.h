#ifndef BATCH_ASSEMBLE_H
#define BATCH_ASSEMBLE_H

#include <stddef.h>

#include "base/buf.h"
#include "batch/change.h"

struct arena;
struct diag;

/* A statement made of what was typed, which knows where each piece of it is
 * from.  All zero but for mem is an empty one. */
struct assemble {
	struct arena *mem;
	struct buf sql;
	struct change_source *source;
	size_t nsources;
};

/*
 * Appends a piece that stands for itself, which is checked: it cannot get out
 * of the brackets, or the list, that it stands in.  -1: diag has its place.
 */
int assemble_add(struct assemble *, const char *option, const char *text,
    struct diag *);
/* What it has become, for change_open(). */
void assemble_change(struct assemble *, struct change *);

#endif
