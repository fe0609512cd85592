/* The options of a run, common to all programs that have one. */
#include "base/diag.h"
#include "base/opt.h"
#include "batch/run.h"

static long long batch_ms = 50;

struct run_options run_options = {
	.batch_time = 0.05,
	.least = 1,
	.most = 100000,
	.wait = 10,
	.manners = { .max_lag = -1 },
};

const struct opt opt_run[] = {
	OPT_COUNT(0, "batch-time", "MS", &batch_ms,
	    "how long a batch should take (50)"),
	OPT_COUNT(0, "batch-size", "ROWS", &run_options.most,
	    "how many rows a batch may have"),
	OPT_SECONDS(0, "max-time", "SECONDS", &run_options.max_time,
	    "stop then, to be resumed"),
	OPT_SECONDS(0, "max-lag", "SECONDS", &run_options.manners.max_lag,
	    "wait while a replica is further behind"),
	OPT_STRING(0, "throttle-query", "SQL", &run_options.manners.throttle,
	    "wait while this query is true"),
	OPT_SECONDS('w', "wait", "SECONDS", &run_options.wait,
	    "how long to wait for a run that is at work (10)"),
	OPT_END
};

int
run_options_check(struct diag *d)
{
	if (batch_ms < 1 || batch_ms > 60000)
		return diag_set(d, "--batch-time is between 1 and 60000 ms");
	if (run_options.most < 1)
		return diag_set(d, "--batch-size is at least 1");
	run_options.batch_time = (double)batch_ms / 1000;
	return 0;
}
