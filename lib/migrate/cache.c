/*
 * One file a result, CACHE/shadow/KEY; used ones are touched.  Before the text
 * stands a line with its digest, so that a damaged file is no result.
 */
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
#include "migrate/checksum.h"
#include "server/place.h"

#define KEPT 50		     /* files */
#define KEPT_BYTES (64 << 20) /* in all of them, but for the newest */
#define DIGEST (CHECKSUM_SIZE - 1)

struct entry {
	const char *path;
	struct timespec used;
	off_t size;
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

/* Is it whole?  Then out is its text. */
static int
unwrap(const struct buf *file, struct buf *out)
{
	char digest[CHECKSUM_SIZE];
	const char *text = file->data + DIGEST + 1;

	if (file->len <= DIGEST || text[-1] != '\n')
		return -1;
	checksum(text, file->len - DIGEST - 1, digest);
	if (memcmp(file->data, digest, DIGEST) != 0)
		return -1;
	buf_add(out, text, file->len - DIGEST - 1);
	return 0;
}

int
cache_get(const char *key, struct buf *text)
{
	struct arena *mem = arena_new();
	const char *dir = folder(mem), *path;
	struct diag ignored = DIAG_INIT;
	struct buf file = BUF_INIT;
	int rc = -1;

	if (dir != NULL) {
		path = arena_printf(mem, "%s/%s", dir, key);
		if (file_read(path, &file, &ignored) == 0)
			rc = unwrap(&file, text);
		if (rc == 0)
			utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
	}
	buf_free(&file);
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
	off_t bytes = 0;
	size_t i, n = 0;
	DIR *d = opendir(dir);

	if (d == NULL)
		return;
	while (n < sizeof(all) / sizeof(all[0]) && (e = readdir(d)) != NULL) {
		all[n].path = arena_printf(mem, "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.' || lstat(all[n].path, &st) == -1)
			continue;
		all[n].size = st.st_size;
		all[n++].used = st.st_mtim;
	}
	closedir(d);
	qsort(all, n, sizeof(all[0]), newest_first);
	for (i = 0; i < n; i++) {
		bytes += all[i].size;
		if (i > 0 && (i >= KEPT || bytes > KEPT_BYTES))
			unlink(all[i].path);
	}
}

void
cache_put(const char *key, const struct buf *text)
{
	struct arena *mem = arena_new();
	struct diag ignored = DIAG_INIT;
	const char *dir = folder(mem);
	char digest[CHECKSUM_SIZE];
	struct buf file = BUF_INIT;

	checksum(buf_str(text), text->len, digest);
	buf_addf(&file, "%s\n", digest);
	buf_add(&file, buf_str(text), text->len);
	if (dir != NULL && file_publish(arena_printf(mem, "%s/%s", dir, key),
	    file.data, file.len, 0600, &ignored) == 0)
		prune(mem, dir);
	buf_free(&file);
	diag_free(&ignored);
	arena_free(mem);
}
