/*
 * ALTER TYPE.  Values are only ever added; for one that goes, the type is
 * made anew beside the old one and the columns move over, in a transaction of
 * its own.
 */
#include <string.h>

#include "base/arena.h"
#include "base/quote.h"
#include "catalog/render_priv.h"

void
render_labels(struct render *r, const struct cat_enum *e)
{
	for (size_t i = 0; i < e->nlabels; i++) {
		if (i > 0)
			buf_adds(&r->text, ", ");
		quote_string(&r->text, e->label[i]);
	}
}

static void
add_values(struct render *r, const struct change *c)
{
	static const char note[] =
	    "-- This migration adds more than one value to an enum.\n"
	    "-- With PostgreSQL versions 11 and earlier, this is not possible\n"
	    "-- in a single migration. This can be worked around by creating\n"
	    "-- multiple migrations, each migration adding only one value to\n"
	    "-- the enum.\n\n\n";

	if (c->nadded > 1)
		buf_adds(&r->text, note);
	for (size_t i = 0; i < c->nadded; i++) {
		buf_adds(&r->text, "ALTER TYPE ");
		render_name(r, c->from_enum->ns, c->from_enum->name);
		buf_adds(&r->text, " ADD VALUE ");
		quote_string(&r->text, c->added[i]);
		render_end(r);
	}
}

static void
alter_column(struct render *r, const struct cat_column *c)
{
	buf_adds(&r->text, "ALTER TABLE ");
	render_name(r, c->table->ns, c->table->name);
	buf_adds(&r->text, " ALTER COLUMN ");
	quote_ident(&r->text, c->name);
}

static void
move_column(struct render *r, const struct cat_column *c,
    const struct cat_enum *e, const char *temporary)
{
	const char *list = c->type.arity == ARITY_LIST ? "[]" : "";

	alter_column(r, c);
	buf_adds(&r->text, " TYPE ");
	render_name(r, e->ns, temporary);
	buf_addf(&r->text, "%s USING (", list);
	quote_ident(&r->text, c->name);
	buf_adds(&r->text, "::text::");
	render_name(r, e->ns, temporary);
	buf_addf(&r->text, "%s)", list);
	render_end(r);
}

/* Its column in the other catalog, or NULL. */
static const struct cat_column *
same_column(const struct catalog *c, const struct cat_column *of)
{
	const struct cat_table *t = catalog_table(c, of->table->ns,
	    of->table->name);

	return t == NULL ? NULL : catalog_column(t, of->name);
}

static int
is_of(const struct cat_column *c, const struct cat_enum *e)
{
	return c->type.native == NATIVE_ENUM && c->type.enumeration == e;
}

/*
 * Prisma moves columns that are not there yet as well, and turns lists into
 * scalars on the way, which fails.  Mended, those that are there are moved
 * as they are, and become what they shall be in the ALTER TABLE that follows.
 */
static void
move_columns(struct render *r, const struct change *change,
    const char *temporary)
{
	const struct catalog *to = r->changes->to;
	const struct cat_enum *e = change->to_enum;
	const struct cat_column *c;

	for (size_t i = 0; i < to->ntables; i++)
		for (size_t k = 0; k < to->table[i].ncolumns; k++) {
			c = &to->table[i].column[k];
			if (!is_of(c, e))
				continue;
			if (r->changes->mended)
				c = same_column(r->changes->from, c);
			if (c != NULL && (is_of(c, e) ||
			    is_of(c, change->from_enum)))
				move_column(r, c, e, temporary);
		}
}

/* Columns that go later must not hold the old type until then. */
static void
free_columns(struct render *r, const struct change *change)
{
	const struct catalog *from = r->changes->from;
	const struct cat_column *c, *after;

	for (size_t i = 0; i < from->ntables; i++)
		for (size_t k = 0; k < from->table[i].ncolumns; k++) {
			c = &from->table[i].column[k];
			if (!is_of(c, change->from_enum))
				continue;
			after = same_column(r->changes->to, c);
			if (after != NULL && is_of(after, change->to_enum))
				continue;
			alter_column(r, c);
			buf_adds(&r->text, " TYPE TEXT");
			if (c->type.arity == ARITY_LIST)
				buf_adds(&r->text, "[]");
			render_end(r);
		}
}

static void
rename_type(struct render *r, const char *ns, const char *from, const char *to)
{
	buf_adds(&r->text, "ALTER TYPE ");
	render_name(r, ns, from);
	buf_adds(&r->text, " RENAME TO ");
	quote_ident(&r->text, to);
	render_end(r);
}

static void
drop_defaults(struct render *r, const struct change *c)
{
	for (size_t i = 0; i < c->nusages; i++) {
		alter_column(r, c->usage[i].from);
		buf_adds(&r->text, " DROP DEFAULT");
		render_end(r);
	}
}

/* Its default comes with the type, later. */
static int
changes_list(const struct enum_usage *u)
{
	return (u->from->type.arity == ARITY_LIST) !=
	    (u->to->type.arity == ARITY_LIST);
}

static void
set_defaults(struct render *r, const struct change *c)
{
	for (size_t i = 0; i < c->nusages; i++) {
		if (c->usage[i].to == NULL ||
		    (r->changes->mended && changes_list(&c->usage[i])))
			continue;
		alter_column(r, c->usage[i].from);
		buf_adds(&r->text, " SET DEFAULT ");
		render_default(r, c->usage[i].to);
		render_end(r);
	}
}

/* Two statements go by the old state's default namespace: so does Prisma. */
static void
replace(struct render *r, const struct change *c)
{
	const struct cat_enum *from = c->from_enum, *to = c->to_enum;
	const char *temporary = arena_printf(r->mem, "%s_new", to->name);
	const char *old = arena_printf(r->mem, "%s_old", from->name);
	const char *next_ns = r->default_ns;
	const char *previous_ns = r->changes->from->default_ns;

	buf_adds(&r->text, "BEGIN");
	render_end(r);
	buf_adds(&r->text, "CREATE TYPE ");
	render_name(r, to->ns, temporary);
	buf_adds(&r->text, " AS ENUM (");
	render_labels(r, to);
	buf_addc(&r->text, ')');
	render_end(r);

	r->default_ns = previous_ns;
	drop_defaults(r, c);
	r->default_ns = next_ns;
	move_columns(r, c, temporary);
	if (r->changes->mended)
		free_columns(r, c);
	rename_type(r, from->ns, from->name, old);
	rename_type(r, to->ns, temporary, to->name);

	r->default_ns = previous_ns;
	buf_adds(&r->text, "DROP TYPE ");
	render_name(r, from->ns, old);
	render_end(r);
	r->default_ns = next_ns;

	set_defaults(r, c);
	buf_adds(&r->text, "COMMIT");
	render_end(r);
}

void
render_alter_enum(struct render *r, const struct change *c)
{
	if (c->nremoved == 0)
		add_values(r, c);
	else
		replace(r, c);
}
