/* Indexes and foreign keys, from the rows of an introspection. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/introspect_priv.h"

/* How many runs of the longer key are in this one. */
static size_t
count_within(const struct run *outer, size_t ncols)
{
	struct run run = { outer->rows, outer->first, 0 };
	size_t n = 0;

	while (run.first + run.n < outer->first + outer->n &&
	    run_next(&run, ncols))
		n++;
	return n;
}

/* --- indexes --- */

enum { /* of the query */
	IDX_NAME = 2,
	IDX_COLUMN,
	IDX_UNIQUE,
	IDX_PRIMARY,
	IDX_METHOD,
	IDX_OPCLASS,
	IDX_OPCLASS_DEFAULT,
	IDX_DESC,
	IDX_NULLS_FIRST,
	IDX_DEFERRABLE,
	IDX_INCLUDED
};

static enum index_algorithm
algorithm_of(const char *method)
{
	static const char *const name[INDEX_ALGORITHM__MAX] = {
		[INDEX_BTREE] = "btree",
		[INDEX_HASH] = "hash",
		[INDEX_GIN] = "gin",
		[INDEX_GIST] = "gist",
		[INDEX_SPGIST] = "spgist",
		[INDEX_BRIN] = "brin"
	};
	int i;

	for (i = 0; i < INDEX_ALGORITHM__MAX; i++)
		if (strcmp(name[i], method) == 0)
			return (enum index_algorithm)i;
	return INDEX_BTREE; /* of an extension */
}

static void
set_index_column(const struct run *run, size_t row, struct cat_index *index,
    struct cat_index_column *c)
{
	int desc = run_true(run, row, IDX_DESC);
	int first = run_true(run, row, IDX_NULLS_FIRST);
	int btree = index->algorithm == INDEX_BTREE;

	c->sort = desc ? SORT_DESC : SORT_ASC;
	if (!btree && index->algorithm != INDEX_HASH) {
		c->opclass = run_cell(run, row, IDX_OPCLASS);
		c->opclass_is_default = run_true(run, row,
		    IDX_OPCLASS_DEFAULT);
	}
	if (btree && index->kind != INDEX_ID) {
		c->nulls_first = first && !desc;
		c->nulls_last = !first && desc;
	}
}

/* 0: it is not one that the schema could say. */
static int
make_index(struct build *b, const struct run *run, struct cat_table *t,
    struct cat_index *index)
{
	size_t i;

	*index = (struct cat_index){
		.name = run_cell(run, 0, IDX_NAME),
		.table = t,
		.pos = run->first,
		.kind = run_true(run, 0, IDX_PRIMARY) ? INDEX_ID :
		    run_true(run, 0, IDX_UNIQUE) ? INDEX_UNIQUE :
		    INDEX_NORMAL,
		.algorithm = algorithm_of(run_cell(run, 0, IDX_METHOD)),
		.ncolumns = run->n,
		.deferrable = run_true(run, 0, IDX_DEFERRABLE),
		.nincluded = strtoul(run_cell(run, 0, IDX_INCLUDED), NULL, 10)
	};
	index->column = arena_array(b->mem, struct cat_index_column, run->n);
	for (i = 0; i < run->n; i++) {
		if (run_cell(run, i, IDX_COLUMN) == NULL)
			return 0;
		index->column[i].column = catalog_column(t,
		    run_cell(run, i, IDX_COLUMN));
		if (index->column[i].column == NULL) /* not allowed to see */
			return 0;
		set_index_column(run, i, index, &index->column[i]);
	}
	return 1;
}

static int
has_expression(const struct run *run)
{
	size_t i;

	for (i = 0; i < run->n; i++)
		if (run_cell(run, i, IDX_COLUMN) == NULL)
			return 1;
	return 0;
}

static void
add_table_indexes(struct build *b, const struct run *outer,
    struct cat_table *t)
{
	struct run run = { outer->rows, outer->first, 0 };
	size_t n = count_within(outer, 3), i;
	const char **expression;
	struct cat_index index;

	t->index = arena_array(b->mem, struct cat_index, n);
	t->expression_index = expression = arena_array(b->mem, const char *, n);
	for (i = 0; i < n && run_next(&run, 3); i++) {
		if (has_expression(&run)) {
			expression[t->nexpression_indexes++] =
			    run_cell(&run, 0, IDX_NAME);
			continue;
		}
		if (!make_index(b, &run, t, &index))
			continue;
		if (index.kind == INDEX_ID) {
			t->pk = arena_new_of(b->mem, struct cat_index);
			*t->pk = index;
		} else {
			t->index[t->nindexes++] = index;
		}
	}
}

void
build_indexes(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_INDEXES], 0, 0 };
	struct cat_table *t;

	while (run_next(&run, 2)) {
		t = build_table(b, run_cell(&run, 0, 0), run_cell(&run, 0, 1));
		if (t != NULL)
			add_table_indexes(b, &run, t);
	}
}

/* --- foreign keys --- */

enum { /* of the query */
	FK_NAME = 2,
	FK_COLUMN,
	FK_TARGET_NS,
	FK_TARGET,
	FK_TARGET_COLUMN,
	FK_ON_DELETE,
	FK_ON_UPDATE,
	FK_DEFERRABLE
};

static enum ref_action
action_of(const char *code)
{
	switch (*code) {
	case 'r':
		return ACTION_RESTRICT;
	case 'c':
		return ACTION_CASCADE;
	case 'n':
		return ACTION_SET_NULL;
	case 'd':
		return ACTION_SET_DEFAULT;
	default:
		return ACTION_NO_ACTION;
	}
}

static int
cross_schema(struct build *b, const struct run *run)
{
	diag_set(b->d, "P4002: the foreign key '%s' leads from '%s.%s' to "
	    "'%s.%s', which is not among the schemas looked at",
	    run_cell(run, 0, FK_NAME), run_cell(run, 0, 0), run_cell(run, 0, 1),
	    run_cell(run, 0, FK_TARGET_NS), run_cell(run, 0, FK_TARGET));
	return diag_hint(b->d, "add '%s' to the 'schemas' of the datasource",
	    run_cell(run, 0, FK_TARGET_NS));
}

/* 0: it concerns a table or column that is not in the catalog. */
static int
make_fk(struct build *b, const struct run *run, struct cat_fk *fk)
{
	size_t i;

	*fk = (struct cat_fk){
		.name = run_cell(run, 0, FK_NAME),
		.table = build_table(b, run_cell(run, 0, 0),
		    run_cell(run, 0, 1)),
		.target = build_table(b, run_cell(run, 0, FK_TARGET_NS),
		    run_cell(run, 0, FK_TARGET)),
		.pos = b->cat->nfks,
		.ncolumns = run->n,
		.on_delete = action_of(run_cell(run, 0, FK_ON_DELETE)),
		.on_update = action_of(run_cell(run, 0, FK_ON_UPDATE)),
		.deferrable = run_true(run, 0, FK_DEFERRABLE)
	};
	if (fk->table == NULL || fk->target == NULL)
		return 0;
	fk->column = arena_array(b->mem, struct cat_column *, run->n);
	fk->target_column = arena_array(b->mem, struct cat_column *, run->n);
	for (i = 0; i < run->n; i++) {
		fk->column[i] = catalog_column(fk->table,
		    run_cell(run, i, FK_COLUMN));
		fk->target_column[i] = catalog_column(fk->target,
		    run_cell(run, i, FK_TARGET_COLUMN));
		if (fk->column[i] == NULL || fk->target_column[i] == NULL)
			return 0;
	}
	return 1;
}

int
build_fks(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_FKS], 0, 0 };
	struct catalog *c = b->cat;
	struct cat_table *t;
	struct cat_fk **fk;
	size_t i;

	c->fk = arena_array(b->mem, struct cat_fk, run.rows->nrows + 1);
	/* a key to a partitioned table has one more for each partition */
	while (run_next(&run, 3)) {
		if (build_namespace(b, run_cell(&run, 0, FK_TARGET_NS)) == NULL)
			return cross_schema(b, &run);
		if (make_fk(b, &run, &c->fk[c->nfks]))
			c->fk[c->nfks++].table->nfks++;
	}
	fk = arena_array(b->mem, struct cat_fk *, c->nfks + 1);
	for (i = 0; i < c->nfks; i++) {
		fk[i] = &c->fk[i];
		t = c->fk[i].table;
		if (t->fk == NULL)
			t->fk = &fk[i];
	}
	return 0;
}
