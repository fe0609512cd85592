/*
 * The watcher exists before anything else does, so there is no moment at
 * which our death would leave something.  It has left our session and group
 * and lets pass the signals that end us; should it be killed itself, the
 * next one sweeps.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/sig.h"
#include "db/conn.h"
#include "db/sql.h"
#include "server/cluster.h"
#include "server/pg.h"
#include "server/place.h"
#include "server/postmaster.h"
#include "server/run.h"
#include "server/template.h"
#include "server/wait.h"
#include "server/watch.h"

#define STAY 's' /* through `life': do without me */
#define LOOK_SECONDS 2.0

struct watcher {
	struct arena *mem;
	const struct place *place;
	struct template template;
	struct run run;
	pid_t pid; /* postmaster */
	int life, news;
	double idle;
};

static int
start(struct watcher *w, struct server_state *state, struct diag *d)
{
	struct pg pg;

	if (place_become(w->place, d) == -1 ||
	    pg_find(w->mem, 0, &pg, d) == -1 ||
	    template_open(w->mem, w->place, &pg, w->life, &w->template, d)
	    == -1 ||
	    run_new(w->mem, w->place, &w->template, w->life, &w->run, d) == -1
	    || cluster_start(w->mem, &pg, &w->run.c, w->life, &w->pid, d)
	    == -1)
		return -1;
	state->pid = w->pid;
	state->version = pg.version;
	strlcpy(state->url, place_url(w->mem, w->run.c.socket, "test"),
	    sizeof(state->url));
	return 0;
}

/*
 * How often the server was used so far, or -1.  The counter of sessions
 * (PostgreSQL 14) shows also those that came and went between two looks.
 */
static long long
count_sessions(const struct watcher *w, struct arena *a, int *now)
{
	struct diag ignored = DIAG_INIT;
	struct db_rows *r = NULL;
	struct db_url url;
	struct db *db = NULL;
	long long n = -1;

	if (url_parse(a, place_url(a, w->run.c.socket, "postgres"), NULL,
	    &url, &ignored) == 0)
		db = db_open(&url, DB_READ_ONLY, &ignored);
	if (db != NULL)
		r = db_query(db, a, sql_sessions, 0, NULL, &ignored);
	if (r != NULL) {
		*now = atoi(db_cell(r, 0, 0));
		n = atoll(db_cell(r, 0, 1));
	}
	if (db != NULL)
		db_close(db);
	diag_free(&ignored);
	return n;
}

/* Until no other client has been there for the idle time. */
static void
wait_idle(struct watcher *w)
{
	double last = clock_now(), look = w->idle / 4;
	struct arena *scratch = arena_new();
	long long before = 0, n;
	int now = 0;

	if (look > LOOK_SECONDS)
		look = LOOK_SECONDS;
	while (clock_now() - last < w->idle) {
		wait_ms(-1, (int)(look * 1000) + 1);
		n = count_sessions(w, scratch, &now);
		if (n == -1 && postmaster_pid(w->run.c.data) == 0)
			break;
		if (now > 0 || n > before)
			last = clock_now();
		before = n;
		arena_reset(scratch);
	}
	arena_free(scratch);
}

/* 1: our maker has gone and wants the server to stay. */
static int
wait_maker(const struct watcher *w)
{
	char what = 0;
	ssize_t n;

	do
		n = read(w->life, &what, 1);
	while (n == -1 && errno == EINTR);
	return n == 1 && what == STAY;
}

/* stdin, stdout and stderr of others are not held open by a watcher. */
static void
detach(struct watcher *w)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	sig_ignore();
	sig_ignore_pipe();
	if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1 ||
	    dup2(null, 2) == -1)
		_exit(EXIT_TROUBLE);
	/* Our two ends become 3 and 4, above which nothing stays open. */
	w->life = fcntl(w->life, F_DUPFD_CLOEXEC, 64);
	w->news = fcntl(w->news, F_DUPFD_CLOEXEC, 64);
	if (w->life == -1 || w->news == -1 ||
	    dup3(w->life, 3, O_CLOEXEC) == -1 ||
	    dup3(w->news, 4, O_CLOEXEC) == -1)
		_exit(EXIT_TROUBLE);
	w->life = 3;
	w->news = 4;
	closefrom(5);
	/* So that to kill all dbm-tmp by name is not to kill their watchers. */
	setproctitle("-watcher of a throwaway server");
	prctl(PR_SET_NAME, "tmp-watcher");
}

static void __attribute__((noreturn))
watch(struct watcher *w)
{
	struct server_state state = { 0 };
	struct diag d = DIAG_INIT;
	int failed;

	detach(w);
	failed = start(w, &state, &d) == -1;
	/* Before the telling: who hears of a failure sees nothing left. */
	if (failed && w->run.dir != NULL)
		run_remove(&w->run, &w->template, 0);
	worker_tell(w->news, &state, failed ? &d : NULL);
	if (failed)
		_exit(EXIT_TROUBLE);
	run_sweep(w->mem, w->place, &w->template);
	if (wait_maker(w)) {
		close(w->news);
		wait_idle(w);
	}
	run_remove(&w->run, &w->template, w->pid);
	_exit(EXIT_DONE);
}

int
watch_start(struct watch *w, const struct place *p, double idle_seconds,
    struct server_state *state, struct diag *d)
{
	struct watcher child = { .place = p, .idle = idle_seconds };
	int life[2], news[2];

	if (pipe2(life, O_CLOEXEC) == -1 || pipe2(news, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	w->pid = fork();
	if (w->pid == -1)
		return diag_errno(d, "fork");
	if (w->pid == 0) {
		close(life[1]);
		child.mem = arena_new();
		child.life = life[0];
		child.news = news[1];
		watch(&child);
	}
	close(life[0]);
	close(news[1]);
	w->life = life[1];
	w->news = news[0];
	if (worker_hear(w->news, sig_fd(), state, d) == 0)
		return 0;
	watch_end(w);
	return -1;
}

void
watch_leave(struct watch *w)
{
	const char what = STAY;

	if (write(w->life, &what, 1) == 1)
		close(w->life);
}

void
watch_end(struct watch *w)
{
	close(w->life);
	close(w->news);
	while (waitpid(w->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}
