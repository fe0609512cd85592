#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/assemble.h"
#include "sql/expression.h"

int
assemble_add(struct assemble *a, const char *option, const char *text,
    struct diag *d)
{
	size_t offset;

	if (expression_check(text, &offset, d) == -1) {
		diag_at_offset(d, option, text, strlen(text), offset);
		return -1;
	}
	a->source = arena_more(a->mem, a->source, a->nsources,
	    sizeof(*a->source));
	a->source[a->nsources++] = (struct change_source){ option, text, 0,
		strlen(text), a->sql.len };
	buf_adds(&a->sql, text);
	if (strstr(text, "--") != NULL)
		buf_addc(&a->sql, '\n'); /* it may end in a comment */
	return 0;
}

void
assemble_change(struct assemble *a, struct change *c)
{
	c->mem = a->mem;
	c->statement = arena_strdup(a->mem, buf_str(&a->sql));
	c->source = a->source;
	c->nsources = a->nsources;
	buf_free(&a->sql);
}
