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

struct build {
	struct arena *mem;
	const struct introspection *in;
	struct catalog *cat;
	struct map tables, enums; /* by namespace and name */
	struct diag *d;
};

/* A run of rows that share their first columns. */
struct run {
	const struct db_rows *rows;
	size_t first, n;
};

/* The next run; 0: there is none.  Starts with all zero but rows. */
static int
next_run(struct run *run, size_t ncols)
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

static const char *
cell(const struct run *run, size_t row, size_t col)
{
	return db_cell(run->rows, run->first + row, col);
}

static int
cell_true(const struct run *run, size_t row, size_t col)
{
	return *cell(run, row, col) == 't';
}

/* Our one pointer for this name, or NULL. */
static const char *
namespace(const struct build *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->cat->nns; i++)
		if (strcmp(b->cat->ns[i], name) == 0)
			return b->cat->ns[i];
	return NULL;
}

static struct cat_table *
find_table(const struct build *b, const char *ns, const char *name)
{
	ns = namespace(b, ns);
	return ns == NULL ? NULL : map_get(&b->tables, ns, name);
}

static size_t
count_runs(const struct db_rows *rows, size_t ncols)
{
	struct run run = { rows, 0, 0 };
	size_t n = 0;

	while (next_run(&run, ncols))
		n++;
	return n;
}

/* How many runs of the longer key are in this one. */
static size_t
count_within(const struct run *outer, size_t ncols)
{
	struct run run = { outer->rows, outer->first, 0 };
	size_t n = 0;

	while (run.first + run.n < outer->first + outer->n &&
	    next_run(&run, ncols))
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
	while (next_run(&run, 2)) {
		e = &c->enumeration[c->nenums];
		label = arena_array(b->mem, const char *, run.n);
		for (i = 0; i < run.n; i++)
			label[i] = cell(&run, i, 2);
		*e = (struct cat_enum){
			.ns = namespace(b, cell(&run, 0, 0)),
			.name = cell(&run, 0, 1),
			.pos = c->nenums++,
			.label = label,
			.nlabels = run.n,
			.has_comment = cell_true(&run, 0, 3)
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
	while (next_run(&run, 2)) {
		t = &c->table[c->ntables];
		*t = (struct cat_table){
			.ns = namespace(b, cell(&run, 0, 0)),
			.name = cell(&run, 0, 1),
			.pos = c->ntables++,
			.is_partition_parent = cell_true(&run, 0, 2),
			.has_children = cell_true(&run, 0, 3),
			.has_row_security = cell_true(&run, 0, 4),
			.comment = cell(&run, 0, 5)
		};
		map_put(&b->tables, t->ns, t->name, t);
	}
}

static struct cat_view *
find_view(const struct build *b, const char *ns, const char *name)
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
	while (next_run(&run, 2))
		c->view[c->nviews++] = (struct cat_view){
			.ns = namespace(b, cell(&run, 0, 0)),
			.name = cell(&run, 0, 1),
			.definition = cell(&run, 0, 2),
			.has_comment = cell_true(&run, 0, 3)
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

	while (next_run(&run, 2)) {
		t = find_table(b, cell(&run, 0, 0), cell(&run, 0, 1));
		if (t == NULL)
			continue;
		name = arena_array(b->mem, const char *, run.n);
		for (i = 0; i < run.n; i++) {
			name[i] = cell(&run, i, 2);
			if (*cell(&run, i, 3) == 'c')
				t->nchecks++;
		}
		t->check = name;
		t->exclusion = name + t->nchecks;
		t->nexclusions = run.n - t->nchecks;
	}
}

/* --- columns --- */

enum { /* of the query */
	COL_NAME = 2,
	COL_TYPE_NS,
	COL_TYPE,
	COL_SORT,
	COL_ELEMENT,
	COL_MODIFIER,
	COL_REQUIRED,
	COL_IDENTITY,
	COL_DEFAULT,
	COL_COMMENT
};

/* What a modifier says: */
enum modifier {
	MOD_NONE,
	MOD_LENGTH,  /* a header of 4 bytes, and characters */
	MOD_BITS,
	MOD_NUMERIC, /* precision and scale */
	MOD_TIME     /* precision; 6 where it is not given */
};

static const struct type_name {
	const char *name;
	enum native native;
	enum modifier modifier;
} type_names[] = {
	{ "int2", NATIVE_SMALLINT, MOD_NONE },
	{ "int4", NATIVE_INTEGER, MOD_NONE },
	{ "int8", NATIVE_BIGINT, MOD_NONE },
	{ "oid", NATIVE_OID, MOD_NONE },
	{ "float4", NATIVE_REAL, MOD_NONE },
	{ "float8", NATIVE_DOUBLE, MOD_NONE },
	{ "bool", NATIVE_BOOLEAN, MOD_NONE },
	{ "text", NATIVE_TEXT, MOD_NONE },
	{ "citext", NATIVE_CITEXT, MOD_NONE },
	{ "varchar", NATIVE_VARCHAR, MOD_LENGTH },
	{ "bpchar", NATIVE_CHAR, MOD_LENGTH },
	{ "char", NATIVE_CHAR, MOD_NONE },
	{ "date", NATIVE_DATE, MOD_NONE },
	{ "bytea", NATIVE_BYTEA, MOD_NONE },
	{ "json", NATIVE_JSON, MOD_NONE },
	{ "jsonb", NATIVE_JSONB, MOD_NONE },
	{ "uuid", NATIVE_UUID, MOD_NONE },
	{ "xml", NATIVE_XML, MOD_NONE },
	{ "bit", NATIVE_BIT, MOD_BITS },
	{ "varbit", NATIVE_VARBIT, MOD_BITS },
	{ "numeric", NATIVE_DECIMAL, MOD_NUMERIC },
	{ "money", NATIVE_MONEY, MOD_NONE },
	{ "time", NATIVE_TIME, MOD_TIME },
	{ "timetz", NATIVE_TIMETZ, MOD_TIME },
	{ "timestamp", NATIVE_TIMESTAMP, MOD_TIME },
	{ "timestamptz", NATIVE_TIMESTAMPTZ, MOD_TIME },
	{ "inet", NATIVE_INET, MOD_NONE }
};

static const struct type_name *
type_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (strcmp(type_names[i].name, name) == 0)
			return &type_names[i];
	return NULL;
}

static void
set_args(struct cat_type *type, enum modifier what, int mod)
{
	if (what == MOD_TIME && mod < 0 && type->arity != ARITY_LIST)
		mod = 6;
	if (what == MOD_NONE || mod < 0)
		return;
	type->nargs = what == MOD_NUMERIC ? 2 : 1;
	type->arg[0] = mod;
	if (what == MOD_LENGTH) {
		type->arg[0] = mod - 4;
	} else if (what == MOD_NUMERIC) {
		type->arg[0] = (mod - 4) >> 16 & 0xffff;
		type->arg[1] = (mod - 4) & 0xffff;
	}
}

static void
set_type(const struct build *b, const struct run *run, size_t row,
    struct cat_type *type)
{
	const char *ns = namespace(b, cell(run, row, COL_TYPE_NS));
	const char *name = cell(run, row, COL_TYPE), *plain = name;
	const char *sort = cell(run, row, COL_SORT);
	const struct type_name *known;

	*type = (struct cat_type){ .native = NATIVE_UNSUPPORTED };
	if (strcmp(sort, "array") == 0)
		type->arity = ARITY_LIST;
	else if (!cell_true(run, row, COL_REQUIRED))
		type->arity = ARITY_OPTIONAL;
	/* The type of an array is named after its elements' */
	if (*plain == '_' && type->arity == ARITY_LIST)
		plain++;
	if (ns != NULL)
		type->enumeration = map_get(&b->enums, ns, plain);
	if (type->enumeration != NULL && strcmp(sort, "system") != 0) {
		type->native = NATIVE_ENUM;
		return;
	}
	type->enumeration = NULL;
	known = type_by_name(*name == '_' ? name + 1 : name);
	if (known != NULL) {
		type->native = known->native;
		set_args(type, known->modifier,
		    atoi(cell(run, row, COL_MODIFIER)));
	} else {
		type->unsupported = cell(run, row, COL_ELEMENT) != NULL ?
		    cell(run, row, COL_ELEMENT) : name;
	}
}

static struct cat_column *
make_columns(struct build *b, const struct run *run, struct cat_table *t,
    size_t pos)
{
	struct cat_column *all, *c;
	size_t i;

	all = arena_array(b->mem, struct cat_column, run->n);
	for (i = 0; i < run->n; i++) {
		c = &all[i];
		c->name = cell(run, i, COL_NAME);
		c->table = t;
		c->pos = pos + i;
		c->has_comment = cell_true(run, i, COL_COMMENT);
		set_type(b, run, i, &c->type);
		introspect_default(b->mem, cell(run, i, COL_DEFAULT),
		    &c->type, &c->dflt);
		c->autoincrement = cell_true(run, i, COL_IDENTITY) ||
		    c->dflt.kind == CAT_DEFAULT_SEQUENCE;
	}
	return all;
}

static void
add_columns(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_COLUMNS], 0, 0 };
	struct cat_table *t;
	struct cat_view *v;

	while (next_run(&run, 2)) {
		t = find_table(b, cell(&run, 0, 0), cell(&run, 0, 1));
		v = t != NULL ? NULL :
		    find_view(b, cell(&run, 0, 0), cell(&run, 0, 1));
		if (t != NULL) {
			t->column = make_columns(b, &run, t, run.first);
			t->ncolumns = run.n;
		} else if (v != NULL) {
			v->column = make_columns(b, &run, NULL, run.first);
			v->ncolumns = run.n;
		}
	}
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
	IDX_DEFERRABLE
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

static struct cat_column *
find_column(const struct cat_table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (strcmp(t->column[i].name, name) == 0)
			return &t->column[i];
	return NULL;
}

static void
set_index_column(const struct run *run, size_t row, struct cat_index *index,
    struct cat_index_column *c)
{
	int desc = cell_true(run, row, IDX_DESC);
	int first = cell_true(run, row, IDX_NULLS_FIRST);
	int btree = index->algorithm == INDEX_BTREE;

	c->sort = desc ? SORT_DESC : SORT_ASC;
	if (!btree && index->algorithm != INDEX_HASH) {
		c->opclass = cell(run, row, IDX_OPCLASS);
		c->opclass_is_default = cell_true(run, row,
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
		.name = cell(run, 0, IDX_NAME),
		.table = t,
		.pos = run->first,
		.kind = cell_true(run, 0, IDX_PRIMARY) ? INDEX_ID :
		    cell_true(run, 0, IDX_UNIQUE) ? INDEX_UNIQUE :
		    INDEX_NORMAL,
		.algorithm = algorithm_of(cell(run, 0, IDX_METHOD)),
		.ncolumns = run->n,
		.deferrable = cell_true(run, 0, IDX_DEFERRABLE)
	};
	index->column = arena_array(b->mem, struct cat_index_column, run->n);
	for (i = 0; i < run->n; i++) {
		if (cell(run, i, IDX_COLUMN) == NULL)
			return 0;
		index->column[i].column = find_column(t,
		    cell(run, i, IDX_COLUMN));
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
		if (cell(run, i, IDX_COLUMN) == NULL)
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
	for (i = 0; i < n && next_run(&run, 3); i++) {
		if (has_expression(&run)) {
			expression[t->nexpression_indexes++] =
			    cell(&run, 0, IDX_NAME);
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

static void
add_indexes(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_INDEXES], 0, 0 };
	struct cat_table *t;

	while (next_run(&run, 2)) {
		t = find_table(b, cell(&run, 0, 0), cell(&run, 0, 1));
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
	    cell(run, 0, FK_NAME), cell(run, 0, 0), cell(run, 0, 1),
	    cell(run, 0, FK_TARGET_NS), cell(run, 0, FK_TARGET));
	return diag_hint(b->d, "add '%s' to the 'schemas' of the datasource",
	    cell(run, 0, FK_TARGET_NS));
}

/* 0: it concerns a table or column that is not in the catalog. */
static int
make_fk(struct build *b, const struct run *run, struct cat_fk *fk)
{
	size_t i;

	*fk = (struct cat_fk){
		.name = cell(run, 0, FK_NAME),
		.table = find_table(b, cell(run, 0, 0), cell(run, 0, 1)),
		.target = find_table(b, cell(run, 0, FK_TARGET_NS),
		    cell(run, 0, FK_TARGET)),
		.pos = b->cat->nfks,
		.ncolumns = run->n,
		.on_delete = action_of(cell(run, 0, FK_ON_DELETE)),
		.on_update = action_of(cell(run, 0, FK_ON_UPDATE)),
		.deferrable = cell_true(run, 0, FK_DEFERRABLE)
	};
	if (fk->table == NULL || fk->target == NULL)
		return 0;
	fk->column = arena_array(b->mem, struct cat_column *, run->n);
	fk->target_column = arena_array(b->mem, struct cat_column *, run->n);
	for (i = 0; i < run->n; i++) {
		fk->column[i] = find_column(fk->table,
		    cell(run, i, FK_COLUMN));
		fk->target_column[i] = find_column(fk->target,
		    cell(run, i, FK_TARGET_COLUMN));
		if (fk->column[i] == NULL || fk->target_column[i] == NULL)
			return 0;
	}
	return 1;
}

static int
add_fks(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_FKS], 0, 0 };
	struct catalog *c = b->cat;
	struct cat_table *t;
	struct cat_fk **fk;
	size_t i;

	c->fk = arena_array(b->mem, struct cat_fk, run.rows->nrows + 1);
	/* a key to a partitioned table has one more for each partition */
	while (next_run(&run, 3)) {
		if (namespace(b, cell(&run, 0, FK_TARGET_NS)) == NULL)
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
	add_columns(&b);
	add_indexes(&b);
	return add_fks(&b);
}
