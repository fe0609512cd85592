/* .env text: the corners of npm's dotenv and of Prisma's expansion. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/dotenv.h"
#include "tap.h"

/* What `A' is; NULL: not set. */
static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "plain", "A=1", "1" },
	{ "empty", "A=", "" },
	{ "blanks are trimmed", "  A  =  1 2  ", "1 2" },
	{ "no-break space is blank", "A=\xc2\xa0" "1\xc2\xa0", "1" },
	{ "byte order mark", "\xef\xbb\xbf" "A=1", "1" },
	{ "CRLF", "B=2\r\nA=1\r\n", "1" },
	{ "lone CR", "B=2\rA=1\r", "1" },
	{ "export", "export A=1", "1" },
	{ "export is a name too", "export=1\nA=${export}", "1" },
	{ "colon", "A: 1", "1" },
	{ "colon without blank is no separator", "A:1", NULL },
	{ "dots and dashes in names", "A.b-c=1\nA=x", "x" },
	{ "comment line", "#A=1", NULL },
	{ "comment without blank", "A=1#2", "1" },
	{ "# in quotes", "A=\"1 # 2\" # three", "1 # 2" },
	{ "# in a URL is a comment", "A=postgres://u:p#q@h", "postgres://u:p" },
	{ "single quotes", "A='1\\n2'", "1\\n2" },
	{ "backquotes", "A=`it's \"1\"`", "it's \"1\"" },
	{ "double quotes take \\n and \\r", "A=\"1\\n2\\r3\\t\"",
	    "1\n2\r3\\t" },
	{ "escaped quote keeps its backslash", "A=\"1\\\"2\"", "1\\\"2" },
	{ "trailing backslash", "A=\"C:\\\"\nB=1", "C:\\" },
	{ "multi-line", "A=\"1\n2\"\nB=3", "1\n2" },
	{ "multi-line CRLF", "A=\"1\r\n2\"\r\n", "1\n2" },
	{ "value on the next line only in quotes", "A=\n\"1\"", "1" },
	{ "and else not", "A=\nB=1", "" },
	{ "= on the next line", "A\n=1", "1" },
	{ "text after the closing quote", "A='1' 2", "'1' 2" },
	{ "quotes around quotes", "A='1' '2'", "1' '2" },
	{ "unterminated quote", "A=\"1\nB=2", "\"1" },
	{ "the last one wins", "A=1\nA=2", "2" },
	{ "no newline escape after expansion", "B='\\n'\nA=\"${B}\"", "\\n" },
	{ "expansion", "B=1\nA=${B}-${B}", "1-1" },
	{ "forward", "A=${B}\nB=1", "1" },
	{ "through two", "A=${B}\nB=${C}\nC=1", "1" },
	{ "in single quotes too", "B=1\nA='${B}'", "1" },
	{ "unknown is empty", "A=1${NOBODY}2", "12" },
	{ "empty name", "A=1${}2", "12" },
	{ "no braces", "B=1\nA=$B", "$B" },
	{ "other names are literal", "A=${B-1}", "${B-1}" },
	{ "escaped", "B=1\nA=\\${B}${B}", "${B}1" },
	{ "the process wins", "FROM_PROCESS=2\nA=${FROM_PROCESS}", "1" },
	{ "dollars stand for themselves", "B=a$$b$&\nA=${B}", "a$$b$&" },
	{ "cycle of one", "A=1${A}2", "12" },
	{ "cycle of two", "A=1${B}\nB=2${A}", "12" },
	{ "the second stands", "B=${A}${A}\nA=${B}x", "x" },
	{ "not UTF-8", "A=\xff\xfe", "\xff\xfe" },
	{ "nothing", "", NULL },
	{ "noise", "= = =\n:::\n'A'=1\n", NULL },
};

static void
test_cases(void)
{
	struct arena *a = arena_new();
	struct diag d = DIAG_INIT;
	struct dotenv e;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = (struct dotenv){ .n = 0 };
		if (dotenv_parse(a, "f", cases[i].text, strlen(cases[i].text),
			&e, &d) == -1)
			tap_ok(0, cases[i].name);
		else
			tap_is(dotenv_get(&e, "A"), cases[i].want,
			    cases[i].name);
	}
	diag_free(&d);
	arena_free(a);
}

static void
test_files(void)
{
	static const char one[] = "A=1\n\nB=2\n", two[] = "B=3\nC=${B}${A}\n";
	struct arena *a = arena_new();
	struct dotenv e = { .n = 0 };
	struct diag d = DIAG_INIT;

	dotenv_parse(a, "one", one, strlen(one), &e, &d);
	dotenv_parse(a, "two", two, strlen(two), &e, &d);
	tap_is(dotenv_get(&e, "B"), "2", "the first file wins");
	tap_is(dotenv_get(&e, "C"), "21", "references see the first file");
	tap_ok(dotenv_find(&e, "B")->line == 3, "the line is kept");
	tap_is(dotenv_find(&e, "C")->file, "two", "the file is kept");
	tap_is(e.entry[0].name, "A", "the order is kept");
	arena_free(a);
}

static void
test_refusals(void)
{
	static const char nul[] = "A=1\nB=\0002";
	struct arena *a = arena_new();
	struct buf b = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct dotenv e = { .n = 0 };
	int i;

	tap_ok(dotenv_parse(a, "f", nul, sizeof(nul) - 1, &e, &d) == -1 &&
	    d.line == 2 && d.column == 3, "NUL byte");
	tap_ok(d.excerpt.len == 0, "NUL byte: the line is not shown");
	buf_adds(&b, "V0=xxxxxxxxxxxxxxxx\n");
	for (i = 1; i < 40; i++)
		buf_addf(&b, "V%d=${V%d}${V%d}\n", i, i - 1, i - 1);
	diag_reset(&d);
	tap_ok(dotenv_parse(a, "f", b.data, b.len, &e, &d) == -1 &&
	    strstr(buf_str(&d.text), "more than 64 MB") != NULL,
	    "values that double and double");
	buf_reset(&b);
	for (i = 0; i < 1000; i++)
		buf_addf(&b, "W%d=${W%d}\n", i, i + 1);
	diag_reset(&d);
	tap_ok(dotenv_parse(a, "f", b.data, b.len, &e, &d) == -1 &&
	    strstr(buf_str(&d.text), "steps") != NULL, "a chain of 1000");
	buf_free(&b);
	diag_free(&d);
	arena_free(a);
}

int
main(void)
{
	setenv("FROM_PROCESS", "1", 1);
	unsetenv("A");
	unsetenv("B");
	unsetenv("C");
	unsetenv("NOBODY");
	test_cases();
	test_files();
	test_refusals();
	return tap_end();
}
