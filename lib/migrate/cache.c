/* One file a result, CACHE/shadow/KEY; used ones are touched. */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "migrate/cache.h"
#include "server/place.h"

#define KEPT 50 /* files */

struct entry {
	const char *path;
	struct timespec used;
};

/* NULL: there is none, or somebody else's. */
static const char *
folder(struct arena *mem)
{
	struct diag ignored = DIAG_INIT;
	const char *cache = place_cache(mem, &ignored), *dir = NULL;

	if (cache != NULL && place_own_folder(cache, &ignored) == 0) {
		dir = arena_printf(mem, "%s/shadow", cache);
		if (place_own_folder(dir, &ignored) == -1)
			dir = NULL;
	}
	diag_free(&ignored);
	return dir;
}

int
cache_get(const char *key, struct buf *text)
{
	struct arena *mem = arena_new();
	const char *dir = folder(mem), *path;
	struct diag ignored = DIAG_INIT;
	int rc = -1;

	if (dir != NULL) {
		path = arena_printf(mem, "%s/%s", dir, key);
		rc = file_read(path, text, &ignored);
		if (rc == 0)
			utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
	}
	diag_free(&ignored);
	arena_free(mem);
	return rc;
}

static int
newest_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct entry *)a)->used;
	const struct timespec *y = &((const struct entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? 1 : -1;
	return (x->tv_nsec < y->tv_nsec) - (x->tv_nsec > y->tv_nsec);
}

static void
prune(struct arena *mem, const char *dir)
{
	struct entry all[4 * KEPT];
	struct dirent *e;
	struct stat st;
	size_t n = 0;
	DIR *d = opendir(dir);

	if (d == NULL)
		return;
	while (n < sizeof(all) / sizeof(all[0]) && (e = readdir(d)) != NULL) {
		all[n].path = arena_printf(mem, "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.' || lstat(all[n].path, &st) == -1)
			continue;
		all[n++].used = st.st_mtim;
	}
	closedir(d);
	qsort(all, n, sizeof(all[0]), newest_first);
	while (n > KEPT)
		unlink(all[--n].path);
}

void
cache_put(const char *key, const struct buf *text)
{
	struct arena *mem = arena_new();
	struct diag ignored = DIAG_INIT;
	const char *dir = folder(mem);

	if (dir != NULL && file_publish(arena_printf(mem, "%s/%s", dir, key),
	    buf_str(text), text->len, 0600, &ignored) == 0)
		prune(mem, dir);
	diag_free(&ignored);
	arena_free(mem);
}
