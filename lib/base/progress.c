#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
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

/*
 * As much of it as one line of the terminal holds: what is wrapped could not
 * be wiped again.  Names may hold anything; what steers a terminal is not
 * sent to it.  Where the width is not known nothing is cut.
 */
static void
add_fitting(struct buf *out, const struct buf *line)
{
	struct winsize w = { .ws_col = 0 };
	size_t i, columns = 0;
	unsigned char c;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == -1)
		w.ws_col = 0;
	for (i = 0; i < line->len; i++) {
		c = (unsigned char)line->data[i];
		columns += (c & 0xc0) != 0x80;
		if (w.ws_col > 1 && columns >= w.ws_col)
			return;
		buf_addc(out, c < ' ' || c == 0x7f ? '?' : (char)c);
	}
}

static void
show(const struct buf *line, int stays)
{
	struct buf b = BUF_INIT;

	if (state.terminal) {
		buf_addc(&b, '\r');
		add_fitting(&b, line);
		buf_adds(&b, "\033[K");
	} else
		buf_add(&b, line->data, line->len);
	if (!state.terminal || stays)
		buf_addc(&b, '\n');
	fwrite(b.data, 1, b.len, stderr);
	fflush(stderr);
	state.shown = !stays;
	buf_free(&b);
}

void
progress_tick(void)
{
	double elapsed = clock_now() - state.began;
	struct buf b = BUF_INIT;

	if (!state.wanted || elapsed < DELAY)
		return;
	buf_addf(&b, "%zu/%zu %s (%.0f s)", state.done + 1, state.total,
	    buf_str(&state.what), clock_now() - state.item_began);
	add_eta(&b, elapsed);
	show(&b, 0);
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

static long long
units_now(const struct progress_flow *f)
{
	return f->units - f->units_before;
}

/* How much of it is done, of what there was to do, by what has a total; 0:
 * nothing has. */
static double
share(const struct progress_flow *f)
{
	if (f->bytes_total > 0)
		return (double)f->bytes / (double)f->bytes_total;
	if (f->units_total > f->units_before)
		return (double)units_now(f) /
		    (double)(f->units_total - f->units_before);
	return 0;
}

/* "1 row", "2 rows" */
static void
add_units(struct buf *b, const struct progress_flow *f)
{
	size_t n = strlen(f->unit);
	int one = f->units == 1 && f->units_total <= 0 && n > 0;

	buf_addf(b, "%lld", f->units);
	if (f->units_total > 0)
		buf_addf(b, " of %lld", f->units_total);
	buf_addf(b, " %.*s", (int)(one ? n - 1 : n), f->unit);
	/* not 100 while there is more; a total may be an estimate */
	if (f->percent && f->units_total > 0)
		buf_addf(b, " (%.0f %%)", fmin(100, floor(100 *
		    (double)f->units / (double)f->units_total)));
}

static void
add_flow(struct buf *b, const struct progress_flow *f, double elapsed)
{
	int bytes = f->bytes > 0 || f->bytes_total > 0;

	if (elapsed < 0.001)
		elapsed = 0.001;
	if (f->what != NULL)
		buf_addf(b, "%s: ", f->what);
	add_units(b, f);
	if (bytes) {
		buf_adds(b, ", ");
		add_bytes(b, (double)f->bytes);
	}
	if (f->bytes_total > 0) {
		buf_adds(b, " of ");
		add_bytes(b, (double)f->bytes_total);
	}
	buf_addf(b, ", %.0f %s/s", (double)units_now(f) / elapsed,
	    f->unit);
	if (bytes) {
		buf_adds(b, ", ");
		add_bytes(b, (double)f->bytes / elapsed);
		buf_adds(b, "/s");
	}
}

static void
add_rest(struct buf *b, const struct progress_flow *f, double elapsed)
{
	double part = share(f);

	if (f->note != NULL)
		buf_addf(b, ", %s", f->note);
	if (f->waiting != NULL)
		buf_addf(b, ", waiting: %s", f->waiting);
	else if (part > 0 && part < 1)
		buf_addf(b, ", about %.0f s left",
		    elapsed / part * (1 - part));
}

static void
draw_flow(const struct progress_flow *f, int last, int stays)
{
	double elapsed = state.drawn - state.began;
	struct buf b = BUF_INIT;

	add_flow(&b, f, elapsed);
	if (last)
		buf_addf(&b, " in %.1f s", elapsed);
	else
		add_rest(&b, f, elapsed);
	show(&b, stays);
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
	draw_flow(f, 0, 0);
}

void
progress_flow_now(const struct progress_flow *f)
{
	state.drawn = clock_now();
	draw_flow(f, 0, 1);
}

void
progress_flow_end(const struct progress_flow *f)
{
	state.drawn = clock_now();
	if (state.wanted)
		draw_flow(f, 1, 1);
}

void
progress_clear(void)
{
	if (state.shown && state.terminal)
		fputs("\r\033[K", stderr);
	state.shown = 0;
}
