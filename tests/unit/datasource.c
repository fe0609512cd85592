/* The datasource block out of a schema, and what is wrong with it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "schema/datasource.h"
#include "tap.h"

static struct arena *mem;
static struct diag diag;

static int
read_text(const char *text, struct datasource *ds)
{
	int found;

	diag_reset(&diag);
	*ds = (struct datasource){ .name = NULL };
	if (datasource_read(mem, "s.prisma", text, strlen(text), ds, &found,
		&diag) == -1)
		return -1;
	return found;
}

static void
test_whole(void)
{
	static const char text[] =
	    "\xef\xbb\xbf// datasource no { \"\n"
	    "/* datasource no {\n \" } */\n"
	    "generator client {\r\n"
	    "  provider = \"prisma-client-js\" // }\r\n"
	    "}\r\n"
	    "model datasource_like { /// it's \"fine\n"
	    "  a String @default(\"} { \\\" //\")\n"
	    "  datasource Int\n"
	    "}\n"
	    "datasource db {\n"
	    "  provider  = \"postgresql\" // \"mysql\"\n"
	    "  /// the one\n"
	    "  url       = env(\"DATABASE_URL\")\n"
	    "  directUrl = \"postgresql://u:\\u00e9\\\"@h/\\ud83d\\ude00\"\n"
	    "  shadowDatabaseUrl = env( \"SHADOW\" )\n"
	    "  schemas = [\"a\", \"b\",\n    \"c\"]\n"
	    "  relationMode = \"prisma\"\n"
	    "  extensions = [citext(schema: \"x\"),\n   pg_trgm]\n"
	    "}\n"
	    "enum e {\n A\n}\n";
	struct datasource ds;

	tap_ok(read_text(text, &ds) == 1, "found among other blocks");
	tap_is(ds.name, "db", "name");
	tap_is(ds.provider, "postgresql", "provider");
	tap_is(ds.url.env, "DATABASE_URL", "env()");
	tap_is(ds.url.literal, NULL, "env() is no literal");
	tap_ok(ds.url.line == 14 && ds.url.column == 15, "place of a value");
	tap_is(ds.direct_url.literal,
	    "postgresql://u:\xc3\xa9\"@h/\xf0\x9f\x98\x80", "escapes");
	tap_is(ds.shadow_url.env, "SHADOW", "blanks in env()");
	tap_ok(ds.nschemas == 3 && strcmp(ds.schemas[2], "c") == 0, "schemas");
	tap_ok(ds.line == 11 && ds.column == 1, "place of the block");
}

static void
test_small(void)
{
	struct datasource ds;

	tap_ok(read_text("", &ds) == 0, "no text");
	tap_ok(read_text("model A {\n id Int @id\n}\n", &ds) == 0, "none");
	tap_ok(read_text("datasource db {}", &ds) == 1 &&
	    ds.provider == NULL && ds.url.line == 0, "empty");
	tap_ok(read_text("datasource db { provider = \"p\" }", &ds) == 1 &&
	    strcmp(ds.provider, "p") == 0, "one line");
}

static const struct {
	const char *name, *text, *message;
	size_t line, column;
} wrong[] = {
	{ "string", "datasource db {\n  url = \"postgres://\n}\n",
	    "unterminated string", 2, 9 },
	{ "string at the end", "datasource db {\n  url = \"x",
	    "unterminated string", 2, 9 },
	{ "brace", "datasource db {\n  url = \"x\"\n", "'{' is never closed", 1,
	    15 },
	{ "brace of another block", "model A {\n  a Int\n",
	    "'{' is never closed", 1, 9 },
	{ "comment", "\n  /* x", "unterminated comment", 2, 3 },
	{ "escape", "datasource db {\n  url = \"\\x\"\n}", "unknown escape", 2,
	    10 },
	{ "surrogate", "datasource db {\n  url = \"\\ud800\"\n}",
	    "invalid unicode escape", 2, 10 },
	{ "two", "datasource a {}\ndatasource b {}", "second datasource", 2,
	    1 },
	{ "no name", "datasource {\n}", "needs a name", 1, 12 },
	{ "no equals sign", "datasource db {\n url \"x\"\n}",
	    "'=' is expected", 2, 6 },
	{ "no value", "datasource db {\n url =\n}", "is expected", 2, 7 },
	{ "other value", "datasource db {\n url = file(\"x\")\n}",
	    "env(\"NAME\") is expected", 2, 8 },
	{ "column in characters", "datasource db {\n /* \xc3\xa9 */ url = 1\n}",
	    "is expected", 2, 16 },
};

static void
test_wrong(void)
{
	struct datasource ds;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!tap_ok(read_text(wrong[i].text, &ds) == -1 &&
		    strstr(buf_str(&diag.text), wrong[i].message) != NULL &&
		    diag.line == wrong[i].line &&
		    diag.column == wrong[i].column, wrong[i].name))
			printf("# %zu:%zu: %s\n", diag.line, diag.column,
			    buf_str(&diag.text));
}

int
main(void)
{
	mem = arena_new();
	test_whole();
	test_small();
	test_wrong();
	arena_free(mem);
	diag_free(&diag);
	return tap_end();
}
