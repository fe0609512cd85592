/*
 * .env files.  npm's dotenv is one regular expression:
 *
 *   ^ \s* (export\s+)? ([\w.-]+) (\s*=\s*?|:\s+?)
 *   (\s*'(\\'|[^'])*' | \s*"(\\"|[^"])*" | \s*`(\\`|[^`])*` | [^#\r\n]+)?
 *   \s* (#.*)? $
 *
 * and its corners are matched here: \s takes in newlines, the byte order
 * mark and no-break spaces; a # ends an unquoted value wherever it stands; a
 * quoted value whose closing quote is followed by other text is no quoted
 * value.  The expansion is the one of Prisma's dotenvExpand, where it works
 * as meant: only ${NAME}, \${NAME} for a literal one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/dotenv.h"

enum {
	EXPAND_MAX = 64 << 20, /* bytes that the values of a file may become */
	DEPTH_MAX = 200
};

struct span {
	const char *at, *end;
};

/* Bytes of the white space character, as JavaScript sees it, that is here. */
static size_t
space_at(struct span s)
{
	static const char *const wide[] = { "\xc2\xa0", "\xe1\x9a\x80",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
		"\xe3\x80\x80", "\xef\xbb\xbf" };
	size_t i, left = (size_t)(s.end - s.at), n;

	if (left == 0)
		return 0;
	if (*s.at == ' ' || (*s.at >= '\t' && *s.at <= '\r'))
		return 1;
	if (left >= 3 && memcmp(s.at, "\xe2\x80", 2) == 0 &&
	    (unsigned char)s.at[2] >= 0x80 && (unsigned char)s.at[2] <= 0x8a)
		return 3;
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		n = strlen(wide[i]);
		if (left >= n && memcmp(s.at, wide[i], n) == 0)
			return n;
	}
	return 0;
}

static struct span
skip_space(struct span s)
{
	size_t n;

	while ((n = space_at(s)) > 0)
		s.at += n;
	return s;
}

static struct span
trim(struct span s)
{
	struct span last;
	size_t n;

	s = skip_space(s);
	while (s.end > s.at) {
		for (n = 1; n <= 3; n++) {
			last = (struct span){ s.end - n, s.end };
			if (last.at >= s.at && space_at(last) == n)
				break;
		}
		if (n > 3)
			break;
		s.end -= n;
	}
	return s;
}

static int
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* KEY= or KEY: with white space after it.  rest: what follows. */
static int
match_key(struct span s, struct span *key, struct span *rest)
{
	struct span after = s;
	size_t n;

	while (after.at < s.end &&
	    (is_word(*after.at) || *after.at == '.' || *after.at == '-'))
		after.at++;
	*key = (struct span){ s.at, after.at };
	if (key->at == key->end)
		return 0;
	*rest = skip_space(after);
	if (rest->at < rest->end && *rest->at == '=') {
		rest->at++;
		return 1;
	}
	if (after.at == after.end || *after.at != ':')
		return 0;
	*rest = (struct span){ after.at + 1, after.end };
	n = space_at(*rest);
	rest->at += n;
	return n > 0;
}

static int
match_head(struct span s, struct span *key, struct span *rest)
{
	static const char word[] = "export";
	struct span after = s;
	size_t n = strlen(word);

	if ((size_t)(s.end - s.at) > n && memcmp(s.at, word, n) == 0) {
		after.at += n;
		if (space_at(after) > 0 &&
		    match_key(skip_space(after), key, rest))
			return 1;
	}
	return match_key(s, key, rest);
}

/* Nothing but white space and a comment up to the end of the line? */
static int
ends_line(struct span s)
{
	size_t n;

	while (s.at < s.end && *s.at != '\n' && *s.at != '#') {
		if ((n = space_at(s)) == 0)
			return 0;
		s.at += n;
	}
	return 1;
}

/*
 * Past the closing quote, or NULL.  A quote after a backslash is only the
 * second choice, but the regular expression does fall back on it.
 */
static const char *
quoted_end(struct span s)
{
	const char *p, quote = *s.at;

	for (p = s.at + 1; p < s.end && (*p != quote || p[-1] == '\\'); p++)
		continue;
	if (p == s.end)
		p--;
	for (; p > s.at; p--)
		if (*p == quote && ends_line((struct span){ p + 1, s.end }))
			return p + 1;
	return NULL;
}

static struct span
match_value(struct span rest)
{
	struct span v = skip_space(rest);
	const char *end;

	if (v.at < v.end && strchr("'\"`", *v.at) != NULL &&
	    (end = quoted_end(v)) != NULL)
		return (struct span){ v.at, end };
	v = rest;
	while (rest.at < rest.end && *rest.at != '#' && *rest.at != '\n')
		rest.at++;
	v.end = rest.at;
	return trim(v);
}

static const char *
value_of(struct arena *a, struct span v)
{
	int doubled = v.at < v.end && *v.at == '"';
	size_t n = (size_t)(v.end - v.at);
	char *s, *out;
	const char *p;

	if (n >= 2 && strchr("'\"`", *v.at) != NULL && v.end[-1] == *v.at) {
		v.at++;
		n -= 2;
	}
	s = arena_strndup(a, v.at, n);
	if (!doubled)
		return s;
	for (p = out = s; *p != '\0'; p++)
		if (*p == '\\' && (p[1] == 'n' || p[1] == 'r'))
			*out++ = *++p == 'n' ? '\n' : '\r';
		else
			*out++ = *p;
	*out = '\0';
	return s;
}

static size_t
index_of(const struct dotenv *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strcmp(e->entry[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static void
add(struct arena *a, struct dotenv *e, struct dotenv_var var)
{
	struct dotenv_var *more;

	if (e->n == e->room) {
		e->room = e->room == 0 ? 16 : 2 * e->room;
		more = arena_array(a, struct dotenv_var, e->room);
		if (e->n > 0)
			memcpy(more, e->entry, e->n * sizeof(*more));
		e->entry = more;
	}
	e->entry[e->n++] = var;
}

/* Variables before `first' came from other files, and win. */
static void
put(struct arena *a, struct dotenv *e, size_t first, struct dotenv_var var)
{
	size_t i = index_of(e, var.name);

	if (i == SIZE_MAX)
		add(a, e, var);
	else if (i >= first)
		e->entry[i] = var;
}

static void
parse_lines(struct arena *a, const char *file, struct span s, struct dotenv *e)
{
	struct span key, rest, value, head;
	struct dotenv_var var = { .file = file };
	const char *counted = s.at;
	size_t first = e->n, line = 1;

	while (s.at < s.end) {
		head = skip_space(s);
		if (match_head(head, &key, &rest)) {
			value = match_value(rest);
			for (; counted < key.at; counted++)
				line += *counted == '\n';
			var.line = line;
			var.name = arena_strndup(a, key.at,
			    (size_t)(key.end - key.at));
			var.value = value_of(a, value);
			put(a, e, first, var);
			head.at = value.end;
		}
		s.at = head.at == s.end ? NULL :
		    memchr(head.at, '\n', (size_t)(s.end - head.at));
		if (s.at++ == NULL)
			break;
	}
}

struct expansion {
	struct arena *mem;
	struct dotenv *env;
	size_t first; /* variables before it are done */
	enum {
		RAW,
		BUSY,
		DONE
	} *state;
	size_t depth, total;
	struct diag *diag;
};

static int expand_var(struct expansion *, size_t);

/* A reference back into what is being expanded stands for nothing. */
static int
add_reference(struct expansion *x, const char *name, struct buf *out)
{
	const char *value = getenv(name);
	size_t i = index_of(x->env, name);

	if (value == NULL && i != SIZE_MAX) {
		if (i >= x->first && x->state[i - x->first] == BUSY)
			return 0;
		if (expand_var(x, i) == -1)
			return -1;
		value = x->env->entry[i].value;
	}
	if (value != NULL)
		buf_adds(out, value);
	return 0;
}

/* The length of the ${NAME} that is here, or 0. */
static size_t
reference_at(const char *s)
{
	size_t n = 2;

	if (s[0] != '$' || s[1] != '{')
		return 0;
	while (is_word(s[n]))
		n++;
	return s[n] == '}' ? n + 1 : 0;
}

static int
expand_text(struct expansion *x, const char *s, struct buf *out)
{
	char *name;
	size_t n;
	int rc;

	while (*s != '\0') {
		if (*s == '\\' && (n = reference_at(s + 1)) > 0) {
			buf_add(out, s + 1, n);
			s += 1 + n;
		} else if ((n = reference_at(s)) > 0) {
			name = strndup(s + 2, n - 3);
			rc = name == NULL ? 0 : add_reference(x, name, out);
			free(name);
			if (rc == -1)
				return -1;
			s += n;
		} else
			buf_addc(out, *s++);
		if (out->len + x->total > EXPAND_MAX)
			return diag_set(x->diag, "variables of this file "
			    "expand to more than %d MB", EXPAND_MAX >> 20);
	}
	return 0;
}

static int
expand_var(struct expansion *x, size_t i)
{
	struct dotenv_var *var = &x->env->entry[i];
	struct buf out = BUF_INIT;
	int rc;

	if (i < x->first || x->state[i - x->first] == DONE)
		return 0;
	x->state[i - x->first] = DONE;
	if (strstr(var->value, "${") == NULL)
		return 0;
	x->state[i - x->first] = BUSY;
	rc = ++x->depth <= DEPTH_MAX ? expand_text(x, var->value, &out) :
	    diag_set(x->diag, "'%s' refers to others over more than %d steps",
		var->name, DEPTH_MAX);
	x->depth--;
	x->state[i - x->first] = DONE;
	x->total += out.len;
	var->value = arena_strndup(x->mem, buf_str(&out), out.len);
	buf_free(&out);
	if (rc == -1 && x->diag->file.len == 0)
		diag_at(x->diag, var->file, var->line, 0);
	return rc;
}

static int
expand(struct arena *a, struct dotenv *e, size_t first, struct diag *d)
{
	struct expansion x = { .mem = a, .env = e, .first = first, .diag = d };
	size_t i;
	int rc = 0;

	x.state = calloc(e->n - first + 1, sizeof(*x.state));
	if (x.state == NULL)
		return diag_errno(d, "cannot expand variables");
	for (i = first; i < e->n && rc == 0; i++)
		rc = expand_var(&x, i);
	free(x.state);
	return rc;
}

int
dotenv_parse(struct arena *a, const char *file, const char *text, size_t len,
    struct dotenv *e, struct diag *d)
{
	const char *nul = len == 0 ? NULL : memchr(text, '\0', len);
	struct buf unix_text = BUF_INIT;
	size_t first = e->n, i;

	if (nul != NULL) {
		diag_at_offset(d, file, text, len, (size_t)(nul - text));
		buf_reset(&d->excerpt); /* may hold a password */
		diag_hint(d, "save the file as UTF-8; UTF-16 has NUL bytes");
		return diag_set(d, "NUL byte in a file of variables");
	}
	for (i = 0; i < len; i++)
		if (text[i] != '\r')
			buf_addc(&unix_text, text[i]);
		else if (i + 1 == len || text[i + 1] != '\n')
			buf_addc(&unix_text, '\n');
	parse_lines(a, file,
	    (struct span){ buf_str(&unix_text),
		buf_str(&unix_text) + unix_text.len }, e);
	buf_free(&unix_text);
	return expand(a, e, first, d);
}

const struct dotenv_var *
dotenv_find(const struct dotenv *e, const char *name)
{
	size_t i = index_of(e, name);

	return i == SIZE_MAX ? NULL : &e->entry[i];
}

const char *
dotenv_get(const struct dotenv *e, const char *name)
{
	const struct dotenv_var *var = dotenv_find(e, name);

	return var == NULL ? NULL : var->value;
}
