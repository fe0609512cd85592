/*
 * A copy of a tree of folders and plain files.  It neither keeps times and
 * owners nor syncs: the copies are thrown away.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "server/copy.h"
#include "server/wait.h"

struct copy {
	struct arena *mem; /* paths */
	int stop_fd;
	struct diag *d;
};

static int copy_folder(struct copy *, const char *, const char *);

static int
dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
}

/* copy_file_range() refuses some pairs of file systems. */
static int
pour(int in, int out)
{
	char chunk[64 * 1024];
	ssize_t n;

	do
		n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0);
	while (n > 0);
	if (n == 0 || (errno != EXDEV && errno != EINVAL && errno != ENOSYS &&
	    errno != EOPNOTSUPP))
		return (int)n;
	while ((n = read(in, chunk, sizeof(chunk))) > 0)
		if (write(out, chunk, (size_t)n) != n)
			return -1;
	return (int)n;
}

static int
copy_file(struct copy *c, const char *from, const char *to)
{
	int in, out, rc = -1;
	struct stat a, b;

	in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (in != -1 && out != -1 && fstat(in, &a) == 0 &&
	    fstat(out, &b) == 0 &&
	    (b.st_size <= a.st_size || ftruncate(out, a.st_size) == 0) &&
	    (a.st_size == 0 || pour(in, out) == 0))
		rc = 0;
	if (rc == -1)
		diag_errno(c->d, "cannot copy '%s' to '%s'", from, to);
	if (in != -1)
		close(in);
	if (out != -1)
		close(out);
	return rc;
}

static int
remove_surplus(struct copy *c, const char *from, const char *to)
{
	const char *a, *b;
	struct dirent *e;
	struct stat st;
	int rc = 0;
	DIR *dir;

	dir = opendir(to);
	if (dir == NULL)
		return diag_errno(c->d, "cannot read '%s'", to);
	while (rc == 0 && (e = readdir(dir)) != NULL) {
		a = arena_printf(c->mem, "%s/%s", from, e->d_name);
		b = arena_printf(c->mem, "%s/%s", to, e->d_name);
		if (!dots(e) && lstat(a, &st) == -1)
			rc = file_remove_tree(b, c->d);
	}
	closedir(dir);
	return rc;
}

static int
copy_entry(struct copy *c, const struct dirent *e, const char *from,
    const char *to)
{
	struct stat st;

	if (wait_ms(c->stop_fd, 0))
		return diag_set(c->d, "interrupted");
	if (e->d_type == DT_DIR)
		return copy_folder(c, from, to);
	if (e->d_type == DT_REG)
		return copy_file(c, from, to);
	/* Some file systems leave d_type open. */
	if (lstat(from, &st) == -1)
		return diag_errno(c->d, "cannot read '%s'", from);
	if (S_ISDIR(st.st_mode))
		return copy_folder(c, from, to);
	if (S_ISREG(st.st_mode))
		return copy_file(c, from, to);
	return diag_set(c->d, "'%s' is neither folder nor file", from);
}

static int
copy_folder(struct copy *c, const char *from, const char *to)
{
	int is_new = mkdir(to, 0700) == 0, rc = 0;
	struct dirent *e;
	struct stat st;
	DIR *dir;

	if (lstat(to, &st) == -1 || !S_ISDIR(st.st_mode))
		return diag_set(c->d, "cannot create folder '%s'", to);
	dir = opendir(from);
	if (dir == NULL)
		return diag_errno(c->d, "cannot read '%s'", from);
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (!dots(e))
			rc = copy_entry(c, e,
			    arena_printf(c->mem, "%s/%s", from, e->d_name),
			    arena_printf(c->mem, "%s/%s", to, e->d_name));
	closedir(dir);
	return rc == 0 && !is_new ? remove_surplus(c, from, to) : rc;
}

int
copy_tree(const char *from, const char *to, int stop_fd, struct diag *d)
{
	struct copy c = { arena_new(), stop_fd, d };
	int rc;

	rc = copy_folder(&c, from, to);
	arena_free(c.mem);
	return rc;
}
