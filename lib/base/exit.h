#ifndef BASE_EXIT_H
#define BASE_EXIT_H

/* The exit statuses of every program (dbm(7)), as cmp, diff and grep do. */
enum {
	EXIT_DONE = 0,     /* done, or nothing to report */
	EXIT_FOUND = 1,    /* nothing failed, and there is something */
	EXIT_TROUBLE = 2,  /* usage, input, SQL error, I/O */
	EXIT_LATER = 75,   /* try again: lock held, server unreachable */
	EXIT_NOEXEC = 126, /* command found but not runnable */
	EXIT_NOCMD = 127   /* command not found */
};

#endif
