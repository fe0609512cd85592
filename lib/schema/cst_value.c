/*
 * Names, values, attributes and comments.  Must agree with the grammar of
 * Prisma 6 in what is matched, and in where a match begins and ends.
 */
#include <string.h>

#include "schema/cst_priv.h"
#include "schema/letter.h"

struct cst_mark
cst_mark(const struct cst_parser *p)
{
	return (struct cst_mark){ p->at, p->cst->n };
}

int
cst_back(struct cst_parser *p, struct cst_mark mark)
{
	p->at = mark.at;
	p->cst->n = mark.n;
	return 0;
}

int
cst_close(struct cst_parser *p, struct cst_mark mark)
{
	struct cst_node *node = &p->cst->node[mark.n];

	node->end = p->at;
	node->next = p->cst->n;
	return 1;
}

void
cst_skip(struct cst_parser *p)
{
	const char *s = p->text + p->at;
	size_t n;

	for (; *s == ' ' || *s == '\t' || (*s & 0x80); s += n) {
		n = (*s & 0x80) ? blank_length(s) : 1;
		if (n == 0)
			break;
	}
	p->at = (unsigned)(s - p->text);
}

int
cst_text(struct cst_parser *p, const char *s)
{
	size_t n = strlen(s);

	if (strncmp(p->text + p->at, s, n) != 0)
		return 0;
	p->at += (unsigned)n;
	return 1;
}

int
cst_at_newline(const struct cst_parser *p)
{
	return p->text[p->at] == '\n' || p->text[p->at] == '\r';
}

int
cst_newline(struct cst_parser *p)
{
	return cst_text(p, "\n") || cst_text(p, "\r\n") || cst_text(p, "\r");
}

static int
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static unsigned
name_length(const char *start)
{
	const char *s = start;
	size_t n;

	for (;; s += n) {
		if (is_plain(*s) || (s > start && (*s == '_' || *s == '-')))
			n = 1;
		else if ((n = letter_length(s)) == 0)
			return (unsigned)(s - start);
	}
}

int
cst_name(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	unsigned n = name_length(p->text + p->at);

	if (n == 0)
		return 0;
	cst_open(p, CST_NAME);
	p->at += n;
	return cst_close(p, mark);
}

/* Names and dots: a name first, none behind another. */
static int
path(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	unsigned n = name_length(p->text + p->at);

	if (n == 0)
		return 0;
	cst_open(p, CST_PATH);
	p->at += n;
	while (p->text[p->at] == '.') {
		p->at++;
		p->at += name_length(p->text + p->at);
	}
	return cst_close(p, mark);
}

static unsigned
digits(const struct cst_parser *p, unsigned at)
{
	return (unsigned)strspn(p->text + at, "0123456789");
}

static int
number(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	unsigned at = p->at, n;

	if (p->text[at] == '-')
		at++;
	if ((n = digits(p, at)) == 0)
		return 0;
	at += n;
	if (p->text[at] == '.' && (n = digits(p, at + 1)) > 0)
		at += 1 + n;
	cst_open(p, CST_NUMBER);
	p->at = at;
	return cst_close(p, mark);
}

/* A backslash takes any character along, the end of the line too. */
int
cst_string(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	unsigned at = p->at;

	if (p->text[at] != '"')
		return 0;
	for (at++; at < p->len && p->text[at] != '"'; at++) {
		if (p->text[at] == '\\' && at + 1 < p->len)
			at++;
		else if ((unsigned char)p->text[at] < 0x20)
			return 0;
	}
	if (at >= p->len)
		return 0;
	cst_open(p, CST_STRING);
	p->at = at + 1;
	return cst_close(p, mark);
}

static int
named_argument(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p), colon;

	cst_open(p, CST_NAMED_ARGUMENT);
	if (!cst_name(p))
		return cst_back(p, mark);
	cst_skip(p);
	if (!cst_text(p, ":"))
		return cst_back(p, mark);
	colon = cst_mark(p);
	cst_skip(p);
	if (!cst_value(p)) {
		cst_back(p, colon);
		p->cst->node[mark.n].rule = CST_EMPTY_ARGUMENT;
	}
	return cst_close(p, mark);
}

static int
argument(struct cst_parser *p)
{
	return named_argument(p) || cst_value(p);
}

/* item, item …: false where there is none at all. */
static int
list(struct cst_parser *p, int (*item)(struct cst_parser *))
{
	struct cst_mark mark;

	if (!item(p))
		return 0;
	for (;;) {
		mark = cst_mark(p);
		cst_skip(p);
		if (!cst_text(p, ","))
			break;
		cst_skip(p);
		if (!item(p))
			break;
	}
	cst_back(p, mark);
	return 1;
}

static void
trailing_comma(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (p->text[p->at] != ',')
		return;
	cst_open(p, CST_TRAILING_COMMA);
	p->at++;
	cst_close(p, mark);
}

static int
arguments(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (p->text[p->at] != '(')
		return 0;
	cst_open(p, CST_ARGUMENTS);
	p->at++;
	cst_skip(p);
	list(p, argument);
	cst_skip(p);
	trailing_comma(p);
	cst_skip(p);
	return cst_text(p, ")") ? cst_close(p, mark) : cst_back(p, mark);
}

static int
function(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_FUNCTION);
	if (!path(p))
		return cst_back(p, mark);
	cst_skip(p);
	return arguments(p) ? cst_close(p, mark) : cst_back(p, mark);
}

static int
array(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (p->text[p->at] != '[')
		return 0;
	cst_open(p, CST_ARRAY);
	p->at++;
	cst_skip(p);
	list(p, cst_value);
	cst_skip(p);
	return cst_text(p, "]") ? cst_close(p, mark) : cst_back(p, mark);
}

int
cst_value(struct cst_parser *p)
{
	int matched;

	if (p->depth >= CST_DEPTH_MAX)
		return 0;
	p->depth++;
	matched = function(p) || array(p) || number(p) || cst_string(p) ||
	    path(p);
	p->depth--;
	return matched;
}

int
cst_attribute(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (p->text[p->at] != '@')
		return 0;
	cst_open(p, CST_ATTRIBUTE);
	p->at++;
	cst_skip(p);
	if (!path(p))
		return cst_back(p, mark);
	cst_skip(p);
	arguments(p);
	return cst_close(p, mark);
}

int
cst_block_attribute(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	if (!cst_text(p, "@@"))
		return 0;
	cst_open(p, CST_BLOCK_ATTRIBUTE);
	p->cst->node[mark.n].start = mark.at;
	cst_skip(p);
	if (!path(p))
		return cst_back(p, mark);
	cst_skip(p);
	arguments(p);
	cst_skip(p);
	cst_trailing_comment(p);
	return cst_close(p, mark);
}

/*
 * The offset after the next end of a comment, 0 for none.  An end once found
 * serves all searches before it, so that what is tried again costs nothing.
 */
static unsigned
comment_end(struct cst_parser *p, unsigned at)
{
	const char *s;

	if (at < p->comment_from || at > p->comment_found) {
		s = memmem(p->text + at, p->len - at, "*/", 2);
		p->comment_from = at;
		p->comment_found = s == NULL ? p->len :
		    (unsigned)(s - p->text);
	}
	return p->comment_found == p->len ? 0 : p->comment_found + 2;
}

/* To the end of the line. */
static int
rest_of_line(struct cst_parser *p)
{
	p->at += (unsigned)strcspn(p->text + p->at, "\r\n");
	return 1;
}

static int
comment(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);
	const char *s;
	unsigned end;

	cst_skip(p);
	s = p->text + p->at;
	if (s[0] != '/' || (s[1] != '/' && s[1] != '*'))
		return cst_back(p, mark);
	if (s[1] == '*') {
		if ((end = comment_end(p, p->at + 2)) == 0)
			return cst_back(p, mark);
		cst_open(p, CST_BLOCK_COMMENT);
		p->at = end;
	} else {
		cst_open(p, s[2] == '/' ? CST_DOC_COMMENT : CST_LINE_COMMENT);
		rest_of_line(p);
	}
	/* The blanks before it are part of it. */
	p->cst->node[mark.n].start = mark.at;
	return cst_close(p, mark);
}

int
cst_trailing_comment(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_TRAILING_COMMENT);
	return comment(p) ? cst_close(p, mark) : cst_back(p, mark);
}

int
cst_comments(struct cst_parser *p)
{
	struct cst_mark mark = cst_mark(p);

	cst_open(p, CST_COMMENTS);
	if (!comment(p))
		return cst_back(p, mark);
	do
		cst_newline(p);
	while (comment(p));
	return cst_close(p, mark);
}
