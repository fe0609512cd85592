/*
 * Where the programs of PostgreSQL are.
 */
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/proc.h"
#include "server/pg.h"

static int
has_programs(const char *bin)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/initdb", bin);
	if (access(path, X_OK) == -1)
		return 0;
	snprintf(path, sizeof(path), "%s/postgres", bin);
	return access(path, X_OK) == 0;
}

/* Where distributions put several versions side by side. */
static int
find_packaged(struct arena *a, int want, struct pg *pg)
{
	static const char *const pattern[] = { "/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin" };
	const char *path;
	size_t i, k;
	int version;
	glob_t g;

	for (k = 0; k < 2; k++) {
		if (glob(pattern[k], 0, NULL, &g) != 0)
			continue;
		for (i = 0; i < g.gl_pathc; i++) {
			path = g.gl_pathv[i];
			version = atoi(path + (strchr(pattern[k], '*') -
			    pattern[k]));
			if (version <= pg->version ||
			    (want != 0 && version != want) ||
			    !has_programs(path))
				continue;
			pg->version = version;
			pg->bin = arena_strdup(a, path);
		}
		globfree(&g);
	}
	return pg->bin == NULL ? -1 : 0;
}

static const char *
find_on_path(struct arena *a)
{
	const char *p = getenv("PATH"), *dir;
	size_t n;

	for (; p != NULL && *p != '\0'; p += n + (p[n] == ':')) {
		n = strcspn(p, ":");
		dir = arena_strndup(a, p, n);
		if (*dir == '/' && has_programs(dir))
			return dir;
	}
	return NULL;
}

/* The first number that `postgres -V' prints. */
static int
ask_version(struct arena *a, const char *bin, struct diag *d)
{
	char *argv[] = { arena_printf(a, "%s/postgres", bin),
		arena_strdup(a, "-V"), NULL };
	struct proc_opts o = PROC_OPTS_INIT;
	char said[128] = "";
	struct proc p;
	int fd[2], rc;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	o.out = fd[1];
	rc = proc_start(&p, argv, &o, d);
	close(fd[1]);
	/* One short line: it comes in one piece. */
	if (rc == 0 && read(fd[0], said, sizeof(said) - 1) == -1)
		said[0] = '\0';
	close(fd[0]);
	if (rc == -1 || proc_wait(&p) != 0)
		return -1;
	return atoi(said + strcspn(said, "0123456789"));
}

int
pg_find(struct arena *a, int want, struct pg *pg, struct diag *d)
{
	const char *bin = getenv("DBM_PGBIN");

	memset(pg, 0, sizeof(*pg));
	if (bin == NULL || *bin == '\0') {
		if (find_packaged(a, want, pg) == 0)
			return 0;
		bin = find_on_path(a);
	} else if (!has_programs(bin))
		return diag_set(d, "DBM_PGBIN: '%s' has no initdb and postgres",
		    bin);
	if (bin == NULL) {
		diag_hint(d, "install the postgresql package, or set "
		    "DBM_PGBIN to the folder that has initdb and postgres");
		return diag_set(d, want == 0 ? "PostgreSQL is not installed" :
		    "PostgreSQL %d, which the data is of, is not installed",
		    want);
	}
	pg->bin = bin;
	pg->version = ask_version(a, bin, d);
	if (pg->version <= 0)
		return diag_set(d, "cannot run '%s/postgres'", bin);
	if (want != 0 && want != pg->version)
		return diag_set(d, "the data is of PostgreSQL %d, '%s' is %d",
		    want, bin, pg->version);
	return 0;
}
