/*
 * From files to a schema, and the names that go by convention.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "schema/finding.h"
#include "schema/schema.h"

/* NAMEDATALEN - 1 */
#define IDENTIFIER_MAX 63

const char *
schema_constraint_name(struct arena *mem, const char *table,
    const char *const *column, size_t ncolumns, const char *suffix)
{
	size_t i, len = strlen(table), nsuffix = strlen(suffix), max;
	char *name, *p;

	for (i = 0; i < ncolumns; i++)
		len += 1 + strlen(column[i]);
	name = arena_alloc(mem, len + nsuffix + 1);
	p = stpcpy(name, table);
	for (i = 0; i < ncolumns; i++) {
		*p++ = '_';
		p = stpcpy(p, column[i]);
	}
	max = IDENTIFIER_MAX - nsuffix;
	if (len >= max)
		for (p = name + max; p > name &&
		    ((unsigned char)*p & 0xc0) == 0x80; p--)
			continue;
	memcpy(p, suffix, nsuffix + 1);
	return name;
}

const struct schema_model *
schema_model(const struct schema *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nmodels; i++)
		if (strcmp(s->model[i].name, name) == 0)
			return &s->model[i];
	return NULL;
}

int
schema_load(struct arena *mem, const char *path, struct schema **schema,
    struct findings *f, struct diag *d)
{
	struct sources *sources = arena_new_of(mem, struct sources);

	if (sources_read(mem, path, sources, d) == -1)
		return -1;
	*schema = schema_resolve(mem, ast_parse(mem, sources, f), f);
	return 0;
}

int
findings_to_diag(const struct findings *f, const struct sources *sources,
    struct diag *d)
{
	const struct source *src;
	const struct finding *x;
	size_t i;

	for (i = 0; i < f->n; i++) {
		x = &f->item[i];
		if (x->severity != FINDING_ERROR)
			continue;
		diag_set(d, "%s", x->text);
		if (x->hint != NULL)
			diag_hint(d, "%s", x->hint);
		src = &sources->file[x->span.file];
		buf_reset(&d->file);
		buf_adds(&d->file, src->path);
		source_position(src, x->span.start, &d->line, &d->column);
		return -1;
	}
	return 0;
}

/* Names that JavaScript would not take in the client; sorted. */
static const char *const reserved[] = {
	"PrismaClient", "async", "await", "break", "case", "catch", "class",
	"const", "continue", "debugger", "default", "delete", "do", "else",
	"enum", "export", "extends", "false", "finally", "for", "function",
	"if", "implements", "import", "in", "instanceof", "interface", "let",
	"new", "null", "package", "private", "protected", "public", "return",
	"super", "switch", "this", "throw", "true", "try", "typeof", "using",
	"var", "void", "while", "with", "yield",
};

static int
by_text(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

int
schema_is_reserved(const char *name)
{
	return bsearch(name, reserved, sizeof(reserved) / sizeof(reserved[0]),
	    sizeof(reserved[0]), by_text) != NULL;
}
