/* What `migrate dev' has to know before it does anything. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "catalog/change.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/target.h"
#include "migrate/check.h"
#include "migrate/dev.h"
#include "migrate/lock.h"
#include "migrate/open.h"
#include "schema/schema.h"

int
dev_open(struct dev *w, struct diag *d)
{
	if (site_open(w->mem, TARGET_SESSION, &w->site, d) == -1 ||
	    open_schema(w->mem, &w->site, &w->schema, d) == -1)
		return -1;
	w->ns = open_namespaces(w->mem, &w->site, w->schema, &w->nns);
	w->db = open_database(&w->site, &w->created, d);
	if (w->db == NULL || migrate_lock(w->db, d) == -1)
		return -1;
	/* another run may have written one while we waited for the lock */
	if (dir_read(w->mem, w->site.dir.path, &w->site.dir, d) == -1 ||
	    history_read(w->db, w->mem, w->ns, w->nns, &w->history, d) == -1 ||
	    history_writable(w->db, &w->history, d) == -1)
		return -1;
	w->status = history_compare(w->mem, &w->site.dir, &w->history, 0,
	    &w->n);
	return 0;
}

void
dev_close(struct dev *w)
{
	if (w->shadow != NULL)
		shadow_close(w->shadow);
	w->shadow = NULL;
	db_close(w->db);
	w->db = NULL;
}

/* The folders that have been applied, in their order. */
static void
take_applied(struct dev *w, struct migration_dir *dir)
{
	size_t i;

	dir->path = w->site.dir.path;
	dir->migration = arena_array(w->mem, struct migration, w->n + 1);
	for (i = 0; i < w->n; i++)
		if (w->status[i].state == STATE_APPLIED)
			dir->migration[dir->n++] = *w->status[i].migration;
		else
			w->pending += w->status[i].migration != NULL;
}

static int
find_drift(struct dev *w, struct buf *text, struct diag *d)
{
	struct changes *changes;
	struct catalog *actual;

	if (introspect(w->mem, w->db, w->ns, w->nns, 0, &actual, d) == -1)
		return -1;
	/* as Prisma: extensions count where the schema may list them */
	if (!(w->schema->preview & PREVIEW_EXTENSIONS))
		actual->nextensions = 0;
	changes = catalog_diff(w->mem, w->base, actual);
	if (changes->n == 0)
		return 0;
	check_drift(w->mem, &w->site, changes, w->history.n == 0, w->status,
	    w->n, text);
	return 1;
}

int
dev_check(struct dev *w, struct buf *text, struct diag *d)
{
	struct migration_dir applied = { 0 };
	int rc;

	check_history(w->status, w->n, text);
	if (text->len > 0)
		return 1;
	w->shadow_opts = (struct shadow_opts){ .project = &w->site.project,
		.url = &w->site.url, .db = w->db,
		.schema = w->site.url.schema, .ns = w->ns, .nns = w->nns,
		.whisper = verbose };
	w->shadow = shadow_open(w->mem, &w->shadow_opts);
	take_applied(w, &applied);
	if (shadow_catalog(w->shadow, &applied, &w->base, d) == -1)
		return -1;
	rc = find_drift(w, text, d);
	/* and that all pending scripts run, before the first of them does */
	if (rc == 0 && w->pending > 0)
		rc = shadow_catalog(w->shadow, &w->site.dir, &w->base, d);
	return rc;
}

void
dev_remember(struct dev *w)
{
	struct diag ignored = DIAG_INIT;
	struct migration_dir dir;
	struct catalog *catalog;

	if (w->shadow != NULL && shadow_is_running(w->shadow) &&
	    dir_read(w->mem, w->site.dir.path, &dir, &ignored) == 0)
		shadow_catalog(w->shadow, &dir, &catalog, &ignored);
	diag_free(&ignored);
}
