/* The seed command: what it is, and the world it finds. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/proc.h"
#include "migrate/seed.h"
#include "migrate/site.h"

/* Words are parted by blanks, a backslash keeps one: as Prisma has it. */
static char **
split_words(struct arena *mem, const char *s)
{
	char **argv = arena_array(mem, char *, strlen(s) + 2), **p = argv;
	struct buf b = BUF_INIT;

	while (*s != '\0') {
		s += strspn(s, " ");
		if (*s == '\0')
			break;
		buf_reset(&b);
		for (; *s != '\0' && *s != ' '; s++) {
			if (s[0] == '\\' && s[1] == ' ')
				s++;
			buf_addc(&b, *s);
		}
		*p++ = arena_strdup(mem, buf_str(&b));
	}
	buf_free(&b);
	return argv;
}

static const char *
absolute(struct arena *mem, const char *path)
{
	char *real = realpath(path, NULL);
	const char *out = real == NULL ? path : arena_strdup(mem, real);

	free(real);
	return out;
}

static void
add_variable(char **env, size_t *n, struct arena *mem, const char *name,
    const char *value)
{
	if (name != NULL && value != NULL)
		env[(*n)++] = arena_printf(mem, "%s=%s", name, value);
}

/*
 * What the seed finds in its environment: .env, as with Prisma; the database
 * that was reset under every name that the schema has for it; and the
 * project's own tools on PATH.
 */
static char **
environment(struct arena *mem, const struct site *site)
{
	const struct project *p = &site->project;
	const char *path = getenv("PATH"), *url = site->url.text;
	char **env = arena_array(mem, char *, p->env.n + 5);
	size_t i, n = 0;

	for (i = 0; i < p->env.n; i++)
		if (getenv(p->env.entry[i].name) == NULL)
			add_variable(env, &n, mem, p->env.entry[i].name,
			    p->env.entry[i].value);
	add_variable(env, &n, mem, "DATABASE_URL", url);
	if (p->has_datasource) {
		add_variable(env, &n, mem, p->datasource.url.env, url);
		add_variable(env, &n, mem, p->datasource.direct_url.env,
		    url);
	}
	add_variable(env, &n, mem, "PATH", arena_printf(mem,
	    "%s/node_modules/.bin:%s", absolute(mem, p->root),
	    path != NULL ? path : "/usr/bin:/bin"));
	return env;
}

int
seed_run(struct arena *mem, const struct site *site,
    void (*say)(const char *, ...), int out, struct diag *d)
{
	const char *command = site->project.seed;
	struct proc_opts o = PROC_OPTS_INIT;
	char **argv;
	int status;

	if (command == NULL)
		return 0;
	argv = split_words(mem, command);
	if (argv[0] == NULL)
		return 0;
	say("Running seed command `%s` ...", command);
	o.dir = site->project.root;
	o.env = environment(mem, site);
	o.out = out;
	status = proc_run_command(argv, &o, d);
	if (status == 0) {
		say("The seed command has been executed.");
		return 0;
	}
	d->status = EXIT_TROUBLE;
	if (d->text.len == 0)
		diag_set(d, "the seed command `%s` ended with status %d",
		    command, status);
	return -1;
}
