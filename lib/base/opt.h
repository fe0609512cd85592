#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stddef.h>

/*
 * One table per program.  The same rows give parsing, the text of -h,
 * completion (--complete) and, by a test, the SYNOPSIS of the man page.
 * -h, --version and --complete need no rows.
 */
enum opt_kind {
	OPT_KIND_END,
	OPT_KIND_FLAG,	  /* int: set to 1 */
	OPT_KIND_STRING,  /* const char *: the last one wins */
	OPT_KIND_LIST,	  /* struct opt_list: each is kept, in order */
	OPT_KIND_SECONDS, /* double, >= 0 */
	OPT_KIND_COUNT,	  /* long long, >= 0 */
	OPT_KIND_INCLUDE  /* dest is another table */
};

struct opt {
	enum opt_kind kind;
	char letter;	   /* 0: none */
	const char *name;  /* NULL: none */
	const char *arg;   /* its name in usage, NULL for a flag */
	const void *dest;
	const char *help;  /* NULL: accepted for compatibility, not shown */
};

struct opt_list {
	const char **item;
	size_t n;
};

#define OPT_FLAG(l, name, dest, help)                                          \
	{ OPT_KIND_FLAG, (l), (name), NULL, (dest), (help) }
#define OPT_STRING(l, name, arg, dest, help)                                   \
	{ OPT_KIND_STRING, (l), (name), (arg), (dest), (help) }
#define OPT_LIST(l, name, arg, dest, help)                                     \
	{ OPT_KIND_LIST, (l), (name), (arg), (dest), (help) }
#define OPT_SECONDS(l, name, arg, dest, help)                                  \
	{ OPT_KIND_SECONDS, (l), (name), (arg), (dest), (help) }
#define OPT_COUNT(l, name, arg, dest, help)                                    \
	{ OPT_KIND_COUNT, (l), (name), (arg), (dest), (help) }
#define OPT_INCLUDE(table)                                                     \
	{ OPT_KIND_INCLUDE, 0, NULL, NULL, (table), NULL }
#define OPT_END                                                                \
	{ OPT_KIND_END, 0, NULL, NULL, NULL, NULL }

struct program {
	const char *name;     /* as typed: "dbm migrate deploy" */
	const char *summary;  /* one line, as in `dbm help' */
	const char *operands; /* as in usage, "" for none */
	const struct opt *opts;
	int runs_command;     /* options end at the first operand */
	int usage_status;     /* for wrong usage; 0 stands for 2 */
};

/*
 * Parses argv; -h, --version and --complete print and end the program with
 * 0; a wrong option ends it with the usage on stderr.  The operands
 * are argv[result] … argv[argc - 1].
 */
int xopt_parse(const struct program *, int argc, char **argv);

/* Was the option with that destination given? */
int opt_is_given(const void *dest);
/*
 * Appends the options that were given, in their order, by their long names
 * and quoted for a shell; but for those with one of these n destinations.
 */
struct buf;
void opt_given(struct buf *, const void *const *except, size_t n);

/* Says what is wrong with the usage on stderr, and ends. */
void xopt_usage(const struct program *, const char *, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

#endif
