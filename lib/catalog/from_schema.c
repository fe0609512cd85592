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
#include "catalog/catalog.h"
#include "catalog/value.h"

struct build {
	struct arena *mem;
	const struct schema *schema;
	struct catalog *out;
	const char *ns;
	struct cat_table **table_of;	/* by model */
	struct cat_column ***column_of; /* by model and field */
	size_t nindexes;
};

static struct cat_table *
table_of(const struct build *b, const struct schema_model *m)
{
	return b->table_of[m - b->schema->model];
}

static struct cat_column *
column_of(const struct build *b, const struct schema_field *f)
{
	return b->column_of[f->model - b->schema->model][f - f->model->field];
}

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

/* --- relations --- */

static struct cat_fk *
add_fk(struct build *b, const char *name, struct cat_table *t,
    struct cat_table *target, size_t ncolumns)
{
	struct cat_fk *fk = &b->out->fk[b->out->nfks];

	*fk = (struct cat_fk){ .name = name, .table = t, .target = target,
		.pos = b->out->nfks++, .ncolumns = ncolumns,
		.on_delete = ACTION_CASCADE, .on_update = ACTION_CASCADE };
	fk->column = arena_array(b->mem, struct cat_column *, ncolumns);
	fk->target_column = arena_array(b->mem, struct cat_column *, ncolumns);
	return fk;
}

/* SET NULL where every column of the key may be, else RESTRICT. */
static enum ref_action
default_on_delete(const struct schema_relation *r)
{
	for (size_t i = 0; i < r->ncolumns; i++)
		if (r->fields[i]->arity != ARITY_OPTIONAL)
			return ACTION_RESTRICT;
	return ACTION_SET_NULL;
}

static void
add_key_relation(struct build *b, const struct schema_relation *r)
{
	struct cat_fk *fk;

	if (r->a->model->is_view || r->a->target->is_view)
		return;
	fk = add_fk(b, r->db_name, table_of(b, r->a->model),
	    table_of(b, r->a->target), r->ncolumns);
	for (size_t i = 0; i < r->ncolumns; i++) {
		fk->column[i] = column_of(b, r->fields[i]);
		fk->target_column[i] = column_of(b, r->references[i]);
	}
	fk->on_delete = r->on_delete != ACTION_NONE ? r->on_delete :
	    default_on_delete(r);
	if (r->on_update != ACTION_NONE)
		fk->on_update = r->on_update;
}

/* The first n characters of a name. */
static char *
first_chars(struct arena *mem, const char *s, size_t n)
{
	const char *end = s;

	while (*end != '\0' && n > 0) {
		end++;
		while ((*end & 0xc0) == 0x80)
			end++;
		n--;
	}
	return arena_strndup(mem, s, (size_t)(end - s));
}

/* The table's name in a foreign key's: 63 bytes less "_A_fkey". */
static char *
first_bytes(struct arena *mem, const char *s, size_t n)
{
	size_t len = strlen(s);

	if (len > n)
		for (len = n; len > 0 && (s[len] & 0xc0) == 0x80; len--)
			;
	return arena_strndup(mem, s, len);
}

static struct cat_index *
join_index(struct build *b, struct cat_table *t, struct cat_index *x,
    enum index_kind kind, const char *suffix)
{
	*x = (struct cat_index){
		.name = arena_printf(b->mem, "%s%s",
		    first_chars(b->mem, t->name, 55), suffix),
		.table = t, .pos = b->nindexes++, .kind = kind
	};
	x->column = arena_array(b->mem, struct cat_index_column, 2);
	return x;
}

static void
join_side(struct build *b, struct cat_table *t, size_t i,
    const struct schema_model *m)
{
	struct cat_column *id = column_of(b, m->id->field[0].field);

	t->column[i] = (struct cat_column){ .name = i == 0 ? "A" : "B",
		.table = t, .pos = i, .type = id->type };
	t->ncolumns++;
}

static void
join_fk(struct build *b, struct cat_table *t, size_t i,
    const struct schema_model *m)
{
	struct cat_fk *fk;

	fk = add_fk(b, arena_printf(b->mem, "%s_%s_fkey",
	    first_bytes(b->mem, t->name, 56), i == 0 ? "A" : "B"), t,
	    table_of(b, m), 1);
	fk->column[0] = &t->column[i];
	fk->target_column[0] = column_of(b, m->id->field[0].field);
}

static void
add_join_table(struct build *b, const struct schema_relation *r)
{
	const struct schema_model *m[2] = { r->a->model, r->b->model };
	struct cat_table *t = &b->out->table[b->out->ntables];

	*t = (struct cat_table){ .ns = table_of(b, m[0])->ns,
		.name = r->db_name, .pos = b->out->ntables++ };
	t->column = arena_array(b->mem, struct cat_column, 2);
	join_side(b, t, 0, m[0]);
	join_side(b, t, 1, m[1]);

	t->pk = join_index(b, t, arena_new_of(b->mem, struct cat_index),
	    INDEX_ID, "_AB_pkey");
	t->pk->column[0].column = &t->column[0];
	t->pk->column[1].column = &t->column[1];
	t->pk->ncolumns = 2;

	t->index = arena_new_of(b->mem, struct cat_index);
	t->nindexes = 1;
	join_index(b, t, t->index, INDEX_NORMAL, "_B_index");
	t->index->column[0].column = &t->column[1];
	t->index->ncolumns = 1;

	if (b->schema->datasource == NULL ||
	    !b->schema->datasource->relation_mode_prisma) {
		join_fk(b, t, 0, m[0]);
		join_fk(b, t, 1, m[1]);
	}
}

static void
add_relations(struct build *b)
{
	const struct schema *s = b->schema;
	int keys = s->datasource == NULL ||
	    !s->datasource->relation_mode_prisma;

	b->out->fk = arena_array(b->mem, struct cat_fk, 2 * s->nrelations);
	for (size_t i = 0; keys && i < s->nrelations; i++)
		if (s->relation[i].kind != RELATION_MANY_TO_MANY)
			add_key_relation(b, &s->relation[i]);
	for (size_t i = 0; i < s->nrelations; i++)
		if (s->relation[i].kind == RELATION_MANY_TO_MANY)
			add_join_table(b, &s->relation[i]);
}

static void
give_tables_their_fks(struct build *b)
{
	struct catalog *c = b->out;
	struct cat_table *t;

	for (size_t i = 0; i < c->nfks; i++)
		c->fk[i].table->nfks++;
	for (size_t i = 0; i < c->ntables; i++) {
		t = &c->table[i];
		t->fk = arena_array(b->mem, struct cat_fk *, t->nfks);
		t->nfks = 0;
	}
	for (size_t i = 0; i < c->nfks; i++) {
		t = c->fk[i].table;
		t->fk[t->nfks++] = &c->fk[i];
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
	add_relations(&b);
	give_tables_their_fks(&b);
	set_namespaces(&b, s->datasource);
	if (s->datasource != NULL)
		add_extensions(&b, s->datasource);
	return b.out;
}
