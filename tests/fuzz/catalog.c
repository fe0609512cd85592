/*
 * Fuzz target: two schemas, parted by a line of five equals signs, through
 * the catalog: diff in both directions, script, summary, JSON, risks and
 * renames.  A catalog does not differ from itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "catalog/catalog.h"
#include "catalog/change.h"
#include "catalog/json.h"
#include "catalog/rename.h"
#include "catalog/risk.h"
#include "schema/finding.h"
#include "schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char part[] = "\n=====\n";

/* NULL where the schema is not valid. */
static struct catalog *
catalog_of(struct arena *mem, const char *text, size_t n)
{
	struct source *file = arena_new_of(mem, struct source);
	struct sources *sources = arena_new_of(mem, struct sources);
	struct findings f;
	struct schema *s;

	*file = (struct source){ "x.prisma", arena_strndup(mem, text, n), n };
	*sources = (struct sources){ file, 1 };
	findings_init(&f, mem);
	s = schema_resolve(mem, ast_parse(mem, sources, &f), &f);
	return f.nerrors == f.nurls ?
	    catalog_from_schema(mem, s, "public") : NULL;
}

static void
compare(struct arena *mem, struct catalog *from, struct catalog *to)
{
	struct changes *c = catalog_diff(mem, from, to);
	struct rename_candidate *candidate;
	struct buf text = BUF_INIT;

	if (from == to && c->n > 0)
		abort();
	changes_render(c, &text);
	changes_summary(c, &text);
	changes_json(risks_find(mem, c), &text);
	risk_header(risks_find(mem, c), &text);
	rename_candidates(mem, c, &candidate);
	c->mended = 1;
	changes_render(c, &text);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	const char *cut = memmem(text, n, part, strlen(part));
	size_t first = cut != NULL ? (size_t)(cut - text) : n;
	struct catalog *a, *b = NULL, *empty;
	struct arena *mem;

	if (memchr(text, 0, n) != NULL || utf8_valid_prefix(text, n) != n)
		return 0;
	mem = arena_new();
	empty = catalog_empty(mem);
	a = catalog_of(mem, text, first);
	if (cut != NULL)
		b = catalog_of(mem, cut + strlen(part),
		    n - first - strlen(part));
	if (a != NULL) {
		compare(mem, empty, a);
		compare(mem, a, empty);
		compare(mem, a, a);
	}
	if (a != NULL && b != NULL) {
		compare(mem, a, b);
		compare(mem, b, a);
	}
	arena_free(mem);
	return 0;
}
