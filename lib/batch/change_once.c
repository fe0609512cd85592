/* Can a change be done again without harm? */
#include "base/arena.h"
#include "base/diag.h"
#include "batch/change_priv.h"

/* The column that a value reads and that is set; NULL: none. */
static const char *
reads_set(const struct change *c, const struct sql_set *s)
{
	if (s->reads != NULL)
		return s->reads;
	if (s->reads_row != NULL && table_column(c->table, s->reads_row) ==
	    NULL)
		return c->update.set[0].column;
	return NULL;
}

static void
find_why_once(struct change *c)
{
	const struct sql_set *s;
	const char *read;
	size_t i;

	for (i = 0; i < c->update.nset && c->why_once == NULL; i++) {
		s = &c->update.set[i];
		if ((read = reads_set(c, s)) != NULL)
			c->why_once = arena_printf(c->mem, "the value of '%s' "
			    "reads column '%s', which is set", s->column,
			    read);
	}
	if (c->why_once == NULL && c->unsteady && !c->update.where_reads_set)
		c->why_once = arena_printf(c->mem, "%s gives another value "
		    "each time", c->unsteady_by);
}

/* reads: the value that reads what is set; NULL: it is for another reason. */
static void
hint_once(const struct change *c, const struct sql_set *reads, struct diag *d)
{
	if (reads != NULL && reads->perhaps)
		diag_hint(d, "where a column of another table is meant, say "
		    "so: \"table.%s\"; else --once does it to each row that "
		    "is there now, and never again", reads->reads);
	else if (reads != NULL)
		diag_hint(d, "--once does it to each row that is there now, "
		    "and never again");
	else
		diag_hint(d, "with a condition that is no longer true of a "
		    "row that is done, as \"%s IS NULL\", it can; else "
		    "--once does it to each row that is there now, and never "
		    "again", c->update.set[0].column);
}

static int
need_once(const struct change *c, struct diag *d)
{
	const struct sql_set *reads = NULL;
	size_t i;

	for (i = 0; i < c->update.nset && reads == NULL; i++)
		if (reads_set(c, &c->update.set[i]) != NULL)
			reads = &c->update.set[i];
	hint_once(c, reads, d);
	diag_set(d, "it cannot be done twice with the same result: %s",
	    c->why_once);
	change_place(c, (reads != NULL ? reads : c->update.set)->value.offset,
	    d);
	return -1;
}

int
change_check_once(struct change *c, struct diag *d)
{
	find_why_once(c);
	return c->why_once != NULL && !c->once ? need_once(c, d) : 0;
}
