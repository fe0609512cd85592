/*
 * Postmasters: by their pid files, and by what /proc says.
 */
#include <sys/shm.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/postmaster.h"
#include "server/wait.h"

#define QUIT_SECONDS 2

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

int
postmaster_ready(const char *data, pid_t pid)
{
	char text[2 * PATH_MAX];

	return read_small(data, "postmaster.pid", text, sizeof(text)) == 0 &&
	    atoi(line_of(text, LINE_PID)) == pid &&
	    strncmp(line_of(text, LINE_STATUS), "ready", 5) == 0;
}

int
postmaster_gone(pid_t pid)
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
postmaster_pid(const char *data)
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
postmaster_stop(pid_t pid, int signo, double seconds)
{
	double end = clock_now() + seconds;

	kill(pid, signo);
	while (!postmaster_gone(pid)) {
		if (clock_now() > end)
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
postmaster_kill(const char *data, pid_t pid)
{
	char real[PATH_MAX], text[2 * PATH_MAX];
	int rounds;

	if (realpath(data, real) == NULL)
		return;
	if (read_small(data, "postmaster.pid", text, sizeof(text)) == -1)
		text[0] = '\0';
	if (pid != 0 && postmaster_stop(pid, SIGQUIT, QUIT_SECONDS) == -1)
		postmaster_stop(pid, SIGKILL, QUIT_SECONDS);
	for (rounds = 0; kill_backends(real) > 0 && rounds < 1000; rounds++)
		wait_ms(-1, 2);
	remove_shmem(text);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}
