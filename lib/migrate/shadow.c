/*
 * The replay, and what is remembered of it.  The key of a result is a digest
 * of all it depends on; that of the scripts is a chain, so that a list which
 * goes on after another is seen to.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/sig.h"
#include "base/version.h"
#include "catalog/catalog.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "migrate/cache.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/replay.h"
#include "migrate/shadow_priv.h"

#define LAYOUT 1 /* changes with what a cached result means */

struct shadow *
shadow_open(struct arena *mem, const struct shadow_opts *o)
{
	struct shadow *s = arena_new_of(mem, struct shadow);

	s->mem = mem;
	s->o = o;
	s->schema = o->schema != NULL ? o->schema : "public";
	s->ns = o->nns > 0 ? o->ns : &s->schema;
	s->nns = o->nns > 0 ? o->nns : 1;
	s->way = WAY__MAX;
	return s;
}

int
shadow_is_running(const struct shadow *s)
{
	return s->way != WAY__MAX;
}

void
shadow_close(struct shadow *s)
{
	ways_close(s);
}

static int
read_scripts(struct shadow *s, const struct migration_dir *dir,
    struct scripts *out, struct diag *d)
{
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	out->dir = dir;
	out->text = arena_array(s->mem, struct buf, dir->n + 1);
	out->chain = arena_alloc(s->mem, sizeof(*out->chain) * (dir->n + 1));
	for (i = 0; i < dir->n && rc == 0; i++) {
		rc = dir_load(&dir->migration[i], &out->text[i], d);
		buf_reset(&b);
		buf_addf(&b, "%s %zu\n", out->chain[i], out->text[i].len);
		buf_add(&b, buf_str(&out->text[i]), out->text[i].len);
		checksum(b.data, b.len, out->chain[i + 1]);
	}
	buf_free(&b);
	return rc;
}

static void
free_scripts(struct scripts *scripts)
{
	for (size_t i = 0; i < scripts->dir->n; i++)
		buf_free(&scripts->text[i]);
}

/* Of the result: of all it depends on. */
static void
make_key(const struct shadow *s, const struct scripts *scripts,
    enum shadow_way way, char key[CHECKSUM_SIZE])
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_addf(&b, "dbm %s %d\n%d %s\n", DBM_VERSION, LAYOUT, (int)way,
	    way_version(s, way));
	buf_addf(&b, "schema %s\n", s->schema);
	for (i = 0; i < s->nns; i++)
		buf_addf(&b, "ns %zu %s\n", strlen(s->ns[i]), s->ns[i]);
	for (i = 0; i < s->nroles; i++)
		buf_addf(&b, "role %zu %s\n", strlen(s->role[i]), s->role[i]);
	buf_addf(&b, "%s\n", scripts->chain[scripts->dir->n]);
	checksum(b.data, b.len, key);
	buf_free(&b);
}

/* 1: it was there */
static int
from_cache(struct shadow *s, const char *key, struct catalog **out)
{
	struct diag ignored = DIAG_INIT;
	struct introspection rows;
	struct buf b = BUF_INIT;
	int found;

	found = cache_get(key, &b) == 0 &&
	    introspect_load(s->mem, buf_str(&b), b.len, &rows) == 0 &&
	    introspect_catalog(s->mem, &rows, out, &ignored) == 0;
	buf_free(&b);
	diag_free(&ignored);
	return found;
}

static int
describe(struct shadow *s, const char *key, struct catalog **out,
    struct diag *d)
{
	struct db *db = db_open(&s->url, DB_READ_ONLY, d);
	struct introspection rows;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (db != NULL)
		rc = introspect_read(s->mem, db, s->ns, s->nns, 0, &rows, d);
	db_close(db);
	if (rc == 0)
		rc = introspect_catalog(s->mem, &rows, out, d);
	if (rc == 0) {
		introspect_save(&rows, &b);
		cache_put(key, &b);
	}
	buf_free(&b);
	return rc;
}

static int
failed(const struct migration *m, struct diag *d)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, buf_str(&d->text));
	diag_set(d, "P3006: migration '%s' failed to apply cleanly to the "
	    "shadow database: %s", m->name, buf_str(&b));
	buf_free(&b);
	return -1;
}

/*
 * From where the last list has come to, if this one goes on after it.
 * *replayed: it has come to the scripts.
 */
static int
replay(struct shadow *s, const struct scripts *scripts, int *replayed,
    struct diag *d)
{
	struct arena *scratch = arena_new();
	size_t i = s->done;
	int rc = 0;

	if (s->db == NULL || i > scripts->dir->n ||
	    strcmp(scripts->chain[i], s->done_chain) != 0) {
		rc = way_empty(s, d);
		i = 0;
	}
	*replayed = rc == 0;
	for (; rc == 0 && i < scripts->dir->n; i++) {
		rc = replay_script(s->db, scratch, &scripts->dir->migration[i],
		    &scripts->text[i], s->way == WAY_PRIVATE, d);
		if (rc == -1 && sig_pending() == 0)
			failed(&scripts->dir->migration[i], d);
		arena_reset(scratch);
	}
	s->done = i;
	strlcpy(s->done_chain, scripts->chain[i], sizeof(s->done_chain));
	arena_free(scratch);
	return rc;
}

/*
 * What has come of the ways so far.  The first replay that failed is what is
 * told, in d; of the others only why they were no help.
 */
struct attempts {
	struct diag *d, later;
	struct buf reasons;
	int told;
};

static void
turn_away(struct shadow *s, enum shadow_way way, struct attempts *a,
    const struct diag *why, int replayed)
{
	const char *text = buf_str(&why->text);

	if (s->o->whisper != NULL)
		s->o->whisper("shadow: %s: %s", way_name[way], text);
	if (replayed && !a->told) {
		a->told = 1;
		return;
	}
	/* the same again is no news */
	if (why == a->d || strcmp(text, buf_str(&a->d->text)) != 0)
		buf_addf(&a->reasons, "%s%s: %s", a->reasons.len > 0 ? "; " :
		    "", way_name[way], text);
}

static void
tell(struct attempts *a)
{
	struct buf hint = BUF_INIT;

	if (a->told) {
		buf_addf(&hint, "%s%s%s", buf_str(&a->d->hint),
		    a->d->hint.len > 0 && a->reasons.len > 0 ? "\n" : "",
		    buf_str(&a->reasons));
		if (hint.len > 0)
			diag_hint(a->d, "%s", buf_str(&hint));
		buf_free(&hint);
		return;
	}
	diag_reset(a->d);
	diag_hint(a->d, "install PostgreSQL's server programs on this machine, "
	    "set shadowDatabaseUrl, or GRANT CREATEDB to the role");
	diag_set(a->d, "P3014: the history cannot be replayed: %s",
	    a->reasons.len > 0 ? buf_str(&a->reasons) : "there is no server "
	    "for it");
}

static int
one_way(struct shadow *s, enum shadow_way way, const struct scripts *scripts,
    struct catalog **out, int *replayed, struct diag *d)
{
	char key[CHECKSUM_SIZE];

	if (s->way != way && way_open(s, way, d) == -1)
		return -1;
	/* also where it is open: this list may name more than the last */
	if (way == WAY_PRIVATE && roles_make(s, d) == -1)
		return -1;
	if (replay(s, scripts, replayed, d) == -1) {
		ways_close(s);
		return -1;
	}
	make_key(s, scripts, way, key);
	return describe(s, key, out, d);
}

static int
all_ways(struct shadow *s, const struct scripts *scripts,
    struct catalog **out, struct diag *d)
{
	struct attempts a = { .d = d };
	enum shadow_way way;
	struct diag *now;
	int replayed, rc = -1;

	for (way = 0; way < WAY__MAX && rc == -1; way++) {
		if (!way_exists(s, way))
			continue;
		now = a.told ? &a.later : d;
		diag_reset(now);
		replayed = 0;
		rc = one_way(s, way, scripts, out, &replayed, now);
		if (sig_pending() != 0)
			break;
		if (rc == -1)
			turn_away(s, way, &a, now, replayed);
	}
	if (rc == 0)
		diag_reset(d);
	else if (sig_pending() == 0)
		tell(&a);
	buf_free(&a.reasons);
	diag_free(&a.later);
	return rc;
}

int
shadow_catalog(struct shadow *s, const struct migration_dir *dir,
    struct catalog **out, struct diag *d)
{
	struct scripts scripts;
	char key[CHECKSUM_SIZE];
	enum shadow_way way;
	int rc;

	rc = read_scripts(s, dir, &scripts, d);
	if (rc == 0)
		rc = roles_find(s, &scripts, d);
	for (way = 0; way < WAY__MAX && rc == 0; way++) {
		if (!way_exists(s, way))
			continue;
		make_key(s, &scripts, way, key);
		if (from_cache(s, key, out)) {
			free_scripts(&scripts);
			return 0;
		}
	}
	if (rc == 0)
		rc = all_ways(s, &scripts, out, d);
	free_scripts(&scripts);
	return rc;
}
