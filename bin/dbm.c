/*
 * dbm -- finds the program that a command names and becomes it.
 *
 * `dbm a b ...' tries dbm-a-b, then dbm-a, then whatever dbm-... other people
 * have put on PATH.  It execs: signals and exit status are the program's own.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/exit.h"
#include "base/out.h"
#include "base/version.h"

static const struct command {
	const char *name;    /* as typed */
	const char *group;   /* NULL: an alias, listed with its program */
	const char *summary; /* also the .Nd of its man page */
	const char *program; /* NULL: dbm-NAME */
} commands[] = {
	{ "init", "Start",
	    "set up a project: schema, .env and migrations folder", NULL },
	{ "env", "Start", "print what .env gives, or run a command with it",
	    NULL },
	{ "server", "Start",
	    "run the lasting private PostgreSQL of this project", NULL },
	{ "tmp", "Start", "run a command with a throwaway PostgreSQL server",
	    NULL },
	{ "format", "Schema", "write schema files in their canonical form",
	    NULL },
	{ "validate", "Schema", "check a schema and tell every problem", NULL },
	{ "diff", "Schema", "print the SQL that turns one schema into another",
	    NULL },
	{ "migrate diff", "Schema",
	    "compare two schemas, with Prisma's options", NULL },
	{ "db pull", "Schema", "read the schema of a database", NULL },
	{ "db push", "Schema", "bring a database to the schema, unrecorded",
	    NULL },
	{ "generate", "Schema", "run the project's own generators", NULL },
	{ "migrate dev", "Migrate",
	    "make a migration of what changed in the schema, and apply it",
	    NULL },
	{ "migrate deploy", "Migrate", "apply pending migrations to a database",
	    NULL },
	{ "status", "Migrate", "tell the state of every migration", NULL },
	{ "migrate status", NULL, NULL, "dbm-status" },
	{ "migrate resolve", "Migrate",
	    "settle a failed or baselined migration", NULL },
	{ "migrate reset", "Migrate",
	    "empty the schema and apply all migrations", NULL },
	{ "sync", "Data", "push what has changed from one database to another",
	    NULL },
	{ "compare", "Data", "tell where the rows of two databases differ",
	    NULL },
	{ "rows", "Data", "write tables as a stream of rows", NULL },
	{ "load", "Data", "read a stream of rows into a database", NULL },
	{ "meter", "Data", "show how fast a pipe flows", NULL },
	{ "backfill", "Data",
	    "change rows in batches, resumable and exactly once", NULL },
	{ "promote", "Data", "change one value of a column to another",
	    NULL },
	{ "chunks", "Data", "cut a table into ranges of its key", NULL },
	{ "each", "Data", "run SQL for every range, each in a transaction",
	    NULL },
	{ "exec", "SQL", "run SQL scripts or statements", NULL },
	{ "db execute", NULL, NULL, "dbm-exec" },
	{ "lock", "SQL", "run a command under an advisory lock", NULL },
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static struct arena *mem;
static const char *libexec;

/* `migrate deploy' is the program dbm-migrate-deploy. */
static char *
program_named(const char *command)
{
	char *name = arena_printf(mem, "dbm-%s", command), *p;

	for (p = name; *p != '\0'; p++)
		if (*p == ' ')
			*p = '-';
	return name;
}

static const char *
program_of(const struct command *c)
{
	return c->program != NULL ? c->program : program_named(c->name);
}

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* A folder: by the environment, beside this program, or as built in. */
static const char *
find_dir(const char *variable, const char *relative, const char *builtin)
{
	const char *given = getenv(variable);
	char self[PATH_MAX], *path;
	struct stat st;
	ssize_t n;

	if (given != NULL && *given != '\0')
		return given;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		path = arena_printf(mem, "%s/%s", dirname(self), relative);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return path;
	}
	return builtin;
}

static void
print_group(FILE *fp, const char *group)
{
	const struct command *c, *alias;
	char *names;

	fprintf(fp, "\n%s\n", group);
	for (c = commands; c < commands + NCOMMANDS; c++) {
		if (c->group == NULL || strcmp(c->group, group) != 0)
			continue;
		names = arena_strdup(mem, c->name);
		for (alias = commands; alias < commands + NCOMMANDS; alias++)
			if (alias->program != NULL &&
			    strcmp(alias->program, program_of(c)) == 0)
				names = arena_printf(mem, "%s, %s", names,
				    alias->name);
		fprintf(fp, "  %-24s %s\n", names, c->summary);
	}
}

static void
print_help(FILE *fp)
{
	const char *group = NULL;
	size_t i;

	fprintf(fp, "usage: dbm COMMAND [OPTION...] [ARGUMENT...]\n"
	    "       dbm help [COMMAND]\n");
	for (i = 0; i < NCOMMANDS; i++) {
		if (commands[i].group == NULL ||
		    (group != NULL && strcmp(group, commands[i].group) == 0))
			continue;
		group = commands[i].group;
		print_group(fp, group);
	}
	fprintf(fp, "\n'dbm help COMMAND' shows its page, 'dbm COMMAND -h' "
	    "its options.\n");
}

/* Completion reads this: name TAB summary. */
static void
print_commands(void)
{
	const struct command *c, *p;

	for (c = commands; c < commands + NCOMMANDS; c++) {
		for (p = commands; p->summary == NULL ||
		    strcmp(program_of(p), program_of(c)) != 0; p++)
			continue;
		printf("%s\t%s\n", c->name, p->summary);
	}
	printf("help\tshow the page of a command\n");
}

static int
min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein, one row at a time. */
static int
distance(const char *a, const char *b)
{
	int row[64], above, diagonal, i, j;
	int n = (int)strnlen(b, 63);

	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			row[j] = min3(row[j] + 1, row[j - 1] + 1,
			    diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

static int
near(const char *word, const char *name)
{
	const char *last = strrchr(name, ' ');

	if (*word == '\0')
		return 0;
	return distance(word, name) <= 2 || strstr(name, word) == name ||
	    (last != NULL && distance(word, last + 1) <= 1);
}

static void __attribute__((noreturn))
unknown(const char *word)
{
	int said = 0;
	size_t i;

	fprintf(stderr, "dbm: '%s' is not a dbm command\n", word);
	if (strcmp(word, "studio") == 0) {
		fprintf(stderr, "that is Prisma's own: npx prisma studio\n");
		exit(EXIT_NOCMD);
	}
	for (i = 0; i < NCOMMANDS; i++)
		if (near(word, commands[i].name))
			fprintf(stderr, "%s%s\n",
			    said++ ? "    " : "did you mean:\n    ",
			    commands[i].name);
	if (!said)
		fprintf(stderr, "'dbm help' lists them\n");
	exit(EXIT_NOCMD);
}

static int
joinable(const char *word)
{
	const char *p;

	if (*word == '\0' || *word == '-')
		return 0;
	for (p = word; *p != '\0'; p++)
		if (!(*p >= 'a' && *p <= 'z') && *p != '-')
			return 0;
	return 1;
}

/* Becomes a program of ours; returns if there is no such file. */
static void
try_exec(const char *program, char **argv)
{
	const char *path = arena_printf(mem, "%s/%s", libexec, program);

	execv(path, argv);
	if (errno != ENOENT && errno != ENOTDIR)
		err(EXIT_NOEXEC, "%s", path);
}

/* Becomes the program of the first `words' words of argv, if there is one. */
static void
try_words(int words, char **argv)
{
	char **rest = argv + words - 1, *last = *rest, *name;
	const struct command *c;
	int k;

	for (k = 0; k < words; k++)
		if (!joinable(argv[k]))
			return;
	name = words == 1 ? argv[0] :
	    arena_printf(mem, "%s %s", argv[0], argv[1]);
	if ((c = find_command(name)) != NULL) {
		rest[0] = arena_strdup(mem, program_of(c));
		try_exec(rest[0], rest);
		err(EXIT_NOEXEC, "%s/%s", libexec, rest[0]);
	}
	/* Not ours: dbm-... on PATH, which libexec leads by now. */
	rest[0] = program_named(name);
	execvp(rest[0], rest);
	/* EACCES may be about a folder of PATH, and say nothing of a file */
	if (errno != ENOENT && errno != EACCES)
		err(EXIT_NOEXEC, "%s", rest[0]);
	rest[0] = last;
}

static int
is_prefix(const char *word)
{
	size_t i, n = strlen(word);

	for (i = 0; i < NCOMMANDS; i++)
		if (strncmp(commands[i].name, word, n) == 0 &&
		    commands[i].name[n] == ' ')
			return 1;
	return 0;
}

/* `dbm migrate' alone lists its commands. */
static void __attribute__((noreturn))
list_prefix(const char *word, const char *next)
{
	const struct command *c;
	size_t n = strlen(word);

	if (next != NULL && *next != '-')
		fprintf(stderr, "dbm: '%s %s' is not a dbm command\n", word,
		    next);
	fprintf(stderr, "usage: dbm %s COMMAND [OPTION...]\n\n", word);
	for (c = commands; c < commands + NCOMMANDS; c++)
		if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
			fprintf(stderr, "  %s\n", c->name);
	exit(EXIT_TROUBLE);
}

static const char *
page_named(int argc, char **argv)
{
	const struct command *c;
	char *name;
	int k;

	if (argc == 1 && strncmp(argv[0], "dbm", 3) == 0)
		return argv[0];
	name = arena_strdup(mem, argv[0]);
	for (k = 1; k < argc; k++)
		name = arena_printf(mem, "%s %s", name, argv[k]);
	c = find_command(name);
	return c != NULL ? program_of(c) : program_named(name);
}

/* `dbm help X', `dbm help 7 dbm': a page of section 1, else of 7 or 5. */
static void __attribute__((noreturn))
show_page(int argc, char **argv)
{
	static const char *const sections[] = { "1", "7", "5" };
	const char *dir, *file, *name, *only = NULL;
	size_t i;

	if (argc > 1 && strlen(argv[0]) == 1 && strchr("157", *argv[0])) {
		only = *argv++;
		argc--;
	}
	name = page_named(argc, argv);
	dir = find_dir("DBM_MANDIR", "../share/man", DBM_MANDIR);
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (only != NULL && strcmp(only, sections[i]) != 0)
			continue;
		file = arena_printf(mem, "%s/man%s/%s.%s", dir, sections[i],
		    name, sections[i]);
		if (access(file, R_OK) == -1)
			continue;
		execlp("man", "man", "-l", file, (char *)NULL);
		execlp("mandoc", "mandoc", "-a", file, (char *)NULL);
		err(EXIT_NOCMD, "neither man nor mandoc can be run");
	}
	fprintf(stderr, "dbm: there is no page '%s'\n", name);
	unknown(argv[argc - 1]);
}

static void
put_libexec_on_path(void)
{
	const char *path = getenv("PATH");
	size_t n = strlen(libexec);

	if (path == NULL)
		path = "/usr/bin:/bin";
	if (strncmp(path, libexec, n) != 0 || path[n] != ':')
		setenv("PATH", arena_printf(mem, "%s:%s", libexec, path), 1);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	setprogname("dbm");
	mem = arena_new();
	if (word == NULL) {
		print_help(stderr);
		return EXIT_TROUBLE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("dbm %s\n", DBM_VERSION);
		return out_flush();
	}
	if (strcmp(word, "--complete") == 0) {
		print_commands();
		return out_flush();
	}
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0 ||
	    (strcmp(word, "help") == 0 && argc == 2)) {
		print_help(stdout);
		return out_flush();
	}
	if (strcmp(word, "help") == 0)
		show_page(argc - 2, argv + 2);
	if (word[0] == '-') {
		fprintf(stderr, "dbm: unknown option '%s'\n", word);
		print_help(stderr);
		return EXIT_TROUBLE;
	}
	libexec = find_dir("DBM_LIBEXEC", "../libexec/dbm", DBM_LIBEXECDIR);
	put_libexec_on_path();
	if (argc > 2)
		try_words(2, argv + 1);
	try_words(1, argv + 1);
	if (is_prefix(word))
		list_prefix(word, argv[2]);
	unknown(word);
}
