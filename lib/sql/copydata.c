#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "sql/copydata.h"
#include "sql/script.h"

/* The end of the data that begins at a byte; *after: behind its \. line. */
static size_t
data_end(const struct buf *b, size_t at, size_t *after)
{
	const char *line = b->data + at, *end = b->data + b->len, *nl;
	size_t n;

	for (; line < end; line = nl + 1) {
		nl = memchr(line, '\n', (size_t)(end - line));
		if (nl == NULL)
			nl = end;
		n = (size_t)(nl - line);
		if ((n == 2 || (n == 3 && line[2] == '\r')) &&
		    line[0] == '\\' && line[1] == '.') {
			*after = (size_t)(nl - b->data);
			return (size_t)(line - b->data);
		}
	}
	*after = b->len;
	return b->len;
}

static void
blank(struct buf *b, size_t from, size_t to)
{
	for (; from < to; from++)
		if (b->data[from] != '\n')
			b->data[from] = ' ';
}

static void
add_block(struct arena *mem, struct copy_data *c, size_t start, size_t end)
{
	struct copy_block *more = arena_array(mem, struct copy_block,
	    c->n + 1);

	if (c->n > 0)
		memcpy(more, c->block, c->n * sizeof(*more));
	more[c->n].start = start;
	more[c->n++].len = end - start;
	c->block = more;
}

/* Scripts without it are the rule, and are split faster. */
static int
may_have_data(const struct buf *b)
{
	return b->len > 0 && strcasestr(b->data, "copy") != NULL &&
	    strcasestr(b->data, "stdin") != NULL;
}

int
copy_data_cut(struct arena *mem, const char *file, struct buf *text,
    struct copy_data *c, struct diag *d)
{
	size_t after, at = 0, end, offset, start;
	struct sql_stmt st;
	char *nl;
	int rc;

	memset(c, 0, sizeof(*c));
	if (!may_have_data(text))
		return 0;
	c->original = arena_strndup(mem, text->data, text->len);
	while ((rc = sql_first(mem, text->data + at, text->len - at, &st,
	    &offset, d)) == 1) {
		at += st.end;
		if (st.kind != SQL_COPY_IN)
			continue;
		nl = memchr(text->data + at, '\n', text->len - at);
		start = nl == NULL ? text->len :
		    (size_t)(nl - text->data) + 1;
		end = data_end(text, start, &after);
		if (after == start) {
			diag_at_offset(d, file, c->original, text->len,
			    at - st.end + st.code);
			diag_hint(d, "it follows the statement, and ends with "
			    "a line of \\.");
			return diag_set(d, "there is no data for this COPY");
		}
		add_block(mem, c, start, end);
		blank(text, start, after);
		at = start;
	}
	if (rc == -1)
		diag_at_offset(d, file, c->original, text->len, at + offset);
	return rc;
}
