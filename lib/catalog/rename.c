/*
 * Renames: the names of an argument are looked up, and put into the catalog
 * that is compared from.  Columns and keys point to each other, so that
 * nothing else has to be mended.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/like.h"
#include "catalog/rename.h"

struct names {
	const char *table, *column; /* column NULL: a table is renamed */
	const char *new_name;
};

static const char *
model_of(const struct cat_table *t)
{
	return t->model != NULL ? t->model->name : t->name;
}

static const char *
field_of(const struct cat_column *c)
{
	return c->field != NULL ? c->field->name : c->name;
}

static int
parse(struct arena *mem, const char *argument, struct names *out,
    struct diag *d)
{
	const char *equals = strrchr(argument, '=');
	char *left, *dot;

	if (equals != NULL && equals > argument && equals[1] != '\0') {
		left = arena_strndup(mem, argument,
		    (size_t)(equals - argument));
		dot = strrchr(left, '.');
		out->table = left;
		out->column = dot == NULL ? NULL : dot + 1;
		out->new_name = equals + 1;
		/* also with the table said twice: User.name=User.fullName */
		if (dot != NULL && strrchr(equals, '.') != NULL)
			out->new_name = strrchr(equals, '.') + 1;
		if (dot != NULL)
			*dot = '\0';
		if (*left != '\0' && (dot == NULL || dot[1] != '\0') &&
		    *out->new_name != '\0')
			return 0;
	}
	diag_hint(d, "as in --rename User.name=fullName or --rename "
	    "User=Account");
	return diag_set(d, "'%s' is no rename", argument);
}

static int
exists(const struct catalog *c, const struct cat_table *t)
{
	return catalog_table(c, t->ns, t->name) != NULL;
}

/* By its name, else one that is written a little otherwise. */
static struct cat_table *
old_table(const struct catalog *from, const struct catalog *to,
    const char *name)
{
	size_t i;

	for (i = 0; i < from->ntables; i++)
		if (strcmp(from->table[i].name, name) == 0)
			return &from->table[i];
	for (i = 0; i < to->ntables; i++)
		if (strcmp(model_of(&to->table[i]), name) == 0)
			return catalog_table(from, to->table[i].ns,
			    to->table[i].name);
	for (i = 0; i < from->ntables; i++)
		if (name_is_like(from->table[i].name, name))
			return &from->table[i];
	return NULL;
}

static const struct cat_table *
new_table(const struct catalog *to, const char *name)
{
	for (size_t i = 0; i < to->ntables; i++)
		if (strcmp(model_of(&to->table[i]), name) == 0 ||
		    strcmp(to->table[i].name, name) == 0)
			return &to->table[i];
	return NULL;
}

static struct cat_column *
old_column(const struct cat_table *t, const char *name)
{
	struct cat_column *c = catalog_column(t, name);

	for (size_t i = 0; c == NULL && i < t->ncolumns; i++)
		if (name_is_like(t->column[i].name, name))
			c = &t->column[i];
	return c;
}

static const struct cat_column *
new_column(const struct cat_table *t, const char *name)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		if (strcmp(field_of(&t->column[i]), name) == 0 ||
		    strcmp(t->column[i].name, name) == 0)
			return &t->column[i];
	return NULL;
}

static void
keep(struct arena *mem, struct renames *r, const struct cat_table *table,
    const char *old_name, const char *new_name, int is_column)
{
	r->item = arena_more(mem, r->item, r->n, sizeof(*r->item));
	r->item[r->n++] = (struct rename){ table, old_name, new_name,
		is_column };
}

static void
rename_table(struct arena *mem, struct cat_table *t, const char *new_name,
    struct renames *r)
{
	keep(mem, r, t, t->name, new_name, 0);
	t->name = new_name;
}

static void
rename_column(struct arena *mem, struct cat_column *c, const char *new_name,
    struct renames *r)
{
	keep(mem, r, c->table, c->name, new_name, 1);
	c->name = new_name;
}

/* Names that went, or came: what could have been meant. */
static void
hint_columns(const struct cat_table *t, const struct cat_table *other,
    const char *what, struct diag *d)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->ncolumns; i++)
		if (catalog_column(other, t->column[i].name) == NULL)
			buf_addf(&b, "%s%s", b.len > 0 ? ", " : "",
			    field_of(&t->column[i]));
	diag_hint(d, "%s: %s", what, b.len > 0 ? buf_str(&b) : "none");
	buf_free(&b);
}

static void
hint_tables(const struct catalog *c, const struct catalog *other,
    const char *what, struct diag *d)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < c->ntables; i++)
		if (!exists(other, &c->table[i]))
			buf_addf(&b, "%s%s", b.len > 0 ? ", " : "",
			    model_of(&c->table[i]));
	diag_hint(d, "%s: %s", what, b.len > 0 ? buf_str(&b) : "none");
	buf_free(&b);
}

static int
do_table(struct arena *mem, struct catalog *from, const struct catalog *to,
    const struct names *n, struct renames *r, struct diag *d)
{
	struct cat_table *old = old_table(from, to, n->table);
	const struct cat_table *new = new_table(to, n->new_name);

	if (old == NULL || exists(to, old)) {
		hint_tables(from, to, "tables that go", d);
		return diag_set(d, "cannot rename table '%s': %s", n->table,
		    old == NULL ? "there is none" : "the schema still has it");
	}
	if (new == NULL || exists(from, new) ||
	    strcmp(new->ns, old->ns) != 0) {
		hint_tables(to, from, "tables that come", d);
		return diag_set(d, "cannot rename table '%s' to '%s': %s",
		    n->table, n->new_name, new == NULL ?
		    "the schema does not have it" : exists(from, new) ?
		    "it is there already" : "it is in another schema");
	}
	rename_table(mem, old, new->name, r);
	return 0;
}

static int
do_column(struct arena *mem, struct catalog *from, const struct catalog *to,
    const struct names *n, struct renames *r, struct diag *d)
{
	struct cat_table *t = old_table(from, to, n->table);
	const struct cat_column *new;
	const struct cat_table *after;
	struct cat_column *old;
	size_t i;

	/* a table may be called by the name that it had before */
	for (i = 0; t == NULL && i < r->n; i++)
		if (!r->item[i].is_column &&
		    strcmp(r->item[i].old_name, n->table) == 0)
			t = old_table(from, to, r->item[i].new_name);
	after = t == NULL ? NULL : catalog_table(to, t->ns, t->name);
	if (after == NULL)
		return diag_set(d, "cannot rename '%s.%s': there is no such "
		    "table before and after", n->table, n->column);
	old = old_column(t, n->column);
	if (old == NULL || catalog_column(after, old->name) != NULL) {
		hint_columns(t, after, "columns that go", d);
		return diag_set(d, "cannot rename '%s.%s': %s", n->table,
		    n->column, old == NULL ? "there is no such column" :
		    "the schema still has it");
	}
	new = new_column(after, n->new_name);
	if (new == NULL || catalog_column(t, new->name) != NULL) {
		hint_columns(after, t, "columns that come", d);
		return diag_set(d, "cannot rename '%s.%s' to '%s': %s",
		    n->table, n->column, n->new_name, new == NULL ?
		    "the schema does not have it" : "it is there already");
	}
	rename_column(mem, old, new->name, r);
	return 0;
}

int
catalog_rename(struct arena *mem, struct catalog *from,
    const struct catalog *to, const char *argument, struct renames *r,
    struct diag *d)
{
	struct names n = { 0 };

	if (parse(mem, argument, &n, d) == -1)
		return -1;
	return n.column == NULL ? do_table(mem, from, to, &n, r, d) :
	    do_column(mem, from, to, &n, r, d);
}

void
rename_accept(struct arena *mem, struct catalog *from,
    const struct rename_candidate *c, struct renames *r)
{
	struct cat_table *t = catalog_table(from, c->from_table->ns,
	    c->from_table->name);

	if (c->from == NULL)
		rename_table(mem, t, c->to_table->name, r);
	else
		rename_column(mem, catalog_column(t, c->from->name),
		    c->to->name, r);
}

/* The name that people know it by, unless only @map has changed. */
static const char *
new_name(const char *old, const char *known, const char *in_database)
{
	return strcmp(old, known) != 0 ? known : in_database;
}

void
rename_argument(const struct rename_candidate *c, struct buf *b)
{
	if (c->from == NULL)
		buf_addf(b, "%s=%s", c->from_table->name,
		    new_name(c->from_table->name, model_of(c->to_table),
			c->to_table->name));
	else
		buf_addf(b, "%s.%s=%s", model_of(c->to_table), c->from->name,
		    new_name(c->from->name, field_of(c->to), c->to->name));
}

struct changes *
renames_first(struct arena *mem, const struct renames *r,
    const struct changes *changes)
{
	struct changes *out = arena_new_of(mem, struct changes);
	struct change *c;
	size_t i;

	*out = *changes;
	out->n = r->n + changes->n;
	out->item = arena_array(mem, struct change, out->n + 1);
	for (i = 0; i < r->n; i++) {
		c = &out->item[i];
		c->kind = r->item[i].is_column ? CHANGE_RENAME_COLUMN :
		    CHANGE_RENAME_TABLE;
		c->from_table = r->item[i].table;
		c->to_table = catalog_table(changes->to, c->from_table->ns,
		    c->from_table->name);
		c->old_name = r->item[i].old_name;
		c->new_name = r->item[i].new_name;
		if (r->item[i].is_column)
			c->from_column = catalog_column(c->from_table,
			    c->new_name);
	}
	if (changes->n > 0)
		memcpy(out->item + r->n, changes->item,
		    changes->n * sizeof(*changes->item));
	return out;
}
