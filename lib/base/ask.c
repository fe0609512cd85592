#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/ask.h"
#include "base/diag.h"
#include "base/sig.h"

int
ask(const char *question, const char *option, struct diag *d)
{
	struct pollfd pfd[2] = { { .events = POLLIN },
		{ .fd = sig_fd(), .events = POLLIN } };
	char answer[16] = "";
	FILE *tty = fopen("/dev/tty", "r+e");

	if (tty == NULL) {
		diag_hint(d, "without a terminal it takes %s", option);
		return diag_set(d, "nobody is there to ask: %s", question);
	}
	fprintf(tty, "%s [y/N] ", question);
	fflush(tty);
	pfd[0].fd = fileno(tty);
	while (poll(pfd, 2, -1) == -1 && sig_pending() == 0)
		continue;
	if (sig_pending() != 0) {
		fclose(tty);
		return diag_set(d, "interrupted");
	}
	if (fgets(answer, sizeof(answer), tty) == NULL)
		answer[0] = '\0';
	fclose(tty);
	return strncasecmp(answer, "y", 1) == 0;
}
