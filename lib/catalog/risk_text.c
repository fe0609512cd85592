/*
 * What is said of a risk.  The sentences are those of prisma-engines 6.19, to
 * the letter: the header of a migration is made of them.
 */
#include <string.h>

#include "base/buf.h"
#include "catalog/risk.h"

/* Prisma's name of a type, with its arguments: "Decimal(10,2)". */
static void
add_type(struct buf *b, const struct cat_type *t)
{
	if (t->native == NATIVE_UNSUPPORTED) {
		buf_addf(b, "Unsupported(\"%s\")", t->unsupported);
		return;
	}
	if (t->native == NATIVE_ENUM) {
		buf_adds(b, t->enumeration->name);
		return;
	}
	buf_adds(b, native_info[t->native].name);
	for (int i = 0; i < t->nargs; i++)
		buf_addf(b, "%s%ld", i == 0 ? "(" : ",", t->arg[i]);
	if (t->nargs > 0)
		buf_addc(b, ')');
}

static void
add_names(struct buf *b, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s%s", i == 0 ? "" : ",", name[i]);
}

static void
drop_table(const struct risk *r, struct buf *b)
{
	buf_addf(b, "You are about to drop the `%s` table", r->table);
	if (r->count == -1)
		buf_adds(b, ". If the table is not empty, all the data it "
		    "contains will be lost.");
	else
		buf_addf(b, ", which is not empty (%lld rows).", r->count);
}

static void
drop_column(const struct risk *r, struct buf *b)
{
	buf_addf(b, "You are about to drop the column `%s` on the `%s` table",
	    r->name, r->table);
	if (r->count == -1)
		buf_adds(b, ". All the data in the column will be lost.");
	else
		buf_addf(b, ", which still contains %lld non-null values.",
		    r->count);
}

static void
cast(const struct risk *r, struct buf *b)
{
	buf_addf(b, "You are about to alter the column `%s` on the `%s` table",
	    r->name, r->table);
	if (r->count == -1)
		buf_adds(b, ". The data in that column could be lost.");
	else
		buf_addf(b, ", which contains %lld non-null values.",
		    r->count);
	buf_adds(b, " The data in that column will be cast from `");
	add_type(b, &r->clause->from->type);
	buf_adds(b, "` to `");
	add_type(b, &r->clause->to->type);
	buf_adds(b, "`.");
	if (r->misfits > 0)
		buf_addf(b, " %lld of them %s not fit.", r->misfits,
		    r->misfits == 1 ? "does" : "do");
	else if (r->rounded > 0)
		buf_addf(b, " %lld of them would be rounded.", r->rounded);
}

static void
recreate_column(const struct risk *r, struct buf *b)
{
	buf_addf(b, "The `%s` column on the `%s` table would be dropped and "
	    "recreated. This will lead to data loss%s.", r->name, r->table,
	    r->count == -1 ? " if there is data in the column" : "");
}

static void
change_pk(const struct risk *r, struct buf *b)
{
	buf_addf(b, "The primary key for the `%s` table will be changed. If "
	    "it partially fails, the table could be left without primary key "
	    "constraint.", r->table);
}

static void
add_key(const struct risk *r, const char *what, const struct cat_index *index,
    struct buf *b)
{
	buf_addf(b, "A %s covering the columns `[", what);
	for (size_t i = 0; i < index->ncolumns; i++)
		buf_addf(b, "%s%s", i == 0 ? "" : ",",
		    index->column[i].column->name);
	buf_addf(b, "]` on the table `%s` will be added", r->table);
	if (r->count == -1)
		buf_adds(b, ". If there are existing duplicate values, this "
		    "will fail.");
	else
		buf_addf(b, ", but %lld value%s there more than once.",
		    r->count, r->count == 1 ? " is" : "s are");
}

static void
add_unique(const struct risk *r, struct buf *b)
{
	add_key(r, "unique constraint", r->change->to_index, b);
}

static void
add_pk(const struct risk *r, struct buf *b)
{
	add_key(r, "primary key", r->change->to_table->pk, b);
}

static void
remove_values(const struct risk *r, struct buf *b)
{
	buf_adds(b, "The values [");
	add_names(b, r->change->removed, r->change->nremoved);
	buf_addf(b, "] on the enum `%s` will be removed", r->name);
	if (r->count == -1)
		buf_adds(b, ". If these variants are still used in the "
		    "database, this will fail.");
	else
		buf_addf(b, ", but %lld row%s them.", r->count,
		    r->count == 1 ? " still uses" : "s still use");
}

static void
add_row_count(const struct risk *r, struct buf *b)
{
	if (r->count == -1)
		buf_adds(b, "This is not possible if the table is not empty.");
	else
		buf_addf(b, "There are %lld rows in this table, it is not "
		    "possible to execute this step.", r->count);
}

static void
add_required(const struct risk *r, struct buf *b)
{
	buf_addf(b, "Added the required column `%s` to the `%s` table without "
	    "a default value. ", r->name, r->table);
	add_row_count(r, b);
}

static void
add_required_client(const struct risk *r, struct buf *b)
{
	buf_addf(b, "The required column `%s` was added to the `%s` table "
	    "with a prisma-level default value. ", r->name, r->table);
	add_row_count(r, b);
	buf_adds(b, " Please add this column as optional, then populate it "
	    "before making it required.");
}

static void
make_required(const struct risk *r, struct buf *b)
{
	buf_addf(b, "Made the column `%s` on table `%s` required", r->name,
	    r->table);
	if (r->count == -1)
		buf_adds(b, ". This step will fail if there are existing NULL "
		    "values in that column.");
	else
		buf_addf(b, ", but there are %lld existing NULL values.",
		    r->count);
}

static void
make_list(const struct risk *r, struct buf *b)
{
	buf_addf(b, "Changed the column `%s` on the `%s` table from a scalar "
	    "field to a list field. ", r->name, r->table);
	if (r->count == -1)
		buf_adds(b, "If there are non-null values in that column, "
		    "this step will fail.");
	else
		buf_addf(b, "There are %lld existing non-null values in that "
		    "column, this step cannot be executed.", r->count);
}

static void
recreate_required(const struct risk *r, struct buf *b)
{
	buf_addf(b, "Changed the type of `%s` on the `%s` table. No cast "
	    "exists, the column would be dropped and recreated, which cannot "
	    "be done ", r->name, r->table);
	buf_adds(b, r->count == -1 ? "if there is data, since the column is "
	    "required." : "since the column is required and there is data in "
	    "the table.");
}

static void
add_fk(const struct risk *r, struct buf *b)
{
	const struct cat_fk *fk = r->change->to_fk;

	buf_addf(b, "The foreign key `%s` on the table `%s` will be added",
	    r->name, r->table);
	if (r->count == -1)
		buf_addf(b, ". If there are rows without their row in `%s`, "
		    "this will fail.", fk->target->name);
	else
		buf_addf(b, ", but %lld row%s no row in `%s`.", r->count,
		    r->count == 1 ? " has" : "s have", fk->target->name);
}

static void
first_of_list(const struct risk *r, struct buf *b)
{
	buf_addf(b, "Changed the column `%s` on the `%s` table from a list "
	    "field to a scalar field. Only the first element is kept",
	    r->name, r->table);
	if (r->count == -1)
		buf_adds(b, ", the others will be lost.");
	else
		buf_addf(b, ", and %lld row%s more than one.", r->count,
		    r->count == 1 ? " has" : "s have");
}

static void (*const text[RISK__MAX])(const struct risk *, struct buf *) = {
	[RISK_DROP_TABLE] = drop_table,
	[RISK_DROP_COLUMN] = drop_column,
	[RISK_CAST] = cast,
	[RISK_RECREATE_COLUMN] = recreate_column,
	[RISK_CHANGE_PK] = change_pk,
	[RISK_ADD_UNIQUE] = add_unique,
	[RISK_REMOVE_VALUES] = remove_values,
	[RISK_ADD_REQUIRED] = add_required,
	[RISK_ADD_REQUIRED_CLIENT] = add_required_client,
	[RISK_MAKE_REQUIRED] = make_required,
	[RISK_MAKE_LIST] = make_list,
	[RISK_RECREATE_REQUIRED] = recreate_required,
	[RISK_ADD_FK] = add_fk,
	[RISK_ADD_PK] = add_pk,
	[RISK_FIRST_OF_LIST] = first_of_list,
};

void
risk_text(const struct risk *r, struct buf *b)
{
	text[r->kind](r, b);
}

/* All warnings first, then all steps; how many there were. */
static size_t
add_items(const struct risks *risks, int steps, struct buf *b)
{
	struct risk r;
	size_t i, n = 0;

	for (i = 0; i < risks->n; i++) {
		r = risks->item[i];
		if (r.kind == RISK_ADD_FK || r.kind == RISK_ADD_PK ||
		    risk_is_step(&r) != steps)
			continue;
		r.count = r.misfits = r.rounded = -1;
		buf_adds(b, "  - ");
		risk_text(&r, b);
		buf_addc(b, '\n');
		n++;
	}
	return n;
}

void
risk_header(const struct risks *risks, struct buf *b)
{
	struct buf items = BUF_INIT;

	if (add_items(risks, 0, &items) + add_items(risks, 1, &items) > 0)
		buf_addf(b, "/*\n  Warnings:\n\n%s\n*/\n", buf_str(&items));
	buf_free(&items);
}
