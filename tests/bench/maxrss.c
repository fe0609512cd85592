/*
 * maxrss [-o FILE] COMMAND… -- runs it and prints the peak resident size, in
 * KiB, of the largest of its processes; with FILE into that, so that the
 * command's output stays its own.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage usage;
	FILE *fp = stdout;
	int status;
	pid_t pid;

	if (argc > 3 && strcmp(argv[1], "-o") == 0) {
		fp = fopen(argv[2], "we");
		if (fp == NULL)
			err(2, "%s", argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 2)
		errx(2, "usage: maxrss [-o FILE] COMMAND [ARGUMENT...]");
	pid = fork();
	if (pid == 0) {
		if (fp == stdout)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	if (pid == -1 || wait4(pid, &status, 0, &usage) == -1)
		err(2, "wait4");
	fprintf(fp, "%ld\n", usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
