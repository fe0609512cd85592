/* An UPDATE read and resolved: its table, its columns, its key. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "batch/change_priv.h"
#include "batch/key.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"

void
change_place(const struct change *c, size_t offset, struct diag *d)
{
	const struct change_source *s = NULL;
	size_t i;

	for (i = 0; i < c->nsources; i++)
		if (c->source[i].offset <= offset)
			s = &c->source[i];
	if (s == NULL)
		return;
	/* what was put between two pieces: at the end of the first */
	offset -= s->offset;
	diag_at_offset(d, s->name, s->text, strlen(s->text), s->begin +
	    (offset < s->length ? offset : s->length));
}

void
change_hint_quotes(const struct change *c, const char *name, struct diag *d)
{
	diag_hint(d, "in SQL a name with capitals needs double quotes: %s",
	    db_ident(c->mem, name));
}

/* --- table and columns --- */

/* Whoever wrote it without quotes sees no difference: SQL has folded it. */
static int
is_folded(const char *name, const char *wrote)
{
	return strcasecmp(name, wrote) == 0 &&
	    strpbrk(wrote, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL;
}

/* Is this what was meant? */
static int
hint_name(const struct change *c, const char *name, const char *shown,
    const char *wrote, struct diag *d)
{
	if (!name_is_like(name, wrote))
		return 0;
	if (is_folded(name, wrote))
		change_hint_quotes(c, name, d);
	else
		diag_hint(d, "did you mean '%s'?", shown);
	return 1;
}

static int
no_table(const struct change *c, const char *schema, struct diag *d)
{
	const char *param[] = { schema, c->update.table };
	const char *shown = c->update.table;
	struct db_rows *r;
	size_t i;

	r = db_query(c->db, c->mem, sql_change_relation, 2, param, d);
	if (r == NULL)
		return -1;
	if (c->update.schema != NULL && strcmp(schema,
	    db_url_of(c->db)->schema) != 0)
		shown = arena_printf(c->mem, "%s.%s", schema, shown);
	if (r->nrows > 0) {
		diag_hint(d, "name the table that its rows are from");
		return diag_set(d, "'%s' is a %s, which has no key to go by",
		    shown, db_cell(r, 0, 0));
	}
	for (i = 0; i < c->all.n; i++)
		if (hint_name(c, c->all.table[i]->name,
		    c->all.table[i]->shown, c->update.table, d))
			break;
	return diag_set(d, "there is no table '%s' in database '%s', schema "
	    "%s", shown, db_url_of(c->db)->dbname, schema);
}

/* Rows of children have keys of their own: two of them may be the same. */
static int
check_children(const struct change *c, struct diag *d)
{
	struct db_rows *r;

	if (c->update.only || c->table->kind != 'r')
		return 0;
	r = db_query(c->db, c->mem, sql_change_children, 1, &c->table->oid,
	    d);
	if (r == NULL || r->nrows == 0)
		return r == NULL ? -1 : 0;
	diag_hint(d, "in a file, write UPDATE ONLY %s, and an UPDATE for each "
	    "table that inherits from it", c->table->ident);
	return diag_set(d, "table '%s' inherits from table '%s', and its rows "
	    "would be changed, too", db_cell(r, 0, 0), c->table->shown);
}

/* What the server keeps of itself is changed by other commands than UPDATE;
 * names that begin with pg_ are its own. */
static int
check_schema(const char *schema, const char *table, struct diag *d)
{
	if (strcmp(schema, "dbm") == 0)
		return diag_set(d, "table '%s.%s' is one of dbm's own",
		    schema, table);
	if (strncmp(schema, "pg_", 3) != 0 &&
	    strcmp(schema, "information_schema") != 0)
		return 0;
	return diag_set(d, "table '%s.%s' is one of the server's own, which "
	    "only its own commands may change", schema, table);
}

static int
find_table(struct change *c, struct diag *d)
{
	const char *schema = c->update.schema;

	if (schema == NULL)
		schema = db_url_of(c->db)->schema;
	if (check_schema(schema, c->update.table, d) == -1 ||
	    tables_read(c->mem, c->db, &schema, 1, &c->all, d) == -1)
		return -1;
	c->table = table_find(&c->all, schema, c->update.table);
	if (c->table == NULL)
		return no_table(c, schema, d);
	if (c->table->row_security) {
		diag_hint(d, "connect as its owner, or as a role with "
		    "BYPASSRLS");
		return diag_set(d, "row level security would hide rows of "
		    "table '%s'", c->table->shown);
	}
	return check_children(c, d);
}

static int
no_column(const struct change *c, const char *name, struct diag *d)
{
	size_t i;

	for (i = 0; i < c->table->ncolumns; i++)
		if (hint_name(c, c->table->column[i].name,
		    c->table->column[i].name, name, d))
			break;
	return diag_set(d, "there is no column '%s' in table '%s'", name,
	    c->table->shown);
}

static int
find_column(struct change *c, size_t i, struct diag *d)
{
	const char *name = c->update.set[i].column;
	const struct column *column = table_column(c->table, name);

	if (column == NULL)
		return no_column(c, name, d);
	if (column->generated)
		return diag_set(d, "column '%s' of table '%s' is generated: "
		    "it cannot be set", name, c->table->shown);
	if (column->identity == 'a') {
		diag_hint(d, "it is GENERATED ALWAYS AS IDENTITY");
		return diag_set(d, "column '%s' of table '%s' is an identity: "
		    "it cannot be set", name, c->table->shown);
	}
	if (columns_have(c->set, i, column))
		return diag_set(d, "column '%s' is set twice", name);
	c->set[i] = column;
	return 0;
}

static int
find_columns(struct change *c, struct diag *d)
{
	size_t i;

	c->set = arena_array(c->mem, const struct column *, c->update.nset);
	for (i = 0; i < c->update.nset; i++)
		if (find_column(c, i, d) == -1) {
			change_place(c, c->update.set[i].place, d);
			return -1;
		}
	return 0;
}

/* --- all of it --- */

static void
find_differ(struct change *c)
{
	struct buf b = BUF_INIT;
	size_t i;

	if (c->once || c->unsteady)
		return;
	for (i = 0; i < c->update.nset; i++) {
		buf_adds(&b, i > 0 ? " OR " : "");
		equal_differ_value(&b, c->set[i], c->alias,
		    c->update.set[i].value.text);
	}
	c->differ = arena_strdup(c->mem, buf_str(&b));
	buf_free(&b);
}

static int
resolve(struct change *c, const char *by, struct diag *d)
{
	if (find_table(c, d) == -1) {
		change_place(c, c->update.place, d);
		return -1;
	}
	c->alias = db_ident(c->mem, c->update.alias);
	c->target = arena_printf(c->mem, "%s AS %s", c->table->from,
	    c->alias);
	c->path = db_ident(c->mem, db_url_of(c->db)->schema);
	if (find_columns(c, d) == -1)
		return -1;
	c->key = batch_key(c->mem, c->table, by, c->set, c->update.nset, d);
	if (c->key == NULL || change_steady(c, d) == -1 ||
	    change_check_once(c, d) == -1)
		return -1;
	find_differ(c);
	return 0;
}

/* A server that is newer knows more words. */
static void
hint_grammar(const struct change *c, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct db_rows *r;

	r = db_query(c->db, c->mem, "SHOW server_version_num", 0, NULL,
	    &ignored);
	if (d->hint.len == 0 && r != NULL &&
	    atoi(db_cell(r, 0, 0)) / 10000 > update_grammar)
		diag_hint(d, "it is read by the grammar of PostgreSQL %d",
		    update_grammar);
	diag_free(&ignored);
}

int
change_open(struct change *c, const char *by, struct diag *d)
{
	size_t offset;

	if (update_parse(c->mem, c->statement, strlen(c->statement),
	    &c->update, &offset, d) == -1) {
		hint_grammar(c, d);
		change_place(c, offset, d);
		return -1;
	}
	return resolve(c, by, d);
}
