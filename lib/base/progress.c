#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/progress.h"

#define DELAY 1.0 /* seconds: whoever waits less wants to see nothing */

static struct {
	size_t done, total;
	struct buf what;
	double began, item_began;
	int wanted, terminal, shown;
} state;

struct progress_opts progress_opts;

const struct opt opt_progress[] = {
	OPT_FLAG(0, "progress", &progress_opts.always,
	    "show progress also where stderr is no terminal"),
	OPT_END
};

void
progress_start(size_t total)
{
	state.terminal = isatty(STDERR_FILENO);
	state.wanted = !diag_opts.quiet &&
	    (state.terminal || progress_opts.always);
	state.total = total;
	state.began = state.item_began = clock_now();
}

void
progress_item(size_t done, const char *what)
{
	state.done = done;
	state.item_began = clock_now();
	buf_reset(&state.what);
	buf_adds(&state.what, what);
	progress_tick();
}

/* The time left, when every item takes as long as those before it did. */
static void
add_eta(struct buf *b, double elapsed)
{
	if (state.done > 0 && state.total > state.done)
		buf_addf(b, ", about %.0f s left", elapsed /
		    (double)state.done * (double)(state.total - state.done));
}

void
progress_tick(void)
{
	double elapsed = clock_now() - state.began;
	struct buf b = BUF_INIT;

	if (!state.wanted || elapsed < DELAY)
		return;
	buf_addf(&b, "%s%zu/%zu %s (%.0f s)", state.terminal ? "\r" : "",
	    state.done + 1, state.total, buf_str(&state.what),
	    clock_now() - state.item_began);
	add_eta(&b, elapsed);
	buf_adds(&b, state.terminal ? "\033[K" : "\n");
	fwrite(b.data, 1, b.len, stderr);
	fflush(stderr);
	state.shown = 1;
	buf_free(&b);
}

void
progress_clear(void)
{
	if (state.shown && state.terminal)
		fputs("\r\033[K", stderr);
	state.shown = 0;
}
