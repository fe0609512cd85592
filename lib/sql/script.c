/*
 * Splitting and classifying scripts with libpg_query, which is the server's
 * own scanner and grammar.  Its syntax tree comes as JSON; only statements
 * whose first words can mean something for transactions are looked at.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <pg_query.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "sql/classify.h"
#include "sql/script.h"

static int
is_word(int c)
{
	return isalnum(c) || c == '_' || c == '$' || c >= 0x80;
}

static int
is(const char *word, size_t n, const char *other)
{
	return strlen(other) == n && strncasecmp(word, other, n) == 0;
}

int
sql_may_begin(const char *text, size_t len)
{
	const char *end = text + len, *word;
	size_t n;

	while (text < end) {
		for (word = text; text < end &&
		    is_word((unsigned char)*text); text++)
			continue;
		n = (size_t)(text - word);
		if (is(word, n, "begin") || is(word, n, "start") ||
		    is(word, n, "chain"))
			return 1;
		text += n == 0;
	}
	return 0;
}

int
sql_is_whole(const char *text)
{
	PgQuerySplitResult r = pg_query_split_with_scanner(text);
	int whole = r.error == NULL;

	pg_query_free_split_result(r);
	return whole;
}

/* Past blanks and comments; comments nest (must agree with scan.l). */
static size_t
skip_blank(const char *s, size_t at, size_t end)
{
	int depth;

	while (at < end) {
		if (isspace((unsigned char)s[at]))
			at++;
		else if (s[at] == '-' && at + 1 < end && s[at + 1] == '-')
			while (at < end && s[at] != '\n')
				at++;
		else if (s[at] == '/' && at + 1 < end && s[at + 1] == '*') {
			depth = 0;
			do {
				if (strncmp(s + at, "/*", 2) == 0) {
					depth++;
					at += 2;
				} else if (strncmp(s + at, "*/", 2) == 0) {
					depth--;
					at += 2;
				} else
					at++;
			} while (depth > 0 && at < end);
		} else
			break;
	}
	return at > end ? end : at;
}

static int
meta_command(const char *s, struct diag *d)
{
	diag_hint(d, "dbm runs SQL only; a script for psql with commands of "
	    "psql's own has to be run by psql");
	return diag_set(d, "psql meta-command '%.*s' is not SQL",
	    (int)strcspn(s, " \t\r\n"), s);
}

static int
parse_error(const char *text, size_t len, const PgQueryError *e,
    size_t *offset, struct diag *d)
{
	/* cursorpos counts characters from 1 */
	*offset = e->cursorpos > 0 ?
	    utf8_offset(text, len, (size_t)e->cursorpos - 1) : len;
	if (*offset < len && text[*offset] == '\\')
		return meta_command(text + *offset, d);
	return diag_set(d, "%s", e->message);
}

static void
place(struct sql_stmt *st, const char *text, size_t len,
    const PgQuerySplitStmt *from)
{
	st->start = (size_t)from->stmt_location;
	st->end = st->start + (size_t)from->stmt_len;
	if (from->stmt_len == 0)
		st->end = len;
	st->code = skip_blank(text, st->start, st->end);
	if (st->end < len && text[st->end] == ';')
		st->end++;
}

int
sql_split(struct arena *mem, const char *text, size_t len,
    struct sql_script *script, size_t *error_offset, struct diag *d)
{
	PgQuerySplitResult r = pg_query_split_with_parser(text);
	int i, rc = 0;

	script->text = text;
	script->len = len;
	script->n = 0;
	if (r.error != NULL)
		rc = parse_error(text, len, r.error, error_offset, d);
	else {
		script->stmt = arena_array(mem, struct sql_stmt,
		    (size_t)r.n_stmts);
		for (i = 0; i < r.n_stmts; i++) {
			place(&script->stmt[i], text, len, r.stmts[i]);
			classify(mem, text, &script->stmt[i]);
		}
		script->n = (size_t)r.n_stmts;
	}
	pg_query_free_split_result(r);
	return rc;
}

/*
 * A prefix of the text holds its first statement when the parser takes it
 * and there is a ';' after it.  When only the scanner takes it, it is no
 * valid statement, and the server shall say why; except that the scanner
 * also stops at the ';' inside a body that begins with BEGIN ATOMIC.
 */
static int
first_in(const char *prefix, size_t len, PgQuerySplitStmt *first)
{
	PgQuerySplitResult r = pg_query_split_with_parser(prefix);
	int found;

	if (r.error != NULL && strcasestr(prefix, "atomic") == NULL) {
		pg_query_free_split_result(r);
		r = pg_query_split_with_scanner(prefix);
	}
	found = r.error == NULL && r.n_stmts > 0 && (r.n_stmts > 1 ||
	    (r.stmts[0]->stmt_len > 0 && (size_t)(r.stmts[0]->stmt_location +
	    r.stmts[0]->stmt_len) < len));
	if (found)
		*first = *r.stmts[0];
	pg_query_free_split_result(r);
	return found;
}

int
sql_first(struct arena *mem, const char *text, size_t len,
    struct sql_stmt *st, size_t *error_offset, struct diag *d)
{
	struct buf prefix = BUF_INIT;
	PgQuerySplitStmt first;
	size_t at = skip_blank(text, 0, len), eol;
	struct sql_script rest;
	const char *nl;

	if (at == len)
		return 0;
	while (at < len) {
		nl = memchr(text + at, '\n', len - at);
		eol = nl == NULL ? len : (size_t)(nl - text) + 1;
		buf_add(&prefix, text + prefix.len, eol - prefix.len);
		if (memchr(text + at, ';', eol - at) != NULL &&
		    first_in(prefix.data, prefix.len, &first)) {
			place(st, text, len, &first);
			classify(mem, text, st);
			buf_free(&prefix);
			*error_offset = st->code;
			return text[st->code] == '\\' ?
			    meta_command(text + st->code, d) : 1;
		}
		at = eol;
	}
	buf_free(&prefix);
	/* The last one, without a ';', or what does not parse. */
	if (sql_split(mem, text, len, &rest, error_offset, d) == -1)
		return -1;
	if (rest.n == 0)
		return 0;
	*st = rest.stmt[0];
	return 1;
}

char *
sql_head(struct arena *mem, const struct sql_script *script,
    const struct sql_stmt *st)
{
	const char *s = script->text + st->code;
	size_t n = st->end - st->code, i;
	struct buf b = BUF_INIT;
	char *out;

	for (i = 0; i < n && b.len < 72; i++) {
		if (isspace((unsigned char)s[i])) {
			if (b.len > 0 && b.data[b.len - 1] != ' ')
				buf_addc(&b, ' ');
		} else
			buf_addc(&b, s[i]);
	}
	/* not in the middle of a character */
	b.len = utf8_valid_prefix(buf_str(&b), b.len);
	while (b.len > 0 && strchr(" ;", b.data[b.len - 1]) != NULL)
		b.len--;
	out = arena_strndup(mem, buf_str(&b), b.len);
	if (i < n && skip_blank(s, i, n) < n && s[i] != ';')
		out = arena_printf(mem, "%s ...", out);
	buf_free(&b);
	return out;
}
