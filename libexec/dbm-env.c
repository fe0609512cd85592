/*
 * dbm env -- prints what .env gives, as it counts here: the environment of
 * the process wins.  Passwords are masked.  With a command: becomes it, with
 * these variables added to its environment.
 *
 * Reads: .env (of the project, of the schema), package.json.
 * Writes: records name, value, file.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/out.h"
#include "schema/project.h"

static struct {
	int secrets;
} opts;

static const struct opt options[] = {
	OPT_INCLUDE(opt_project),
	OPT_FLAG(0, "secrets", &opts.secrets, "print passwords too"),
	OPT_INCLUDE(opt_out),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm env",
	.summary = "print what .env gives, or run a command with it",
	.operands = "[-- COMMAND [ARGUMENT...]]",
	.opts = options,
	.runs_command = 1,
};

static const struct out_column columns[] = {
	{ "name", OUT_TEXT },
	{ "value", OUT_TEXT },
	{ "file", OUT_TEXT },
};

/* Does the name of a variable or parameter say that it holds a secret? */
static int
is_secret_name(const char *name, size_t n)
{
	static const char *const part[] = { "pass", "pwd", "secret", "token",
		"key", "credential", "private" };
	size_t i, k, len;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		len = strlen(part[i]);
		for (k = 0; k + len <= n; k++)
			if (strncasecmp(name + k, part[i], len) == 0)
				return 1;
	}
	return 0;
}

/*
 * Up to the last @ of all: a password that was not percent-encoded may
 * hold any of /?#@, and rather too much is masked than too little.  Web
 * addresses with one word there mean a token by it.
 */
static const char *
add_userinfo(struct buf *b, const char *s, int web)
{
	const char *at = strrchr(s, '@'), *colon;

	if (at == NULL)
		return s;
	colon = memchr(s, ':', (size_t)(at - s));
	if (colon == NULL && !web)
		return s;
	if (colon != NULL)
		buf_add(b, s, (size_t)(colon - s) + 1);
	buf_adds(b, "***");
	return at;
}

/* Masks the values of parameters such as api_key= and password=. */
static void
add_parameters(struct buf *b, const char *s, const char *ends)
{
	const char *word;
	size_t gap, n;

	while (*s != '\0') {
		for (word = s; isalnum((unsigned char)*s) || *s == '_' ||
		    *s == '-' || *s == '.'; s++)
			continue;
		n = (size_t)(s - word);
		buf_add(b, word, n);
		gap = strspn(s, " ");
		if (s[gap] == '=' && is_secret_name(word, n)) {
			buf_adds(b, "=***");
			s += gap + 1;
			s += strspn(s, " ");
			s += *s == '\'' ? strlen(s) : strcspn(s, ends);
		} else if (*s != '\0')
			buf_addc(b, *s++);
	}
}

static void
add_masked(struct buf *b, const char *name, const char *value)
{
	const char *s = strstr(value, "://");

	if (*value == '\0')
		return;
	if (is_secret_name(name, strlen(name)) ||
	    strstr(value, "PRIVATE KEY-----") != NULL) {
		buf_adds(b, "***");
		return;
	}
	if (s == NULL) {
		add_parameters(b, value, " \t\n");
		return;
	}
	s += strlen("://");
	buf_add(b, value, (size_t)(s - value));
	s = add_userinfo(b, s, strncasecmp(value, "http", 4) == 0);
	add_parameters(b, s, "&");
}

static void
print_variables(const struct project *p)
{
	struct out *out = out_open(columns, 3);
	struct buf masked = BUF_INIT;
	const struct dotenv_var *var;
	const char *value;
	size_t i;

	for (i = 0; i < p->env.n; i++) {
		var = &p->env.entry[i];
		value = project_env(p, var->name);
		buf_reset(&masked);
		add_masked(&masked, var->name, value);
		out_field(out, var->name);
		out_field(out, opts.secrets ? value : buf_str(&masked));
		out_field(out, getenv(var->name) != NULL ? "environment" :
		    var->file);
	}
	out_close(out);
	buf_free(&masked);
}

static int
become(const struct project *p, char **argv, struct diag *d)
{
	const struct dotenv_var *var;
	size_t i;

	for (i = 0; i < p->env.n; i++) {
		var = &p->env.entry[i];
		if (setenv(var->name, var->value, 0) == -1)
			return diag_errno(d, "cannot set '%s'", var->name);
	}
	execvp(argv[0], argv);
	d->status = errno == ENOENT ? EXIT_NOCMD : EXIT_NOEXEC;
	return diag_errno(d, "cannot run '%s'", argv[0]);
}

int
main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	struct arena *eternal;
	struct project p;
	size_t i;
	int at;

	setprogname("dbm-env");
	at = xopt_parse(&program, argc, argv);
	eternal = arena_new();
	if (project_find(eternal, &project_opts, &p, &d) == -1)
		xdiag(&d);
	for (i = 0; i < p.nwarnings; i++)
		warning("%s", p.warnings[i]);
	for (i = 0; i < p.nenv_files; i++)
		verbose("variables read from %s", p.env_files[i]);
	if (at < argc && become(&p, argv + at, &d) == -1)
		xdiag(&d);
	if (p.nenv_files == 0)
		note("there is no .env file here");
	print_variables(&p);
	arena_free(eternal);
	diag_free(&d);
	return out_flush();
}
