/* Which columns of a table a stream carries. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "rows/dump_priv.h"

/* One name, as it is written, or between double quotes; NULL: none. */
static const char *
next_name(struct arena *mem, const char **list)
{
	const char *s = *list + strspn(*list, " ");
	struct buf b = BUF_INIT;
	int open = *s == '"';
	char *name;

	if (open) {
		for (s++; *s != '\0' && open; s += open) {
			open = *s != '"' || *++s == '"';
			if (open)
				buf_addc(&b, *s);
		}
		s += strspn(s, " ");
	} else {
		for (; *s != '\0' && *s != ','; s++)
			buf_addc(&b, *s);
		while (b.len > 0 && b.data[b.len - 1] == ' ')
			b.data[--b.len] = '\0';
	}
	name = b.len > 0 && !open && (*s == ',' || *s == '\0') ?
	    arena_strdup(mem, buf_str(&b)) : NULL;
	*list = *s == ',' ? s + 1 : NULL;
	buf_free(&b);
	return name;
}

int
dump_read_columns(struct dump *u, struct diag *d)
{
	const char *list = u->columns, *name;
	size_t i;

	while (list != NULL) {
		name = next_name(u->mem, &list);
		if (name == NULL)
			return diag_set(d, "--columns '%s' is no list of "
			    "names", u->columns);
		for (i = 0; i < u->ncolumns; i++)
			if (strcmp(u->column[i], name) == 0)
				return diag_set(d, "--columns has '%s' twice",
				    name);
		u->column = arena_more(u->mem, u->column, u->ncolumns,
		    sizeof(*u->column));
		u->column[u->ncolumns++] = name;
	}
	return 0;
}

static int
no_column(const struct table *t, const char *name, struct diag *d)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (name_is_like(t->column[i].name, name)) {
			diag_hint(d, "did you mean '%s'?", t->column[i].name);
			break;
		}
	return diag_set(d, "table '%s' has no column '%s'", t->shown, name);
}

/* Those that were asked for; NULL: diag. */
static const struct column **
find_columns(struct dump *u, const struct table *t, struct diag *d)
{
	const struct column **out;
	size_t i;

	out = arena_array(u->mem, const struct column *, u->ncolumns);
	for (i = 0; i < u->ncolumns; i++) {
		out[i] = table_column(t, u->column[i]);
		if (out[i] == NULL) {
			no_column(t, u->column[i], d);
			return NULL;
		}
		if (out[i]->generated) {
			diag_set(d, "column '%s' of table '%s' is generated: "
			    "no row stream carries it", u->column[i],
			    t->shown);
			return NULL;
		}
	}
	return out;
}

int
dump_select(struct dump *u, const struct table *t, struct select *s,
    struct diag *d)
{
	const struct column **column;
	size_t n = u->ncolumns;

	if (t->row_security) {
		diag_hint(d, "connect as its owner, or as a role with "
		    "BYPASSRLS");
		return diag_set(d, "row level security would hide rows of "
		    "table '%s'", t->shown);
	}
	column = n > 0 ? find_columns(u, t, d) :
	    table_streamed(u->mem, t, &n);
	if (column == NULL)
		return -1;
	memset(s, 0, sizeof(*s));
	s->ident = t->ident;
	s->from = t->from;
	s->columns = columns_list(u->mem, column, n, "");
	s->whole = t->kind == 'r';
	s->shown = t->shown;
	return 0;
}
