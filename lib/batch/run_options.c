/* The options of a run, common to all programs that have one. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/opt.h"
#include "base/shell.h"
#include "batch/run.h"
#include "sql/script.h"

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

/* Whether it is right is for the server to say; but one that is none would
 * spoil what it is asked together with. */
static int
check_throttle(const char *sql, struct diag *d)
{
	struct diag unparsed = DIAG_INIT;
	struct arena *mem = arena_new();
	size_t offset, len = strlen(sql);
	struct sql_script script;
	int rc = 0;

	if (sql_split(mem, sql, len, &script, &offset, &unparsed) == 0 &&
	    script.n != 1) {
		offset = script.n > 1 ? script.stmt[1].code : 0;
		rc = diag_set(d, script.n == 0 ? "there is no query" :
		    "only one query can be asked");
		diag_at_offset(d, "--throttle-query", sql, len, offset);
	}
	diag_free(&unparsed);
	arena_free(mem);
	return rc;
}

int
run_options_check(struct diag *d)
{
	if (batch_ms < 1 || batch_ms > 60000)
		return diag_set(d, "--batch-time is between 1 and 60000 ms");
	if (run_options.most < 1)
		return diag_set(d, "--batch-size is at least 1");
	run_options.batch_time = (double)batch_ms / 1000;
	return run_options.manners.throttle == NULL ? 0 :
	    check_throttle(run_options.manners.throttle, d);
}

static void
recall(const char *option, const char *value)
{
	struct run_options *o = &run_options;

	if (strcmp(option, "--batch-time") == 0 && !opt_is_given(&batch_ms)) {
		batch_ms = atoll(value);
		o->batch_time = (double)batch_ms / 1000;
	} else if (strcmp(option, "--batch-size") == 0 &&
	    !opt_is_given(&o->most))
		o->most = atoll(value);
	else if (strcmp(option, "--max-lag") == 0 &&
	    !opt_is_given(&o->manners.max_lag))
		o->manners.max_lag = strtod(value, NULL);
	else if (strcmp(option, "--throttle-query") == 0 &&
	    !opt_is_given(&o->manners.throttle))
		o->manners.throttle = value;
}

void
run_options_recall(struct arena *mem, const char *command)
{
	char **word;
	size_t n, i;

	if (command == NULL)
		return;
	word = shell_split(mem, command, &n);
	for (i = 1; i + 1 < n; i++)
		recall(word[i], word[i + 1]);
}
