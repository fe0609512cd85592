/* Questions on the terminal, whatever stdin and stdout are. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/ask.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"

/* 1: answered; 0: there is no terminal; -1: a signal. */
static int
converse(const char *question, const char *choice, char *answer, int size)
{
	struct pollfd pfd[2] = { { .events = POLLIN },
		{ .fd = sig_fd(), .events = POLLIN } };
	FILE *tty = fopen("/dev/tty", "r+e");

	if (tty == NULL)
		return 0;
	fprintf(tty, "%s%s ", question, choice);
	fflush(tty);
	pfd[0].fd = fileno(tty);
	while (poll(pfd, 2, -1) == -1 && sig_pending() == 0)
		continue;
	if (sig_pending() == 0 && fgets(answer, size, tty) == NULL)
		answer[0] = '\0';
	fclose(tty);
	return sig_pending() != 0 ? -1 : 1;
}

int
ask(const char *question, const char *option, struct diag *d)
{
	char answer[16] = "";

	switch (converse(question, " [y/N]", answer, sizeof(answer))) {
	case 0:
		diag_hint(d, "without a terminal it takes %s", option);
		return diag_set(d, "nobody is there to ask: %s", question);
	case -1:
		return diag_set(d, "interrupted");
	default:
		return strncasecmp(answer, "y", 1) == 0;
	}
}

int
ask_line(const char *question, struct buf *line)
{
	char answer[512] = "";
	int rc = converse(question, "", answer, sizeof(answer));

	buf_add(line, answer, strcspn(answer, "\r\n"));
	return rc;
}
