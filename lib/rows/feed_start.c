/* Two processes and the three pipes between them and us. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "rows/feed.h"

#define ACROSS (1 << 20) /* bytes that the pipe between the two may hold */

/* A pair of descriptors: both close-on-exec, so that no child keeps the
 * other's end open. */
static int
make_pipe(int fd[2], struct diag *d)
{
	if (pipe2(fd, O_CLOEXEC) == -1) {
		fd[0] = fd[1] = -1;
		return diag_errno(d, "pipe");
	}
	return 0;
}

static void
close_pipe(int fd[2])
{
	if (fd[0] != -1)
		close(fd[0]);
	if (fd[1] != -1)
		close(fd[1]);
}

/* The URL has a password, perhaps: it does not go through argv. */
static int
start(struct arena *mem, struct proc *p, char *const argv[], const char *url,
    const int fd[2], struct diag *d)
{
	struct proc_opts o = PROC_OPTS_INIT;
	char *env[2] = { NULL, NULL };

	env[0] = arena_printf(mem, "DBM_SYNC_DATABASE_URL=%s", url);
	o.env = env;
	o.in = fd[0];
	o.out = fd[1];
	o.die_with_us = SIGTERM;
	return proc_start(p, argv, &o, d);
}

/* What `dbm load' is asked to do, besides. */
static char **
load_arguments(struct arena *mem, const struct feed_opts *o)
{
	char **argv = arena_array(mem, char *, 24), **a = argv;

	*a++ = "dbm-load";
	*a++ = "--url";
	*a++ = "dbm-sync";
	*a++ = "--running";
	*a++ = "--distinct";
	if (o->dry_run)
		*a++ = "--dry-run";
	else {
		*a++ = "--state";
		*a++ = arena_strdup(mem, o->cutoff);
		*a++ = "--mark";
		*a++ = arena_strdup(mem, o->mark);
	}
	if (o->batch > 0) {
		*a++ = "--batch-size";
		*a++ = arena_printf(mem, "%lld", o->batch);
	}
	if (strcmp(o->schema[0], o->schema[1]) != 0) {
		*a++ = "--schema-map";
		*a++ = arena_printf(mem, "%s=%s", o->schema[0], o->schema[1]);
	}
	if (o->gone != NULL) {
		*a++ = "--gone";
		*a++ = arena_strdup(mem, o->gone);
	}
	if (o->talk != NULL)
		*a++ = arena_strdup(mem, o->talk);
	return argv;
}

static int
start_both(struct arena *mem, struct feed *f, const struct feed_opts *o,
    int pipes[3][2], struct diag *d)
{
	char *snapshot = arena_strdup(mem, o->snapshot);
	char *talk = o->talk == NULL ? NULL : arena_strdup(mem, o->talk);
	char *const rows[] = { "dbm-rows", "--url", "dbm-sync", "--select",
	    "-", "--snapshot", snapshot, talk, NULL };
	int fd[2];

	fd[0] = pipes[0][0];
	fd[1] = pipes[1][1];
	if (start(mem, &f->rows, rows, o->url[0], fd, d) == -1)
		return -1;
	fd[0] = pipes[1][0];
	fd[1] = pipes[2][1];
	if (start(mem, &f->load, load_arguments(mem, o), o->url[1], fd, d) ==
	    0)
		return 0;
	kill(f->rows.pid, SIGTERM);
	proc_wait(&f->rows);
	return -1;
}

int
feed_open(struct arena *mem, struct feed *f, const struct feed_opts *o,
    struct diag *d)
{
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } }, i;

	memset(f, 0, sizeof(*f));
	f->in = f->out = -1;
	if (make_pipe(pipes[0], d) == -1 || make_pipe(pipes[1], d) == -1 ||
	    make_pipe(pipes[2], d) == -1 ||
	    start_both(mem, f, o, pipes, d) == -1) {
		for (i = 0; i < 3; i++)
			close_pipe(pipes[i]);
		return -1;
	}
	fcntl(pipes[1][1], F_SETPIPE_SZ, ACROSS); /* as far as allowed */
	close(pipes[0][0]);
	close_pipe(pipes[1]);
	close(pipes[2][1]);
	f->in = pipes[0][1];
	f->out = pipes[2][0];
	fcntl(f->in, F_SETFL, O_NONBLOCK);
	fcntl(f->out, F_SETFL, O_NONBLOCK);
	return 0;
}
