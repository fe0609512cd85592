/*
 * What touches data is done by a worker that runs as the servers' user, under
 * a flock; what lies in the project is written by ourselves.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <sha2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/sig.h"
#include "server/cluster.h"
#include "server/lasting.h"
#include "server/pg.h"
#include "server/place.h"
#include "server/postmaster.h"
#include "server/wait.h"

#define RETRY_SECONDS 5.0

static const char *
find_project(struct arena *a, const char *dir)
{
	char *up = arena_strdup(a, dir), *slash;

	for (;;) {
		if (place_is_own(arena_printf(a, "%s/.dbm", up)))
			return *up == '\0' ? "/" : up;
		slash = strrchr(up, '/');
		if (slash == NULL)
			return dir;
		*slash = '\0';
	}
}

int
lasting_find(struct arena *a, const struct place *p, const char *dir,
    struct lasting *l, struct diag *d)
{
	char real[PATH_MAX], hash[SHA256_DIGEST_STRING_LENGTH];

	memset(l, 0, sizeof(*l));
	if (realpath(dir, real) == NULL)
		return diag_errno(d, "cannot find folder '%s'", dir);
	l->place = p;
	l->seconds = 60;
	l->project = find_project(a, arena_strdup(a, real));
	l->dot = arena_printf(a, "%s/.dbm", l->project);
	l->url_file = arena_printf(a, "%s/url", l->dot);
	SHA256Data((const uint8_t *)l->project, strlen(l->project), hash);
	l->home = l->dot;
	if (p->user != NULL) {
		l->parent = arena_printf(a, "%s/server", p->base);
		l->home = arena_printf(a, "%s/%.16s", l->parent, hash);
	}
	/* Not below TMPDIR: the path must be the same in each session. */
	l->socket = arena_printf(a, "/tmp/dbm-%u-%.8s", (unsigned)p->uid, hash);
	l->url = place_lasting_url(a, p, l->socket, "app");
	return 0;
}

/* In the worker. */
struct job {
	struct arena *mem;
	const struct lasting *l;
	struct cluster c;
	int lock;
};

static void
prepare(struct job *j, const struct lasting *l)
{
	memset(j, 0, sizeof(*j));
	j->mem = arena_new();
	j->l = l;
	j->c.data = arena_printf(j->mem, "%s/data", l->home);
	j->c.log = arena_printf(j->mem, "%s/log", l->home);
	j->c.socket = l->socket;
}

static int
begin(struct job *j, const struct lasting *l, struct diag *d)
{
	prepare(j, l);
	j->lock = wait_lock(arena_printf(j->mem, "%s/lock", l->home), sig_fd(),
	    l->seconds, d);
	if (j->lock == -1)
		return -1;
	d->status = 0;
	return 0;
}

static void
look(const struct job *j, struct server_state *state)
{
	state->version = cluster_version(j->c.data);
	state->pid = state->version == 0 ? 0 : postmaster_pid(j->c.data);
}

static int
sync_folder(const char *dir, struct diag *d)
{
	int fd, rc = -1;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		rc = fsync(fd);
		close(fd);
	}
	return rc == 0 ? 0 : diag_errno(d, "cannot sync '%s'", dir);
}

/* Made under another name: what has the name is whole. */
static int
make_data(struct job *j, const struct pg *pg, struct diag *d)
{
	const char *half = arena_printf(j->mem, "%s/half", j->l->home);

	if (file_remove_tree(half, d) == -1)
		return -1;
	if (cluster_init(j->mem, pg, half, CLUSTER_DURABLE, "app", d) == -1) {
		file_remove_tree(half, d);
		return -1;
	}
	if (rename(half, j->c.data) == -1)
		return diag_errno(d, "cannot rename '%s'", half);
	return sync_folder(j->l->home, d);
}

static int
start_data(struct job *j, const struct pg *pg, pid_t *pid,
    struct diag *d)
{
	const char *pidfile = arena_printf(j->mem, "%s/postmaster.pid",
	    j->c.data);
	double end = clock_now() + RETRY_SECONDS;
	int crashed = file_exists(pidfile), rc;

	rename(j->c.log, arena_printf(j->mem, "%s.old", j->c.log));
	/* Backends of a postmaster that was killed need a moment to end. */
	while ((rc = cluster_start(j->mem, pg, &j->c, sig_fd(), pid,
	    d)) == -1 &&
	    crashed && sig_pending() == 0 && clock_now() < end)
		wait_ms(sig_fd(), 200);
	return rc;
}

static int
start_job(void *arg, struct server_state *state, struct diag *d)
{
	const struct lasting *l = arg;
	struct pg pg;
	struct job j;

	if ((l->parent != NULL && place_own_folder(l->parent, d) == -1) ||
	    place_own_folder(l->home, d) == -1 || begin(&j, l, d) == -1)
		return -1;
	look(&j, state);
	if (state->pid != 0)
		/* Who started it may have been killed before it was ready. */
		return cluster_wait(&j.c, state->pid, sig_fd(), d);
	if (pg_find(j.mem, state->version, &pg, d) == -1 ||
	    (state->version == 0 && make_data(&j, &pg, d) == -1) ||
	    place_own_folder(l->socket, d) == -1)
		return -1;
	state->version = pg.version;
	return start_data(&j, &pg, &state->pid, d);
}

static int
status_job(void *arg, struct server_state *state, struct diag *d)
{
	struct job j;

	(void)d;
	prepare(&j, arg);
	look(&j, state);
	return 0;
}

static int
stop_job(void *arg, struct server_state *state, struct diag *d)
{
	const struct lasting *l = arg;
	struct job j;

	if (!file_is_dir(l->home))
		return 0;
	if (begin(&j, l, d) == -1)
		return -1;
	look(&j, state);
	if (state->pid == 0)
		return 0;
	if (postmaster_stop(state->pid, SIGINT, l->seconds) == -1) {
		d->status = EXIT_LATER;
		return diag_set(d, "the server still runs after %g seconds",
		    l->seconds);
	}
	state->pid = 0;
	return 0;
}

/* The lock goes last: who waits for it finds that its file is gone. */
static int
destroy_job(void *arg, struct server_state *state, struct diag *d)
{
	static const char *const name[] = { "data", "half", "log", "log.old",
		"lock" };
	const struct lasting *l = arg;
	struct job j;
	size_t i;
	int rc = 0;

	if (!file_is_dir(l->home))
		return 0;
	if (begin(&j, l, d) == -1)
		return -1;
	look(&j, state);
	postmaster_kill(j.c.data, state->pid);
	if (place_is_own(l->socket))
		rc = file_remove_tree(l->socket, d);
	for (i = 0; i < sizeof(name) / sizeof(name[0]) && rc == 0; i++)
		rc = file_remove_tree(arena_printf(j.mem, "%s/%s", l->home,
		    name[i]), d);
	if (l->parent != NULL)
		rmdir(l->home);
	state->pid = 0;
	state->version = 0;
	return rc;
}

/* 0600: whoever can read it can also reach the socket. */
static int
write_project(const struct lasting *l, struct diag *d)
{
	struct arena *mem = arena_new();
	char *text = arena_printf(mem, "%s\n", l->url);
	int rc;

	rc = file_publish(arena_printf(mem, "%s/.gitignore", l->dot), "*\n",
	    2, 0600, d);
	if (rc == 0)
		rc = file_publish(l->url_file, text, strlen(text), 0600, d);
	arena_free(mem);
	return rc;
}

int
lasting_start(struct lasting *l, struct server_state *state, struct diag *d)
{
	if (place_own_folder(l->dot, d) == -1 ||
	    worker_run(l->place, start_job, l, state, d) == -1)
		return -1;
	return write_project(l, d);
}

int
lasting_stop(struct lasting *l, struct server_state *state, struct diag *d)
{
	return worker_run(l->place, stop_job, l, state, d);
}

int
lasting_status(struct lasting *l, struct server_state *state, struct diag *d)
{
	return worker_run(l->place, status_job, l, state, d);
}

int
lasting_destroy(struct lasting *l, struct server_state *state,
    struct diag *d)
{
	struct arena *mem;

	if (worker_run(l->place, destroy_job, l, state, d) == -1)
		return -1;
	if (!place_is_own(l->dot))
		return 0;
	mem = arena_new();
	unlink(l->url_file);
	unlink(arena_printf(mem, "%s/.gitignore", l->dot));
	/* Stays where somebody else keeps something in it. */
	rmdir(l->dot);
	arena_free(mem);
	return 0;
}
