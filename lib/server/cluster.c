/*
 * One PostgreSQL cluster: find the programs, initdb, start, stop.  postgres is
 * run directly, for pg_ctl looks only every 100 ms whether it is ready.
 */
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/proc.h"
#include "server/cluster.h"
#include "server/wait.h"

#define START_SECONDS 60
#define QUIT_SECONDS 2

/* What differs from initdb's defaults. */
static const char common_settings[] =
    "\n# dbm\n"
    "listen_addresses = ''\n"
    "port = 5432\n"
    "unix_socket_permissions = 0700\n"
    "max_connections = 100\n"
    "max_wal_size = 1GB\n"
    "logging_collector = off\n"
    "log_destination = 'stderr'\n";

static const char tmp_settings[] =
    "fsync = off\n"
    "synchronous_commit = off\n"
    "full_page_writes = off\n"
    "shared_buffers = 32MB\n"
    /* in the data folder, where nothing can be left behind */
    "dynamic_shared_memory_type = mmap\n";

static int
has_programs(const char *bin)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/initdb", bin);
	if (access(path, X_OK) == -1)
		return 0;
	snprintf(path, sizeof(path), "%s/postgres", bin);
	return access(path, X_OK) == 0;
}

/* Where distributions put several versions side by side. */
static int
find_packaged(struct arena *a, int want, struct cluster_pg *pg)
{
	static const char *const pattern[] = { "/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin" };
	const char *path;
	size_t i, k;
	int version;
	glob_t g;

	for (k = 0; k < 2; k++) {
		if (glob(pattern[k], 0, NULL, &g) != 0)
			continue;
		for (i = 0; i < g.gl_pathc; i++) {
			path = g.gl_pathv[i];
			version = atoi(path + (strchr(pattern[k], '*') -
			    pattern[k]));
			if (version <= pg->version ||
			    (want != 0 && version != want) ||
			    !has_programs(path))
				continue;
			pg->version = version;
			pg->bin = arena_strdup(a, path);
		}
		globfree(&g);
	}
	return pg->bin == NULL ? -1 : 0;
}

static const char *
find_on_path(struct arena *a)
{
	const char *p = getenv("PATH"), *dir;
	size_t n;

	for (; p != NULL && *p != '\0'; p += n + (p[n] == ':')) {
		n = strcspn(p, ":");
		dir = arena_strndup(a, p, n);
		if (*dir == '/' && has_programs(dir))
			return dir;
	}
	return NULL;
}

/* The first number that `postgres -V' prints. */
static int
ask_version(struct arena *a, const char *bin, struct diag *d)
{
	char *argv[] = { arena_printf(a, "%s/postgres", bin),
		arena_strdup(a, "-V"), NULL };
	struct proc_opts o = PROC_OPTS_INIT;
	char said[128] = "";
	struct proc p;
	int fd[2], rc;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	o.out = fd[1];
	rc = proc_start(&p, argv, &o, d);
	close(fd[1]);
	/* One short line: it comes in one piece. */
	if (rc == 0 && read(fd[0], said, sizeof(said) - 1) == -1)
		said[0] = '\0';
	close(fd[0]);
	if (rc == -1 || proc_wait(&p) != 0)
		return -1;
	return atoi(said + strcspn(said, "0123456789"));
}

int
cluster_find(struct arena *a, int want, struct cluster_pg *pg, struct diag *d)
{
	const char *bin = getenv("DBM_PGBIN");

	memset(pg, 0, sizeof(*pg));
	if (bin == NULL || *bin == '\0') {
		if (find_packaged(a, want, pg) == 0)
			return 0;
		bin = find_on_path(a);
	} else if (!has_programs(bin))
		return diag_set(d, "DBM_PGBIN: '%s' has no initdb and postgres",
		    bin);
	if (bin == NULL) {
		diag_hint(d, "install the postgresql package, or set "
		    "DBM_PGBIN to the folder that has initdb and postgres");
		return diag_set(d, want == 0 ? "PostgreSQL is not installed" :
		    "PostgreSQL %d, which the data is of, is not installed",
		    want);
	}
	pg->bin = bin;
	pg->version = ask_version(a, bin, d);
	if (pg->version <= 0)
		return diag_set(d, "cannot run '%s/postgres'", bin);
	if (want != 0 && want != pg->version)
		return diag_set(d, "the data is of PostgreSQL %d, '%s' is %d",
		    want, bin, pg->version);
	return 0;
}

static int
read_small(const char *dir, const char *name, char *room, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = read(fd, room, size - 1);
	close(fd);
	room[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -1 : 0;
}

int
cluster_version(const char *data)
{
	char text[32];

	return read_small(data, "PG_VERSION", text, sizeof(text)) == -1 ? 0 :
	    atoi(text);
}

static int
have_locale(const char *name)
{
	locale_t l = newlocale(LC_ALL_MASK, name, (locale_t)0);

	if (l == (locale_t)0)
		return 0;
	freelocale(l);
	return 1;
}

static int
initdb(struct arena *a, const struct cluster_pg *pg, const char *data,
    enum cluster_kind kind, struct diag *d)
{
	struct proc_opts o = PROC_OPTS_INIT;
	const char *argv[16];
	size_t n = 0;

	argv[n++] = arena_printf(a, "%s/initdb", pg->bin);
	argv[n++] = "-D";
	argv[n++] = data;
	argv[n++] = "--username=postgres";
	argv[n++] = "--auth=trust";
	argv[n++] = "--encoding=UTF8";
	argv[n++] = have_locale("C.UTF-8") ? "--locale=C.UTF-8" : "--locale=C";
	if (kind == CLUSTER_DURABLE)
		argv[n++] = "--data-checksums";
	else {
		argv[n++] = "--no-sync";
		argv[n++] = "--wal-segsize=1"; /* less to copy */
		if (pg->version >= 18)
			argv[n++] = "--no-data-checksums";
	}
	argv[n] = NULL;
	/* What is half made may be removed by the next that comes. */
	o.die_with_us = SIGKILL;
	return proc_run_quietly((char *const *)(uintptr_t)argv, &o, d);
}

static int
settings(struct arena *a, const char *data, enum cluster_kind kind,
    struct diag *d)
{
	char *path = arena_printf(a, "%s/postgresql.conf", data);
	struct buf b = BUF_INIT;
	int rc;

	rc = file_read(path, &b, d);
	if (rc == 0) {
		buf_adds(&b, common_settings);
		if (kind == CLUSTER_TMP)
			buf_adds(&b, tmp_settings);
		rc = file_publish(path, b.data, b.len, 0600, d);
	}
	buf_free(&b);
	return rc;
}

/* In single-user mode: no socket, and a clean shutdown at the end. */
static int
create_database(struct arena *a, const struct cluster_pg *pg,
    const char *data, const char *dbname, struct diag *d)
{
	char *argv[] = { arena_printf(a, "%s/postgres", pg->bin),
		arena_strdup(a, "--single"), arena_strdup(a, "-D"),
		arena_strdup(a, data), arena_strdup(a, "template1"), NULL };
	char *sql = arena_printf(a, "CREATE DATABASE %s;\n", dbname);
	struct proc_opts o = PROC_OPTS_INIT;
	ssize_t n = (ssize_t)strlen(sql);
	int fd[2], rc;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return diag_errno(d, "pipe");
	rc = write(fd[1], sql, (size_t)n) == n ? 0 : diag_errno(d, "pipe");
	close(fd[1]);
	o.in = fd[0];
	o.die_with_us = SIGKILL;
	if (rc == 0)
		rc = proc_run_quietly(argv, &o, d);
	close(fd[0]);
	return rc;
}

int
cluster_init(struct arena *a, const struct cluster_pg *pg, const char *data,
    enum cluster_kind kind, const char *dbname, struct diag *d)
{
	if (initdb(a, pg, data, kind, d) == -1 ||
	    settings(a, data, kind, d) == -1)
		return -1;
	return create_database(a, pg, data, dbname, d);
}

/* Lines of postmaster.pid, from 1, as in miscadmin.h. */
enum {
	LINE_PID = 1,
	LINE_SHMEM = 7,
	LINE_STATUS = 8
};

static const char *
line_of(const char *text, int line)
{
	for (; line > 1; line--) {
		text = strchr(text, '\n');
		if (text == NULL)
			return "";
		text++;
	}
	return text;
}

static int
is_ready(const char *data, pid_t pid)
{
	char text[2 * PATH_MAX];

	return read_small(data, "postmaster.pid", text, sizeof(text)) == 0 &&
	    atoi(line_of(text, LINE_PID)) == pid &&
	    strncmp(line_of(text, LINE_STATUS), "ready", 5) == 0;
}

static int
is_gone(pid_t pid)
{
	char link[64], path[8];
	int status;
	pid_t child;

	child = waitpid(pid, &status, WNOHANG);
	if (child != -1)
		return child == pid;
	/* Not our child: gone, or a zombie that its parent does not reap. */
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	return readlink(link, path, sizeof(path)) == -1 && errno == ENOENT;
}

/* The last lines of the log say why it did not start. */
static void
add_log(struct diag *d, const char *path)
{
	enum { TAIL = 1500 };
	struct diag ignored = DIAG_INIT;
	struct buf b = BUF_INIT;
	const char *s;

	buf_reset(&d->detail);
	if (file_read(path, &b, &ignored) == 0 && b.len > 0) {
		s = b.data;
		if (b.len > TAIL && (s = strchr(b.data + b.len - TAIL, '\n'))
		    == NULL)
			s = b.data;
		buf_adds(&d->detail, s + (*s == '\n'));
	}
	buf_free(&b);
	diag_free(&ignored);
}

int
cluster_wait(const struct cluster *c, pid_t pid, int stop_fd, struct diag *d)
{
	double end = wait_clock() + START_SECONDS;

	while (!is_ready(c->data, pid)) {
		if (is_gone(pid)) {
			add_log(d, c->log);
			return diag_set(d, "PostgreSQL did not start");
		}
		if (wait_ms(stop_fd, 1))
			return diag_set(d, "interrupted");
		if (wait_clock() > end) {
			add_log(d, c->log);
			d->status = EXIT_LATER;
			return diag_set(d, "PostgreSQL is not ready after %d "
			    "seconds", START_SECONDS);
		}
	}
	return 0;
}

int
cluster_start(struct arena *a, const struct cluster_pg *pg,
    const struct cluster *c, int stop_fd, pid_t *pid, struct diag *d)
{
	char *argv[] = { arena_printf(a, "%s/postgres", pg->bin),
		arena_strdup(a, "-D"), arena_strdup(a, c->data),
		arena_strdup(a, "-k"), arena_strdup(a, c->socket), NULL };
	struct proc_opts o = PROC_OPTS_INIT;
	struct proc p;
	int rc;

	o.new_session = 1;
	o.die_with_us = c->die_with_us;
	o.in = open("/dev/null", O_RDWR | O_CLOEXEC);
	o.out = o.err = open(c->log,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o.in == -1 || o.out == -1)
		rc = diag_errno(d, "cannot open '%s'", c->log);
	else
		rc = proc_start(&p, argv, &o, d);
	if (o.in != -1)
		close(o.in);
	if (o.out != -1)
		close(o.out);
	if (rc == -1)
		return -1;
	*pid = p.pid;
	return cluster_wait(c, p.pid, stop_fd, d);
}

/* What /proc says of a process of ours; "" of others. */
static const char *
proc_link(pid_t pid, const char *what, char *room, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/%s", (int)pid, what);
	n = readlink(link, room, size - 1);
	room[n < 0 ? 0 : n] = '\0';
	return room;
}

/* Is it a postgres that works in this folder (a real path)? */
static int
works_in(pid_t pid, const char *real)
{
	char path[PATH_MAX];
	const char *name;

	if (strcmp(proc_link(pid, "cwd", path, sizeof(path)), real) != 0)
		return 0;
	/* An upgrade of the package appends " (deleted)". */
	name = strrchr(proc_link(pid, "exe", path, sizeof(path)), '/');
	return name != NULL && strncmp(name, "/postgres", 9) == 0;
}

pid_t
cluster_pid(const char *data)
{
	char real[PATH_MAX], text[64];
	pid_t pid;

	if (read_small(data, "postmaster.pid", text, sizeof(text)) == -1 ||
	    realpath(data, real) == NULL)
		return 0;
	pid = atoi(text);
	return pid > 1 && works_in(pid, real) ? pid : 0;
}

int
cluster_stop(pid_t pid, int signo, double seconds)
{
	double end = wait_clock() + seconds;

	kill(pid, signo);
	while (!is_gone(pid)) {
		if (wait_clock() > end)
			return -1;
		wait_ms(-1, 1);
	}
	return 0;
}

/* A postmaster that is killed cannot remove its System V segment. */
static void
remove_shmem(const char *text)
{
	unsigned long key;
	struct shmid_ds ds;
	int id;

	if (sscanf(line_of(text, LINE_SHMEM), "%lu %d", &key, &id) == 2 &&
	    shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_perm.uid == geteuid() &&
	    ds.shm_nattch == 0)
		shmctl(id, IPC_RMID, NULL);
}

/*
 * A busy backend does not notice that its postmaster was killed.  How many
 * were found.
 */
static int
kill_backends(const char *real)
{
	struct dirent *e;
	int found = 0;
	pid_t pid;
	DIR *dir;

	dir = opendir("/proc");
	if (dir == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL) {
		pid = atoi(e->d_name);
		if (pid > 1 && works_in(pid, real)) {
			kill(pid, SIGKILL);
			found++;
		}
	}
	closedir(dir);
	return found;
}

void
cluster_kill(const char *data, pid_t pid)
{
	char real[PATH_MAX], text[2 * PATH_MAX];
	int rounds;

	if (realpath(data, real) == NULL)
		return;
	if (read_small(data, "postmaster.pid", text, sizeof(text)) == -1)
		text[0] = '\0';
	if (pid != 0 && cluster_stop(pid, SIGQUIT, QUIT_SECONDS) == -1)
		cluster_stop(pid, SIGKILL, QUIT_SECONDS);
	for (rounds = 0; kill_backends(real) > 0 && rounds < 1000; rounds++)
		wait_ms(-1, 2);
	remove_shmem(text);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}
