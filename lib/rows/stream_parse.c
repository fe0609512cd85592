/*
 * The statements of a row stream: those that pg_dump and dbm write beside
 * the data.  Everything else is refused by its first word.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/diag.h"
#include "rows/stream_priv.h"

#define BLANKS " \t\n\r\f\v"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

struct parser {
	struct stream *s;
	struct arena *mem;
	const char *at;
	size_t line;
	struct stream_item *item;
	struct diag *d;
};

static int
refuse(struct parser *p, const char *what)
{
	stream_fail(p->s, p->line, p->d, "%s", what);
	return diag_hint(p->d, "'dbm rows' and 'pg_dump --data-only' write "
	    "row streams");
}

/* The next word, if it is this one. */
static int
word(struct parser *p, const char *w)
{
	const char *at = p->at + strspn(p->at, BLANKS);
	size_t n = strlen(w);

	if (strncasecmp(at, w, n) != 0 || isalnum((unsigned char)at[n]) ||
	    at[n] == '_')
		return 0;
	p->at = at + n;
	return 1;
}

static int
sign(struct parser *p, char c)
{
	p->at += strspn(p->at, BLANKS);
	if (*p->at != c)
		return 0;
	p->at++;
	return 1;
}

static int
ends(struct parser *p)
{
	return p->at[strspn(p->at, BLANKS)] == '\0';
}

static int
name(struct parser *p, const char *text, const char **rest)
{
	if (copy_name_parse(p->mem, text, rest, &p->item->name, p->d) == 0)
		return 0;
	diag_at(p->d, "stdin", p->line, 0);
	return -1;
}

static int
parse_copy(struct parser *p)
{
	if (name(p, p->at, &p->at) == -1)
		return -1;
	p->item->kind = STREAM_COPY;
	if (!word(p, "from") || !word(p, "stdin"))
		return refuse(p, "COPY is expected to end with FROM stdin");
	if (!ends(p))
		return refuse(p, "COPY with options is not part of a row "
		    "stream: text without any is");
	return 1;
}

/* Whatever encoding the server would take, we take UTF-8. */
static int
parse_set(struct parser *p)
{
	char *value;

	if (!word(p, "client_encoding"))
		return 0;
	if (!sign(p, '=') && !word(p, "to"))
		return 0;
	p->at += strspn(p->at, BLANKS "'");
	value = arena_strndup(p->mem, p->at, strcspn(p->at, BLANKS "'"));
	if (strcasecmp(value, "utf8") == 0 || strcasecmp(value, "utf-8") == 0)
		return 0;
	stream_fail(p->s, p->line, p->d, "this stream is in %s", value);
	return diag_hint(p->d, "pg_dump --encoding=UTF8 writes UTF-8");
}

/* 'text' or E'text', unquoted; NULL: there is none. */
static char *
literal(struct parser *p)
{
	struct buf b = BUF_INIT;
	char *out = NULL;
	int escapes;

	p->at += strspn(p->at, BLANKS);
	escapes = *p->at == 'E' || *p->at == 'e';
	p->at += escapes;
	if (*p->at++ != '\'')
		return NULL;
	for (; *p->at != '\0'; buf_addc(&b, *p->at++)) {
		if (*p->at == '\'' && *++p->at != '\'') {
			out = arena_strdup(p->mem, buf_str(&b));
			break;
		}
		if (escapes && *p->at == '\\' && p->at[1] != '\0')
			p->at++;
	}
	buf_free(&b);
	return out;
}

/* ('"s"."q"', 42, true) */
static int
parse_setval(struct parser *p)
{
	const char *text, *rest;
	char *end;

	if (!sign(p, '(') || (text = literal(p)) == NULL || !sign(p, ','))
		return refuse(p, "this setval() is not as pg_dump writes it");
	if (name(p, text, &rest) == -1)
		return -1;
	errno = 0;
	p->item->value = strtoll(p->at, &end, 10);
	if (end == p->at || errno != 0 || *rest != '\0')
		return refuse(p, "this setval() is not as pg_dump writes it");
	p->at = end;
	p->item->called = 1;
	if (sign(p, ',')) {
		p->item->called = word(p, "true");
		if (!p->item->called && !word(p, "false"))
			return refuse(p, "this setval() is not as pg_dump "
			    "writes it");
	}
	if (!sign(p, ')') || !ends(p))
		return refuse(p, "this setval() is not as pg_dump writes it");
	p->item->kind = STREAM_SETVAL;
	return 1;
}

static int
parse_select(struct parser *p)
{
	if (word(p, "pg_catalog") && !sign(p, '.'))
		return refuse(p, "a query is not part of a row stream");
	if (word(p, "set_config"))
		return 0;
	if (word(p, "setval"))
		return parse_setval(p);
	if (strncmp(p->at, "lo_", 3) != 0 && strncmp(p->at, "lowrite", 7) != 0)
		return refuse(p, "a query is not part of a row stream");
	stream_fail(p->s, p->line, p->d, "large objects are not part of a row "
	    "stream: %.*s", (int)strcspn(p->at, "("), p->at);
	return diag_hint(p->d, "leave them out: pg_dump --data-only "
	    "--no-blobs");
}

/* ALTER TABLE … DISABLE TRIGGER ALL, of pg_dump --disable-triggers */
static int
parse_alter(struct parser *p)
{
	int off;

	if (!word(p, "table"))
		return refuse(p, "this ALTER is not part of a row stream");
	if (name(p, p->at, &p->at) == -1)
		return -1;
	off = word(p, "disable");
	if ((!off && !word(p, "enable")) || !word(p, "trigger") ||
	    !word(p, "all") || !ends(p))
		return refuse(p, "this ALTER is not part of a row stream");
	if (!off)
		return 0;
	p->item->kind = STREAM_SKIPPED;
	p->item->text = "triggers and foreign keys stay as they are: ALTER "
	    "TABLE is skipped";
	return 1;
}

static int
parse_begin(struct parser *p)
{
	p->item->kind = STREAM_BEGIN;
	return ends(p) ? 1 : refuse(p, "BEGIN with options is not part of a "
	    "row stream");
}

static int
parse_commit(struct parser *p)
{
	p->item->kind = STREAM_COMMIT;
	return ends(p) ? 1 : refuse(p, "COMMIT with options is not part of a "
	    "row stream");
}

static const struct {
	const char *word;
	int (*parse)(struct parser *);
} words[] = {
	{ "copy", parse_copy },
	{ "set", parse_set },
	{ "select", parse_select },
	{ "alter", parse_alter },
	{ "begin", parse_begin },
	{ "commit", parse_commit },
};

#define NWORDS (sizeof(words) / sizeof(words[0]))

int
stream_check_word(const struct stream *s, const char *w, size_t line,
    struct diag *d)
{
	size_t n = strspn(w, LETTERS), i;

	for (i = 0; i < NWORDS; i++)
		if (n == strlen(words[i].word) &&
		    strncasecmp(w, words[i].word, n) == 0)
			return 0;
	if (n == 6 && strncasecmp(w, "insert", 6) == 0) {
		stream_fail(s, line, d, "INSERT is not part of a row stream");
		return diag_hint(d, "dump without --inserts and "
		    "--column-inserts");
	}
	if (n == 0)
		stream_fail(s, line, d, "a statement is expected here");
	else
		stream_fail(s, line, d, "this is not part of a row stream: "
		    "%.*s", n < 40 ? (int)n : 40, w);
	return diag_hint(d, "'dbm rows' and 'pg_dump --data-only' write row "
	    "streams");
}

int
stream_parse(struct stream *s, struct arena *mem, size_t line,
    struct stream_item *item, struct diag *d)
{
	struct parser p = { s, mem, buf_str(&s->text), line, item, d };
	size_t i;

	item->line = line;
	for (i = 0; i < NWORDS; i++)
		if (word(&p, words[i].word))
			return words[i].parse(&p);
	return stream_check_word(s, buf_str(&s->text), line, d);
}
