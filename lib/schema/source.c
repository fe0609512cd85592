/* The files of a schema, whole in memory, and places in them. */
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/utf8.h"
#include "schema/source.h"

static const char bom[] = "\xef\xbb\xbf";

static int
check(const char *path, const struct buf *b, struct diag *d)
{
	const char *s = buf_str(b), *nul = memchr(s, '\0', b->len);
	size_t at = utf8_valid_prefix(s, b->len);

	if (b->len > UINT32_MAX - 1)
		return diag_set(d, "'%s' is too long: 4 GB and more", path);
	if (nul != NULL && (size_t)(nul - s) < at)
		at = (size_t)(nul - s);
	if (at == b->len)
		return 0;
	diag_at_offset(d, path, s, b->len, at);
	buf_reset(&d->excerpt);
	if (s[at] != '\0') {
		diag_hint(d, "save the file as UTF-8");
		return diag_set(d, "invalid UTF-8 byte 0x%02x",
		    (unsigned char)s[at]);
	}
	diag_hint(d, "save the file as UTF-8; UTF-16 has NUL bytes");
	return diag_set(d, "NUL byte in a schema");
}

/* A byte order mark is no part of the text. */
static int
read_source(struct arena *a, struct source *source, struct diag *d)
{
	struct buf b = BUF_INIT;
	size_t skip;
	int rc;

	rc = file_read(source->path, &b, d);
	if (rc == 0)
		rc = check(source->path, &b, d);
	if (rc == 0) {
		skip = strncmp(buf_str(&b), bom, 3) == 0 ? 3 : 0;
		source->len = b.len - skip;
		source->text = arena_strndup(a, buf_str(&b) + skip,
		    source->len);
	}
	buf_free(&b);
	return rc;
}

static void
add(struct arena *a, struct sources *sources, const char *path)
{
	struct source *more = arena_array(a, struct source, sources->n + 1);

	if (sources->n > 0)
		memcpy(more, sources->file, sources->n * sizeof(*more));
	more[sources->n++].path = path;
	sources->file = more;
}

static int
is_schema(const FTSENT *e)
{
	static const char suffix[] = ".prisma";
	size_t n = strlen(suffix);

	return e->fts_info == FTS_F && e->fts_namelen > n &&
	    strcmp(e->fts_name + e->fts_namelen - n, suffix) == 0;
}

/* As project.c has it. */
static int
is_foreign(const FTSENT *e)
{
	return e->fts_info == FTS_D && e->fts_level > 0 &&
	    (e->fts_name[0] == '.' ||
	    strcmp(e->fts_name, "migrations") == 0 ||
	    strcmp(e->fts_name, "node_modules") == 0);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->path,
	    ((const struct source *)b)->path);
}

static int
list_folder(struct arena *a, const char *dir, struct sources *sources,
    struct diag *d)
{
	char *const paths[] = { (char *)(uintptr_t)dir, NULL };
	FTS *fts = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int rc = 0;

	if (fts == NULL)
		return diag_errno(d, "cannot read '%s'", dir);
	while (rc == 0 && (e = fts_read(fts)) != NULL) {
		if (is_foreign(e))
			fts_set(fts, e, FTS_SKIP);
		else if (is_schema(e))
			add(a, sources, arena_strdup(a, e->fts_path));
		else if (e->fts_info == FTS_DNR) {
			errno = e->fts_errno;
			rc = diag_errno(d, "cannot read '%s'", e->fts_path);
		}
	}
	fts_close(fts);
	if (rc == 0 && sources->n == 0)
		return diag_set(d, "no *.prisma file in folder '%s'", dir);
	if (rc == 0)
		qsort(sources->file, sources->n, sizeof(*sources->file),
		    by_path);
	return rc;
}

int
sources_read(struct arena *a, const char *path, struct sources *sources,
    struct diag *d)
{
	size_t i;

	*sources = (struct sources){ NULL, 0 };
	if (!file_is_dir(path))
		add(a, sources, path);
	else if (list_folder(a, path, sources, d) == -1)
		return -1;
	for (i = 0; i < sources->n; i++)
		if (read_source(a, &sources->file[i], d) == -1)
			return -1;
	return 0;
}

void
source_position(const struct source *source, size_t offset, size_t *line,
    size_t *column)
{
	size_t i;

	*line = *column = 1;
	for (i = 0; i < offset && i < source->len; i++) {
		if (source->text[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)source->text[i] & 0xc0) != 0x80)
			++*column;
	}
}
