/* Shows a change or does it: the order of things, common to all of them. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/shell.h"
#include "batch/change.h"
#include "batch/perform.h"
#include "batch/preview.h"
#include "batch/tell.h"
#include "db/conn.h"

/* --- showing --- */

static int
show_change(struct perform *p, struct change *c, struct diag *d)
{
	struct preview v = { 0 };
	struct out *out;

	c->keeps = p->keep_before;
	if (preview_change(p->mem, c, run_options.batch_time,
	    run_options.most, &v, d) == -1)
		return -1;
	p->rows = v.rows;
	out = out_open(tell_preview_columns, TELL_PREVIEW_COLUMNS);
	tell_preview(out, p->mem, c, &v, p->command);
	out_close(out);
	return 0;
}

static void
show_undo(struct perform *p, const struct undo *u)
{
	struct out *out;

	out = out_open(tell_preview_columns, TELL_PREVIEW_COLUMNS);
	tell_undo(out, p->mem, u, p->command);
	out_close(out);
}

/* --- doing --- */

/* A run that is ours: every batch is told, and what came of it. */
static int
do_job(struct perform *p, const struct job *job, struct journal *j,
    struct diag *d)
{
	struct tell tell = { .mem = p->mem, .job = job };
	struct run_hooks hooks;
	int rc;

	if (out_opts.json || !tell_on_terminal())
		tell.out = out_open(tell_batch_columns, TELL_BATCH_COLUMNS);
	tell_begin(&tell, j);
	hooks = tell_hooks(&tell);
	rc = run_job(p->on->db, p->on->look, job, j, &run_options, &hooks,
	    &p->result, d);
	tell_end(&tell, j, rc == 0 ? &p->result : NULL);
	if (tell.out != NULL)
		out_close(tell.out);
	return rc;
}

/* What was there when it began has to be kept before its first batch. */
static int
do_change(struct perform *p, struct change *c, struct journal *j,
    struct job *job, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	int rc;

	if (keep_prepare(c, j, p->keep_before, d) == -1) {
		if (!db_lost(p->on->db))
			journal_fail(j, buf_str(&d->text), &ignored);
		diag_free(&ignored);
		return -1;
	}
	change_job(c, job);
	job->kind = p->kind;
	job->options = p->options;
	if (p->name != NULL)
		job->name = p->name;
	rc = do_job(p, job, j, d);
	if (rc == 0 && p->result.end != RUN_STOPPED)
		rc = keep_done(c, j, d);
	return rc;
}

/* What it is to wait for has to be seen: before anything is written. */
static int
check_manners(const struct perform *p, const struct table *t,
    const char *path, struct diag *d)
{
	struct manners m = { .mem = p->mem, .db = p->on->look, .table = t,
		.o = &run_options.manners, .path = path };

	return manners_open(&m, d);
}

int
perform_change(struct perform *p, struct change *c, struct diag *d)
{
	struct job job = { 0 };
	struct journal j = { .mem = p->mem, .db = p->on->db };
	int rc;

	if (check_manners(p, c->table, c->path, d) == -1)
		return -1;
	if (!p->execute)
		return show_change(p, c, d);
	if ((p->keep_before || c->once) && keep_check(p->on->db, d) == -1)
		return -1;
	change_job(c, &job);
	job.kind = p->kind;
	job.options = p->options;
	if (p->name != NULL)
		job.name = p->name;
	job.keeps = p->keep_before;
	if (journal_claim(&j, &job, run_options.wait, d) == -1)
		return -1;
	rc = do_change(p, c, &j, &job, d);
	journal_release(&j);
	return rc;
}

int
perform_undo(struct perform *p, struct undo *u, struct diag *d)
{
	struct journal j = { .mem = p->mem, .db = p->on->db };
	struct job job = { 0 };
	int rc;

	if (undo_count(u, d) == -1)
		return -1;
	if (!p->execute) {
		show_undo(p, u);
		return 0;
	}
	undo_job(u, &job);
	job.options = p->options;
	if (check_manners(p, u->table, job.path, d) == -1 ||
	    undo_begin(u, d) == -1 ||
	    journal_claim(&j, &job, run_options.wait, d) == -1)
		return -1;
	rc = do_job(p, &job, &j, d);
	if (rc == 0)
		rc = undo_end(u, &j, &p->result, d);
	journal_release(&j);
	if (rc == 0 && u->changed > 0)
		note("%s: %lld row%s changed since, and left so",
		    u->table->shown, u->changed, u->changed == 1 ? " was" :
		    "s were");
	if (rc == 0 && u->gone > 0)
		note("%s: %lld row%s not there any more", u->table->shown,
		    u->gone, u->gone == 1 ? " is" : "s are");
	return rc;
}

int
perform_status(const struct perform *p)
{
	if (!p->execute)
		return EXIT_DONE;
	return p->result.end != RUN_DONE || p->result.left > 0 ?
	    EXIT_FOUND : EXIT_DONE;
}

/* Operands first, unless they look like options. */
static void
add_operands(struct buf *b, char *const *operand, size_t n, int last)
{
	size_t i;

	if ((n > 0 && operand[0][0] == '-' && operand[0][1] != '\0') != last)
		return;
	buf_adds(b, last ? " --" : "");
	for (i = 0; i < n; i++) {
		buf_addc(b, ' ');
		shell_word(b, operand[i]);
	}
}

char *
perform_command(const struct perform *p, const char *name,
    char *const *operand, size_t n, int execute)
{
	const void *except[] = { p->execute_option, p->dry_run_option };
	struct buf b = BUF_INIT, safe = BUF_INIT;
	char *text;

	buf_adds(&b, name);
	add_operands(&b, operand, n, 0);
	opt_given(&b, except, 2);
	buf_adds(&b, execute ? " --execute" : "");
	add_operands(&b, operand, n, 1);
	diag_redact(&safe, buf_str(&b)); /* a URL may hold a password */
	text = arena_strdup(p->mem, buf_str(&safe));
	buf_free(&b);
	buf_free(&safe);
	return text;
}
