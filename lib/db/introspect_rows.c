/*
 * From the rows of an introspection to a catalog.  Rows come sorted by
 * schema, table and name, in the order of bytes, so that what belongs
 * together stands together; places are counted as they come.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "db/conn.h"
#include "db/introspect.h"
#include "db/introspect_priv.h"

int
run_next(struct run *run, size_t ncols)
{
	const struct db_rows *r = run->rows;
	size_t col, row;

	run->first += run->n;
	run->n = 0;
	for (row = run->first; row < r->nrows; row++) {
		for (col = 0; col < ncols; col++)
			if (strcmp(db_cell(r, row, col),
			    db_cell(r, run->first, col)) != 0)
				return 1;
		run->n++;
	}
	return run->n > 0;
}

const char *
run_cell(const struct run *run, size_t row, size_t col)
{
	return db_cell(run->rows, run->first + row, col);
}

int
run_true(const struct run *run, size_t row, size_t col)
{
	return *run_cell(run, row, col) == 't';
}

const char *
build_namespace(const struct build *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->cat->nns; i++)
		if (strcmp(b->cat->ns[i], name) == 0)
			return b->cat->ns[i];
	return NULL;
}

struct cat_table *
build_table(const struct build *b, const char *ns, const char *name)
{
	ns = build_namespace(b, ns);
	return ns == NULL ? NULL : map_get(&b->tables, ns, name);
}

static size_t
count_runs(const struct db_rows *rows, size_t ncols)
{
	struct run run = { rows, 0, 0 };
	size_t n = 0;

	while (run_next(&run, ncols))
		n++;
	return n;
}

/* --- namespaces, extensions, enums, tables, views --- */

static void
add_namespaces(struct build *b)
{
	const struct db_rows *r = b->in->rows[INTROSPECT_NAMESPACES];

	b->cat->ns = r->cell;
	b->cat->nns = r->nrows;
}

static void
add_extensions(struct build *b)
{
	const struct db_rows *r = b->in->rows[INTROSPECT_EXTENSIONS];
	struct catalog *c = b->cat;
	size_t i;

	c->nextensions = r->nrows;
	c->extension = arena_array(b->mem, struct cat_extension, r->nrows + 1);
	for (i = 0; i < r->nrows; i++)
		c->extension[i] = (struct cat_extension){
			.name = db_cell(r, i, 0),
			.schema = db_cell(r, i, 1),
			.version = db_cell(r, i, 2),
			.pos = i,
			.relocatable = *db_cell(r, i, 3) == 't'
		};
}

static void
add_enums(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_ENUMS], 0, 0 };
	struct catalog *c = b->cat;
	struct cat_enum *e;
	const char **label;
	size_t i;

	c->enumeration = arena_array(b->mem, struct cat_enum,
	    count_runs(run.rows, 2) + 1);
	while (run_next(&run, 2)) {
		e = &c->enumeration[c->nenums];
		label = arena_array(b->mem, const char *, run.n);
		for (i = 0; i < run.n; i++)
			label[i] = run_cell(&run, i, 2);
		*e = (struct cat_enum){
			.ns = build_namespace(b, run_cell(&run, 0, 0)),
			.name = run_cell(&run, 0, 1),
			.pos = c->nenums++,
			.label = label,
			.nlabels = run.n,
			.has_comment = run_true(&run, 0, 3)
		};
		map_put(&b->enums, e->ns, e->name, e);
	}
}

static void
add_tables(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_TABLES], 0, 0 };
	struct catalog *c = b->cat;
	struct cat_table *t;

	c->table = arena_array(b->mem, struct cat_table, run.rows->nrows + 1);
	while (run_next(&run, 2)) {
		t = &c->table[c->ntables];
		*t = (struct cat_table){
			.ns = build_namespace(b, run_cell(&run, 0, 0)),
			.name = run_cell(&run, 0, 1),
			.pos = c->ntables++,
			.is_partition_parent = run_true(&run, 0, 2),
			.has_children = run_true(&run, 0, 3),
			.has_row_security = run_true(&run, 0, 4),
			.comment = run_cell(&run, 0, 5)
		};
		map_put(&b->tables, t->ns, t->name, t);
	}
}

struct cat_view *
build_view(const struct build *b, const char *ns, const char *name)
{
	size_t i;

	for (i = 0; i < b->cat->nviews; i++)
		if (strcmp(b->cat->view[i].ns, ns) == 0 &&
		    strcmp(b->cat->view[i].name, name) == 0)
			return &b->cat->view[i];
	return NULL;
}

static void
add_views(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_VIEWS], 0, 0 };
	struct catalog *c = b->cat;

	c->view = arena_array(b->mem, struct cat_view, run.rows->nrows + 1);
	while (run_next(&run, 2))
		c->view[c->nviews++] = (struct cat_view){
			.ns = build_namespace(b, run_cell(&run, 0, 0)),
			.name = run_cell(&run, 0, 1),
			.definition = run_cell(&run, 0, 2),
			.has_comment = run_true(&run, 0, 3)
		};
}

/* Their names only, c before x. */
static void
add_constraints(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_CONSTRAINTS], 0, 0 };
	struct cat_table *t;
	const char **name;
	size_t i;

	while (run_next(&run, 2)) {
		t = build_table(b, run_cell(&run, 0, 0), run_cell(&run, 0, 1));
		if (t == NULL)
			continue;
		name = arena_array(b->mem, const char *, run.n);
		for (i = 0; i < run.n; i++) {
			name[i] = run_cell(&run, i, 2);
			if (*run_cell(&run, i, 3) == 'c')
				t->nchecks++;
		}
		t->check = name;
		t->exclusion = name + t->nchecks;
		t->nexclusions = run.n - t->nchecks;
	}
}

int
introspect_catalog(struct arena *mem, const struct introspection *in,
    struct catalog **out, struct diag *d)
{
	struct build b = { .mem = mem, .in = in, .d = d };

	*out = b.cat = arena_new_of(mem, struct catalog);
	b.cat->arena = mem;
	map_init(&b.tables, mem, in->rows[INTROSPECT_TABLES]->nrows);
	map_init(&b.enums, mem, in->rows[INTROSPECT_ENUMS]->nrows / 4);
	add_namespaces(&b);
	add_extensions(&b);
	add_enums(&b);
	add_tables(&b);
	add_views(&b);
	add_constraints(&b);
	build_columns(&b);
	build_indexes(&b);
	return build_fks(&b);
}
