/*
 * Renames are settled first: every one that is agreed to changes what else
 * is different, so that the comparison is made again.
 */
#include <string.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/shell.h"
#include "base/sig.h"
#include "catalog/catalog.h"
#include "db/target.h"
#include "db/url.h"
#include "migrate/plan.h"

struct plan_opts plan_opts;

const struct opt opt_plan[] = {
	OPT_LIST(0, "rename", "OLD=NEW", &plan_opts.rename,
	    "a table, or TABLE.COLUMN, that has a new name"),
	OPT_FLAG(0, "no-rename", &plan_opts.no_rename,
	    "nothing else is renamed: drop it, and add the other"),
	OPT_FLAG(0, "accept-data-loss", &plan_opts.accept,
	    "go on in spite of warnings"),
	OPT_END
};

const char *
plan_database(struct arena *mem)
{
	const char *url = target_opts.url;

	return url == NULL ? "" : arena_printf(mem, " --url %s",
	    url_looks_like(url) ? "URL" : url);
}

struct work {
	struct arena *mem;
	struct catalog *from;
	const struct catalog *to;
	const char *command;
	struct renames renames;
	struct changes *changes;
	const char **declined;
	size_t ndeclined;
	struct diag *d;
};

static int
is_declined(const struct work *w, const char *argument)
{
	for (size_t i = 0; i < w->ndeclined; i++)
		if (strcmp(w->declined[i], argument) == 0)
			return 1;
	return 0;
}

static void
decline(struct work *w, const char *argument)
{
	const char **more = arena_array(w->mem, const char *,
	    w->ndeclined + 1);

	if (w->ndeclined > 0)
		memcpy(more, w->declined, w->ndeclined * sizeof(*more));
	more[w->ndeclined++] = arena_strdup(w->mem, argument);
	w->declined = more;
}

static void
add_question(struct buf *b, const struct rename_candidate *c)
{
	if (c->from == NULL)
		buf_addf(b, "Was the table `%s` renamed to `%s`? Else it is "
		    "dropped, with its data.", c->from_table->name,
		    c->to_table->name);
	else
		buf_addf(b, "Was the column `%s` of `%s` renamed to `%s`? "
		    "Else it is dropped, with its data.", c->from->name,
		    c->from_table->name, c->to->name);
}

/* 1: renamed; 0: all are declined; -1: nobody is there to ask */
static int
ask_for_one(struct work *w)
{
	struct rename_candidate *c;
	struct buf arg = BUF_INIT, question = BUF_INIT;
	size_t i, n = rename_candidates(w->mem, w->changes, &c);
	int yes = 0;

	for (i = 0; i < n && yes == 0; i++) {
		buf_reset(&arg);
		rename_argument(&c[i], &arg);
		if (is_declined(w, buf_str(&arg)))
			continue;
		buf_reset(&question);
		add_question(&question, &c[i]);
		yes = ask(buf_str(&question), "--rename or --no-rename",
		    w->d);
		if (yes == 1)
			rename_accept(w->mem, w->from, &c[i], &w->renames);
		else if (yes == 0)
			decline(w, buf_str(&arg));
	}
	buf_free(&arg);
	buf_free(&question);
	return yes;
}

static int
is_taken(const struct rename_candidate *c, const struct rename_candidate *by)
{
	if (by->from == NULL && c->from == NULL)
		return c->from_table == by->from_table ||
		    c->to_table == by->to_table;
	return c->from == by->from || c->to == by->to;
}

/* Each old and each new name once, the likeliest pairs. */
static void
add_arguments(const struct work *w, struct buf *names, struct buf *options)
{
	struct rename_candidate *c;
	size_t i, k, n = rename_candidates(w->mem, w->changes, &c), kept = 0;
	struct buf one = BUF_INIT;

	for (i = 0; i < n; i++) {
		for (k = 0; k < kept && !is_taken(&c[i], &c[k]); k++)
			continue;
		if (k < kept)
			continue;
		c[kept++] = c[i];
		buf_reset(&one);
		rename_argument(&c[i], &one);
		buf_addf(names, "%s%s", names->len > 0 ? ", " : "",
		    buf_str(&one));
		buf_adds(options, " --rename ");
		shell_word(options, buf_str(&one));
	}
	buf_free(&one);
}

/* What was typed, with the renames that were agreed to so far. */
static void
add_command(const struct work *w, struct buf *b)
{
	buf_adds(b, w->command);
	for (size_t i = 0; i < plan_opts.rename.n; i++) {
		buf_adds(b, " --rename ");
		shell_word(b, plan_opts.rename.item[i]);
	}
}

static int
stop(struct work *w)
{
	struct buf names = BUF_INIT, options = BUF_INIT, typed = BUF_INIT;

	add_arguments(w, &names, &options);
	add_command(w, &typed);
	diag_reset(w->d);
	w->d->status = EXIT_FOUND;
	diag_set(w->d, "this may be a rename: %s", buf_str(&names));
	diag_hint(w->d, "to rename, and keep the data:\n  %s%s\nto drop, and "
	    "add anew:\n  %s --no-rename", buf_str(&typed),
	    buf_str(&options), buf_str(&typed));
	buf_free(&names);
	buf_free(&options);
	buf_free(&typed);
	return -1;
}

static int
settle_renames(struct work *w)
{
	struct rename_candidate *c;
	int answer;

	for (;;) {
		w->changes = catalog_diff(w->mem, w->from, w->to);
		w->changes->mended = 1; /* it is going to run */
		if (plan_opts.no_rename ||
		    rename_candidates(w->mem, w->changes, &c) == 0)
			return 0;
		answer = ask_for_one(w);
		if (answer == 0)
			return 0;
		if (answer == -1)
			return sig_pending() != 0 ? -1 : stop(w);
	}
}

int
plan_make(struct arena *mem, struct catalog *from, const struct catalog *to,
    const char *command, struct plan *plan, struct diag *d)
{
	struct work w = { .mem = mem, .from = from, .to = to,
		.command = command, .d = d };
	size_t i;

	for (i = 0; i < plan_opts.rename.n; i++)
		if (catalog_rename(mem, from, to, plan_opts.rename.item[i],
		    &w.renames, d) == -1)
			return -1;
	if (settle_renames(&w) == -1)
		return -1;
	plan->changes = renames_first(mem, &w.renames, w.changes);
	plan->risks = risks_find(mem, plan->changes);
	return 0;
}

static size_t
list(const struct plan *p, enum risk_level least, enum risk_level most,
    struct buf *b)
{
	enum risk_level level;
	size_t i, n = 0;

	for (i = 0; i < p->risks->n; i++) {
		level = risk_level(&p->risks->item[i]);
		if (level < least || level > most)
			continue;
		buf_addf(b, "\n  • Step %zu ", p->risks->item[i].step);
		risk_text(&p->risks->item[i], b);
		n++;
	}
	return n;
}

static int
refuse(struct arena *mem, const struct plan *p, const struct plan_case *c,
    struct diag *d)
{
	struct buf hint = BUF_INIT;

	plan_advice(mem, p, c->push, &hint);
	if (!c->push)
		buf_addf(&hint, "%sor write it and mend it by hand: %s "
		    "--create-only", hint.len > 0 ? "\n" : "", c->command);
	diag_hint(d, "%s", buf_str(&hint));
	buf_free(&hint);
	return diag_set(d, "rows of the database are in the way; nothing was "
	    "%s", c->push ? "changed" : "written");
}

static int
ask_to_go_on(const struct plan_case *c, struct diag *d)
{
	int answer;

	if (plan_opts.accept || c->written)
		return 0;
	answer = c->push ? ask("Do you want to ignore the warning(s)?",
	    "--accept-data-loss", d) : ask("Are you sure you want to create "
	    "and apply this migration?", "--accept-data-loss (or "
	    "--create-only, which writes the migration and does not apply "
	    "it)", d);
	if (answer == 0)
		return diag_set(d, "cancelled, nothing was %s", c->push ?
		    "changed" : "written");
	return answer == 1 ? 0 : -1;
}

int
plan_confirm(struct arena *mem, const struct plan *p,
    const struct plan_case *c, struct diag *d)
{
	struct buf blocked = BUF_INIT, warnings = BUF_INIT;
	int rc = 0;

	if (list(p, RISK_BLOCKED, RISK_BLOCKED, &blocked) > 0)
		c->say("We found changes that cannot be executed:\n%s\n",
		    buf_str(&blocked));
	if (list(p, RISK_MAY_FAIL, RISK_DESTRUCTIVE, &warnings) > 0)
		c->say("%s:\n%s\n", c->push ? "There might be data loss when "
		    "applying the changes" : "Warnings for the current "
		    "datasource", buf_str(&warnings));
	if (blocked.len > 0 && !c->written)
		rc = refuse(mem, p, c, d);
	else if (warnings.len > 0)
		rc = ask_to_go_on(c, d);
	buf_free(&blocked);
	buf_free(&warnings);
	return rc;
}
