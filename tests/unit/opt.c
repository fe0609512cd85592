/* The option table: what is parsed, and what ends the program with 2. */
#include <sys/wait.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "tap.h"

static struct {
	int flag, hidden;
	const char *string;
	struct opt_list list;
	double seconds;
	long long count;
} o;

static const struct opt included[] = {
	OPT_STRING('s', "string", "TEXT", &o.string, "a text"),
	OPT_END
};

static const struct opt table[] = {
	OPT_FLAG('f', "flag", &o.flag, "a flag"),
	OPT_FLAG(0, "hidden", &o.hidden, NULL),
	OPT_INCLUDE(included),
	OPT_LIST('l', "list", "ITEM", &o.list, "kept in order"),
	OPT_SECONDS(0, "seconds", "SECONDS", &o.seconds, "a time"),
	OPT_COUNT('n', "count", "N", &o.count, "a number"),
	OPT_END
};

static struct program program = { "dbm x", "do x", "[FILE]", table, 0, 0 };

/* The words of a line, parted by blanks, into argv. */
static int
split(char *line, char **argv)
{
	int argc = 0;
	char *word;

	argv[argc++] = "dbm-x";
	for (word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

/* Parses; the operands, parted by blanks. */
static const char *
parse(const char *line)
{
	static char copy[256], operands[256], *argv[32];
	int argc, i;

	memset(&o, 0, sizeof(o));
	snprintf(copy, sizeof(copy), "%s", line);
	argc = split(copy, argv);
	optind = 0;
	operands[0] = '\0';
	for (i = xopt_parse(&program, argc, argv); i < argc; i++) {
		if (operands[0] != '\0')
			strcat(operands, " ");
		strcat(operands, argv[i]);
	}
	return operands;
}

/* In a child, without its words: the status. */
static int
status_of(const char *line)
{
	int fd, status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fd = open("/dev/null", O_WRONLY);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		parse(line);
		_exit(100);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_parsing(void)
{
	tap_is(parse("-f -s a b"), "b", "operands follow");
	tap_ok(o.flag == 1, "flag");
	tap_is(o.string, "a", "string, of an included table");
	tap_is(parse("b --flag --string=a c"), "b c", "or stand between");
	tap_ok(o.flag == 1, "long flag");
	tap_is(parse("-s a -sb"), "", "none");
	tap_is(o.string, "b", "the last string wins");
	parse("-l 1 --list 2 -l3");
	tap_ok(o.list.n == 3 && strcmp(o.list.item[0], "1") == 0 &&
	    strcmp(o.list.item[2], "3") == 0, "a list keeps all, in order");
	parse("--seconds 0.25 -n 12");
	tap_ok(o.seconds > 0.24 && o.seconds < 0.26 && o.count == 12,
	    "seconds and count");
	parse("--hidden");
	tap_ok(o.hidden, "a hidden option is taken");
	tap_is(parse("-f -- -f x"), "-f x", "-- ends the options");
	program.runs_command = 1;
	tap_is(parse("-f sh -c -f"), "sh -c -f",
	    "an operand ends the options of a program that runs a command");
	program.runs_command = 0;
}

static const struct {
	const char *line;
	int status;
} ends[] = {
	{ "-h", 0 },
	{ "--help", 0 },
	{ "--version", 0 },
	{ "--complete", 0 },
	{ "-Z", 2 },
	{ "--zzz", 2 },
	{ "-fZ", 2 },
	{ "--flag=1", 2 },
	{ "-s", 2 },
	{ "--string", 2 },
	{ "--seconds -1", 2 },
	{ "--seconds 1x", 2 },
	{ "--seconds nan", 2 },
	{ "--seconds inf", 2 },
	{ "--seconds", 2 },
	{ "-n 1.5", 2 },
	{ "-n -1", 2 },
	{ "-n 9999999999999999999", 2 },
	{ "--seconds 0 -n 0 x", 100 },
};

int
main(void)
{
	size_t i;

	test_parsing();
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		tap_ok(status_of(ends[i].line) == ends[i].status,
		    ends[i].line);
	return tap_end();
}
