/*
 * Every rename that is agreed to changes what else is different, so that the
 * comparison is made again.
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
#include "migrate/plan_priv.h"

struct work {
	struct arena *mem;
	const struct plan_case *c;
	struct renames *renames;
	struct changes *changes;
	const char **declined, **agreed;
	size_t ndeclined, nagreed;
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
note_answer(struct work *w, const char ***list, size_t *n,
    const char *argument)
{
	const char **more = arena_array(w->mem, const char *, *n + 1);

	if (*n > 0)
		memcpy(more, *list, *n * sizeof(*more));
	more[(*n)++] = arena_strdup(w->mem, argument);
	*list = more;
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

/* No drops data, as yes keeps it: what is neither is no answer, -1. */
static int
ask_which(struct buf *question)
{
	struct buf line = BUF_INIT;
	char c;

	buf_adds(question, " [y/n]");
	c = ask_line(buf_str(question), &line) == 1 ? *buf_str(&line) : '\0';
	buf_free(&line);
	return c == 'y' || c == 'Y' ? 1 : c == 'n' || c == 'N' ? 0 : -1;
}

/* 1: renamed; 0: all are declined; -1: nobody is there, or answers */
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
		yes = ask_which(&question);
		if (yes == 1) {
			rename_accept(w->mem, w->c->from, &c[i],
			    w->renames);
			note_answer(w, &w->agreed, &w->nagreed,
			    buf_str(&arg));
		} else if (yes == 0)
			note_answer(w, &w->declined, &w->ndeclined,
			    buf_str(&arg));
	}
	buf_free(&arg);
	buf_free(&question);
	return yes;
}

static void
add_arguments(const struct work *w, struct buf *names, struct buf *options)
{
	struct rename_candidate *c;
	size_t i, n = rename_candidates(w->mem, w->changes, &c);
	struct buf one = BUF_INIT;

	n = rename_likeliest(c, n);
	for (i = 0; i < n; i++) {
		buf_reset(&one);
		rename_argument(&c[i], &one);
		buf_addf(names, "%s%s", i > 0 ? ", " : "", buf_str(&one));
		buf_adds(options, " --rename ");
		shell_word(options, buf_str(&one));
	}
	buf_free(&one);
}

/* What was typed, with the renames that were agreed to so far. */
static void
add_command(const struct work *w, struct buf *b)
{
	buf_adds(b, w->c->command);
	for (size_t i = 0; i < plan_opts.rename.n; i++) {
		buf_adds(b, " --rename ");
		shell_word(b, plan_opts.rename.item[i]);
	}
	for (size_t i = 0; i < w->nagreed; i++) {
		buf_adds(b, " --rename ");
		shell_word(b, w->agreed[i]);
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
settle(struct work *w)
{
	struct rename_candidate *c;
	int answer;

	for (;;) {
		w->changes = catalog_diff(w->mem, w->c->from, w->c->to);
		w->changes->mended = 1; /* it is going to run */
		if (plan_opts.no_rename ||
		    rename_candidates(w->mem, w->changes, &c) == 0)
			return 0;
		answer = ask_for_one(w);
		if (answer == 0)
			return 0;
		if (answer == -1)
			return sig_pending() != 0 ? diag_set(w->d,
			    "interrupted") : stop(w);
	}
}

struct changes *
plan_renames(struct arena *mem, const struct plan_case *c,
    struct renames *renames, struct diag *d)
{
	struct work w = { .mem = mem, .c = c, .renames = renames, .d = d };
	size_t i;

	for (i = 0; i < plan_opts.rename.n; i++)
		if (catalog_rename(mem, c->from, c->to,
		    plan_opts.rename.item[i], renames, d) == -1)
			return NULL;
	return settle(&w) == -1 ? NULL : w.changes;
}
