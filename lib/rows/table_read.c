/* From the rows of five catalogue queries to tables, by their oids. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/table.h"

enum part {
	PART_TABLES,
	PART_COLUMNS,
	PART_KEYS,
	PART_FKS,
	PART_SEQUENCES,
	PART__MAX
};

struct reader {
	struct arena *mem;
	struct db_rows *rows[PART__MAX];
	struct map by_oid;
	const char *schema; /* of the URL */
};

static int
is_true(const char *cell)
{
	return cell != NULL && *cell == 't';
}

/* Types whose '=' is equality of their text; numeric, float, interval, json,
 * character(n) are not.  All are PostgreSQL's own. */
static int
is_exact(const struct column *c)
{
	static const char *const exact[] = {
		"int2", "int4", "int8", "oid", "bool", "uuid", "text",
		"varchar", "bytea", "date", "timestamp", "timestamptz",
		"name", "char",
	};
	size_t i;

	if (c->type_kind == 'e') /* a domain over one has no '=' */
		return !c->is_domain;
	if (!c->plain_collation || strcmp(c->type_schema, "pg_catalog") != 0)
		return 0;
	for (i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (strcmp(exact[i], c->type_name) == 0)
			return 1;
	return 0;
}

static void
read_tables(struct reader *r, struct tables *out)
{
	const struct db_rows *rows = r->rows[PART_TABLES];
	struct table *t;
	size_t i;

	map_init(&r->by_oid, r->mem, rows->nrows);
	out->n = rows->nrows;
	out->table = arena_array(r->mem, struct table *, out->n + 1);
	for (i = 0; i < rows->nrows; i++) {
		t = out->table[i] = arena_new_of(r->mem, struct table);
		t->oid = db_cell(rows, i, 0);
		t->schema = db_cell(rows, i, 1);
		t->name = db_cell(rows, i, 2);
		t->ident = arena_printf(r->mem, "%s.%s",
		    db_ident(r->mem, t->schema), db_ident(r->mem, t->name));
		t->kind = *db_cell(rows, i, 3);
		t->from = t->kind == 'p' ? t->ident :
		    arena_printf(r->mem, "ONLY %s", t->ident);
		t->shown = strcmp(t->schema, r->schema) == 0 ? t->name :
		    arena_printf(r->mem, "%s.%s", t->schema, t->name);
		t->is_partition = is_true(db_cell(rows, i, 4));
		t->of_extension = is_true(db_cell(rows, i, 5));
		t->row_security = is_true(db_cell(rows, i, 6));
		t->rows = atoll(db_cell(rows, i, 7));
		t->triggers = db_cell(rows, i, 8);
		t->bytes = atoll(db_cell(rows, i, 9));
		t->only_fk_triggers = is_true(db_cell(rows, i, 10));
		map_put(&r->by_oid, NULL, t->oid, t);
	}
}

/* Whose row it is; NULL: a table that was made between two queries. */
static struct table *
owner(const struct reader *r, const struct db_rows *rows, size_t i)
{
	return map_get(&r->by_oid, NULL, db_cell(rows, i, 0));
}

static void
read_columns(struct reader *r)
{
	const struct db_rows *rows = r->rows[PART_COLUMNS];
	struct column *c;
	struct table *t;
	size_t i;

	for (i = 0; i < rows->nrows; i++) {
		if ((t = owner(r, rows, i)) == NULL)
			continue;
		t->column = arena_more(r->mem, t->column, t->ncolumns,
		    sizeof(*t->column));
		c = &t->column[t->ncolumns++];
		memset(c, 0, sizeof(*c));
		c->name = db_cell(rows, i, 1);
		c->ident = db_ident(r->mem, c->name);
		c->type = db_cell(rows, i, 2);
		c->type_schema = db_cell(rows, i, 3);
		c->type_name = db_cell(rows, i, 4);
		c->type_kind = *db_cell(rows, i, 5);
		c->is_domain = is_true(db_cell(rows, i, 6));
		c->not_null = is_true(db_cell(rows, i, 7));
		c->has_default = is_true(db_cell(rows, i, 8));
		c->generated = *db_cell(rows, i, 9) != '\0';
		c->identity = *db_cell(rows, i, 10);
		c->plain_collation = is_true(db_cell(rows, i, 11));
		c->label = db_array_read(r->mem, db_cell(rows, i, 12),
		    &c->nlabels);
		c->exact = is_exact(c);
	}
}

/* The columns of that table by the names of a text[]. */
static const struct column **
columns_named(struct reader *r, const struct table *t, const char *array,
    size_t *n)
{
	const char **name = db_array_read(r->mem, array, n);
	const struct column **out;
	size_t i;

	out = arena_array(r->mem, const struct column *, *n + 1);
	for (i = 0; i < *n; i++)
		out[i] = table_column(t, name[i]);
	return out;
}

static int
identifies(const struct key *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (!k->column[i]->not_null || k->column[i]->generated)
			return 0;
	return k->n > 0 && !k->partial && !k->expression;
}

static void
read_keys(struct reader *r)
{
	const struct db_rows *rows = r->rows[PART_KEYS];
	struct table *t;
	struct key *k;
	size_t i;

	for (i = 0; i < rows->nrows; i++) {
		if ((t = owner(r, rows, i)) == NULL)
			continue;
		t->key = arena_more(r->mem, t->key, t->nkeys,
		    sizeof(*t->key));
		k = &t->key[t->nkeys++];
		memset(k, 0, sizeof(*k));
		k->name = db_cell(rows, i, 1);
		k->primary = is_true(db_cell(rows, i, 2));
		k->deferrable = is_true(db_cell(rows, i, 3));
		k->partial = is_true(db_cell(rows, i, 4));
		k->expression = is_true(db_cell(rows, i, 5));
		k->nulls_equal = is_true(db_cell(rows, i, 6));
		k->equal = db_array_read(r->mem, db_cell(rows, i, 8), &k->n);
		k->column = columns_named(r, t, db_cell(rows, i, 7), &k->n);
		k->order = db_cell(rows, i, 9);
		k->identifies = identifies(k);
	}
}

static struct fk *
add_fk(struct reader *r, struct table *t, const struct db_rows *rows, size_t i)
{
	struct fk *f;

	t->fk = arena_more(r->mem, t->fk, t->nfks, sizeof(*t->fk));
	f = &t->fk[t->nfks++];
	memset(f, 0, sizeof(*f));
	f->name = db_cell(rows, i, 1);
	f->parent_oid = db_cell(rows, i, 2);
	f->parent_schema = db_cell(rows, i, 3);
	f->parent_name = db_cell(rows, i, 4);
	f->deferrable = is_true(db_cell(rows, i, 5));
	f->on_delete = *db_cell(rows, i, 6);
	f->match = *db_cell(rows, i, 7);
	f->parent_from = db_cell(rows, i, 12);
	return f;
}

static void
add_fk_column(struct reader *r, const struct table *t, struct fk *f,
    const struct db_rows *rows, size_t i)
{
	f->column = arena_more(r->mem, f->column, f->n, sizeof(*f->column));
	f->parent_column = arena_more(r->mem, f->parent_column, f->n,
	    sizeof(*f->parent_column));
	f->equal = arena_more(r->mem, f->equal, f->n, sizeof(*f->equal));
	f->collate = arena_more(r->mem, f->collate, f->n, sizeof(*f->collate));
	f->column[f->n] = table_column(t, db_cell(rows, i, 8));
	f->parent_column[f->n] = db_cell(rows, i, 9);
	f->equal[f->n] = db_cell(rows, i, 10);
	f->collate[f->n++] = db_cell(rows, i, 11);
}

static void
read_fks(struct reader *r)
{
	const struct db_rows *rows = r->rows[PART_FKS];
	struct fk *f;
	struct table *t;
	size_t i;

	for (i = 0; i < rows->nrows; i++) {
		if ((t = owner(r, rows, i)) == NULL)
			continue;
		f = t->nfks > 0 ? &t->fk[t->nfks - 1] : NULL;
		if (f == NULL || strcmp(f->name, db_cell(rows, i, 1)) != 0)
			f = add_fk(r, t, rows, i);
		add_fk_column(r, t, f, rows, i);
	}
}

static void
read_sequences(struct reader *r)
{
	const struct db_rows *rows = r->rows[PART_SEQUENCES];
	struct sequence *s;
	struct table *t;
	size_t i;

	for (i = 0; i < rows->nrows; i++) {
		if ((t = owner(r, rows, i)) == NULL)
			continue;
		t->sequence = arena_more(r->mem, t->sequence, t->nsequences,
		    sizeof(*t->sequence));
		s = &t->sequence[t->nsequences++];
		s->column = table_column(t, db_cell(rows, i, 1));
		s->schema = db_cell(rows, i, 2);
		s->name = db_cell(rows, i, 3);
		s->ident = arena_printf(r->mem, "%s.%s",
		    db_ident(r->mem, s->schema), db_ident(r->mem, s->name));
		s->last = db_cell(rows, i, 4);
		s->descending = *db_cell(rows, i, 5) == '-';
	}
}

int
tables_send(struct db *db, const char *const *schema, size_t n,
    struct diag *d)
{
	static const struct db_ask ask[PART__MAX] = {
		[PART_TABLES] = { sql_rows_tables, 1, NULL },
		[PART_COLUMNS] = { sql_rows_columns, 1, NULL },
		[PART_KEYS] = { sql_rows_keys, 1, NULL },
		[PART_FKS] = { sql_rows_fks, 1, NULL },
		[PART_SEQUENCES] = { sql_rows_sequences, 1, NULL },
	};
	struct arena *mem = arena_new();
	const char *params[1];
	int rc;

	params[0] = db_array(mem, schema, n);
	rc = db_send_all(db, ask, PART__MAX, params, d);
	arena_free(mem);
	return rc;
}

int
tables_take(struct arena *mem, struct db *db, struct tables *out,
    struct diag *d)
{
	struct reader r = { .mem = mem, .schema = db_url_of(db)->schema };

	if (db_take_all(db, mem, PART__MAX, r.rows, d) == -1)
		return -1;
	read_tables(&r, out);
	read_columns(&r);
	read_keys(&r);
	read_fks(&r);
	read_sequences(&r);
	return 0;
}

int
tables_read(struct arena *mem, struct db *db, const char *const *schema,
    size_t n, struct tables *out, struct diag *d)
{
	if (tables_send(db, schema, n, d) == -1)
		return -1;
	return tables_take(mem, db, out, d);
}
