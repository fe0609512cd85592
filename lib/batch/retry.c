/* Which errors pass, and how long it is waited for that. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "batch/retry.h"

static const struct {
	const char *sqlstate;
	enum retry what;
} passing[] = {
	{ "55P03", RETRY_SOON },    /* lock_not_available */
	{ "40P01", RETRY_SOON },    /* deadlock_detected */
	{ "40001", RETRY_SOON },    /* serialization_failure */
	{ "57014", RETRY_SMALLER }, /* query_canceled: a timeout, or somebody;
				     * only the time it took tells which */
};

enum retry
retry_what(const struct diag *d)
{
	size_t i;

	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (strcmp(d->sqlstate, passing[i].sqlstate) == 0)
			return passing[i].what;
	return RETRY_NOT;
}

double
retry_after(int n)
{
	double longest = 0.02;

	while (--n > 0 && longest < 1)
		longest *= 2;
	if (longest > 1)
		longest = 1;
	/* two that were in each other's way do not meet again in step */
	return longest * (0.5 + 0.5 * arc4random_uniform(1001) / 1000);
}
