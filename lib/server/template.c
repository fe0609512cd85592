/*
 * The template is made under another name and renamed when whole; who makes
 * it holds a flock.  What is under the other name without that lock is half
 * made and is removed.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "server/cluster.h"
#include "server/copy.h"
#include "server/pg.h"
#include "server/place.h"
#include "server/template.h"
#include "server/wait.h"

#define LAYOUT 1 /* changes with what cluster_init(CLUSTER_TMP) makes */
#define SPARES 4
#define MAKE_SECONDS 120

/* A machine that loses power loses what was not synced: old initdb output. */
static int
sync_all(const char *dir, struct diag *d)
{
	int fd, rc;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd == -1 || syncfs(fd) == -1 ? -1 : 0;
	if (rc == -1)
		diag_errno(d, "cannot sync '%s'", dir);
	if (fd != -1)
		close(fd);
	return rc;
}

static void
remove_spares(struct arena *a, const struct template *t)
{
	struct diag ignored = DIAG_INIT;
	size_t i;
	glob_t g;

	if (glob(arena_printf(a, "%s/spare-*", t->dir), 0, NULL, &g) != 0)
		return;
	for (i = 0; i < g.gl_pathc; i++)
		file_remove_tree(g.gl_pathv[i], &ignored);
	globfree(&g);
	diag_free(&ignored);
}

static int
make(struct arena *a, const struct pg *pg, const struct template *t,
    struct diag *d)
{
	const char *half = arena_printf(a, "%s/half", t->dir);

	remove_spares(a, t);
	if (file_remove_tree(half, d) == -1 ||
	    file_remove_tree(t->data, d) == -1)
		return -1;
	if (cluster_init(a, pg, half, CLUSTER_TMP, "test", d) == -1 ||
	    sync_all(half, d) == -1) {
		file_remove_tree(half, d);
		return -1;
	}
	if (rename(half, t->data) == -1)
		return diag_errno(d, "cannot rename '%s'", half);
	return 0;
}

int
template_open(struct arena *a, const struct place *p,
    const struct pg *pg, int stop_fd, struct template *t,
    struct diag *d)
{
	int lock, rc = 0;

	t->dir = arena_printf(a, "%s/template-%d-%d", p->base, pg->version,
	    LAYOUT);
	t->data = arena_printf(a, "%s/data", t->dir);
	if (place_own_folder(t->dir, d) == -1)
		return -1;
	if (place_is_own(t->data))
		return 0;
	lock = wait_lock(arena_printf(a, "%s/lock", t->dir), stop_fd,
	    MAKE_SECONDS, d);
	if (lock == -1)
		return -1;
	d->status = 0;
	if (!place_is_own(t->data))
		rc = make(a, pg, t, d);
	close(lock);
	return rc;
}

/*
 * Spares are not synced: after the machine was down they are not trusted,
 * so their names carry the id of this boot.
 */
static const char *
boot_id(void)
{
	static char id[9];
	int fd;

	if (id[0] != '\0')
		return id;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		if (read(fd, id, 8) != 8)
			id[0] = '\0';
		close(fd);
	}
	return id;
}

static char *
spare(struct arena *a, const struct template *t, int i)
{
	return arena_printf(a, "%s/spare-%s-%d", t->dir, boot_id(), i);
}

static int
is_known(const char *name, char *const known[SPARES])
{
	int i;

	for (i = 0; i < SPARES; i++)
		if (strcmp(name, known[i]) == 0)
			return 1;
	return 0;
}

/* Those of other boots. */
static void
remove_old_spares(struct arena *a, const struct template *t)
{
	struct diag ignored = DIAG_INIT;
	char *known[SPARES];
	size_t k;
	glob_t g;
	int i;

	for (i = 0; i < SPARES; i++)
		known[i] = spare(a, t, i);
	if (glob(arena_printf(a, "%s/spare-*", t->dir), 0, NULL, &g) != 0)
		return;
	for (k = 0; k < g.gl_pathc; k++)
		if (!is_known(g.gl_pathv[k], known))
			file_remove_tree(g.gl_pathv[k], &ignored);
	globfree(&g);
	diag_free(&ignored);
}

int
template_take(const struct template *t, const char *data, int stop_fd,
    struct diag *d)
{
	struct arena *mem = arena_new();
	int i, taken = 0;

	for (i = 0; i < SPARES && !taken; i++)
		taken = rename(spare(mem, t, i), data) == 0;
	arena_free(mem);
	return taken ? 0 : copy_tree(t->data, data, stop_fd, d);
}

static int
has_room(struct arena *a, const struct template *t)
{
	int i;

	for (i = 0; i < SPARES; i++)
		if (!file_exists(spare(a, t, i)))
			return 1;
	return 0;
}

void
template_give(const struct template *t, const char *data)
{
	struct diag ignored = DIAG_INIT;
	struct arena *mem = arena_new();
	int given = 0, i;

	remove_old_spares(mem, t);
	if (boot_id()[0] != '\0' && has_room(mem, t) &&
	    copy_tree(t->data, data, -1, &ignored) == 0)
		/* Where another has been quicker, rename() fails. */
		for (i = 0; i < SPARES && !given; i++)
			given = rename(data, spare(mem, t, i)) == 0;
	if (!given)
		file_remove_tree(data, &ignored);
	arena_free(mem);
	diag_free(&ignored);
}
