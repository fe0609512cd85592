/* Risks and renames, between schemas given as text. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "catalog/rename.h"
#include "catalog/risk.h"
#include "schema/finding.h"
#include "schema/schema.h"
#include "tap.h"

static struct arena *mem;

static struct catalog *
catalog(const char *models)
{
	struct sources *sources = arena_new_of(mem, struct sources);
	struct findings f;
	struct schema *schema;

	sources->n = 1;
	sources->file = arena_new_of(mem, struct source);
	sources->file->path = "schema.prisma";
	sources->file->text = arena_printf(mem, "datasource db {\n"
	    "provider = \"postgresql\"\nurl = env(\"X\")\n}\n%s\n", models);
	sources->file->len = strlen(sources->file->text);
	findings_init(&f, mem);
	schema = schema_resolve(mem, ast_parse(mem, sources, &f), &f);
	if (f.nerrors > 0) {
		printf("# %s\n", f.item[0].text);
		exit(2);
	}
	return catalog_from_schema(mem, schema, "public");
}

/* Levels before anything is counted, one letter each: s m d b. */
static const struct {
	const char *name, *from, *to, *levels, *text;
} cases[] = {
	{ "nothing", "model A {\n id Int @id\n}", "model A {\n id Int @id\n}",
	    "", NULL },
	{ "a table", "model A {\n id Int @id\n}", "", "d",
	    "You are about to drop the `A` table. If the table is not empty, "
	    "all the data it contains will be lost." },
	{ "a column", "model A {\n id Int @id\n b Int?\n}",
	    "model A {\n id Int @id\n}", "d",
	    "You are about to drop the column `b` on the `A` table. All the "
	    "data in the column will be lost." },
	{ "a cast", "model A {\n id Int @id\n b BigInt\n}",
	    "model A {\n id Int @id\n b Int\n}", "d",
	    "You are about to alter the column `b` on the `A` table. The data "
	    "in that column could be lost. The data in that column will be "
	    "cast from `BigInt` to `Integer`." },
	{ "arguments", "model A {\n id Int @id\n b Decimal\n}",
	    "model A {\n id Int @id\n b Decimal @db.Decimal(4, 2)\n}", "d",
	    "You are about to alter the column `b` on the `A` table. The data "
	    "in that column could be lost. The data in that column will be "
	    "cast from `Decimal(65,30)` to `Decimal(4,2)`." },
	{ "a safe cast", "model A {\n id Int @id\n b Int\n}",
	    "model A {\n id Int @id\n b BigInt\n}", "", NULL },
	{ "recreated", "model A {\n id Int @id\n b String?\n}",
	    "model A {\n id Int @id\n b Int?\n}", "d",
	    "The `b` column on the `A` table would be dropped and recreated. "
	    "This will lead to data loss if there is data in the column." },
	{ "recreated, required", "model A {\n id Int @id\n b String\n}",
	    "model A {\n id Int @id\n b Int\n}", "d",
	    "Changed the type of `b` on the `A` table. No cast exists, the "
	    "column would be dropped and recreated, which cannot be done if "
	    "there is data, since the column is required." },
	{ "recreated, and required now",
	    "model A {\n id Int @id\n b String?\n}",
	    "model A {\n id Int @id\n b Int\n}", "m",
	    "Added the required column `b` to the `A` table without a default "
	    "value. This is not possible if the table is not empty." },
	{ "the primary key", "model A {\n id Int @id\n b Int\n}",
	    "model A {\n id Int\n b Int @id\n}", "mm",
	    "The primary key for the `A` table will be changed. If it "
	    "partially fails, the table could be left without primary key "
	    "constraint." },
	{ "a primary key that is only dropped",
	    "model A {\n id Int @id\n b Int @unique\n}",
	    "model A {\n id Int\n b Int @unique\n}", "m",
	    "The primary key for the `A` table will be changed. If it "
	    "partially fails, the table could be left without primary key "
	    "constraint." },
	{ "an added primary key is ours",
	    "model A {\n id Int\n b Int @unique\n}",
	    "model A {\n id Int @id\n b Int @unique\n}", "m", NULL },
	{ "an enum to a list",
	    "enum E {\n X\n}\nmodel A {\n id Int @id\n e E?\n}",
	    "enum E {\n X\n}\nmodel A {\n id Int @id\n e E[]\n}", "m",
	    "Changed the column `e` on the `A` table from a scalar field to a "
	    "list field. If there are non-null values in that column, this "
	    "step will fail." },
	{ "a list to an enum",
	    "enum E {\n X\n}\nmodel A {\n id Int @id\n e E[]\n}",
	    "enum E {\n X\n}\nmodel A {\n id Int @id\n e E\n}", "", NULL },
	{ "unique", "model A {\n id Int @id\n b Int\n c Int\n}",
	    "model A {\n id Int @id\n b Int\n c Int\n @@unique([b, c])\n}",
	    "m", "A unique constraint covering the columns `[b,c]` on the "
	    "table `A` will be added. If there are existing duplicate values, "
	    "this will fail." },
	{ "unique in a new table", "", "model A {\n id Int @id\n"
	    " b Int @unique\n}", "", NULL },
	{ "enum values", "enum E {\n X\n Y\n Z\n}\nmodel A {\n id Int @id\n"
	    " e E\n}", "enum E {\n Y\n}\nmodel A {\n id Int @id\n e E\n}",
	    "m", "The values [X,Z] on the enum `E` will be removed. If these "
	    "variants are still used in the database, this will fail." },
	{ "required", "model A {\n id Int @id\n}",
	    "model A {\n id Int @id\n b Int\n}", "m",
	    "Added the required column `b` to the `A` table without a default "
	    "value. This is not possible if the table is not empty." },
	{ "required with a default", "model A {\n id Int @id\n}",
	    "model A {\n id Int @id\n b Int @default(1)\n c DateTime "
	    "@default(now())\n d Int @default(autoincrement())\n}", "", NULL },
	{ "required with the client's default", "model A {\n id Int @id\n}",
	    "model A {\n id Int @id\n b String @default(uuid())\n}", "m",
	    "The required column `b` was added to the `A` table with a "
	    "prisma-level default value. This is not possible if the table is "
	    "not empty. Please add this column as optional, then populate it "
	    "before making it required." },
	{ "made required", "model A {\n id Int @id\n b Int?\n}",
	    "model A {\n id Int @id\n b Int @default(1)\n}", "m",
	    "Made the column `b` on table `A` required. This step will fail "
	    "if there are existing NULL values in that column." },
	{ "a foreign key is ours",
	    "model A {\n id Int @id\n}\nmodel B {\n id Int @id\n aId Int\n}",
	    "model A {\n id Int @id\n b B[]\n}\nmodel B {\n id Int @id\n"
	    " aId Int\n a A @relation(fields: [aId], references: [id])\n}",
	    "m", NULL },
};

static struct risks *
risks_between(const char *from, const char *to)
{
	return risks_find(mem, catalog_diff(mem, catalog(from), catalog(to)));
}

static void
test_texts(void)
{
	struct buf levels = BUF_INIT, header = BUF_INIT;
	struct risks *r;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r = risks_between(cases[i].from, cases[i].to);
		buf_reset(&levels);
		for (k = 0; k < r->n; k++)
			buf_addc(&levels,
			    *risk_level_name[risk_level(&r->item[k])]);
		tap_is(buf_str(&levels), cases[i].levels, cases[i].name);
		buf_reset(&header);
		risk_header(r, &header);
		tap_is(buf_str(&header), cases[i].text == NULL ? "" :
		    arena_printf(mem, "/*\n  Warnings:\n\n  - %s\n\n*/\n",
		    cases[i].text), cases[i].name);
	}
	buf_free(&levels);
	buf_free(&header);
}

static void
test_order(void)
{
	struct buf b = BUF_INIT;
	struct risks *r = risks_between("model A {\n id Int @id\n}\n"
	    "model B {\n id Int @id\n}", "model A {\n id Int @id\n c Int\n}");

	risk_header(r, &b);
	tap_ok(strstr(b.data, "drop the `B`") < strstr(b.data, "Added the"),
	    "warnings first, then steps");
	buf_free(&b);
}

/* What a count makes of a level, and of the text. */
static void
test_counts(void)
{
	struct risk *r = risks_between("model A {\n id Int @id\n}",
	    "model A {\n id Int @id\n b Int\n}")->item;
	struct buf b = BUF_INIT;

	r->count = 2;
	risk_text(r, &b);
	tap_is(buf_str(&b), "Added the required column `b` to the `A` table "
	    "without a default value. There are 2 rows in this table, it is "
	    "not possible to execute this step.", "with rows");
	tap_ok(risk_level(r) == RISK_BLOCKED, "rows are in the way");
	r->count = 0;
	tap_ok(risk_level(r) == RISK_SAFE, "no rows are not");
	r = risks_between("model A {\n id Int @id\n b BigInt\n}",
	    "model A {\n id Int @id\n b Int\n}")->item;
	r->count = 3;
	tap_ok(risk_level(r) == RISK_DESTRUCTIVE, "a cast of values");
	r->misfits = r->rounded = 0;
	tap_ok(risk_level(r) == RISK_SAFE, "that all fit");
	r->rounded = 1;
	tap_ok(risk_level(r) == RISK_DESTRUCTIVE, "that are rounded");
	r->misfits = 1;
	tap_ok(risk_level(r) == RISK_BLOCKED, "that do not fit");
	buf_free(&b);
}

static void
test_primary_key(void)
{
	struct risks *r = risks_between(
	    "model A {\n x Int\n y Int\n @@id([x, y])\n}",
	    "model A {\n x Int @id\n y Int\n}");
	struct risk *key = &r->item[1];
	struct buf b = BUF_INIT;

	tap_ok(key->kind == RISK_ADD_PK && key->ncolumns == 1, "a new key");
	key->count = 1;
	risk_text(key, &b);
	tap_is(buf_str(&b), "A primary key covering the columns `[x]` on the "
	    "table `A` will be added, but 1 value is there more than once.",
	    "with duplicates");
	tap_ok(risk_level(key) == RISK_BLOCKED, "they are in the way");
	r = risks_between("model A {\n id String @id\n}",
	    "model A {\n id Int @id @default(autoincrement())\n}");
	key = &r->item[r->n - 1];
	tap_ok(key->kind == RISK_ADD_PK && key->never,
	    "a column made anew does not have its old values");
	buf_free(&b);
}

/* What the script that runs does beyond Prisma's. */
static const struct {
	const char *from, *to, *levels, *want;
} mended[] = {
	{ "E?", "E[]", "", "ALTER COLUMN \"e\" SET DATA TYPE \"E\"[] USING "
	    "CASE WHEN \"e\" IS NOT NULL THEN ARRAY[\"e\"] END;" },
	{ "E[]", "E?", "d", "ALTER COLUMN \"e\" SET DATA TYPE \"E\" USING "
	    "\"e\"[1];" },
	{ "E[]", "E", "dm", "ALTER COLUMN \"e\" SET NOT NULL,\nALTER COLUMN "
	    "\"e\" SET DATA TYPE \"E\" USING \"e\"[1];" },
	{ "E @default(X)", "E[] @default([X])", "", "ALTER COLUMN \"e\" DROP "
	    "DEFAULT,\nALTER COLUMN \"e\" SET DEFAULT" },
};

static struct catalog *
with_enum(const char *type)
{
	return catalog(arena_printf(mem, "enum E {\n X\n}\n"
	    "model A {\n id Int @id\n e %s\n}", type));
}

static void
test_mended(void)
{
	struct buf levels = BUF_INIT, script = BUF_INIT;
	struct changes *changes;
	struct risks *r;
	size_t i, k;

	for (i = 0; i < sizeof(mended) / sizeof(mended[0]); i++) {
		changes = catalog_diff(mem, with_enum(mended[i].from),
		    with_enum(mended[i].to));
		buf_reset(&script);
		changes_render(changes, &script);
		tap_ok(strstr(buf_str(&script), "USING") == NULL,
		    "as Prisma's");
		changes->mended = 1;
		buf_reset(&script);
		changes_render(changes, &script);
		tap_ok(strstr(buf_str(&script), mended[i].want) != NULL,
		    mended[i].to);
		r = risks_find(mem, changes);
		buf_reset(&levels);
		for (k = 0; k < r->n; k++)
			buf_addc(&levels,
			    *risk_level_name[risk_level(&r->item[k])]);
		tap_is(buf_str(&levels), mended[i].levels, mended[i].to);
	}
	buf_free(&levels);
	buf_free(&script);
}

/* --- renames --- */

#define USER "model User {\n id Int @id @default(autoincrement())\n" \
	" email String @unique\n name String?\n}"

/* The best candidate's argument; NULL: there is none. */
static const struct {
	const char *from, *to, *want;
} candidates[] = {
	{ USER, USER, NULL },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n fullName String?\n}",
	    "User.name=fullName" },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n age Int?\n}", NULL },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n names String[]\n}", NULL },
	{ USER, "model Account {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n name String?\n}", "User=Account" },
	{ USER, "model Log {\n id Int @id @default(autoincrement())\n"
	    " at DateTime\n line String\n level Int\n}", NULL },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n nickname String?\n full_name String?\n}",
	    "User.name=nickname" },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n given String? @map(\"names\")\n}",
	    "User.name=given" },
};

static void
test_candidates(void)
{
	struct rename_candidate *c;
	struct buf b = BUF_INIT;
	size_t i, n;

	for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		n = rename_candidates(mem, catalog_diff(mem,
		    catalog(candidates[i].from), catalog(candidates[i].to)),
		    &c);
		buf_reset(&b);
		if (n > 0)
			rename_argument(&c[0], &b);
		tap_is(n > 0 ? buf_str(&b) : NULL, candidates[i].want,
		    candidates[i].want != NULL ? candidates[i].want :
		    "no candidate");
	}
	buf_free(&b);
}

/* Both arguments, NULL for none; the whole script, or the error. */
static const struct {
	const char *from, *to, *first, *second, *want;
} renames[] = {
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n fullName String?\n}",
	    "User.name=fullName", NULL, "-- RenameColumn\n"
	    "ALTER TABLE \"User\" RENAME COLUMN \"name\" TO \"fullName\";\n" },
	{ USER, "model User {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n fullName String\n}",
	    "User.name=User.fullName", NULL, "-- RenameColumn\n"
	    "ALTER TABLE \"User\" RENAME COLUMN \"name\" TO \"fullName\";\n\n"
	    "-- AlterTable\n"
	    "ALTER TABLE \"User\" ALTER COLUMN \"fullName\" SET NOT NULL;\n" },
	{ USER, "model Account {\n id Int @id @default(autoincrement())\n"
	    " email String @unique\n nick String? @map(\"nick_name\")\n}",
	    "User=Account", "User.name=nick", "-- RenameTable\n"
	    "ALTER TABLE \"User\" RENAME TO \"Account\";\n\n"
	    "-- RenameColumn\n"
	    "ALTER TABLE \"Account\" RENAME COLUMN \"name\" TO "
	    "\"nick_name\";\n\n"
	    "-- AlterTable\n"
	    "ALTER TABLE \"Account\" RENAME CONSTRAINT \"User_pkey\" TO "
	    "\"Account_pkey\";\n\n"
	    "-- RenameIndex\n"
	    "ALTER INDEX \"User_email_key\" RENAME TO "
	    "\"Account_email_key\";\n" },
	{ USER, USER, "User.name=x", NULL,
	    "cannot rename 'User.name': the schema still has it" },
	{ USER, USER, "User.x=name", NULL,
	    "cannot rename 'User.x': there is no such column" },
	{ USER, "", "User=Account", NULL,
	    "cannot rename table 'User' to 'Account': the schema does not "
	    "have it" },
	{ USER, USER, "X.a=b", NULL,
	    "cannot rename 'X.a': there is no such table before and after" },
	{ USER, USER, "nonsense", NULL, "'nonsense' is no rename" },
	{ USER, USER, "a=", NULL, "'a=' is no rename" },
	{ USER, USER, "=b", NULL, "'=b' is no rename" },
	{ USER, USER, ".a=b", NULL, "'.a=b' is no rename" },
};

static void
test_renames(void)
{
	size_t i;

	for (i = 0; i < sizeof(renames) / sizeof(renames[0]); i++) {
		struct catalog *from = catalog(renames[i].from);
		struct catalog *to = catalog(renames[i].to);
		struct renames r = { NULL, 0 };
		struct diag d = DIAG_INIT;
		struct buf b = BUF_INIT;

		if (catalog_rename(mem, from, to, renames[i].first, &r, &d) ==
		    -1 || (renames[i].second != NULL && catalog_rename(mem,
		    from, to, renames[i].second, &r, &d) == -1))
			buf_adds(&b, buf_str(&d.text));
		else
			changes_render(renames_first(mem, &r,
			    catalog_diff(mem, from, to)), &b);
		tap_is(buf_str(&b), renames[i].want, renames[i].first);
		buf_free(&b);
		diag_free(&d);
	}
}

int
main(void)
{
	mem = arena_new();
	test_texts();
	test_order();
	test_counts();
	test_primary_key();
	test_mended();
	test_candidates();
	test_renames();
	arena_free(mem);
	return tap_end();
}
