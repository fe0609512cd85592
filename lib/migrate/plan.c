/*
 * What `migrate dev' and `db push' are about to do: renames are settled, then
 * rows are counted, then people are asked.
 */
#include <string.h>

#include "base/arena.h"
#include "base/ask.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/counts.h"
#include "migrate/plan_priv.h"

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

/* Tells what is in the way and what may be lost.  0: go on. */
static int
confirm(struct arena *mem, const struct plan *p, const struct plan_case *c,
    struct diag *d)
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

/* Each table once. */
static void
tell_locked(const struct plan_case *c, const struct risks *risks)
{
	const char *table;
	size_t i, k;

	for (i = 0; i < risks->n; i++) {
		table = risks->item[i].locked;
		for (k = 0; table != NULL && k < i; k++)
			if (risks->item[k].locked != NULL &&
			    strcmp(risks->item[k].locked, table) == 0)
				table = NULL;
		if (table != NULL)
			c->say("table '%s' is locked by another session: its "
			    "rows were not counted", table);
	}
}

/* In a session of its own: scripts may have left others with anything. */
static int
count(struct arena *mem, const struct plan *p, const struct plan_case *c,
    struct diag *d)
{
	struct db *db;
	int rc;

	if (p->risks->n == 0)
		return 0;
	db = db_open(c->url, DB_READ_ONLY, d);
	if (db == NULL)
		return -1;
	rc = counts_take(mem, db, p->risks, d);
	tell_locked(c, p->risks);
	db_close(db);
	return rc;
}

int
plan_make(struct arena *mem, const struct plan_case *c, struct plan *plan,
    struct diag *d)
{
	struct renames renames = { 0 };
	struct changes *changes = plan_renames(mem, c, &renames, d);

	if (changes == NULL)
		return -1;
	plan->changes = renames_first(mem, &renames, changes);
	plan->risks = risks_find(mem, plan->changes);
	if (count(mem, plan, c, d) == -1)
		return -1;
	return confirm(mem, plan, c, d);
}
