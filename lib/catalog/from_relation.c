/*
 * Relations of a schema: foreign keys, and for each implicit many-to-many
 * relation a table of its own, in the schema of the model that column A is
 * for.  Its names are cut otherwise than those of other constraints.
 */
#include <string.h>

#include "base/arena.h"
#include "catalog/from_schema_priv.h"

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

void
build_relations(struct build *b)
{
	add_relations(b);
	give_tables_their_fks(b);
}
