/*
 * Order matters: a thing is written down in the run folder before it is
 * made, and the folder goes last, so that no moment leaves what the sweep
 * cannot find.  Folders are created and examined under a flock of BASE/tmp,
 * lest the sweep take one that its maker has not locked yet.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "server/place.h"
#include "server/postmaster.h"
#include "server/run.h"
#include "server/template.h"

static int
lock_all(const char *tmp)
{
	int fd = open(tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	while (fd != -1 && flock(fd, LOCK_EX) == -1 && errno == EINTR)
		continue;
	return fd;
}

/* The run's own lock: the descriptor, or -1 where it has a living owner. */
static int
try_lock(struct arena *a, const char *dir)
{
	int fd;

	fd = open(arena_printf(a, "%s/lock", dir),
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
name_parts(struct arena *a, struct run *r)
{
	r->c.data = arena_printf(a, "%s/data", r->dir);
	r->c.log = arena_printf(a, "%s/log", r->dir);
	r->c.die_with_us = SIGQUIT;
}

static int
make_folder(struct arena *a, const char *tmp, struct run *r, struct diag *d)
{
	char *dir = arena_printf(a, "%s/XXXXXX", tmp);
	int all;

	all = lock_all(tmp);
	if (all == -1)
		return diag_errno(d, "cannot lock '%s'", tmp);
	r->dir = mkdtemp(dir);
	if (r->dir == NULL)
		diag_errno(d, "cannot create a folder in '%s'", tmp);
	else if ((r->lock = try_lock(a, r->dir)) == -1) {
		diag_errno(d, "cannot lock '%s'", r->dir);
		rmdir(r->dir);
		r->dir = NULL;
	}
	close(all);
	return r->dir == NULL ? -1 : 0;
}

static int
write_down(struct arena *a, const struct run *r, struct diag *d)
{
	const char *path = arena_printf(a, "%s/socket", r->dir);
	size_t n = strlen(r->c.socket);
	int bad, fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bad = fd == -1 || write(fd, r->c.socket, n) != (ssize_t)n;
	if (fd != -1)
		close(fd);
	return bad ? diag_errno(d, "cannot write '%s'", path) : 0;
}

/* Under the name of the run; where that is taken, it is not ours. */
static int
make_socket_folder(struct arena *a, struct run *r, struct diag *d)
{
	const char *parent = place_socket_parent();
	const char *name = strrchr(r->dir, '/') + 1;

	r->c.socket = arena_printf(a, "%s/dbm-%s", parent, name);
	if (write_down(a, r, d) == -1)
		return -1;
	if (mkdir(r->c.socket, 0700) == 0)
		return 0;
	diag_errno(d, "cannot create folder '%s'", r->c.socket);
	unlink(arena_printf(a, "%s/socket", r->dir));
	r->c.socket = NULL;
	return -1;
}

int
run_new(struct arena *a, const struct place *p, const struct template *t,
    int stop_fd, struct run *r, struct diag *d)
{
	const char *tmp = arena_printf(a, "%s/tmp", p->base);

	memset(r, 0, sizeof(*r));
	r->lock = -1;
	if (place_own_folder(tmp, d) == -1 || make_folder(a, tmp, r, d) == -1)
		return -1;
	name_parts(a, r);
	if (make_socket_folder(a, r, d) == -1)
		return -1;
	if (template_take(t, r->c.data, stop_fd, d) == -1)
		return -1;
	r->whole = 1;
	return 0;
}

void
run_remove(const struct run *r, const struct template *t, pid_t pid)
{
	struct diag ignored = DIAG_INIT;

	postmaster_kill(r->c.data, pid != 0 ? pid : postmaster_pid(r->c.data));
	if (r->c.socket != NULL && place_is_own(r->c.socket))
		file_remove_tree(r->c.socket, &ignored);
	if (r->whole)
		template_give(t, r->c.data);
	file_remove_tree(r->dir, &ignored);
	diag_free(&ignored);
}

/* Only what has the form of our own notes is believed. */
static const char *
noted_socket(struct arena *a, const char *dir)
{
	const char *name = strrchr(dir, '/') + 1, *base, *socket = NULL;
	struct diag ignored = DIAG_INIT;
	struct buf b = BUF_INIT;

	if (file_read(arena_printf(a, "%s/socket", dir), &b, &ignored) == 0) {
		base = strrchr(buf_str(&b), '/');
		if (base != NULL && strncmp(base, "/dbm-", 5) == 0 &&
		    strcmp(base + 5, name) == 0)
			socket = arena_strdup(a, buf_str(&b));
	}
	buf_free(&b);
	diag_free(&ignored);
	return socket;
}

static void
sweep_one(struct arena *a, const char *tmp, const char *name,
    const struct template *t)
{
	struct run r = { .dir = arena_printf(a, "%s/%s", tmp, name) };
	pid_t pid;
	int all;

	all = lock_all(tmp);
	if (all == -1)
		return;
	r.lock = place_is_own(r.dir) ? try_lock(a, r.dir) : -1;
	close(all);
	if (r.lock == -1)
		return;
	name_parts(a, &r);
	r.c.socket = noted_socket(a, r.dir);
	pid = postmaster_pid(r.c.data);
	/*
	 * A postmaster that has no pid file yet may be about to start in data:
	 * only what surely has been stopped is used again.
	 */
	r.whole = pid != 0;
	run_remove(&r, t, pid);
	close(r.lock);
}

void
run_sweep(struct arena *a, const struct place *p, const struct template *t)
{
	const char *tmp = arena_printf(a, "%s/tmp", p->base);
	struct dirent *e;
	DIR *dir;

	dir = opendir(tmp);
	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			sweep_one(a, tmp, e->d_name, t);
	closedir(dir);
}
