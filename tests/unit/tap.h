#ifndef TAP_H
#define TAP_H

#include <stdio.h>
#include <string.h>

/* Test Anything Protocol, as much as a unit program needs. */
static int tap_n, tap_failed;

static inline int
tap_ok(int good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_n, name);
	tap_failed += !good;
	return good;
}

/* NULL equals only NULL. */
static inline int
tap_is(const char *got, const char *want, const char *name)
{
	int good = got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0);

	if (!tap_ok(good, name))
		printf("#   got: %s\n#  want: %s\n", got == NULL ? "NULL" : got,
		    want == NULL ? "NULL" : want);
	return good;
}

/* The plan, and the status for main. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed > 0;
}

#endif
