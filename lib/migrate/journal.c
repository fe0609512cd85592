#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "migrate/journal.h"

#define TOTAL_MAX 10000000 /* more units than any script has */

static int
read_head(const char *line, struct journal *j)
{
	char mode[16];
	size_t i;

	if (sscanf(line, "dbm: journal 1 %15s of %zu", mode, &j->total) != 2 ||
	    j->total > TOTAL_MAX)
		return 0;
	for (i = 0; i < UNITS__MAX; i++)
		if (strcmp(units_mode_name[i], mode) == 0) {
			j->mode = (enum units_mode)i;
			return 1;
		}
	return 0;
}

static void
read_line(struct arena *mem, const char *line, struct journal *j)
{
	size_t n, nstmt, ignored;
	const char *indexes;
	char digest[17];

	if (sscanf(line, "dbm: unit %zu %16s line %zu statements %zu", &n,
	    digest, &ignored, &nstmt) == 4 && n >= 1 && n <= j->total) {
		memcpy(j->digest[n - 1], digest, sizeof(digest));
		j->nstmt[n - 1] = nstmt;
	} else if (sscanf(line, "dbm: running %zu", &n) == 1 &&
	    n == j->done + 1 && n <= j->total) {
		j->running = n;
		indexes = strstr(line, " indexes ");
		indexes = indexes == NULL ? "" : indexes + strlen(" indexes ");
		j->indexes = arena_strndup(mem, indexes,
		    strspn(indexes, "0123456789,!"));
	}
}

void
journal_read(struct arena *mem, const char *logs, long long steps,
    struct journal *j)
{
	memset(j, 0, sizeof(*j));
	j->indexes = "";
	if (logs == NULL || !read_head(logs, j))
		return;
	j->found = 1;
	j->done = steps < 0 ? 0 : (size_t)steps;
	if (j->done > j->total)
		j->done = j->total;
	j->digest = arena_alloc(mem, j->total * sizeof(*j->digest) + 1);
	j->nstmt = arena_array(mem, size_t, j->total + 1);
	while ((logs = strchr(logs, '\n')) != NULL) {
		logs++;
		read_line(mem, logs, j);
	}
}

void
journal_write(struct buf *b, const struct units *u, size_t running,
    const char *indexes)
{
	size_t i;

	buf_addf(b, "dbm: journal 1 %s of %zu\n", units_mode_name[u->mode],
	    u->n);
	for (i = 0; i < u->n; i++)
		buf_addf(b, "dbm: unit %zu %s line %zu statements %zu\n",
		    i + 1, u->unit[i].digest, u->unit[i].line, u->unit[i].n);
	if (running > 0)
		buf_addf(b, "dbm: running %zu indexes %s\n", running,
		    indexes);
}

int
journal_check(const struct journal *j, const struct units *u, struct diag *d)
{
	size_t i;

	for (i = 0; i < j->done; i++) {
		if (i < u->n && strcmp(j->digest[i], u->unit[i].digest) == 0)
			continue;
		diag_at(d, u->file, i < u->n ? u->unit[i].line : 0, 0);
		diag_hint(d, "parts 1 to %zu are applied: restore their text "
		    "and run 'deploy --retry' again; or undo by hand what "
		    "they did, then 'dbm migrate resolve --rolled-back'; or "
		    "finish by hand, then 'dbm migrate resolve --applied'",
		    j->done);
		return diag_set(d, "part %zu of this script was applied with "
		    "another text, so the run cannot go on after it", i + 1);
	}
	return 0;
}

static int
is_ours(const char *line)
{
	return strncmp(line, "dbm: ", 5) == 0;
}

char *
journal_failure(struct arena *mem, const char *logs)
{
	const char *error, *line = logs;

	while (line != NULL && is_ours(line)) {
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	if (line == NULL || *line == '\0')
		return NULL;
	if (strncmp(line, "failed at ", 10) == 0)
		return arena_strndup(mem, line, strcspn(line, "\n"));
	/* Prisma's: the server's message stands somewhere inside. */
	error = strstr(line, "ERROR: ");
	if (error != NULL)
		line = error;
	return arena_strndup(mem, line, strcspn(line, "\n"));
}
