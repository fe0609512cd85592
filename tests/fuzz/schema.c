/*
 * A libFuzzer target: any bytes through parser, resolver, checks and
 * formatter.  What is formatted must stay so, unless something was filled in
 * or the text is one of those that need a second run (dbm-format(1)).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "schema/finding.h"
#include "schema/format.h"
#include "schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

/* Every place must lie in the text. */
static void
check_findings(const struct findings *f, const struct sources *sources)
{
	const struct span *span;
	size_t i, line, column;

	for (i = 0; i < f->n; i++) {
		span = &f->item[i].span;
		must(span->file < sources->n);
		must(span->start <= span->end &&
		    span->end <= sources->file[span->file].len);
		source_position(&sources->file[span->file], span->start,
		    &line, &column);
	}
}

/* Formatting changes nothing from the second time on. */
static void
check_format(const struct source *source)
{
	struct buf text[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	struct source s = *source;
	int i;

	for (i = 0; i < 3; i++) {
		format_text(&s, &text[i]);
		s.text = text[i].data;
		s.len = text[i].len;
	}
	must(strcmp(text[1].data, text[2].data) == 0);
	for (i = 0; i < 3; i++)
		buf_free(&text[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *mem = arena_new();
	struct source file = { .path = "fuzz.prisma", .len = n };
	struct sources sources = { &file, 1 }, formatted;
	struct findings findings;
	struct schema *s;

	file.text = arena_strndup(mem, (const char *)data, n);
	if (memchr(data, '\0', n) == NULL &&
	    utf8_valid_prefix(file.text, n) == n) {
		findings_init(&findings, mem);
		s = schema_resolve(mem, ast_parse(mem, &sources, &findings),
		    &findings);
		check_findings(&findings, &sources);
		schema_format_resolved(mem, s, &formatted);
		check_format(&file);
	} else /* refused when read; must do no harm all the same */
		schema_format(mem, &sources, &formatted);
	arena_free(mem);
	return 0;
}
