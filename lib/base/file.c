/* Whole files: read, check, publish, remove. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/utf8.h"

static int
read_fd(int fd, struct buf *b)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		buf_reserve(b, (size_t)st.st_size);
	for (;;) {
		buf_reserve(b, 64 * 1024);
		n = read(fd, b->data + b->len, b->size - b->len - 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->len += (size_t)n;
	}
	b->data[b->len] = '\0';
	return n == -1 ? -1 : 0;
}

int
file_read(const char *path, struct buf *b, struct diag *d)
{
	int fd, rc, save;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, b) == 0 ? 0 :
		    diag_errno(d, "cannot read stdin");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return diag_errno(d, "cannot open '%s'", path);
	rc = read_fd(fd, b);
	save = errno;
	close(fd);
	errno = save;
	if (rc == -1)
		diag_errno(d, "cannot read '%s'", path);
	errno = save;
	return rc;
}

int
file_check_text(const char *path, const struct buf *b, struct diag *d)
{
	const char *nul;
	size_t at;

	if (b->len >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0) {
		diag_at(d, path, 1, 1);
		diag_hint(d, "save the file as UTF-8 without it");
		return diag_set(d, "a byte order mark, which SQL does not "
		    "know, begins the file");
	}
	nul = b->len == 0 ? NULL : memchr(b->data, '\0', b->len);
	at = utf8_valid_prefix(buf_str(b), b->len);
	if (nul != NULL && (size_t)(nul - b->data) <= at) {
		diag_at_offset(d, path, b->data, b->len,
		    (size_t)(nul - b->data));
		buf_reset(&d->excerpt);
		diag_hint(d, "save the file as UTF-8; UTF-16 has NUL bytes");
		return diag_set(d, "NUL byte in SQL text");
	}
	if (at < b->len) {
		diag_at_offset(d, path, b->data, b->len, at);
		buf_reset(&d->excerpt);
		diag_hint(d, "save the file as UTF-8");
		return diag_set(d, "invalid UTF-8 byte 0x%02x",
		    (unsigned char)b->data[at]);
	}
	return 0;
}

static int
write_all(int fd, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int
sync_folder_of(const char *path)
{
	struct buf dir = BUF_INIT;
	const char *slash = strrchr(path, '/');
	int fd, rc = -1;

	if (slash == NULL)
		buf_adds(&dir, ".");
	else
		buf_add(&dir, path, slash == path ? 1 : (size_t)(slash - path));
	fd = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		rc = fsync(fd);
		close(fd);
	}
	buf_free(&dir);
	return rc;
}

/* Writes a file beside the target, whole and on disk; tmp: its name. */
static int
write_beside(const char *path, const void *data, size_t n, unsigned mode,
    struct buf *tmp, struct diag *d)
{
	int bad, fd;

	buf_addf(tmp, "%s.XXXXXX", path);
	fd = mkostemp(tmp->data, O_CLOEXEC);
	if (fd == -1)
		return diag_errno(d, "cannot write '%s'", path);
	bad = fchmod(fd, mode) == -1 || write_all(fd, data, n) == -1 ||
	    fsync(fd) == -1;
	bad = close(fd) == -1 || bad;
	if (!bad)
		return 0;
	diag_errno(d, "cannot write '%s'", path);
	unlink(tmp->data);
	return -1;
}

int
file_publish(const char *path, const void *data, size_t n, unsigned mode,
    struct diag *d)
{
	struct buf tmp = BUF_INIT;
	int rc;

	rc = write_beside(path, data, n, mode, &tmp, d);
	if (rc == 0 && rename(tmp.data, path) == -1) {
		rc = diag_errno(d, "cannot write '%s'", path);
		unlink(tmp.data);
	}
	buf_free(&tmp);
	if (rc == 0 && sync_folder_of(path) == -1)
		rc = diag_errno(d, "cannot sync the folder of '%s'", path);
	return rc;
}

static int
write_special(const char *path, const void *data, size_t n, struct diag *d)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), bad;

	if (fd == -1)
		return diag_errno(d, "cannot write '%s'", path);
	bad = write_all(fd, data, n) == -1;
	if (bad)
		diag_errno(d, "cannot write '%s'", path);
	close(fd);
	return bad ? -1 : 0;
}

static unsigned
mode_of_new(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

int
file_save(const char *path, const void *data, size_t n, struct diag *d)
{
	struct stat st;
	char *target;
	int rc;

	if (stat(path, &st) == -1)
		return file_publish(path, data, n, mode_of_new(), d);
	if (!S_ISREG(st.st_mode))
		return write_special(path, data, n, d);
	target = realpath(path, NULL);
	rc = target == NULL ? diag_errno(d, "cannot write '%s'", path) :
	    file_publish(target, data, n, st.st_mode & 07777, d);
	free(target);
	return rc;
}

int
file_create(const char *path, const void *data, size_t n, unsigned mode,
    struct diag *d)
{
	struct buf tmp = BUF_INIT;
	int rc;

	rc = write_beside(path, data, n, mode, &tmp, d);
	if (rc == 0) {
		if (link(tmp.data, path) == -1)
			rc = errno == EEXIST ? 1 :
			    diag_errno(d, "cannot write '%s'", path);
		unlink(tmp.data);
	}
	buf_free(&tmp);
	if (rc == 0 && sync_folder_of(path) == -1)
		rc = diag_errno(d, "cannot sync the folder of '%s'", path);
	return rc;
}

int
file_mkdirs(const char *path, unsigned mode, struct diag *d)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_adds(&b, path);
	for (i = 1; i <= b.len; i++) {
		if (b.data[i] != '/' && b.data[i] != '\0')
			continue;
		b.data[i] = '\0';
		if (mkdir(b.data, mode) == -1 && errno != EEXIST) {
			diag_errno(d, "cannot create folder '%s'", b.data);
			buf_free(&b);
			return -1;
		}
		if (i < b.len)
			b.data[i] = '/';
	}
	buf_free(&b);
	return 0;
}

int
file_remove_tree(const char *path, struct diag *d)
{
	char *const paths[] = { (char *)(uintptr_t)path, NULL };
	FTSENT *e;
	FTS *fts;
	int rc = 0;

	fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (fts == NULL)
		return diag_errno(d, "cannot read '%s'", path);
	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_D)
			continue;
		if (remove(e->fts_accpath) == -1 && errno != ENOENT)
			rc = diag_errno(d, "cannot remove '%s'", e->fts_path);
	}
	fts_close(fts);
	return rc;
}

int
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

int
file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
