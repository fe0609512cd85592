/* Names of tables as COPY statements have them, without a grammar. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "rows/name.h"
#include "sql/letter.h"

#define BLANKS " \t\n\r\f\v"

struct reader {
	struct arena *mem;
	const char *at;
	struct diag *d;
};

static void
skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, BLANKS);
}

static const char *
quoted(struct reader *r)
{
	const char *p = r->at + 1, *end;
	struct buf b = BUF_INIT;
	char *out;

	for (; (end = strchr(p, '"')) != NULL; p = end + 2) {
		buf_add(&b, p, (size_t)(end - p));
		if (end[1] != '"')
			break;
		buf_addc(&b, '"');
	}
	out = arena_strdup(r->mem, buf_str(&b));
	buf_free(&b);
	if (end == NULL)
		diag_set(r->d, "a '\"' is not closed");
	else if (*out == '\0')
		diag_set(r->d, "a name between quotes is empty");
	if (end == NULL || *out == '\0')
		return NULL;
	r->at = end + 1;
	return out;
}

/* Letters beyond ASCII stay as they are, as in a UTF-8 database. */
static const char *
bare(struct reader *r)
{
	size_t n = 0, i;
	char *out;

	while (sql_is_part((unsigned char)r->at[n]))
		n++;
	out = arena_strndup(r->mem, r->at, n);
	for (i = 0; i < n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] += 'a' - 'A';
	r->at += n;
	return out;
}

/* An identifier, blanks before it and after it. */
static const char *
identifier(struct reader *r)
{
	const char *out = NULL;

	skip_blanks(r);
	if (*r->at == '"')
		out = quoted(r);
	else if (sql_is_letter((unsigned char)*r->at))
		out = bare(r);
	else if (*r->at == '\0')
		diag_set(r->d, "a name is missing at the end");
	else
		diag_set(r->d, "a name is expected where '%.*s' is",
		    (int)strcspn(r->at, BLANKS), r->at);
	skip_blanks(r);
	return out;
}

static int
columns(struct reader *r, struct copy_name *out)
{
	const char *name;

	do {
		r->at++; /* the parenthesis, or a comma */
		name = identifier(r);
		if (name == NULL)
			return -1;
		out->column = arena_more(r->mem, out->column, out->ncolumns,
		    sizeof(*out->column));
		out->column[out->ncolumns++] = name;
	} while (*r->at == ',');
	if (*r->at != ')')
		return diag_set(r->d, "the list of columns is not closed "
		    "after '%s'", name);
	r->at++;
	skip_blanks(r);
	return 0;
}

int
copy_name_parse(struct arena *mem, const char *text, const char **rest,
    struct copy_name *out, struct diag *d)
{
	struct reader r = { mem, text, d };

	memset(out, 0, sizeof(*out));
	skip_blanks(&r);
	if (strncasecmp(r.at, "only", 4) == 0 && !sql_is_part(r.at[4])) {
		out->only = 1;
		r.at += 4;
	}
	out->table = identifier(&r);
	if (out->table != NULL && *r.at == '.') {
		out->schema = out->table;
		r.at++;
		out->table = identifier(&r);
	}
	if (out->table == NULL || (*r.at == '(' && columns(&r, out) == -1))
		return -1;
	*rest = r.at;
	return 0;
}
