#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/progress.h"

#define DELAY 1.0 /* seconds: whoever waits less wants to see nothing */
#define REDRAW 0.2 /* seconds, on a terminal; else DELAY */

static struct {
	size_t done, total;
	struct buf what;
	double began, item_began, drawn;
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
	state.began = state.item_began = state.drawn = clock_now();
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

/* PostgreSQL's sizes: 1 kB is 1024 bytes. */
static void
add_bytes(struct buf *b, double n)
{
	static const char *const unit[] = { "B", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	for (; n >= 1023.5 && i < sizeof(unit) / sizeof(unit[0]) - 1; i++)
		n /= 1024;
	buf_addf(b, i > 0 && n < 9.95 ? "%.1f %s" : "%.0f %s", n, unit[i]);
}

/* How much of it is done, by what has a total; 0: nothing has. */
static double
share(const struct progress_flow *f)
{
	if (f->bytes_total > 0)
		return (double)f->bytes / (double)f->bytes_total;
	if (f->units_total > 0)
		return (double)f->units / (double)f->units_total;
	return 0;
}

static void
add_flow(struct buf *b, const struct progress_flow *f, double elapsed)
{
	if (elapsed < 0.001)
		elapsed = 0.001;
	if (f->what != NULL)
		buf_addf(b, "%s: ", f->what);
	buf_addf(b, "%lld", f->units);
	if (f->units_total > 0)
		buf_addf(b, " of %lld", f->units_total);
	buf_addf(b, " %s, ", f->unit);
	add_bytes(b, (double)f->bytes);
	if (f->bytes_total > 0) {
		buf_adds(b, " of ");
		add_bytes(b, (double)f->bytes_total);
	}
	buf_addf(b, ", %.0f %s/s, ", (double)f->units / elapsed, f->unit);
	add_bytes(b, (double)f->bytes / elapsed);
	buf_adds(b, "/s");
}

static void
draw_flow(const struct progress_flow *f, int last)
{
	double elapsed = state.drawn - state.began, part = share(f);
	struct buf b = BUF_INIT;

	if (state.terminal)
		buf_addc(&b, '\r');
	add_flow(&b, f, elapsed);
	if (last)
		buf_addf(&b, " in %.1f s", elapsed);
	else if (part > 0 && part < 1)
		buf_addf(&b, ", about %.0f s left",
		    elapsed / part * (1 - part));
	if (state.terminal)
		buf_adds(&b, "\033[K");
	if (!state.terminal || last)
		buf_addc(&b, '\n');
	fwrite(b.data, 1, b.len, stderr);
	fflush(stderr);
	state.shown = !last;
	buf_free(&b);
}

void
progress_flow(const struct progress_flow *f)
{
	double now;

	if (!state.wanted)
		return;
	now = clock_now();
	if (now - state.began < DELAY ||
	    now - state.drawn < (state.terminal ? REDRAW : DELAY))
		return;
	state.drawn = now;
	draw_flow(f, 0);
}

void
progress_flow_end(const struct progress_flow *f)
{
	state.drawn = clock_now();
	if (state.wanted)
		draw_flow(f, 1);
}

void
progress_clear(void)
{
	if (state.shown && state.terminal)
		fputs("\r\033[K", stderr);
	state.shown = 0;
}
