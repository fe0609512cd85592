/*
 * Where the two sides of a comparison come from.  All files are read before
 * anything is asked of the environment or a server, so that what is wrong in
 * them is told first, and files alone need neither.
 */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/target.h"
#include "migrate/dir.h"
#include "migrate/shadow.h"
#include "migrate/side.h"
#include "schema/finding.h"
#include "schema/project.h"
#include "schema/schema.h"

struct sides {
	struct arena *mem;
	const struct sides_opts *opts;
	struct project *project; /* NULL: not needed yet */
	const char *const *ns;	 /* to look at */
	size_t nns;
	const char *default_ns;
	struct diag *d;
};

static int
is_history(const char *path)
{
	struct arena *mem = arena_new();
	struct migration_dir dir;
	struct diag d = DIAG_INIT;
	int yes;

	yes = file_exists(arena_printf(mem, "%s/migration_lock.toml", path));
	if (!yes && dir_read(mem, path, &dir, &d) == 0)
		for (size_t i = 0; i < dir.n; i++)
			yes |= file_exists(dir.migration[i].path);
	diag_free(&d);
	arena_free(mem);
	return yes;
}

void
side_of(const char *operand, struct side *s)
{
	*s = (struct side){ .kind = SIDE_DATABASE, .text = operand };
	if (strcmp(operand, "empty") == 0)
		s->kind = SIDE_EMPTY;
	else if (file_is_dir(operand))
		s->kind = is_history(operand) ? SIDE_HISTORY : SIDE_SCHEMA;
	else if (file_exists(operand) || strcmp(operand, "-") == 0)
		s->kind = SIDE_SCHEMA;
}

/* --- schemas --- */

static int
same_texts(const struct sources *a, const struct sources *b)
{
	if (a->n != b->n)
		return 0;
	for (size_t i = 0; i < a->n; i++)
		if (a->file[i].len != b->file[i].len ||
		    memcmp(a->file[i].text, b->file[i].text, a->file[i].len))
			return 0;
	return 1;
}

/* A text that the other side has already is not parsed again. */
static int
read_schema(struct sides *x, struct side *s, const struct side *other)
{
	struct sources *sources = arena_new_of(x->mem, struct sources);
	struct findings f;

	if (sources_read(x->mem, s->text, sources, x->d) == -1)
		return -1;
	if (other->schema != NULL &&
	    same_texts(sources, other->schema->ast->sources)) {
		s->schema = other->schema;
		return 0;
	}
	findings_init(&f, x->mem);
	s->schema = schema_resolve(x->mem, ast_parse(x->mem, sources, &f), &f);
	if (f.nerrors == f.nurls) /* what is compared needs none */
		return 0;
	findings_to_diag(&f, sources, x->d);
	if (f.nerrors > 1)
		diag_hint(x->d, "%zu more: 'dbm validate %s' lists all",
		    f.nerrors - 1, s->text);
	return -1;
}

static const struct schema_datasource *
datasource_of(const struct side *s)
{
	return s->schema != NULL ? s->schema->datasource : NULL;
}

/* --- databases --- */

/* The project here, found when something of it is needed. */
static struct project *
need_project(struct sides *x)
{
	struct project *p = arena_new_of(x->mem, struct project);

	if (x->project == NULL &&
	    project_load(x->mem, &project_opts, p, x->d) == 0)
		x->project = p;
	return x->project;
}

/* The one of another schema. */
static struct project *
project_of(struct sides *x, const char *schema)
{
	struct project *p = arena_new_of(x->mem, struct project);
	struct project_opts opts = project_opts;

	opts.schema = schema;
	return project_load(x->mem, &opts, p, x->d) == 0 ? p : NULL;
}

static int
resolve_url(struct sides *x, struct side *s)
{
	const char *name = s->kind == SIDE_DATABASE ? s->text : NULL;
	struct project *p;

	if (name != NULL && !url_looks_like(name) &&
	    (*name == '\0' || strpbrk(name, "/.") != NULL))
		return diag_set(x->d, "there is no file or folder '%s'", name);
	p = s->kind == SIDE_DATASOURCE && s->text != NULL ?
	    project_of(x, s->text) : need_project(x);
	if (p == NULL)
		return -1;
	return target_resolve(x->mem, p, name, 0, &s->url, x->d);
}

static int
is_database(const struct side *s)
{
	return s->kind == SIDE_DATABASE || s->kind == SIDE_DATASOURCE;
}

/* What the schemas say, else the URL's schema, else public. */
static void
choose_namespaces(struct sides *x, const struct side *from,
    const struct side *to)
{
	const struct side *side[2] = { to, from };
	const struct schema_datasource *ds;
	const char **one = arena_new_of(x->mem, const char *);

	x->default_ns = "public";
	for (int i = 0; i < 2; i++)
		if (is_database(side[i]))
			x->default_ns = side[i]->url.schema;
	*one = x->default_ns;
	x->ns = one;
	x->nns = 1;
	for (int i = 0; i < 2; i++) {
		ds = datasource_of(side[i]);
		if (ds != NULL && ds->nschemas > 0) {
			x->ns = ds->schemas;
			x->nns = ds->nschemas;
			return;
		}
	}
}

static int
read_database(struct sides *x, struct side *s)
{
	struct db *db = db_open(&s->url, DB_READ_ONLY, x->d);
	int rc;

	if (db == NULL)
		return -1;
	rc = introspect(x->mem, db, x->ns, x->nns, 0, &s->catalog, x->d);
	db_close(db);
	return rc;
}

/* --- histories --- */

static int
read_history(struct sides *x, struct side *s)
{
	struct migration_dir dir;
	struct shadow *shadow;
	struct shadow_opts opts = { .schema = x->default_ns, .ns = x->ns,
		.nns = x->nns, .whisper = verbose };
	int rc;

	if (!file_is_dir(s->text))
		return diag_set(x->d, "there is no folder '%s'", s->text);
	if (dir_read(x->mem, s->text, &dir, x->d) == -1 ||
	    dir_check_provider(&dir, x->d) == -1 ||
	    need_project(x) == NULL)
		return -1;
	if (x->opts->shadow_url != NULL)
		x->project->datasource.shadow_url = (struct ds_value){
			.literal = x->opts->shadow_url, .line = 1 };
	opts.project = x->project;
	shadow = shadow_open(x->mem, &opts);
	rc = shadow_catalog(shadow, &dir, &s->catalog, x->d);
	shadow_close(shadow);
	return rc;
}

/* --- all --- */

static int
read_side(struct sides *x, struct side *s)
{
	switch (s->kind) {
	case SIDE_EMPTY:
		s->catalog = catalog_empty(x->mem);
		return 0;
	case SIDE_SCHEMA:
		s->catalog = catalog_from_schema(x->mem, s->schema,
		    x->default_ns);
		return 0;
	case SIDE_HISTORY:
		return read_history(x, s);
	default:
		return read_database(x, s);
	}
}

static int
has_preview(const struct side *s)
{
	return s->schema != NULL && (s->schema->preview & PREVIEW_EXTENSIONS);
}

static void
drop_extensions(struct side *from, struct side *to)
{
	if (has_preview(from) || has_preview(to))
		return;
	from->catalog->nextensions = to->catalog->nextensions = 0;
}

int
sides_read(struct arena *mem, struct side *from, struct side *to,
    const struct sides_opts *opts, struct diag *d)
{
	struct sides x = { .mem = mem, .opts = opts, .d = d };
	struct side *side[2] = { from, to };

	if (side[0]->kind == SIDE_SCHEMA && side[1]->kind == SIDE_SCHEMA &&
	    strcmp(side[0]->text, "-") == 0 && strcmp(side[1]->text, "-") == 0)
		return diag_set(d, "standard input can be read once");
	for (int i = 0; i < 2; i++)
		if (side[i]->kind == SIDE_SCHEMA &&
		    read_schema(&x, side[i], side[1 - i]) == -1)
			return -1;
	for (int i = 0; i < 2; i++)
		if (is_database(side[i]) && resolve_url(&x, side[i]) == -1)
			return -1;
	choose_namespaces(&x, from, to);
	for (int i = 0; i < 2; i++)
		if (read_side(&x, side[i]) == -1)
			return -1;
	drop_extensions(from, to);
	return 0;
}
