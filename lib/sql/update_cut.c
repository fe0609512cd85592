/*
 * The parts of an UPDATE, cut out of its text where commas, FROM and WHERE
 * stand outside of brackets, so that the user's words go to the server as
 * they were written.
 */
#include <string.h>

#include "base/arena.h"
#include "sql/scan.h"
#include "sql/update_priv.h"

struct token {
	size_t start, end;
};

/* The text as tokens, without comments and the ';' at its end. */
struct cut {
	struct update_reader *r;
	struct token *token;
	size_t n;
};

static void
scan(struct cut *c)
{
	const char *s = c->r->text, *end;

	while ((s = sql_skip(s)) != NULL && *s != '\0') {
		if ((end = sql_token(s)) == NULL)
			break;
		c->token = arena_more(c->r->mem, c->token, c->n,
		    sizeof(*c->token));
		c->token[c->n].start = (size_t)(s - c->r->text);
		c->token[c->n++].end = (size_t)(end - c->r->text);
		s = end;
	}
	while (c->n > 0 && c->r->text[c->token[c->n - 1].start] == ';')
		c->n--;
}

static int
is_char(const struct cut *c, size_t i, char ch)
{
	return i < c->n && c->r->text[c->token[i].start] == ch &&
	    c->token[i].end == c->token[i].start + 1;
}

/* Behind a '.' every word is a name. */
static int
is_word(const struct cut *c, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i < c->n && c->token[i].end - c->token[i].start == n &&
	    strncasecmp(c->r->text + c->token[i].start, word, n) == 0 &&
	    (i == 0 || !is_char(c, i - 1, '.'));
}

static int
depth_after(const struct cut *c, size_t i, int depth)
{
	if (is_char(c, i, '(') || is_char(c, i, '['))
		return depth + 1;
	return depth - (is_char(c, i, ')') || is_char(c, i, ']'));
}

/* Where the first of these begins outside of brackets, from i on: a word, or
 * a comma; else `end'. */
static size_t
find(const struct cut *c, size_t i, size_t end, const char *word)
{
	int depth = 0;

	for (; i < end; i++) {
		if (depth == 0 && (*word == ',' ? is_char(c, i, ',') :
		    is_word(c, i, word) &&
		    /* IS DISTINCT FROM */
		    !(*word == 'f' && is_word(c, i - 1, "distinct"))))
			return i;
		depth = depth_after(c, i, depth);
	}
	return end;
}

static struct sql_part
part(const struct cut *c, size_t from, size_t end)
{
	struct sql_part p = { NULL, 0 };

	if (from >= end)
		return p;
	p.offset = c->token[from].start;
	p.text = arena_strndup(c->r->mem, c->r->text + p.offset,
	    c->token[end - 1].end - p.offset);
	return p;
}

/* What (…) or ROW(…) from there to the end holds, for the next n sets. */
static int
cut_row(struct cut *c, size_t i, size_t end, size_t set, size_t n)
{
	size_t comma;

	i += is_word(c, i, "row");
	if (!is_char(c, i++, '(') || !is_char(c, --end, ')'))
		return -1;
	for (; n > 0; n--, set++, i = comma + 1) {
		comma = n == 1 ? end : find(c, i, end, ",");
		c->r->u->set[set].value = part(c, i, comma);
	}
	return 0;
}

/* The number of columns that the n-th target is set together with. */
static size_t
together(const struct update_reader *r, size_t n)
{
	const json_t *t = json_array_get(update_targets(r), n);

	t = update_node(json_object_get(update_node(t, "ResTarget"), "val"),
	    "MultiAssignRef");
	return t == NULL ? 0 :
	    (size_t)json_integer_value(json_object_get(t, "ncolumns"));
}

/* One item of SET, from i to the end: the next columns. */
static int
cut_item(struct cut *c, size_t i, size_t end, size_t *set)
{
	size_t n = together(c->r, *set);

	while (i < end && !is_char(c, i, '='))
		i++;
	if (n > 0 && cut_row(c, i + 1, end, *set, n) == -1)
		return -1;
	if (n == 0)
		c->r->u->set[*set].value = part(c, i + 1, end);
	*set += n > 0 ? n : 1;
	return 0;
}

static size_t
token_at(const struct cut *c, size_t offset)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->token[i].start == offset)
			return i;
	return c->n;
}

/* Where the first column stands, or the bracket before it. */
static size_t
first_item(const struct cut *c)
{
	const json_t *first = json_array_get(update_targets(c->r), 0);
	size_t i;

	i = token_at(c, update_place(update_node(first, "ResTarget")));
	return i - (together(c->r, 0) > 0);
}

/* The tree says how many parts there have to be. */
static int
is_complete(const struct cut *c, size_t nset)
{
	const struct sql_update *u = c->r->u;
	const json_t *from = json_object_get(c->r->stmt, "fromClause");
	const json_t *where = json_object_get(c->r->stmt, "whereClause");
	size_t i;

	for (i = 0; i < u->nset; i++)
		if (u->set[i].value.text == NULL)
			return 0;
	return nset == u->nset && (u->from.text != NULL) == (from != NULL) &&
	    (u->where.text != NULL) == (where != NULL);
}

int
update_cut(struct update_reader *r)
{
	struct cut whole = { r, NULL, 0 }, *c = &whole;
	struct sql_update *u = r->u;
	size_t i, comma, from, where, set = 0;

	scan(c);
	i = first_item(c);
	where = find(c, i, c->n, "where");
	from = find(c, i, where, "from");
	u->where = part(c, where + 1, c->n);
	u->from = part(c, from + 1, where);
	for (; set < u->nset && i < from; i = comma + 1) {
		comma = find(c, i, from, ",");
		if (cut_item(c, i, comma, &set) == -1)
			return -1;
	}
	return is_complete(c, set) ? 0 : -1;
}
