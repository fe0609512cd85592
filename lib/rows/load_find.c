/* Which table of the destination a COPY of the stream means, and whether its
 * columns can be filled: all that is wrong is told before the first row. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/load_priv.h"
#include "rows/order.h"

/* Its schema at the destination; no schema is the URL's. */
const char *
load_schema(const struct load *l, const char *schema)
{
	size_t i;

	if (schema == NULL)
		return db_url_of(l->db)->schema;
	for (i = 0; i < l->o->nmap; i++)
		if (strcmp(l->o->map[i].from, schema) == 0)
			return l->o->map[i].to;
	return schema;
}

static int
refuse(struct load *l, const struct load_table *t, const char *why)
{
	load_fail(l, t, "table '%s' %s", t->shown, why);
	return diag_hint(l->d, "leave it out: 'dbm rows' does, pg_dump "
	    "needs --exclude-table='%s'", t->shown);
}

int
load_name(struct load *l, const struct stream_item *item,
    struct load_table *t)
{
	const char *schema = item->name.schema;

	t->name = item->name.table;
	t->schema = load_schema(l, schema);
	t->shown = schema == NULL ||
	    strcmp(t->schema, db_url_of(l->db)->schema) == 0 ? t->name :
	    arena_printf(l->group, "%s.%s", schema, t->name);
	if (strcmp(t->schema, "dbm") == 0)
		return refuse(l, t, "is one of dbm's own");
	if (strcmp(t->name, "_prisma_migrations") == 0)
		return refuse(l, t, "tells of the migrations of the database "
		    "that it was read from");
	return 0;
}

/* Unless it has been read. */
int
load_read(struct load *l, const char *schema)
{
	struct tables more;
	size_t i;

	for (i = 0; i < l->nschemas; i++)
		if (strcmp(l->schema[i], schema) == 0)
			return 0;
	schema = arena_strdup(l->mem, schema);
	if (tables_read(l->mem, l->db, &schema, 1, &more, l->d) == -1)
		return -1;
	l->schema = arena_more(l->mem, l->schema, l->nschemas,
	    sizeof(*l->schema));
	l->schema[l->nschemas++] = schema;
	for (i = 0; i < more.n; i++) {
		l->all.table = arena_more(l->mem, l->all.table, l->all.n,
		    sizeof(*l->all.table));
		l->all.table[l->all.n++] = more.table[i];
	}
	l->order = NULL;
	return 0;
}

const struct table_group *
load_cycle(struct load *l, const struct load_table *t)
{
	const struct table_group *g;
	size_t i, j;

	if (l->order == NULL) {
		l->order = arena_new_of(l->mem, struct table_order);
		tables_order(l->mem, l->all.table, l->all.n, l->order);
	}
	for (i = 0; i < l->order->n; i++) {
		g = &l->order->group[i];
		for (j = 0; j < g->n && g->n > 1; j++)
			if (g->table[j] == t->merge.table)
				return g;
	}
	return NULL;
}

static int
no_table(struct load *l, const struct load_table *t)
{
	const struct table *other;
	size_t i;

	load_fail(l, t, "there is no table '%s' in database '%s', schema %s",
	    t->name, db_url_of(l->db)->dbname, t->schema);
	diag_hint(l->d, "'dbm migrate deploy' makes tables; --schema-map "
	    "OLD=NEW loads into another schema");
	for (i = 0; i < l->all.n; i++) {
		other = l->all.table[i];
		if (strcmp(other->schema, t->schema) == 0 &&
		    name_is_like(other->name, t->name))
			diag_hint(l->d, "did you mean '%s'?", other->shown);
	}
	return -1;
}

static int
no_column(struct load *l, const struct load_table *t, const char *name)
{
	const struct table *table = t->merge.table;
	size_t i;

	load_fail(l, t, "there is no column '%s' in table '%s'", name,
	    t->shown);
	diag_hint(l->d, "'dbm migrate deploy' brings the database up to date; "
	    "'dbm rows --columns' leaves columns out");
	for (i = 0; i < table->ncolumns; i++)
		if (name_is_like(table->column[i].name, name))
			diag_hint(l->d, "did you mean '%s'?",
			    table->column[i].name);
	return -1;
}

static int
add_column(struct load *l, struct load_table *t, const char *name)
{
	const struct column *c = table_column(t->merge.table, name);

	if (c == NULL)
		return no_column(l, t, name);
	if (columns_have(t->merge.column, t->merge.ncolumns, c))
		return load_fail(l, t, "column '%s' of table '%s' is named "
		    "twice", name, t->shown);
	if (c->generated) {
		load_fail(l, t, "column '%s' of table '%s' is generated: it "
		    "cannot be loaded", name, t->shown);
		return diag_hint(l->d, "'dbm rows --columns' leaves columns "
		    "out");
	}
	t->merge.column[t->merge.ncolumns++] = c;
	return 0;
}

/* What nothing fills cannot be left out. */
static int
check_left_out(struct load *l, struct load_table *t)
{
	const struct table *table = t->merge.table;
	const struct column *c;
	struct buf names = BUF_INIT;
	size_t i, n = 0;

	for (i = 0; i < table->ncolumns; i++) {
		c = &table->column[i];
		if (c->not_null && !c->has_default && !c->generated &&
		    c->identity == 0 && !columns_have(t->merge.column,
		    t->merge.ncolumns, c))
			buf_addf(&names, "%s'%s'", n++ > 0 ? ", " : "",
			    c->name);
	}
	if (n > 0) {
		load_fail(l, t, "%s %s of table '%s' %s NOT NULL without a "
		    "default, and not in the stream",
		    n == 1 ? "column" : "columns", buf_str(&names), t->shown,
		    n == 1 ? "is" : "are");
		diag_hint(l->d, "give the column a default, or add it to the "
		    "stream");
	}
	buf_free(&names);
	return n > 0 ? -1 : 0;
}

static int
find_columns(struct load *l, const struct stream_item *item,
    struct load_table *t)
{
	size_t i;

	if (item->name.ncolumns == 0) {
		t->merge.column = table_streamed(l->group, t->merge.table,
		    &t->merge.ncolumns);
		return 0;
	}
	t->merge.column = arena_array(l->group, const struct column *,
	    item->name.ncolumns);
	for (i = 0; i < item->name.ncolumns; i++)
		if (add_column(l, t, item->name.column[i]) == -1)
			return -1;
	return check_left_out(l, t);
}

int
load_find(struct load *l, const struct stream_item *item,
    struct load_table *t)
{
	if (load_read(l, t->schema) == -1)
		return -1;
	t->merge.table = table_find(&l->all, t->schema, t->name);
	if (t->merge.table == NULL)
		return no_table(l, t);
	if (table_is_state(t->merge.table))
		return refuse(l, t, "is where 'dbm sync' keeps its state");
	if (t->merge.table->row_security) {
		load_fail(l, t, "row level security would hide rows of table "
		    "'%s' from this role", t->shown);
		return diag_hint(l->d, "connect as its owner, or as a role "
		    "with BYPASSRLS");
	}
	if (find_columns(l, item, t) == -1)
		return -1;
	t->merge.key = table_key(t->merge.table, t->merge.column,
	    t->merge.ncolumns);
	return 0;
}
