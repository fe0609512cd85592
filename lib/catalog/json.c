/* Changes as JSON lines.  Keys are only ever added. */
#include <jansson.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "catalog/change.h"
#include "catalog/json.h"
#include "catalog/risk.h"

static const char *const clause_name[] = {
	[CLAUSE_DROP_PK] = "DropPrimaryKey",
	[CLAUSE_RENAME_PK] = "RenamePrimaryKey",
	[CLAUSE_DROP_COLUMN] = "DropColumn",
	[CLAUSE_ADD_COLUMN] = "AddColumn",
	[CLAUSE_ALTER_COLUMN] = "AlterColumn",
	[CLAUSE_RECREATE_COLUMN] = "RecreateColumn",
	[CLAUSE_ADD_PK] = "AddPrimaryKey"
};

static const char *const cast_name[] = {
	[CAST_SAFE] = "safe",
	[CAST_RISKY] = "risky",
	[CAST_IMPOSSIBLE] = "none"
};

static void
set_string(json_t *o, const char *key, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, key, json_string(value));
}

static json_t *
clause_json(const struct clause *c)
{
	json_t *o = json_object();
	const struct cat_column *column = c->to != NULL ? c->to : c->from;

	set_string(o, "clause", clause_name[c->kind]);
	if (column != NULL)
		set_string(o, "column", column->name);
	if (c->arity)
		json_object_set_new(o, "arity", json_true());
	if (c->dflt)
		json_object_set_new(o, "default", json_true());
	if (c->autoincrement)
		json_object_set_new(o, "autoincrement", json_true());
	if (c->cast != CAST_NONE)
		set_string(o, "cast", cast_name[c->cast]);
	return o;
}

static json_t *
strings(const char *const *s, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(s[i]));
	return a;
}

/* What the change is about: its schema, table and name, old and new. */
static void
names(json_t *o, const struct change *c)
{
	const struct cat_table *t = c->from_table != NULL ? c->from_table :
	    c->to_table;
	const struct cat_enum *e = c->from_enum != NULL ? c->from_enum :
	    c->to_enum;
	const struct cat_extension *x = c->from_extension != NULL ?
	    c->from_extension : c->to_extension;

	set_string(o, "schema", t != NULL ? t->ns : e != NULL ? e->ns : c->ns);
	if (t != NULL)
		set_string(o, "table", t->name);
	if (e != NULL)
		set_string(o, "enum", e->name);
	if (x != NULL)
		set_string(o, "extension", x->name);
	if (c->from_index != NULL)
		set_string(o, "from_index", c->from_index->name);
	if (c->to_index != NULL)
		set_string(o, "index", c->to_index->name);
	if (c->from_fk != NULL)
		set_string(o, "from_foreign_key", c->from_fk->name);
	if (c->to_fk != NULL)
		set_string(o, "foreign_key", c->to_fk->name);
	set_string(o, "from", c->old_name);
	set_string(o, "to", c->new_name);
}

static json_t *
warnings(const struct risks *r, const struct change *c)
{
	json_t *a = json_array();
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < r->n; i++) {
		if (r->item[i].change != c)
			continue;
		buf_reset(&text);
		risk_text(&r->item[i], &text);
		json_array_append_new(a, json_string(buf_str(&text)));
	}
	buf_free(&text);
	return a;
}

static void
change_json(struct arena *mem, const struct risks *r, const struct change *c,
    struct buf *out)
{
	json_t *o = json_object(), *clauses;
	const char *const *stmt;
	size_t n;
	char *text;

	set_string(o, "change", change_title(c));
	set_string(o, "risk", risk_level_name[risks_of_change(r, c)]);
	names(o, c);
	if (c->nclauses > 0) {
		clauses = json_array();
		for (size_t i = 0; i < c->nclauses; i++)
			json_array_append_new(clauses,
			    clause_json(&c->clause[i]));
		json_object_set_new(o, "clauses", clauses);
	}
	if (c->nadded > 0)
		json_object_set_new(o, "added", strings(c->added, c->nadded));
	if (c->nremoved > 0)
		json_object_set_new(o, "removed",
		    strings(c->removed, c->nremoved));
	n = change_statements(mem, r->changes, c, &stmt);
	json_object_set_new(o, "sql", strings(stmt, n));
	json_object_set_new(o, "warnings", warnings(r, c));
	text = json_dumps(o, JSON_COMPACT);
	buf_addf(out, "%s\n", text);
	free(text);
	json_decref(o);
}

void
changes_json(const struct risks *r, struct buf *out)
{
	struct arena *mem = arena_new();

	for (size_t i = 0; i < r->changes->n; i++) {
		arena_reset(mem);
		change_json(mem, r, &r->changes->item[i], out);
	}
	arena_free(mem);
}
