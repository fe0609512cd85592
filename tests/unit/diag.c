/* Diagnostics: where, the caret, masking, and when nothing is said. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/exit.h"
#include "tap.h"

/* What went to stderr since the last call. */
static const char *
said(void)
{
	static char text[4096];
	ssize_t n;

	n = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	if (ftruncate(STDERR_FILENO, 0) == -1 ||
	    lseek(STDERR_FILENO, 0, SEEK_SET) == -1)
		abort();
	return text;
}

static void
print_at(const char *file, const char *text, size_t offset)
{
	struct diag d = DIAG_INIT;

	diag_at_offset(&d, file, text, strlen(text), offset);
	diag_set(&d, "wrong");
	diag_print(&d);
	diag_free(&d);
}

static void
test_places(void)
{
	print_at("f.sql", "one\ntwo three\n", 8);
	tap_is(said(), "f.sql:2:5: error: wrong\n"
	    "    2 | two three\n      |     ^\n", "line, column and caret");
	print_at("f.sql", "\t\xc3\xa9\xc3\xa9 x\r\n", 6);
	tap_is(said(), "f.sql:1:5: error: wrong\n"
	    "    1 | \t\xc3\xa9\xc3\xa9 x\n      | \t   ^\n",
	    "characters are counted, a tab stays one, CR goes");
	print_at("f.sql", "a\n\nb", 2);
	tap_is(said(), "f.sql:2:1: error: wrong\n",
	    "an empty line is not shown");
	print_at("f.sql", "ab", 99);
	tap_is(said(), "f.sql:1:3: error: wrong\n    1 | ab\n      |   ^\n",
	    "past the end is the end");
	print_at("f.sql", "", 0);
	tap_is(said(), "f.sql:1:1: error: wrong\n", "an empty text");
}

static void
test_parts(void)
{
	struct diag d = DIAG_INIT;

	tap_ok(diag_set(&d, "%s", "first") == -1 &&
	    diag_hint(&d, "try\nagain") == -1, "setting returns -1");
	buf_adds(&d.detail, "because");
	strcpy(d.sqlstate, "42601");
	diag_print(&d);
	tap_is(said(), "dbm x y: error: first (SQLSTATE 42601)\n"
	    "    detail: because\n    hint: try\n      again\n",
	    "detail, hint and SQLSTATE; the command's name as typed");
	tap_ok(diag_status(&d) == EXIT_TROUBLE, "the status is 2");
	d.status = EXIT_LATER;
	tap_ok(diag_status(&d) == EXIT_LATER, "unless it is another");
	diag_at(&d, "f", 3, 0);
	diag_reset(&d);
	diag_set(&d, "second");
	diag_print(&d);
	tap_is(said(), "dbm x y: error: second\n", "reset empties all of it");
	errno = ENOENT;
	diag_errno(&d, "cannot open '%s'", "f");
	tap_is(buf_str(&d.text), "cannot open 'f': No such file or directory",
	    "errno");
	diag_free(&d);
}

static void
test_secrets(void)
{
	struct buf b = BUF_INIT;

	diag_secret(NULL);
	diag_secret("");
	diag_secret("ab");
	diag_secret("hunter");
	diag_secret("hunter2");
	diag_redact(&b, "ab hunter2 hunter hunterhunter2x");
	tap_is(buf_str(&b), "ab *** *** ******x",
	    "secrets are masked, the longest first; a letter or two are not");
	note("password %s", "hunter2");
	tap_is(said(), "password ***\n", "in notes");
	warning("password %s", "hunter2");
	tap_is(said(), "dbm x y: warning: password ***\n", "in warnings");
	buf_free(&b);
}

static void
test_talk(void)
{
	struct diag d = DIAG_INIT;

	verbose("no");
	tap_is(said(), "", "verbose() is silent without -v");
	diag_opts.verbose = 1;
	verbose("yes");
	tap_is(said(), "yes\n", "and speaks with it");
	diag_opts.quiet = 1;
	note("no");
	warning("no");
	verbose("no");
	tap_is(said(), "", "-q silences notes and warnings");
	diag_set(&d, "yes");
	diag_print(&d);
	tap_is(said(), "dbm x y: error: yes\n", "but no error");
	diag_free(&d);
}

static void
test_control(void)
{
	struct diag d = DIAG_INIT;

	diag_set(&d, "no table '\033[31m\xc2\x9b\r\xc3\xa9'");
	diag_hint(&d, "one\ntwo\a");
	diag_print(&d);
	tap_is(said(), "dbm x y: error: no table '?[31m??\xc3\xa9'\n"
	    "    hint: one\n      two?\n",
	    "what steers a terminal is not sent to it");
	diag_free(&d);
	note("a\tb\033c");
	tap_is(said(), "a\tb?c\n", "nor in a note");
}

int
main(void)
{
	FILE *fp = tmpfile();

	setprogname("dbm-x-y");
	if (fp == NULL || dup2(fileno(fp), STDERR_FILENO) == -1)
		return 1;
	test_places();
	test_parts();
	test_control();
	test_secrets();
	test_talk();
	return tap_end();
}
