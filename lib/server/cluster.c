/*
 * One PostgreSQL cluster: initdb, settings, start.  postgres is run directly,
 * for pg_ctl looks only every 100 ms whether it is ready.
 */
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/proc.h"
#include "server/cluster.h"
#include "server/pg.h"
#include "server/postmaster.h"
#include "server/wait.h"

#define START_SECONDS 60

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

int
cluster_version(const char *data)
{
	char path[PATH_MAX], text[32] = "";
	FILE *fp;

	snprintf(path, sizeof(path), "%s/PG_VERSION", data);
	fp = fopen(path, "re");
	if (fp == NULL)
		return 0;
	if (fgets(text, sizeof(text), fp) == NULL)
		text[0] = '\0';
	fclose(fp);
	return atoi(text);
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
initdb(struct arena *a, const struct pg *pg, const char *data,
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
create_database(struct arena *a, const struct pg *pg,
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
cluster_init(struct arena *a, const struct pg *pg, const char *data,
    enum cluster_kind kind, const char *dbname, struct diag *d)
{
	if (initdb(a, pg, data, kind, d) == -1 ||
	    settings(a, data, kind, d) == -1)
		return -1;
	return create_database(a, pg, data, dbname, d);
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
	double end = clock_now() + START_SECONDS;

	while (!postmaster_ready(c->data, pid)) {
		if (postmaster_gone(pid)) {
			add_log(d, c->log);
			return diag_set(d, "PostgreSQL did not start");
		}
		if (wait_ms(stop_fd, 1))
			return diag_set(d, "interrupted");
		if (clock_now() > end) {
			add_log(d, c->log);
			d->status = EXIT_LATER;
			return diag_set(d, "PostgreSQL is not ready after %d "
			    "seconds", START_SECONDS);
		}
	}
	return 0;
}

int
cluster_start(struct arena *a, const struct pg *pg,
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
