/* Columns and their types, from the rows of an introspection. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/introspect_priv.h"

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
	const char *ns = build_namespace(b, run_cell(run, row, COL_TYPE_NS));
	const char *name = run_cell(run, row, COL_TYPE), *plain = name;
	const char *sort = run_cell(run, row, COL_SORT);
	const struct type_name *known;

	*type = (struct cat_type){ .native = NATIVE_UNSUPPORTED };
	if (strcmp(sort, "array") == 0)
		type->arity = ARITY_LIST;
	else if (!run_true(run, row, COL_REQUIRED))
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
		    atoi(run_cell(run, row, COL_MODIFIER)));
	} else {
		type->unsupported = run_cell(run, row, COL_ELEMENT) != NULL ?
		    run_cell(run, row, COL_ELEMENT) : name;
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
		c->name = run_cell(run, i, COL_NAME);
		c->table = t;
		c->pos = pos + i;
		c->has_comment = run_true(run, i, COL_COMMENT);
		set_type(b, run, i, &c->type);
		introspect_default(b->mem, run_cell(run, i, COL_DEFAULT),
		    &c->type, &c->dflt);
		c->autoincrement = run_true(run, i, COL_IDENTITY) ||
		    c->dflt.kind == CAT_DEFAULT_SEQUENCE;
	}
	return all;
}

void
build_columns(struct build *b)
{
	struct run run = { b->in->rows[INTROSPECT_COLUMNS], 0, 0 };
	struct cat_table *t;
	struct cat_view *v;

	while (run_next(&run, 2)) {
		t = build_table(b, run_cell(&run, 0, 0), run_cell(&run, 0, 1));
		v = t != NULL ? NULL :
		    build_view(b, run_cell(&run, 0, 0), run_cell(&run, 0, 1));
		if (t != NULL) {
			t->column = make_columns(b, &run, t, run.first);
			t->ncolumns = run.n;
		} else if (v != NULL) {
			v->column = make_columns(b, &run, NULL, run.first);
			v->ncolumns = run.n;
		}
	}
}
