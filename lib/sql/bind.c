/* Places for a range in a statement. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "sql/bind.h"
#include "sql/letter.h"
#include "sql/scan.h"

static const char *const name[BIND__MAX] = { "range", "lo", "hi" };

/* What was read so far: where the name begins that may qualify a place, and
 * the two tokens before, of which blanks and comments are none. */
struct reader {
	struct arena *mem;
	struct bind *b;
	const char *chain, *chain_end;
	const char *last, *before;
};

static int
is_blank(const char *s)
{
	return strchr(" \t\n\r\f\v", *s) != NULL || strncmp(s, "--", 2) == 0 ||
	    strncmp(s, "/*", 2) == 0;
}

static int
is_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(s, word, n) == 0 &&
	    !sql_is_part((unsigned char)s[n]);
}

/* a.b."c" without blanks, as far as it goes. */
static void
follow_chain(struct reader *r, const char *s, const char *next)
{
	int goes_on = r->chain != NULL && r->chain_end == s;
	char before = goes_on ? s[-1] : '\0';

	if (*s == '.')
		goes_on &= before != '.';
	else if (*s == '"')
		goes_on &= before == '.' || before == '"';
	else if (sql_is_letter((unsigned char)*s))
		goes_on &= before == '.';
	else
		goes_on = 0;
	if (!goes_on)
		r->chain = *s == '"' || sql_is_letter((unsigned char)*s) ? s :
		    NULL;
	r->chain_end = next;
}

static int
minds_null(const struct reader *r, const char *next)
{
	const char *behind = sql_skip(next);

	if (behind != NULL && (is_word(behind, "is") ||
	    is_word(behind, "isnull") || is_word(behind, "notnull")))
		return 1;
	return r->last != NULL && *r->last == '(' && r->before != NULL &&
	    is_word(r->before, "coalesce");
}

/* The place at s, which is a ':'.  Behind it, or NULL: it is none. */
static const char *
place(struct reader *r, const char *s)
{
	struct bind *b = r->b;
	struct bind_place *p;
	const char *next;
	int w;

	for (w = 0; w < BIND__MAX; w++)
		if (strncmp(s + 1, name[w], strlen(name[w])) == 0 &&
		    !sql_is_part((unsigned char)s[1 + strlen(name[w])]))
			break;
	if (w == BIND__MAX)
		return NULL;
	next = s + 1 + strlen(name[w]);
	b->place = arena_more(r->mem, b->place, b->nplaces, sizeof(*p));
	p = &b->place[b->nplaces++];
	p->word = (enum bind_word)w;
	p->qualifier = "";
	p->at = (size_t)(s - b->text);
	if (w == BIND_RANGE && r->chain != NULL && r->chain_end == s &&
	    s[-1] == '.') {
		p->qualifier = arena_strndup(r->mem, r->chain,
		    (size_t)(s - r->chain));
		p->at = (size_t)(r->chain - b->text);
	}
	p->len = (size_t)(next - b->text) - p->at;
	b->has[w] = 1;
	b->minds_null[w] |= minds_null(r, next);
	return next;
}

/* Behind the token at s; NULL: diag says what is wrong with it. */
static const char *
step(struct reader *r, const char *s, struct diag *d)
{
	const char *next = NULL, *rest;

	if (*s == ':' && s[1] != ':')
		next = place(r, s);
	if (next == NULL)
		next = strncmp(s, "::", 2) == 0 ? s + 2 : sql_token(s);
	if (next == NULL) {
		diag_set(d, "what begins here has no end");
		return NULL;
	}
	if (*s == '$' && isdigit((unsigned char)s[1])) {
		diag_set(d, "parameters are :range, :lo and :hi");
		return NULL;
	}
	if (*s == ';' && ((rest = sql_skip(next)) == NULL || *rest != '\0')) {
		diag_hint(d, "give --command once for each");
		diag_set(d, "this is more than one statement");
		return NULL;
	}
	follow_chain(r, s, next);
	if (!is_blank(s)) {
		r->before = r->last;
		r->last = s;
	}
	return next;
}

static const char *
first_word(struct arena *mem, const char *text)
{
	const char *s = sql_skip(text), *end;
	char *word, *p;

	while (s != NULL && *s == '(')
		s = sql_skip(s + 1);
	if (s == NULL)
		return "";
	for (end = s; sql_is_part((unsigned char)*end); end++)
		;
	word = arena_strndup(mem, s, (size_t)(end - s));
	for (p = word; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return word;
}

int
bind_read(struct arena *mem, const char *text, struct bind *b,
    size_t *offset, struct diag *d)
{
	struct reader r = { .mem = mem, .b = b };
	const char *s, *next;

	memset(b, 0, sizeof(*b));
	b->text = text;
	for (s = text; *s != '\0'; s = next) {
		*offset = (size_t)(s - text);
		if ((next = step(&r, s, d)) == NULL)
			return -1;
	}
	*offset = 0;
	b->command = first_word(mem, text);
	s = sql_skip(text); /* has an end: it was read */
	return *s != '\0' && *s != ';' ? 0 :
	    diag_set(d, "there is no statement");
}

void
bind_write(struct buf *out, const struct bind *b,
    void (*add)(struct buf *, const struct bind_place *, const void *),
    const void *arg)
{
	size_t i, at = 0;

	for (i = 0; i < b->nplaces; i++) {
		buf_add(out, b->text + at, b->place[i].at - at);
		add(out, &b->place[i], arg);
		at = b->place[i].at + b->place[i].len;
	}
	buf_adds(out, b->text + at);
}

size_t
bind_origin(const struct bind *b, size_t offset,
    void (*add)(struct buf *, const struct bind_place *, const void *),
    const void *arg)
{
	struct buf out = BUF_INIT;
	size_t i, at = 0, end = 0; /* in the text, and in what was written */

	for (i = 0; i < b->nplaces; i++) {
		if (offset < end + b->place[i].at - at)
			break;
		end += b->place[i].at - at;
		at = b->place[i].at;
		buf_reset(&out);
		add(&out, &b->place[i], arg);
		if (offset < end + out.len) {
			offset = end;
			break;
		}
		end += out.len;
		at += b->place[i].len;
	}
	buf_free(&out);
	return at + (offset - end);
}
