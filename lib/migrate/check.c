/*
 * The texts of `migrate dev' before anything is done.  The sentences are
 * Prisma's; the ways on are commands, and none of them is "reset" alone.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/shell.h"
#include "catalog/change.h"
#include "catalog/rename.h"
#include "db/target.h"
#include "db/url.h"
#include "migrate/check.h"
#include "migrate/dir.h"
#include "migrate/history.h"
#include "migrate/journal.h"
#include "migrate/newdir.h"
#include "migrate/site.h"

static void
add_failed(const struct migration_status *s, size_t n, struct buf *b)
{
	struct arena *mem = arena_new();
	const char *why, *url = site_hint(mem);
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i].state != STATE_FAILED)
			continue;
		why = journal_failure(mem, s[i].row->logs);
		if (why == NULL)
			why = "failed";
		buf_addf(b, "The migration `%s` %s%s.\n  when it is mended: "
		    "dbm migrate deploy%s --retry\n  when it was undone by "
		    "hand: dbm migrate resolve%s --rolled-back ", s[i].name,
		    strncmp(why, "failed", 6) == 0 ? "" : "failed: ", why,
		    url, url);
		shell_word(b, s[i].name);
		buf_addc(b, '\n');
	}
	arena_free(mem);
}

static void
add_edited(const struct migration_status *s, size_t n, struct buf *b)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!s[i].edited || s[i].migration == NULL)
			continue;
		buf_addf(b, "The migration `%s` was modified after it was "
		    "applied.\n  to undo the edit: git restore ", s[i].name);
		shell_word(b, s[i].migration->path);
		buf_adds(b, "\n  what it adds belongs into a new migration: "
		    "dbm migrate dev --create-only\n");
	}
}

/* What Prisma says of rows without a folder, up to their names. */
static void
add_divergence(const struct migration_status *s, size_t n, struct buf *b)
{
	const char *common = NULL;
	int behind = 0, apart = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		behind |= s[i].state == STATE_PENDING;
		apart |= behind || s[i].state == STATE_MISSING;
		if (s[i].state == STATE_APPLIED && !apart)
			common = s[i].name;
	}
	if (!behind) {
		buf_adds(b, "The following migration(s) are applied to the "
		    "database but missing from the local migrations "
		    "directory:");
		return;
	}
	buf_adds(b, "The migrations recorded in the database diverge from the "
	    "local migrations directory.");
	if (common != NULL)
		buf_addf(b, " Last common migration: `%s`.", common);
	buf_adds(b, " Applied and absent:");
}

static void
add_missing(const struct migration_status *s, size_t n, struct buf *b)
{
	size_t i, missing = 0;

	for (i = 0; i < n; i++) {
		if (s[i].state != STATE_MISSING)
			continue;
		if (missing == 0)
			add_divergence(s, n, b);
		buf_addf(b, "%s `%s`", missing++ > 0 ? "," : "", s[i].name);
	}
	if (missing > 0)
		buf_adds(b, "\n  they may be on another branch: bring their "
		    "folders back, or work with a database of this branch's "
		    "own\n");
}

void
check_history(const struct migration_status *s, size_t n, struct buf *b)
{
	add_failed(s, n, b);
	add_edited(s, n, b);
	add_missing(s, n, b);
}

/* How the database and the history are named to the other commands. */
static void
add_sides(struct buf *b, const struct site *site, int forward)
{
	const char *url = target_opts.url;
	struct buf dir = BUF_INIT, schema = BUF_INIT;

	shell_word(&dir, site->dir.path);
	shell_word(&schema, site->project.schema);
	if (url != NULL && url_looks_like(url))
		url = "URL";
	if (url != NULL)
		buf_addf(b, "dbm diff %s %s", forward ? buf_str(&dir) : url,
		    forward ? url : buf_str(&dir));
	else if (forward)
		buf_addf(b, "dbm migrate diff --script --from-migrations %s "
		    "--to-schema-datasource %s", buf_str(&dir),
		    buf_str(&schema));
	else
		buf_addf(b, "dbm migrate diff --script "
		    "--from-schema-datasource %s --to-migrations %s",
		    buf_str(&schema), buf_str(&dir));
	buf_free(&dir);
	buf_free(&schema);
}

static void
add_ways(struct arena *mem, const struct site *site, int first, struct buf *b)
{
	const char *name = newdir_name(mem, &site->dir, first ? "init" :
	    "adopt drift");
	const char *url = site_hint(mem);
	struct buf dir = BUF_INIT;

	shell_word(&dir, arena_printf(mem, "%s/%s", site->dir.path, name));
	buf_addf(b, "%s\n  mkdir -p %s\n  ", first ?
	    "To begin the history with what is there (a baseline):" :
	    "To keep it, as a migration:", buf_str(&dir));
	add_sides(b, site, 1);
	buf_addf(b, " >%s/migration.sql\n  dbm migrate resolve%s --applied "
	    "%s\n", buf_str(&dir), url, name);
	buf_free(&dir);
	if (first)
		return;
	buf_adds(b, "To undo it in the database, after a look at the SQL:\n"
	    "  ");
	add_sides(b, site, 0);
	buf_addf(b, " | dbm exec%s -\n", site_hint_database(mem));
}

/* Those that are not applied; tells how many. */
static size_t
add_pending(const struct migration_status *s, size_t n, struct buf *b)
{
	size_t i, found = 0;

	for (i = 0; i < n; i++)
		if (s[i].migration != NULL && s[i].state != STATE_APPLIED)
			buf_addf(b, "%s `%s`", found++ > 0 ? "," :
			    "Not applied, and so not counted in:", s[i].name);
	return found;
}

/* A comparison with the folder would take them for applied. */
static void
add_settle_first(struct arena *mem, struct buf *b)
{
	const char *url = site_hint(mem);

	buf_addf(b, "\nThese have to be settled first:\n  what the database "
	    "has already: dbm migrate resolve%s --applied NAME\n  what it "
	    "has not: dbm migrate deploy%s\nand then: dbm migrate dev%s\n",
	    url, url, url);
}

/* Neither way below keeps the data of what has a new name. */
static void
add_renames(struct arena *mem, const struct changes *changes, struct buf *b)
{
	struct rename_candidate *c;
	size_t i, n = rename_candidates(mem, changes, &c);
	struct buf one = BUF_INIT;

	if (n == 0)
		return;
	n = rename_likeliest(c, n);
	buf_adds(b, "This may be a rename:");
	for (i = 0; i < n; i++) {
		buf_reset(&one);
		rename_argument(&c[i], &one);
		buf_addf(b, "%s %s", i > 0 ? "," : "", buf_str(&one));
	}
	buf_adds(b, "\n  the SQL below drops the old and adds the new, without "
	    "the data: write ALTER TABLE ... RENAME in its place\n");
	buf_free(&one);
}

void
check_drift(struct arena *mem, const struct site *site,
    const struct changes *changes, int first,
    const struct migration_status *status, size_t n, struct buf *b)
{
	buf_adds(b, "Drift detected: Your database schema is not in sync with "
	    "your migration history.\nFrom what the migrations make to what "
	    "the database is:\n");
	changes_summary(changes, b);
	buf_addc(b, '\n');
	if (add_pending(status, n, b) > 0) {
		add_settle_first(mem, b);
		return;
	}
	add_renames(mem, changes, b);
	add_ways(mem, site, first, b);
}
