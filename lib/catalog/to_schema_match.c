/*
 * What of the schema there was belongs to what of the database: tables by
 * name and namespace, columns by name, relations by their columns.  Must
 * agree with introspection_map.rs of prisma-engines.
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

struct pull_block *
pull_block_of(const struct pull *p, const struct cat_table *t)
{
	return &p->table[t - p->cat->table];
}

struct pull_relation *
pull_relation_of(const struct pull *p, const struct cat_fk *fk)
{
	return &p->fk[fk - p->cat->fk];
}

struct pull_enum *
pull_enum_of(const struct pull *p, const struct cat_enum *e)
{
	return &p->enumeration[e - p->cat->enumeration];
}

const struct schema_field *
pull_prev_field(const struct pull_block *b, const struct cat_column *c)
{
	return b->prev == NULL ? NULL : b->field[c - b->column];
}

const char *
pull_given_map(const struct ast_attrs *attrs)
{
	const struct ast_attr *map = ast_attr(attrs, "map");
	size_t i;

	for (i = 0; map != NULL && i < map->args.n; i++)
		if (map->args.arg[i].value != NULL &&
		    (map->args.arg[i].name.text == NULL ||
		    strcmp(map->args.arg[i].name.text, "name") == 0))
			return map->args.arg[i].value->text;
	return NULL;
}

const struct schema_value *
pull_prev_value(const struct pull_enum *e, const char *label)
{
	size_t i;

	for (i = 0; e->prev != NULL && i < e->prev->nvalues; i++)
		if (strcmp(e->prev->value[i].db_name, label) == 0)
			return &e->prev->value[i];
	return NULL;
}

/* An index of Prisma 2 had a name where it now has a map. */
const struct schema_index *
pull_prev_index(const struct pull_block *b, const struct cat_index *index)
{
	const struct schema_index *i;

	if (b->prev == NULL)
		return NULL;
	for (i = b->prev->index; i < b->prev->index + b->prev->nindexes; i++)
		if ((i->map == NULL && i->name != NULL &&
		    strcmp(i->name, index->name) == 0) ||
		    strcmp(i->db_name, index->name) == 0)
			return i;
	return NULL;
}

static int
is_identifier(const struct cat_index *index)
{
	const struct cat_type *type;
	size_t i;

	for (i = 0; i < index->ncolumns; i++) {
		type = &index->column[i].column->type;
		if (type->native == NATIVE_UNSUPPORTED ||
		    type->arity != ARITY_REQUIRED)
			return 0;
	}
	return 1;
}

int
pull_has_identifier(const struct cat_table *t)
{
	size_t i;

	if (t->pk != NULL && is_identifier(t->pk))
		return 1;
	for (i = 0; i < t->nindexes; i++)
		if (t->index[i].kind == INDEX_UNIQUE &&
		    is_identifier(&t->index[i]))
			return 1;
	return 0;
}

/* --- tables that are no models --- */

static int
has_columns(const struct cat_table *t, const char *const *name)
{
	for (; *name != NULL; name++)
		if (catalog_column(t, *name) == NULL)
			return 0;
	return 1;
}

static int
is_prismas_own(const struct cat_table *t)
{
	static const struct own {
		const char *table, *column[12];
	} own[] = {
		{ "_prisma_migrations", { "id", "checksum", "finished_at",
		    "migration_name", "logs", "rolled_back_at", "started_at",
		    "applied_steps_count", NULL } },
		{ "_Migration", { "revision", "name", "datamodel", "status",
		    "applied", "rolled_back", "datamodel_steps",
		    "database_migration", "errors", "started_at",
		    "finished_at", NULL } },
		{ "_RelayId", { "id", "stableModelIdentifier", NULL } }
	};
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(t->name, own[i].table) == 0)
			return has_columns(t, own[i].column);
	return 0;
}

static int
covers(const struct cat_index *index, const char *first, const char *second)
{
	return index != NULL &&
	    index->ncolumns == (second == NULL ? 1 : 2) &&
	    strcasecmp(index->column[0].column->name, first) == 0 &&
	    (second == NULL ||
	    strcasecmp(index->column[1].column->name, second) == 0);
}

static int
has_join_indexes(const struct cat_table *t)
{
	int pair = covers(t->pk, "A", "B"), single = 0;
	size_t i;

	for (i = 0; i < t->nindexes; i++) {
		if (t->index[i].kind == INDEX_UNIQUE)
			pair = pair || covers(&t->index[i], "A", "B");
		else
			single = single || covers(&t->index[i], "B", NULL);
	}
	return pair && single;
}

/* A is the key to the table whose name comes first. */
static int
is_key_pair(const struct cat_fk *a, const struct cat_fk *b)
{
	return strcmp(a->target->name, b->target->name) <= 0 &&
	    strcasecmp(a->column[0]->name, "A") == 0 &&
	    strcasecmp(b->column[0]->name, "B") == 0;
}

static void
set_join(struct pull_block *b)
{
	const struct cat_table *t = b->table;

	if (*t->name != '_' || t->nfks != 2 || !has_join_indexes(t))
		return;
	if (!is_key_pair(t->fk[0], t->fk[1]) &&
	    !is_key_pair(t->fk[1], t->fk[0]))
		return;
	b->a = t->fk[strcasecmp(t->fk[0]->column[0]->name, "A") == 0 ? 0 : 1];
	b->b = b->a == t->fk[0] ? t->fk[1] : t->fk[0];
}

/* --- pairs --- */

static struct pull_block *
find_block(struct pull_block *block, size_t n, const struct schema_model *m)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(block[i].db_name, m->db_name) == 0 &&
		    (m->schema == NULL ||
		    strcmp(block[i].ns, m->schema) == 0))
			return &block[i];
	return NULL;
}

static void
match_fields(struct pull *p, struct pull_block *b)
{
	const struct schema_field *f;
	size_t i, j;

	b->field = arena_array(p->mem, const struct schema_field *,
	    b->ncolumns + 1);
	for (i = 0; i < b->ncolumns; i++)
		for (j = 0; j < b->prev->nfields; j++) {
			f = &b->prev->field[j];
			if (f->kind != FIELD_RELATION &&
			    strcmp(f->db_name, b->column[i].name) == 0) {
				b->field[i] = f;
				break;
			}
		}
}

static struct pull_block *
find_table(const struct pull *p, const struct schema_model *m)
{
	struct pull_block *b;
	size_t i;

	for (i = 0; i < p->cat->nns; i++) {
		if (m->schema != NULL &&
		    strcmp(p->cat->ns[i], m->schema) != 0)
			continue;
		b = map_get(&p->tables, p->cat->ns[i], m->db_name);
		if (b != NULL)
			return b;
	}
	return NULL;
}

static void
match_models(struct pull *p)
{
	const struct schema_model *m = p->prev->model;
	const struct schema_model *end = m + p->prev->nmodels;
	struct pull_block *b;

	for (; m < end; m++) {
		b = m->is_view ? find_block(p->view, p->cat->nviews, m) :
		    find_table(p, m);
		if (b == NULL)
			continue;
		b->prev = m;
		match_fields(p, b);
	}
}

static void
match_enums(struct pull *p)
{
	const struct schema_enum *e = p->prev->enumeration;
	const struct schema_enum *end = e + p->prev->nenums;
	struct pull_enum *x;
	size_t i;

	for (; e < end; e++)
		for (i = 0; i < p->cat->nenums; i++) {
			x = &p->enumeration[i];
			if (strcmp(x->e->name, e->db_name) == 0 &&
			    (e->schema == NULL ||
			    strcmp(x->e->ns, e->schema) == 0)) {
				x->prev = e;
				break;
			}
		}
}

static int
has_key(const struct schema_relation *r, const struct cat_fk *fk)
{
	size_t i;

	if (r->kind == RELATION_MANY_TO_MANY || r->ncolumns != fk->ncolumns)
		return 0;
	for (i = 0; i < fk->ncolumns; i++)
		if (strcmp(r->fields[i]->db_name, fk->column[i]->name) != 0)
			return 0;
	return 1;
}

static void
match_relations(struct pull *p)
{
	const struct schema_relation *r, *end;
	const struct schema_model *m;
	const struct cat_fk *fk;

	end = p->prev->relation + p->prev->nrelations;
	for (fk = p->cat->fk; fk < p->cat->fk + p->cat->nfks; fk++) {
		m = pull_block_of(p, fk->table)->prev;
		for (r = p->prev->relation; m != NULL && r < end; r++)
			if (r->a->model == m && has_key(r, fk)) {
				if (r->b != NULL)
					pull_relation_of(p, fk)->prev = r;
				break;
			}
	}
}

static void
match_joins(struct pull *p)
{
	const struct schema_relation *r, *end;
	struct pull_block *b;

	end = p->prev->relation + p->prev->nrelations;
	for (b = p->table; b < p->table + p->cat->ntables; b++)
		for (r = p->prev->relation; b->a != NULL && r < end; r++)
			if (r->kind == RELATION_MANY_TO_MANY &&
			    strcmp(r->name, b->db_name + 1) == 0) {
				b->prev_join = r;
				break;
			}
}

static void
make_blocks(struct pull *p)
{
	const struct catalog *c = p->cat;
	struct pull_block *b;
	size_t i;

	p->table = arena_array(p->mem, struct pull_block, c->ntables + 1);
	p->view = arena_array(p->mem, struct pull_block, c->nviews + 1);
	p->fk = arena_array(p->mem, struct pull_relation, c->nfks + 1);
	p->enumeration = arena_array(p->mem, struct pull_enum, c->nenums + 1);
	for (i = 0; i < c->ntables; i++) {
		b = &p->table[i];
		*b = (struct pull_block){ .table = &c->table[i],
			.ns = c->table[i].ns, .db_name = c->table[i].name,
			.column = c->table[i].column,
			.ncolumns = c->table[i].ncolumns,
			.hidden = is_prismas_own(&c->table[i]) };
		set_join(b);
		map_put(&p->tables, b->ns, b->db_name, b);
	}
	for (i = 0; i < c->nviews; i++)
		p->view[i] = (struct pull_block){ .view = &c->view[i],
			.ns = c->view[i].ns, .db_name = c->view[i].name,
			.column = c->view[i].column,
			.ncolumns = c->view[i].ncolumns };
	for (i = 0; i < c->nenums; i++)
		p->enumeration[i].e = &c->enumeration[i];
}

void
pull_match(struct pull *p)
{
	map_init(&p->tables, p->mem, p->cat->ntables);
	make_blocks(p);
	if (p->prev == NULL)
		return;
	match_models(p);
	match_enums(p);
	match_relations(p);
	match_joins(p);
}
