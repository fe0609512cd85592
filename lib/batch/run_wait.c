/* What a run waits for between its batches. */
#include <poll.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/sig.h"
#include "batch/run_priv.h"
#include "db/conn.h"

#define SLICE 0.5 /* seconds, between two looks at what is wanted */
#define TELL_EVERY 5 /* seconds, why it waits, for those who look */

void
run_tell_wait(struct run *r, const char *why)
{
	if (why == NULL && !r->waiting)
		return;
	r->waiting = why != NULL;
	if (r->hooks->waiting != NULL)
		r->hooks->waiting(r->hooks->arg, r->journal, why);
}

enum flow
run_should_stop(struct run *r)
{
	if (sig_pending() != 0)
		r->why = "a signal";
	else if (r->unread)
		r->why = "its output cannot be written";
	else if (r->o->max_time > 0 &&
	    clock_now() - r->began >= r->o->max_time)
		r->why = "--max-time";
	else
		return FLOW_ON;
	return FLOW_STOP;
}

/* At most so long, and not beyond the end of --max-time. */
static void
sleep_slice(const struct run *r, double seconds)
{
	struct pollfd pfd = { .fd = sig_fd(), .events = POLLIN };
	double left = r->began + r->o->max_time - clock_now();

	if (r->o->max_time > 0 && seconds > left)
		seconds = left > 0 ? left : 0;
	poll(&pfd, 1, (int)(seconds * 1000) + 1);
}

enum flow
run_rest(struct run *r, double seconds, struct diag *d)
{
	double end = clock_now() + seconds, left;
	enum flow flow;

	(void)d;
	while ((flow = run_should_stop(r)) == FLOW_ON &&
	    (left = end - clock_now()) > 0)
		sleep_slice(r, left < SLICE ? left : SLICE);
	return flow;
}

/* A while, then what is wanted by now. */
static enum flow
wait_slice(struct run *r, struct diag *d)
{
	enum flow flow = run_rest(r, SLICE, d);

	if (flow != FLOW_ON)
		return flow;
	return journal_ask(r->journal, &r->wanted, d) == -1 ? FLOW_ERROR :
	    FLOW_ON;
}

/* As long as somebody wants it to. */
static enum flow
pause(struct run *r, struct diag *d)
{
	enum flow flow = FLOW_ON;

	if (journal_state(r->journal, "paused", "by request", d) == -1)
		return FLOW_ERROR;
	while (flow == FLOW_ON && r->wanted == WANTED_PAUSE) {
		run_tell_wait(r, "paused by request");
		flow = wait_slice(r, d);
	}
	if (flow == FLOW_ON && r->wanted == WANTED_NOTHING &&
	    journal_state(r->journal, "running", NULL, d) == -1)
		return FLOW_ERROR;
	return flow;
}

/* As long as good manners want it to.  For others it is written down now and
 * then: the seconds in it change, and what it waits for may. */
static enum flow
give_way(struct run *r, struct buf *why, struct diag *d)
{
	enum flow flow = FLOW_ON;
	double told = -TELL_EVERY;
	int wait;

	while (flow == FLOW_ON && r->wanted == WANTED_NOTHING) {
		buf_reset(why);
		if ((wait = manners_wait(&r->manners, why, d)) == -1)
			return sig_pending() != 0 && !db_lost(r->look) ?
			    run_should_stop(r) : FLOW_ERROR;
		if (wait == 0)
			break;
		if (clock_now() - told >= TELL_EVERY) {
			if (journal_state(r->journal, "running", buf_str(why),
			    d) == -1)
				return FLOW_ERROR;
			told = clock_now();
		}
		run_tell_wait(r, buf_str(why));
		flow = wait_slice(r, d);
	}
	return flow;
}

enum flow
run_wait(struct run *r, struct diag *d)
{
	struct buf why = BUF_INIT;
	enum flow flow;

	do {
		flow = run_should_stop(r);
		if (flow == FLOW_ON && r->wanted == WANTED_PAUSE)
			flow = pause(r, d);
		if (flow == FLOW_ON)
			flow = give_way(r, &why, d);
	} while (flow == FLOW_ON && r->wanted == WANTED_PAUSE);
	buf_free(&why);
	run_tell_wait(r, NULL);
	if (flow == FLOW_ON && r->wanted == WANTED_CANCEL)
		flow = FLOW_CANCEL;
	return flow;
}
