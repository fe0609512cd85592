/*
 * From a schema to the tables it asks for: one per model, in order of
 * declaration, one column per field that is not a relation, then a table for
 * every implicit many-to-many relation.  Ignored models and fields are part
 * of the database all the same; views are not.
 *
 * Must agree with the schema calculator of prisma-engines 6.19.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/from_schema_priv.h"
#include "catalog/value.h"

/* --- enums --- */

static void
add_enums(struct build *b)
{
	const struct schema *s = b->schema;
	const struct schema_enum *from;
	struct cat_enum *to;
	const char **label;

	b->out->enumeration = arena_array(b->mem, struct cat_enum, s->nenums);
	b->out->nenums = s->nenums;
	for (size_t i = 0; i < s->nenums; i++) {
		from = &s->enumeration[i];
		to = &b->out->enumeration[i];
		label = arena_array(b->mem, const char *, from->nvalues);
		for (size_t k = 0; k < from->nvalues; k++)
			label[k] = from->value[k].db_name;
		*to = (struct cat_enum){
			.ns = from->schema != NULL ? from->schema : b->ns,
			.name = from->db_name, .pos = i, .label = label,
			.nlabels = from->nvalues, .enumeration = from
		};
	}
}

/* --- columns --- */

static void
set_native(const struct schema_field *f, struct cat_type *t)
{
	t->native = native_of_scalar[f->scalar];
	if (f->native.name == NULL) {
		if (t->native == NATIVE_DECIMAL)
			*t = (struct cat_type){ .native = NATIVE_DECIMAL,
				.arity = t->arity, .nargs = 2,
				.arg = { 65, 30 } };
		else if (t->native == NATIVE_TIMESTAMP)
			*t = (struct cat_type){ .native = NATIVE_TIMESTAMP,
				.arity = t->arity, .nargs = 1, .arg = { 3 } };
		return;
	}
	t->native = (enum native)(native_find(f->native.name) - native_info);
	for (size_t i = 0; i < f->native.nargs && i < 2; i++)
		t->arg[t->nargs++] = strtol(f->native.arg[i], NULL, 10);
}

static void
set_type(const struct build *b, const struct schema_field *f,
    struct cat_type *t)
{
	t->arity = f->arity;
	switch (f->kind) {
	case FIELD_ENUM:
		t->native = NATIVE_ENUM;
		t->enumeration = &b->out->enumeration[f->enumeration -
		    b->schema->enumeration];
		break;
	case FIELD_UNSUPPORTED:
		t->native = NATIVE_UNSUPPORTED;
		t->unsupported = f->ast->type.unsupported;
		break;
	default:
		set_native(f, t);
	}
}

static void
label_value(const struct build *b, const struct schema_enum *e,
    const struct ast_expr *expr, struct cat_value *v)
{
	*v = (struct cat_value){ .kind = VALUE_ENUM, .text = expr->text };
	if (expr->kind == EXPR_ARRAY) {
		v->kind = VALUE_LIST;
		v->nitems = expr->nitems;
		v->item = arena_array(b->mem, struct cat_value, v->nitems);
		for (size_t i = 0; i < v->nitems; i++)
			label_value(b, e, expr->item[i], &v->item[i]);
		return;
	}
	for (size_t i = 0; i < e->nvalues; i++)
		if (strcmp(e->value[i].name, expr->text) == 0)
			v->text = e->value[i].db_name;
}

static void
set_default(const struct build *b, const struct schema_field *f,
    struct cat_column *c)
{
	const struct ast_args *args;

	switch (f->dflt.kind) {
	case DEFAULT_LITERAL:
		c->dflt.kind = CAT_DEFAULT_VALUE;
		if (f->kind == FIELD_ENUM)
			label_value(b, f->enumeration, f->dflt.expr,
			    &c->dflt.value);
		else
			value_from_expr(b->mem, f->dflt.expr, f->scalar,
			    &c->dflt.value);
		break;
	case DEFAULT_NOW:
		c->dflt.kind = CAT_DEFAULT_NOW;
		break;
	case DEFAULT_AUTOINCREMENT:
	case DEFAULT_SEQUENCE:
		c->dflt.kind = CAT_DEFAULT_SEQUENCE;
		c->dflt.text = "";
		c->autoincrement = 1;
		break;
	case DEFAULT_DBGENERATED:
		args = &f->dflt.expr->args;
		if (f->kind != FIELD_SCALAR && args->n == 0)
			break; /* the same as none, for these */
		c->dflt.kind = CAT_DEFAULT_DBGENERATED;
		if (args->n > 0 && args->arg[0].value != NULL)
			c->dflt.text = args->arg[0].value->text;
		break;
	case DEFAULT_CLIENT:
		c->client_default = 1;
		break;
	case DEFAULT_NONE:
		break;
	}
}

static void
add_columns(struct build *b, const struct schema_model *m,
    struct cat_table *t, struct cat_column **column)
{
	struct cat_column *c;

	t->column = arena_array(b->mem, struct cat_column, m->nfields);
	for (size_t i = 0; i < m->nfields; i++) {
		if (m->field[i].kind == FIELD_RELATION)
			continue;
		c = column[i] = &t->column[t->ncolumns];
		*c = (struct cat_column){ .name = m->field[i].db_name,
			.table = t, .pos = t->ncolumns++,
			.field = &m->field[i] };
		set_type(b, &m->field[i], &c->type);
		set_default(b, &m->field[i], c);
	}
}

/* --- keys and indexes --- */

/* Must agree with OperatorClass: the default of its type and algorithm. */
static int
is_default_opclass(const struct schema_index *x,
    const struct schema_index_field *f)
{
	static const char *const other[] = { "jsonb_path_ops", "_bloom_ops",
		"_minmax_multi_ops" };

	if (f->ops_raw)
		return 0;
	if (strcmp(f->ops, "inet_ops") == 0)
		return x->algorithm == INDEX_SPGIST;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (strstr(f->ops, other[i]) != NULL)
			return 0;
	return 1;
}

static void
set_index(struct build *b, const struct schema_index *from,
    struct cat_table *t, struct cat_index *to)
{
	const struct schema_index_field *f;

	*to = (struct cat_index){ .name = from->db_name, .table = t,
		.pos = b->nindexes++, .kind = from->kind,
		.algorithm = from->algorithm, .ncolumns = from->nfields };
	to->column = arena_array(b->mem, struct cat_index_column,
	    from->nfields);
	for (size_t i = 0; i < from->nfields; i++) {
		f = &from->field[i];
		to->column[i].column = column_of(b, f->field);
		to->column[i].sort = f->sort;
		to->column[i].opclass = f->ops;
		to->column[i].opclass_is_default = f->ops != NULL &&
		    is_default_opclass(from, f);
	}
}

static void
add_indexes(struct build *b, const struct schema_model *m,
    struct cat_table *t)
{
	if (m->id != NULL) {
		t->pk = arena_new_of(b->mem, struct cat_index);
		set_index(b, m->id, t, t->pk);
	}
	t->index = arena_array(b->mem, struct cat_index, m->nindexes);
	t->nindexes = m->nindexes;
	for (size_t i = 0; i < m->nindexes; i++)
		set_index(b, &m->index[i], t, &t->index[i]);
}

static void
add_models(struct build *b)
{
	const struct schema_model *m;
	struct cat_table *t;

	for (size_t i = 0; i < b->schema->nmodels; i++) {
		m = &b->schema->model[i];
		b->column_of[i] = arena_array(b->mem, struct cat_column *,
		    m->nfields);
		if (m->is_view)
			continue;
		t = b->table_of[i] = &b->out->table[b->out->ntables];
		*t = (struct cat_table){
			.ns = m->schema != NULL ? m->schema : b->ns,
			.name = m->db_name, .pos = b->out->ntables++,
			.model = m
		};
		add_columns(b, m, t, b->column_of[i]);
		add_indexes(b, m, t);
	}
}

/* --- the rest --- */

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static void
add_extensions(struct build *b, const struct schema_datasource *ds)
{
	struct catalog *c = b->out;

	if (!(b->schema->preview & PREVIEW_EXTENSIONS))
		return;
	c->extension = arena_array(b->mem, struct cat_extension,
	    ds->nextensions);
	for (size_t i = 0; i < ds->nextensions; i++)
		c->extension[i] = (struct cat_extension){
			.name = ds->extension[i].db_name != NULL ?
			    ds->extension[i].db_name : ds->extension[i].name,
			.schema = or_empty(ds->extension[i].schema),
			.version = or_empty(ds->extension[i].version),
			.pos = i
		};
	c->nextensions = ds->nextensions;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those of the datasource, by name; without any, the default one. */
static void
set_namespaces(struct build *b, const struct schema_datasource *ds)
{
	struct catalog *c = b->out;
	const char **ns;

	c->default_ns = b->ns;
	c->nns = ds != NULL && ds->nschemas > 0 ? ds->nschemas : 1;
	ns = arena_array(b->mem, const char *, c->nns);
	*ns = b->ns;
	if (ds != NULL && ds->nschemas > 0)
		memcpy(ns, ds->schemas, c->nns * sizeof(*ns));
	qsort(ns, c->nns, sizeof(*ns), by_name);
	c->ns = ns;
}

struct catalog *
catalog_from_schema(struct arena *mem, const struct schema *s, const char *ns)
{
	struct build b = { .mem = mem, .schema = s, .ns = ns,
		.out = catalog_empty(mem) };

	b.table_of = arena_array(mem, struct cat_table *, s->nmodels);
	b.column_of = arena_array(mem, struct cat_column **, s->nmodels);
	b.out->table = arena_array(mem, struct cat_table,
	    s->nmodels + s->nrelations);
	add_enums(&b);
	add_models(&b);
	build_relations(&b);
	set_namespaces(&b, s->datasource);
	if (s->datasource != NULL)
		add_extensions(&b, s->datasource);
	return b.out;
}
