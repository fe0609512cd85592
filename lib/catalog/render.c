/*
 * The script: every step under its title, every statement ended by ";\n", a
 * blank line between steps.
 *
 * It is the same bytes as the script of prisma-engines 6.19, with these
 * exceptions, where that would not be valid SQL: quotes inside names and
 * labels are doubled; RENAME CONSTRAINT stands alone; a type is never set to
 * SERIAL; the sequence of a column that no longer counts up is named by
 * PostgreSQL's convention where its name is not known.
 */
#include <string.h>

#include "base/arena.h"
#include "base/quote.h"
#include "catalog/render_priv.h"

static const char *const title[CHANGE__MAX] = {
	[CHANGE_RENAME_TABLE] = "RenameTable",
	[CHANGE_RENAME_COLUMN] = "RenameColumn",
	[CHANGE_CREATE_SCHEMA] = "CreateSchema",
	[CHANGE_DROP_EXTENSION] = "DropExtension",
	[CHANGE_CREATE_EXTENSION] = "CreateExtension",
	[CHANGE_ALTER_EXTENSION] = "AlterExtension",
	[CHANGE_CREATE_ENUM] = "CreateEnum",
	[CHANGE_ALTER_ENUM] = "AlterEnum",
	[CHANGE_DROP_FK] = "DropForeignKey",
	[CHANGE_DROP_INDEX] = "DropIndex",
	[CHANGE_ALTER_TABLE] = "AlterTable",
	[CHANGE_DROP_TABLE] = "DropTable",
	[CHANGE_DROP_ENUM] = "DropEnum",
	[CHANGE_CREATE_TABLE] = "CreateTable",
	[CHANGE_CREATE_INDEX] = "CreateIndex",
	[CHANGE_RENAME_FK] = "RenameForeignKey",
	[CHANGE_ADD_FK] = "AddForeignKey",
	[CHANGE_RENAME_INDEX] = "RenameIndex"
};

static const char *const action_sql[ACTION__MAX] = {
	[ACTION_CASCADE] = "CASCADE",
	[ACTION_RESTRICT] = "RESTRICT",
	[ACTION_NO_ACTION] = "NO ACTION",
	[ACTION_SET_NULL] = "SET NULL",
	[ACTION_SET_DEFAULT] = "SET DEFAULT"
};

static const char *const algorithm_sql[INDEX_ALGORITHM__MAX] = {
	[INDEX_HASH] = "HASH",
	[INDEX_GIN] = "GIN",
	[INDEX_GIST] = "GIST",
	[INDEX_SPGIST] = "SPGIST",
	[INDEX_BRIN] = "BRIN"
};

const char *
change_title(const struct change *c)
{
	return title[c->kind];
}

/* --- shared by all --- */

void
render_end(struct render *r)
{
	r->stmt = arena_more(r->mem, r->stmt, r->n, sizeof(*r->stmt));
	r->stmt[r->n++] = arena_strndup(r->mem, buf_str(&r->text),
	    r->text.len);
	buf_reset(&r->text);
}

void
render_name(struct render *r, const char *ns, const char *name)
{
	if (r->default_ns == NULL || strcmp(ns, r->default_ns) != 0) {
		quote_ident(&r->text, ns);
		buf_addc(&r->text, '.');
	}
	quote_ident(&r->text, name);
}

static void
table_name(struct render *r, const struct cat_table *t)
{
	render_name(r, t->ns, t->name);
}

/* --- indexes --- */

void
render_index_columns(struct render *r, const struct cat_index *x,
    const char *sep)
{
	for (size_t i = 0; i < x->ncolumns; i++) {
		if (i > 0)
			buf_adds(&r->text, sep);
		quote_ident(&r->text, x->column[i].column->name);
	}
}

static void
create_index(struct render *r, const struct cat_index *x)
{
	const struct cat_index_column *c;

	buf_adds(&r->text, x->kind == INDEX_UNIQUE ? "CREATE UNIQUE INDEX " :
	    "CREATE INDEX ");
	quote_ident(&r->text, x->name);
	buf_adds(&r->text, " ON ");
	table_name(r, x->table);
	if (x->algorithm != INDEX_BTREE)
		buf_addf(&r->text, " USING %s ", algorithm_sql[x->algorithm]);
	buf_addc(&r->text, '(');
	for (size_t i = 0; i < x->ncolumns; i++) {
		c = &x->column[i];
		if (i > 0)
			buf_adds(&r->text, ", ");
		quote_ident(&r->text, c->column->name);
		if (c->opclass != NULL)
			buf_addf(&r->text, " %s", c->opclass);
		if (c->sort != SORT_NONE)
			buf_adds(&r->text,
			    c->sort == SORT_ASC ? " ASC" : " DESC");
	}
	buf_addc(&r->text, ')');
}

static void
drop_index(struct render *r, const struct cat_index *x)
{
	buf_adds(&r->text, "DROP INDEX ");
	render_name(r, x->table->ns, x->name);
}

static void
rename_index(struct render *r, const struct cat_index *from,
    const struct cat_index *to)
{
	buf_adds(&r->text, "ALTER INDEX ");
	render_name(r, from->table->ns, from->name);
	buf_adds(&r->text, " RENAME TO ");
	quote_ident(&r->text, to->name);
}

/* --- foreign keys --- */

static void
columns(struct render *r, struct cat_column *const *c, size_t n)
{
	buf_addc(&r->text, '(');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(&r->text, ", ");
		quote_ident(&r->text, c[i]->name);
	}
	buf_addc(&r->text, ')');
}

static void
add_fk(struct render *r, const struct cat_fk *fk)
{
	buf_adds(&r->text, "ALTER TABLE ");
	table_name(r, fk->table);
	buf_adds(&r->text, " ADD CONSTRAINT ");
	quote_ident(&r->text, fk->name);
	buf_adds(&r->text, " FOREIGN KEY ");
	columns(r, fk->column, fk->ncolumns);
	buf_adds(&r->text, " REFERENCES ");
	table_name(r, fk->target);
	columns(r, fk->target_column, fk->ncolumns);
	buf_addf(&r->text, " ON DELETE %s ON UPDATE %s",
	    action_sql[fk->on_delete], action_sql[fk->on_update]);
}

static void
drop_fk(struct render *r, const struct cat_fk *fk)
{
	buf_adds(&r->text, "ALTER TABLE ");
	table_name(r, fk->table);
	buf_adds(&r->text, " DROP CONSTRAINT ");
	quote_ident(&r->text, fk->name);
}

static void
rename_fk(struct render *r, const struct cat_fk *from, const struct cat_fk *to)
{
	buf_adds(&r->text, "ALTER TABLE ");
	table_name(r, from->table);
	buf_adds(&r->text, " RENAME CONSTRAINT ");
	quote_ident(&r->text, from->name);
	buf_adds(&r->text, " TO ");
	quote_ident(&r->text, to->name);
}

/* --- extensions --- */

static void
create_extension(struct render *r, const struct cat_extension *e)
{
	buf_adds(&r->text, "CREATE EXTENSION IF NOT EXISTS ");
	quote_ident(&r->text, e->name);
	if (*e->schema != '\0' || *e->version != '\0')
		buf_adds(&r->text, " WITH");
	if (*e->schema != '\0') {
		buf_adds(&r->text, " SCHEMA ");
		quote_ident(&r->text, e->schema);
	}
	if (*e->version != '\0') {
		buf_adds(&r->text, " VERSION ");
		quote_ident(&r->text, e->version);
	}
}

static void
alter_extension(struct render *r, const struct cat_extension *from,
    const struct cat_extension *to)
{
	const struct {
		const char *from, *to, *verb;
	} part[] = {
		{ from->version, to->version, " UPDATE TO " },
		{ from->schema, to->schema, " SET SCHEMA " }
	};

	for (size_t i = 0; i < 2; i++) {
		if (*part[i].from == '\0' || *part[i].to == '\0' ||
		    strcmp(part[i].from, part[i].to) == 0)
			continue;
		buf_adds(&r->text, "ALTER EXTENSION ");
		quote_ident(&r->text, from->name);
		buf_adds(&r->text, part[i].verb);
		quote_ident(&r->text, part[i].to);
		render_end(r);
	}
}

/* --- steps --- */

static void
rename_thing(struct render *r, const struct change *c)
{
	buf_adds(&r->text, "ALTER TABLE ");
	if (c->kind == CHANGE_RENAME_COLUMN) {
		table_name(r, c->from_table);
		buf_adds(&r->text, " RENAME COLUMN ");
		quote_ident(&r->text, c->old_name);
		buf_adds(&r->text, " TO ");
	} else {
		render_name(r, c->from_table->ns, c->old_name);
		buf_adds(&r->text, " RENAME TO ");
	}
	quote_ident(&r->text, c->new_name);
}

static void
create_enum(struct render *r, const struct cat_enum *e)
{
	buf_adds(&r->text, "CREATE TYPE ");
	render_name(r, e->ns, e->name);
	buf_adds(&r->text, " AS ENUM (");
	render_labels(r, e);
	buf_addc(&r->text, ')');
}

static void
render_change(struct render *r, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_RENAME_TABLE:
	case CHANGE_RENAME_COLUMN:
		rename_thing(r, c);
		break;
	case CHANGE_CREATE_SCHEMA:
		buf_adds(&r->text, "CREATE SCHEMA IF NOT EXISTS ");
		quote_ident(&r->text, c->ns);
		break;
	case CHANGE_DROP_EXTENSION:
		buf_adds(&r->text, "DROP EXTENSION ");
		quote_ident(&r->text, c->from_extension->name);
		break;
	case CHANGE_CREATE_EXTENSION:
		create_extension(r, c->to_extension);
		break;
	case CHANGE_ALTER_EXTENSION:
		alter_extension(r, c->from_extension, c->to_extension);
		break;
	case CHANGE_CREATE_ENUM:
		create_enum(r, c->to_enum);
		break;
	case CHANGE_ALTER_ENUM:
		render_alter_enum(r, c);
		break;
	case CHANGE_DROP_FK:
		drop_fk(r, c->from_fk);
		break;
	case CHANGE_DROP_INDEX:
		drop_index(r, c->from_index);
		break;
	case CHANGE_ALTER_TABLE:
		render_alter_table(r, c);
		break;
	case CHANGE_DROP_TABLE:
		buf_adds(&r->text, "DROP TABLE ");
		table_name(r, c->from_table);
		break;
	case CHANGE_DROP_ENUM:
		buf_adds(&r->text, "DROP TYPE ");
		render_name(r, c->from_enum->ns, c->from_enum->name);
		break;
	case CHANGE_CREATE_TABLE:
		render_create_table(r, c->to_table);
		break;
	case CHANGE_CREATE_INDEX:
		create_index(r, c->to_index);
		break;
	case CHANGE_RENAME_FK:
		rename_fk(r, c->from_fk, c->to_fk);
		break;
	case CHANGE_ADD_FK:
		add_fk(r, c->to_fk);
		break;
	case CHANGE_RENAME_INDEX:
		rename_index(r, c->from_index, c->to_index);
		break;
	case CHANGE__MAX:
		break;
	}
	if (r->text.len > 0)
		render_end(r);
}

size_t
change_statements(struct arena *mem, const struct changes *changes,
    const struct change *c, const char *const **list)
{
	struct render r = { .mem = mem, .changes = changes,
		.default_ns = changes->to->default_ns };

	render_change(&r, c);
	buf_free(&r.text);
	*list = r.stmt;
	return r.n;
}

void
changes_render(const struct changes *changes, struct buf *out)
{
	struct arena *mem = arena_new();
	const char *const *stmt;
	size_t n, steps = 0;

	for (size_t i = 0; i < changes->n; i++) {
		arena_reset(mem);
		n = change_statements(mem, changes, &changes->item[i], &stmt);
		if (n == 0)
			continue;
		buf_addf(out, "%s-- %s\n", steps++ > 0 ? "\n" : "",
		    change_title(&changes->item[i]));
		for (size_t k = 0; k < n; k++)
			buf_addf(out, "%s;\n", stmt[k]);
	}
	if (changes->n == 0)
		buf_adds(out, "-- This is an empty migration.\n");
	arena_free(mem);
}
