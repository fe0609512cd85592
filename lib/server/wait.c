/* Waiting that a signal or a closed pipe can end. */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/exit.h"
#include "server/wait.h"

int
wait_ms(int stop_fd, int ms)
{
	struct pollfd p = { .fd = stop_fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/* Whoever had the lock before us may have removed the file meanwhile. */
static int
is_still(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

int
wait_lock(const char *path, int stop_fd, double seconds, struct diag *d)
{
	double end = clock_now() + seconds;
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd == -1)
			return diag_errno(d, "cannot open '%s'", path);
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still(fd, path))
			return fd;
		close(fd);
		d->status = EXIT_LATER;
		if (wait_ms(stop_fd, 10))
			return diag_set(d, "interrupted");
		if (clock_now() >= end)
			return diag_set(d, "'%s' is locked by another dbm",
			    path);
	}
}
