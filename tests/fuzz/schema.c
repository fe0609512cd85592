/*
 * A libFuzzer target: any bytes through parser, resolver, checks and
 * formatter.  A text that is understood must stay as it is once it was
 * formatted twice (some need a second run, see dbm-format(1)).
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

static void
check_format(const struct source *source, int understood)
{
	struct buf text[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	struct source s = *source;
	int i;

	for (i = 0; i < 3; i++) {
		format_text(&s, &text[i]);
		s.text = text[i].data;
		s.len = text[i].len;
	}
	must(!understood || strcmp(text[1].data, text[2].data) == 0);
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
	const struct ast *ast;
	struct schema *s;

	file.text = arena_strndup(mem, (const char *)data, n);
	findings_init(&findings, mem);
	ast = ast_parse(mem, &sources, &findings);
	check_format(&file, findings.nerrors == 0);
	/* sources_read() lets nothing else through to here. */
	if (memchr(file.text, '\0', n) == NULL &&
	    utf8_valid_prefix(file.text, n) == n) {
		s = schema_resolve(mem, ast, &findings);
		schema_format_resolved(mem, s, &formatted);
	}
	check_findings(&findings, &sources);
	arena_free(mem);
	return 0;
}
