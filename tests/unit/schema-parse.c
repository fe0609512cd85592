/* The parser: places, texts of what is wrong, and what is in the tree. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/ast.h"
#include "schema/finding.h"
#include "tap.h"

static struct arena *mem;
static struct findings findings;
static struct source file[2];
static struct sources sources = { file, 1 };

static const struct ast *
parse(const char *text)
{
	findings_init(&findings, mem);
	file[0] = (struct source){ "a.prisma", text, strlen(text) };
	sources.n = 1;
	return ast_parse(mem, &sources, &findings);
}

/* Of each: the text, the part of it that is wrong, and why. */
static const struct {
	const char *text, *part, *why;
} wrong[] = {
	{ "foo bar\n", "foo bar\n", "This line is invalid. It does not" },
	{ "zap {\n x\n}\n", "zap {\n x\n}", "This block is invalid." },
	{ "type X = String @foo\n", "type X = String @foo",
	    "Invalid type definition." },
	{ "model A {\n  what is this\n}\n", "what is this\n",
	    "This line is not a valid field or attribute definition." },
	{ "enum A {\n  B C\n}\n", "B C\n",
	    "This line is not an enum value definition." },
	{ "generator g {\n  a b\n}\n", "a b\n",
	    "This line is not a valid definition within a generator." },
	{ "datasource d {\n  a = [\n}\n", "a = [\n",
	    "This line is not a valid definition within a datasource." },
	{ "model A {\n  foo: Int\n}\n", ":",
	    "Field declarations don't require a `:`." },
	{ "model A {\n  a [Int] @id\n}\n", "[Int]",
	    "please use `Type[]` instead of `[Type]`." },
	{ "model A {\n  a Int !\n}\n", "Int !", "`!` is no longer required." },
	{ "model A {\n  a Int[] ?\n}\n", "Int[] ?",
	    "Optional lists are not supported." },
	{ "view A {\n  a @id // x\n}\n", "a @id // x\n",
	    "Error validating view \"A\": This field declaration is invalid." },
	{ "type A {\n  a Int @unique\n}\n", "a Int @unique\n",
	    "Defining `@unique` attribute for a field in a composite type" },
	{ "type A {\n  @@id([a]) // x\n}\n", "@@id([a]) // x",
	    "A composite type cannot define an id." },
	{ "type A {\n  @@foo\n}\n", "@@foo",
	    "A composite type cannot have block-level attributes." },
	{ "model A {\n  a Int @x(\"a\\qb\")\n}\n", "\\q",
	    "Unknown escape sequence." },
	{ "model A {\n  a Int @x(\"\\u12\")\n}\n", "\\u12",
	    "Invalid unicode escape sequence." },
	{ "model A {\n  a Int @x(\"\\ud800\")\n}\n", "\\ud800",
	    "Invalid unicode escape sequence." },
	{ "model A {\n  a Int\n", "model A {\n", "This line is invalid." },
	{ "model A {\n  a\xd9\xa3 Int\n}\n", "a\xd9\xa3 Int\n",
	    "This line is not a valid field" },
};

static void
test_wrong(void)
{
	const struct finding *x;
	char *part;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		parse(wrong[i].text);
		x = findings.item;
		if (!tap_ok(findings.n > 0 && strstr(x->text, wrong[i].why),
			wrong[i].why) || findings.n == 0)
			continue;
		part = arena_strndup(mem, wrong[i].text + x->span.start,
		    x->span.end - x->span.start);
		tap_is(part, wrong[i].part, "its place");
	}
}

static void
test_block(void)
{
	const struct ast *ast = parse("/// one\n// two\n/* three\n four */\n"
	    "model A { // lost\n  /// f\n\n  id Int? @id @db.Foo // no\n"
	    "  @@index([ a ], map : \"x\")  // y\n  b A[] /// b\n"
	    "  u Unsupported( \"p\" )\n}\n/// away\n\nenum E {\n  X\n}\n");
	const struct ast_block *b = ast->block;

	tap_ok(findings.n == 0 && ast->nblocks == 2, "two blocks");
	tap_is(b->name.text, "A", "its name");
	tap_is(b->doc, "one\nthree\n four", "its comment");
	tap_is(ast->block[1].doc, NULL, "an empty line takes it away");
	tap_ok(b->nfields == 3 && b->attrs.n == 1, "fields and attributes");
	tap_is(b->field[0].doc, "f", "a field's, over an empty line");
	tap_is(b->field[1].doc, "b", "behind a field");
	tap_ok(b->field[0].arity == ARITY_OPTIONAL &&
	    b->field[1].arity == ARITY_LIST, "arities");
	tap_is(b->field[0].attrs.attr[1].name.text, "db.Foo", "native type");
	tap_is(b->field[2].type.unsupported, "p", "unsupported type");
	tap_ok(ast_attr(&b->attrs, "index") == b->attrs.attr &&
	    ast_attr(&b->attrs, "map") == NULL, "by name");
}

static void
test_values(void)
{
	const struct ast *ast = parse("generator g {\n"
	    "  a = [1, -2.5, \"x\\\"\\u00e9\\ud83d\\ude00\", f(n: b.c, e:, )]\n"
	    "  none =\n}\n");
	const struct ast_property *p = ast->block[0].property;
	struct ast_expr *const *item = p[0].value->item;

	tap_ok(findings.n == 0 && ast->block[0].nproperties == 2 &&
	    p[0].value->kind == EXPR_ARRAY && p[0].value->nitems == 4,
	    "an array");
	tap_is(item[1]->text, "-2.5", "number as written");
	tap_is(item[2]->text, "x\"\xc3\xa9\xf0\x9f\x98\x80", "escapes");
	tap_ok(item[3]->kind == EXPR_FUNCTION && item[3]->args.n == 2 &&
	    item[3]->args.trailing_comma.end != 0, "a function");
	tap_is(item[3]->args.arg[0].value->text, "b.c", "a path");
	tap_ok(item[3]->args.arg[1].value == NULL, "an empty argument");
	tap_ok(p[1].value == NULL, "a property without value");
}

static void
test_files(void)
{
	const struct ast *ast;

	parse("enum A {\n  X\n}\n");
	file[1] = (struct source){ "b.prisma", "nothing\nenum B {\n  Y\n}\n",
		24 };
	sources.n = 2;
	ast = ast_parse(mem, &sources, &findings);
	tap_ok(ast->nblocks == 2 && ast->block[1].span.file == 1 &&
	    ast->block[1].span.start == 8, "file after file");
	tap_ok(findings.n == 1 && findings.item[0].span.file == 1,
	    "a finding knows its file");
}

static void
test_depth(size_t depth, int deep_enough)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_adds(&b, "model A {\n  a Int @x(");
	for (i = 0; i < depth; i++)
		buf_addc(&b, '[');
	for (i = 0; i < depth; i++)
		buf_addc(&b, ']');
	buf_adds(&b, ")\n}\n");
	parse(b.data);
	tap_ok((findings.n == 0) == deep_enough, "nesting");
	buf_free(&b);
}

static void
test_position(void)
{
	struct source s = { "x", "a\n\xc3\xa9" "b\n", 6 };
	size_t line, column;

	source_position(&s, 4, &line, &column);
	tap_ok(line == 2 && column == 2, "columns count characters");
	source_position(&s, 99, &line, &column);
	tap_ok(line == 3 && column == 1, "behind the end");
}

int
main(void)
{
	mem = arena_new();
	test_wrong();
	test_block();
	test_values();
	test_files();
	test_depth(499, 1);
	test_depth(100000, 0);
	test_position();
	arena_free(mem);
	return tap_end();
}
