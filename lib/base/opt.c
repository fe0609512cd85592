/*
 * The option table: flattened once, then handed to getopt_long.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/shell.h"
#include "base/out.h"
#include "base/version.h"

enum {
	OPT_MAX = 64,	   /* rows of one program, includes and all */
	VAL_LONG = 256,	   /* getopt value of row i: VAL_LONG + i */
	VAL_VERSION = 512,
	VAL_COMPLETE
};

struct flat {
	const struct opt *row[OPT_MAX];
	size_t n;
};

static void
flatten(struct flat *f, const struct opt *o)
{
	for (; o->kind != OPT_KIND_END; o++) {
		if (o->kind == OPT_KIND_INCLUDE) {
			flatten(f, o->dest);
			continue;
		}
		if (f->n == OPT_MAX)
			errx(EXIT_TROUBLE, "too many options");
		f->row[f->n++] = o;
	}
}

static void
add_synopsis(struct buf *b, const struct program *p, const struct flat *f)
{
	const struct opt *o;
	size_t i;

	buf_addf(b, "usage: %s", p->name);
	for (i = 0; i < f->n; i++)
		if ((o = f->row[i])->kind == OPT_KIND_FLAG && o->letter != 0 &&
		    o->help != NULL)
			break;
	if (i < f->n) {
		buf_adds(b, " [-");
		for (; i < f->n; i++)
			if ((o = f->row[i])->kind == OPT_KIND_FLAG &&
			    o->letter != 0 && o->help != NULL)
				buf_addc(b, o->letter);
		buf_addc(b, ']');
	}
	for (i = 0; i < f->n; i++) {
		o = f->row[i];
		if (o->help == NULL ||
		    (o->kind == OPT_KIND_FLAG && o->letter != 0))
			continue;
		if (o->letter != 0)
			buf_addf(b, " [-%c", o->letter);
		else
			buf_addf(b, " [--%s", o->name);
		if (o->arg != NULL)
			buf_addf(b, " %s", o->arg);
		buf_addc(b, ']');
	}
	if (p->operands[0] != '\0')
		buf_addf(b, " %s", p->operands);
	buf_addc(b, '\n');
}

/* Breaks the synopsis between its words; what follows is indented. */
static void
print_wrapped(FILE *fp, const char *s, size_t indent)
{
	size_t column = 0, n;

	while (*s != '\0') {
		/* [-u URL] stays together */
		n = *s == '[' ? strcspn(s, "]\n") + 1 : strcspn(s, " \n");
		n += strcspn(s + n, " \n");
		if (column > indent && column + 1 + n > 79) {
			fprintf(fp, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > 0) {
			fputc(' ', fp);
			column++;
		}
		fwrite(s, 1, n, fp);
		column += n;
		s += n;
		s += strspn(s, " \n");
	}
	fputc('\n', fp);
}

static void
print_usage(FILE *fp, const struct program *p, const struct flat *f)
{
	struct buf b = BUF_INIT;

	add_synopsis(&b, p, f);
	print_wrapped(fp, buf_str(&b), strlen("usage: ") + strlen(p->name) + 1);
	buf_free(&b);
}

static void
print_help(const struct program *p, const struct flat *f)
{
	const struct opt *o;
	char left[64];
	size_t i;

	print_usage(stdout, p, f);
	printf("\n%s\n\n", p->summary);
	for (i = 0; i < f->n; i++) {
		o = f->row[i];
		if (o->help == NULL)
			continue;
		snprintf(left, sizeof(left), "%s%s%s%s%s",
		    o->letter != 0 ? (char[]){ '-', o->letter, '\0' } : "   ",
		    o->letter != 0 && o->name != NULL ? ", --" :
		    o->name != NULL		      ? " --" : "",
		    o->name != NULL ? o->name : "",
		    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
		printf("  %-28s %s\n", left, o->help);
	}
	printf("  %-28s %s\n  %-28s %s\n", "-h, --help", "print this",
	    "    --version", "print the version");
}

/* option TAB argument name TAB help: what the completion scripts read */
static void
print_completion(const struct flat *f)
{
	const struct opt *o;
	size_t i;

	for (i = 0; i < f->n; i++) {
		o = f->row[i];
		if (o->help == NULL)
			continue;
		if (o->name != NULL)
			printf("--%s\t%s\t%s\n", o->name,
			    o->arg != NULL ? o->arg : "", o->help);
		if (o->letter != 0)
			printf("-%c\t%s\t%s\n", o->letter,
			    o->arg != NULL ? o->arg : "", o->help);
	}
	printf("--help\t\tprint the usage\n--version\t\tprint the version\n");
}

static void __attribute__((noreturn, format(printf, 3, 0)))
usage(const struct program *p, const struct flat *f, const char *fmt,
    va_list ap)
{
	struct diag d = DIAG_INIT;

	if (fmt != NULL) {
		diag_vset(&d, fmt, ap);
		diag_print(&d);
	}
	print_usage(stderr, p, f);
	exit(p->usage_status != 0 ? p->usage_status : EXIT_TROUBLE);
}

static void __attribute__((noreturn, format(printf, 3, 4)))
bad(const struct program *p, const struct flat *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	usage(p, f, fmt, ap);
}

void
xopt_usage(const struct program *p, const char *fmt, ...)
{
	struct flat f = { .n = 0 };
	va_list ap;

	flatten(&f, p->opts);
	va_start(ap, fmt);
	usage(p, &f, fmt, ap);
}

static void
list_add(struct opt_list *l, const char *item)
{
	l->item = reallocarray(l->item, l->n + 1, sizeof(*l->item));
	if (l->item == NULL)
		err(EXIT_TROUBLE, NULL);
	l->item[l->n++] = item;
}

/* What was given, for those who tell of it. */
static struct {
	const struct opt **opt;
	const char **arg;
	size_t n;
} given;

static void
remember(const struct opt *o, const char *arg)
{
	given.opt = reallocarray(given.opt, given.n + 1, sizeof(*given.opt));
	given.arg = reallocarray(given.arg, given.n + 1, sizeof(*given.arg));
	if (given.opt == NULL || given.arg == NULL)
		err(EXIT_TROUBLE, NULL);
	given.opt[given.n] = o;
	given.arg[given.n++] = arg;
}

int
opt_is_given(const void *dest)
{
	size_t i;

	for (i = 0; i < given.n; i++)
		if (given.opt[i]->dest == dest)
			return 1;
	return 0;
}

static int
is_among(const void *dest, const void *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i] == dest)
			return 1;
	return 0;
}

void
opt_given(struct buf *b, const void *const *except, size_t n)
{
	const struct opt *o;
	size_t i;

	for (i = 0; i < given.n; i++) {
		o = given.opt[i];
		if (is_among(o->dest, except, n))
			continue;
		if (o->name != NULL)
			buf_addf(b, " --%s", o->name);
		else
			buf_addf(b, " -%c", o->letter);
		if (o->arg == NULL)
			continue;
		buf_addc(b, ' ');
		shell_word(b, given.arg[i]);
	}
}

static void
set(const struct program *p, const struct flat *f, const struct opt *o,
    const char *arg)
{
	void *dest = (void *)(uintptr_t)o->dest;
	const char *problem;
	char *end;
	double seconds;

	remember(o, arg);
	switch (o->kind) {
	case OPT_KIND_FLAG:
		*(int *)dest = 1;
		break;
	case OPT_KIND_STRING:
		*(const char **)dest = arg;
		break;
	case OPT_KIND_LIST:
		list_add(dest, arg);
		break;
	case OPT_KIND_SECONDS:
		seconds = strtod(arg, &end);
		if (end == arg || *end != '\0' || !isfinite(seconds) ||
		    seconds < 0 || seconds > 1e9)
			bad(p, f, "'%s' is not a number of seconds", arg);
		*(double *)dest = seconds;
		break;
	case OPT_KIND_COUNT:
		*(long long *)dest = strtonum(arg, 0, 1000000000000LL,
		    &problem);
		if (problem != NULL)
			bad(p, f, "'%s' is not a count: %s", arg, problem);
		break;
	case OPT_KIND_END:
	case OPT_KIND_INCLUDE:
		break;
	}
}

int
xopt_parse(const struct program *p, int argc, char **argv)
{
	struct option longopts[OPT_MAX + 4] = { { 0 } };
	char letters[2 * OPT_MAX + 4], *l = letters;
	struct flat f = { .n = 0 };
	struct option *lo = longopts;
	size_t i;
	int c;

	flatten(&f, p->opts);
	if (p->runs_command)
		*l++ = '+';
	*l++ = ':';
	*l++ = 'h';
	for (i = 0; i < f.n; i++) {
		if (f.row[i]->letter != 0) {
			*l++ = f.row[i]->letter;
			if (f.row[i]->arg != NULL)
				*l++ = ':';
		}
		if (f.row[i]->name != NULL)
			*lo++ = (struct option){ f.row[i]->name,
				f.row[i]->arg != NULL, NULL,
				VAL_LONG + (int)i };
	}
	*l = '\0';
	*lo++ = (struct option){ "help", 0, NULL, 'h' };
	*lo++ = (struct option){ "version", 0, NULL, VAL_VERSION };
	*lo++ = (struct option){ "complete", 0, NULL, VAL_COMPLETE };

	while ((c = getopt_long(argc, argv, letters, longopts, NULL)) != -1) {
		switch (c) {
		case 'h':
			print_help(p, &f);
			exit(out_flush());
		case VAL_VERSION:
			printf("%s %s\n", p->name, DBM_VERSION);
			exit(out_flush());
		case VAL_COMPLETE:
			print_completion(&f);
			exit(out_flush());
		case ':':
			bad(p, &f, "option '%s' needs an argument",
			    argv[optind - 1]);
		case '?':
			if (optopt != 0 && optopt < VAL_LONG)
				bad(p, &f, "unknown option '-%c'", optopt);
			bad(p, &f, "unknown option '%s'", argv[optind - 1]);
		default:
			if (c >= VAL_LONG) {
				set(p, &f, f.row[c - VAL_LONG], optarg);
				break;
			}
			for (i = 0; i < f.n && f.row[i]->letter != c; i++)
				continue;
			set(p, &f, f.row[i], optarg);
		}
	}
	return optind;
}
