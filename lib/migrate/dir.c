#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "migrate/dir.h"

static int
is_directory(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
by_name(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
add(struct arena *mem, struct migration_dir *dir, size_t *room,
    const char *name)
{
	struct migration *more;

	if (dir->n == *room) {
		*room = *room == 0 ? 64 : *room * 2;
		more = arena_array(mem, struct migration, *room);
		if (dir->n > 0)
			memcpy(more, dir->migration, dir->n * sizeof(*more));
		dir->migration = more;
	}
	dir->migration[dir->n].name = arena_strdup(mem, name);
	dir->migration[dir->n++].path = arena_printf(mem, "%s/%s/migration.sql",
	    dir->path, name);
}

int
dir_read(struct arena *mem, const char *path, struct migration_dir *dir,
    struct diag *d)
{
	struct dirent *e;
	size_t room = 0;
	DIR *handle;

	memset(dir, 0, sizeof(*dir));
	dir->path = path;
	handle = opendir(path);
	if (handle == NULL && errno == ENOENT)
		return 0;
	if (handle == NULL)
		return diag_errno(d, "cannot read the migrations folder '%s'",
		    path);
	while ((errno = 0, e = readdir(handle)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (e->d_type == DT_DIR || (e->d_type == DT_UNKNOWN &&
		    is_directory(arena_printf(mem, "%s/%s", path, e->d_name))))
			add(mem, dir, &room, e->d_name);
	}
	if (errno != 0) {
		diag_errno(d, "cannot read the migrations folder '%s'", path);
		closedir(handle);
		return -1;
	}
	closedir(handle);
	if (dir->n > 0)
		qsort(dir->migration, dir->n, sizeof(*dir->migration), by_name);
	return 0;
}

const struct migration *
dir_find(const struct migration_dir *dir, const char *name)
{
	struct migration key = { .name = name };

	return dir->n == 0 ? NULL : bsearch(&key, dir->migration, dir->n,
	    sizeof(key), by_name);
}

int
dir_load(const struct migration *m, struct buf *text, struct diag *d)
{
	if (file_read(m->path, text, d) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			return -1;
		diag_hint(d, "delete the folder or restore the file");
		return diag_set(d, "P3015: could not find the migration file "
		    "at %s", m->path);
	}
	return file_check_text(m->path, text, d);
}

/* The rest of the first line that starts with `provider', unquoted. */
static char *
provider_of(struct arena *mem, const char *text)
{
	static const char prefix[] = "provider = ";
	const char *s = text;
	size_t n;

	while (strncmp(s, "provider", 8) != 0) {
		s = strchr(s, '\n');
		if (s == NULL)
			return NULL;
		s++;
	}
	if (strncmp(s, prefix, strlen(prefix)) == 0)
		s += strlen(prefix);
	n = strcspn(s, "\r\n");
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	return arena_strndup(mem, s, n);
}

int
dir_check_provider(const struct migration_dir *dir, struct diag *d)
{
	struct arena *mem = arena_new();
	char *path = arena_printf(mem, "%s/migration_lock.toml", dir->path);
	struct buf text = BUF_INIT;
	const char *provider;
	int rc = 0;

	if (!file_exists(path))
		goto out;
	rc = file_read(path, &text, d);
	if (rc == -1)
		goto out;
	provider = provider_of(mem, buf_str(&text));
	if (provider == NULL)
		provider = "<PROVIDER NOT FOUND>";
	if (strcmp(provider, "postgresql") != 0) {
		diag_hint(d, "this history was made for another database; "
		    "dbm deploys PostgreSQL's");
		rc = diag_set(d, "P3019: the provider `postgresql` does not "
		    "match the one in %s, `%s`", path, provider);
	}
out:
	buf_free(&text);
	arena_free(mem);
	return rc;
}
