/* The generators of a schema are Prisma's; it is the project's own one. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/proc.h"
#include "migrate/generate.h"
#include "schema/project.h"
#include "schema/schema.h"

static const char *
find_upwards(struct arena *mem, const char *dir)
{
	char *real = realpath(dir, NULL), *at, *slash;
	const char *path, *found = NULL;

	if (real == NULL)
		return NULL;
	at = arena_strdup(mem, real);
	free(real);
	while (found == NULL) {
		path = arena_printf(mem, "%s/node_modules/.bin/prisma", at);
		if (access(path, X_OK) == 0)
			found = path;
		slash = strrchr(at, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	return found;
}

static const char *
folder_of(struct arena *mem, const char *schema)
{
	const char *slash = strrchr(schema, '/');

	if (file_is_dir(schema))
		return schema;
	return slash == NULL ? "." : slash == schema ? "/" :
	    arena_strndup(mem, schema, (size_t)(slash - schema));
}

const char *
generate_find(struct arena *mem, const struct project *p)
{
	const char *found = NULL;

	if (p->schema != NULL)
		found = find_upwards(mem, folder_of(mem, p->schema));
	return found != NULL ? found : find_upwards(mem, ".");
}

int
generate_run(struct arena *mem, const struct project *p, const char *prisma,
    char *const *more, int out, struct diag *d)
{
	struct proc_opts o = PROC_OPTS_INIT;
	size_t n = 0, room = 8;
	char **argv;

	while (more != NULL && more[n] != NULL)
		n++;
	argv = arena_array(mem, char *, room + n);
	argv[0] = arena_strdup(mem, prisma);
	argv[1] = arena_strdup(mem, "generate");
	argv[2] = arena_strdup(mem, "--schema");
	argv[3] = arena_strdup(mem, p->schema);
	if (n > 0)
		memcpy(argv + 4, more, n * sizeof(*more));
	o.out = out;
	return proc_run_command(argv, &o, d);
}

void
generate_after(struct arena *mem, const struct project *p,
    const struct schema *schema, void (*whisper)(const char *, ...),
    void (*say)(const char *, ...))
{
	const char *prisma = generate_find(mem, p);
	struct diag d = DIAG_INIT;

	if (schema->ngenerators == 0)
		whisper("there is no generator in %s", p->schema);
	else if (prisma == NULL)
		whisper("generators are not run: there is no "
		    "node_modules/.bin/prisma");
	else if (generate_run(mem, p, prisma, NULL, STDERR_FILENO, &d) != 0)
		say("the database is changed, but the generators failed%s%s",
		    d.text.len > 0 ? ": " : "", buf_str(&d.text));
	diag_free(&d);
}
