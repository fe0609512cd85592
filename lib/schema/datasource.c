/*
 * The datasource block, by the grammar's own names, strings and comments;
 * braces are all that is understood of other blocks.  More is taken here
 * than Prisma takes (a block on one line, a list on several), since whoever
 * wants an address need not hear of layout.
 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "schema/cst_priv.h"
#include "schema/datasource.h"
#include "schema/parse_priv.h"

struct reader {
	struct source source;
	struct cst cst;
	struct cst_parser at;
	struct parse parse;
	struct findings findings;
	struct diag *diag;
};

static int
fail_at(struct reader *r, size_t offset, const char *what)
{
	diag_at_offset(r->diag, r->source.path, r->source.text, r->source.len,
	    offset);
	/* A line of the datasource may hold a password. */
	buf_reset(&r->diag->excerpt);
	return diag_set(r->diag, "%s", what);
}

/* The character at hand, '\0' at the end. */
static char
here(const struct reader *r)
{
	return r->at.text[r->at.at];
}

static int
is_end(const struct reader *r)
{
	return r->at.at >= r->at.len;
}

/* Over blanks, line ends and comments. */
static int
advance(struct reader *r)
{
	r->cst.n = 0;
	do
		cst_skip(&r->at);
	while (cst_newline(&r->at) || cst_comments(&r->at));
	if (here(r) == '/' && r->at.text[r->at.at + 1] == '*')
		return fail_at(r, r->at.at, "unterminated comment");
	return 0;
}

/* The text of a name, NULL where there is none. */
static const char *
read_name(struct reader *r)
{
	unsigned node = r->cst.n;

	return cst_name(&r->at) ? parse_text(&r->parse, node) : NULL;
}

/* The value of a string; it begins here. */
static int
read_string(struct reader *r, const char **value)
{
	unsigned start = r->at.at, node = r->cst.n;
	const struct finding *wrong;
	char *text;

	if (!cst_string(&r->at))
		return fail_at(r, start, "unterminated string");
	*value = parse_string(&r->parse, node);
	if (r->findings.n == 0)
		return 0;
	wrong = &r->findings.item[0];
	text = arena_strndup(r->parse.mem, wrong->text,
	    strcspn(wrong->text, "."));
	text[0] = (char)tolower((unsigned char)text[0]);
	return fail_at(r, wrong->span.start, text);
}

/* One step on: a name, a string, or any other character. */
static int
step(struct reader *r)
{
	const char *ignored;

	if (here(r) == '"')
		return read_string(r, &ignored);
	if (!cst_name(&r->at))
		r->at.at++;
	return 0;
}

/* From an opening brace to behind the one that closes it. */
static int
skip_block(struct reader *r)
{
	unsigned open = r->at.at, depth = 0;

	do {
		if (is_end(r))
			return fail_at(r, open, "'{' is never closed");
		if (here(r) == '{')
			depth++;
		else if (here(r) == '}')
			depth--;
		if (step(r) == -1 || advance(r) == -1)
			return -1;
	} while (depth > 0);
	return 0;
}

/* Of other properties (extensions, relationMode) nothing is needed. */
static int
skip_value(struct reader *r)
{
	unsigned depth = 0;

	for (;;) {
		cst_skip(&r->at);
		if (here(r) == '[')
			depth++;
		else if (here(r) == ']' && depth > 0)
			depth--;
		else if (is_end(r) || (depth == 0 && (here(r) == '}' ||
		    here(r) == '/' || cst_at_newline(&r->at))))
			return 0;
		if (step(r) == -1 || (depth > 0 && advance(r) == -1))
			return -1;
	}
}

/* "…" or env("…") */
static int
read_value(struct reader *r, struct ds_value *v)
{
	static const char wanted[] = "a string or env(\"NAME\") is expected";
	unsigned start = r->at.at;
	const char *name;

	source_position(&r->source, start, &v->line, &v->column);
	if (here(r) == '"')
		return read_string(r, &v->literal);
	name = read_name(r);
	if (name == NULL || strcmp(name, "env") != 0)
		return fail_at(r, start, wanted);
	cst_skip(&r->at);
	if (!cst_text(&r->at, "("))
		return fail_at(r, start, wanted);
	cst_skip(&r->at);
	if (here(r) != '"')
		return fail_at(r, start, wanted);
	if (read_string(r, &v->env) == -1)
		return -1;
	cst_skip(&r->at);
	return cst_text(&r->at, ")") ? 0 : fail_at(r, start, wanted);
}

static int
read_schemas(struct reader *r, struct datasource *ds)
{
	static const char wanted[] = "a list of strings is expected";
	unsigned open = r->at.at;
	const char **more, *name;

	if (!cst_text(&r->at, "["))
		return fail_at(r, open, wanted);
	for (;;) {
		if (advance(r) == -1)
			return -1;
		if (cst_text(&r->at, "]"))
			return 0;
		if (cst_text(&r->at, ","))
			continue;
		if (here(r) != '"')
			return fail_at(r, open, wanted);
		if (read_string(r, &name) == -1)
			return -1;
		more = arena_array(r->parse.mem, const char *,
		    ds->nschemas + 1);
		if (ds->nschemas > 0)
			memcpy(more, ds->schemas,
			    ds->nschemas * sizeof(*more));
		more[ds->nschemas++] = name;
		ds->schemas = more;
	}
}

static int
read_property(struct reader *r, const char *name, struct datasource *ds)
{
	struct ds_value provider = { .line = 0 };
	const struct {
		const char *name;
		struct ds_value *value;
	} known[] = { { "provider", &provider }, { "url", &ds->url },
		{ "directUrl", &ds->direct_url },
		{ "shadowDatabaseUrl", &ds->shadow_url } };
	size_t i;

	cst_skip(&r->at);
	if (!cst_text(&r->at, "="))
		return fail_at(r, r->at.at, "'=' is expected");
	cst_skip(&r->at);
	if (strcmp(name, "schemas") == 0)
		return read_schemas(r, ds);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			break;
	if (i == sizeof(known) / sizeof(known[0]))
		return skip_value(r);
	if (read_value(r, known[i].value) == -1)
		return -1;
	if (i == 0)
		ds->provider = provider.literal;
	return 0;
}

/* Behind the word itself, which stands at start. */
static int
read_block(struct reader *r, unsigned start, struct datasource *ds)
{
	const char *name;
	unsigned open;

	*ds = (struct datasource){ .file = r->source.path };
	source_position(&r->source, start, &ds->line, &ds->column);
	if (advance(r) == -1)
		return -1;
	if ((ds->name = read_name(r)) == NULL)
		return fail_at(r, r->at.at, "the datasource needs a name");
	if (advance(r) == -1)
		return -1;
	open = r->at.at;
	if (!cst_text(&r->at, "{"))
		return fail_at(r, open, "'{' is expected");
	for (;;) {
		if (advance(r) == -1)
			return -1;
		if (cst_text(&r->at, "}"))
			return 0;
		if (is_end(r))
			return fail_at(r, open, "'{' is never closed");
		if ((name = read_name(r)) == NULL)
			return fail_at(r, r->at.at,
			    "a property is expected");
		if (read_property(r, name, ds) == -1)
			return -1;
	}
}

static int
read_second(struct reader *r, unsigned start, const struct datasource *first)
{
	fail_at(r, start, "a second datasource");
	diag_hint(r->diag, "the first one is at %s:%zu", first->file,
	    first->line);
	return -1;
}

static int
read_text(struct reader *r, struct datasource *ds, int *found)
{
	unsigned start, n;

	for (;;) {
		if (advance(r) == -1)
			return -1;
		if (is_end(r))
			return 0;
		start = r->at.at;
		if ((here(r) == '{' ? skip_block(r) : step(r)) == -1)
			return -1;
		n = r->at.at - start;
		if (n != strlen("datasource") ||
		    memcmp(r->at.text + start, "datasource", n) != 0)
			continue;
		if (*found)
			return read_second(r, start, ds);
		if (read_block(r, start, ds) == -1)
			return -1;
		*found = 1;
	}
}

int
datasource_read(struct arena *a, const char *file, const char *text,
    size_t len, struct datasource *ds, int *found, struct diag *d)
{
	struct reader r = { .source = { file, text, strnlen(text, len) },
		.diag = d };
	int rc;

	*found = 0;
	findings_init(&r.findings, a);
	r.cst.source = &r.source;
	r.at = (struct cst_parser){ .cst = &r.cst, .text = text,
		.len = (unsigned)r.source.len };
	r.parse = (struct parse){ .mem = a, .cst = &r.cst,
		.findings = &r.findings };
	rc = read_text(&r, ds, found);
	cst_free(&r.cst);
	return rc;
}
