/*
 * Places of findings.  Lines are counted once through each file, however
 * many findings there are: each goes on from the one before.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "schema/finding.h"
#include "schema/place.h"
#include "schema/source.h"

static int
by_span(const void *va, const void *vb)
{
	const struct span *a = &((const struct place *)va)->finding->span;
	const struct span *b = &((const struct place *)vb)->finding->span;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

static int
by_order(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	return (a->finding > b->finding) - (a->finding < b->finding);
}

/* What has not been counted of a file, and where it begins. */
struct rest {
	struct source source;
	size_t at, line, column;
};

static void
locate(struct rest *r, struct place *p)
{
	size_t n = p->finding->span.start - r->at;

	source_position(&r->source, n, &p->line, &p->column);
	if (p->line == 1)
		p->column += r->column - 1;
	p->line += r->line - 1;
	r->line = p->line;
	r->column = p->column;
	r->source.text += n;
	r->source.len -= n;
	r->at += n;
}

const struct place *
places_of(struct arena *mem, const struct findings *found,
    const struct sources *sources)
{
	struct place *place = arena_array(mem, struct place, found->n), *p;
	struct rest rest = { 0 };
	size_t i;

	for (i = 0; i < found->n; i++)
		place[i].finding = &found->item[i];
	qsort(place, found->n, sizeof(*place), by_span);
	for (p = place; p < place + found->n; p++) {
		p->path = sources->file[p->finding->span.file].path;
		if (p == place || p->path != p[-1].path)
			rest = (struct rest){
				sources->file[p->finding->span.file], 0, 1, 1 };
		locate(&rest, p);
	}
	qsort(place, found->n, sizeof(*place), by_order);
	return place;
}
