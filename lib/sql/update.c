/* An UPDATE taken apart: what the syntax tree says of it, and what batches
 * cannot do. */
#include <string.h>

#include <pg_query.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "sql/scan.h"
#include "sql/update_priv.h"

static int
refuse(struct update_reader *r, size_t offset, const char *text,
    const char *hint)
{
	*r->offset = offset;
	if (hint != NULL)
		diag_hint(r->d, "%s", hint);
	return diag_set(r->d, "%s", text);
}

const int update_grammar = PG_VERSION_NUM / 10000;

const json_t *
update_value(const json_t *target)
{
	const json_t *value = json_object_get(target, "val"), *list, *row;

	list = update_node(value, "MultiAssignRef");
	if (list == NULL)
		return value;
	row = update_node(json_object_get(list, "source"), "RowExpr");
	row = json_object_get(row, "args");
	if (json_array_size(row) !=
	    (size_t)json_integer_value(json_object_get(list, "ncolumns")))
		return NULL;
	return json_array_get(row, (size_t)json_integer_value(
	    json_object_get(list, "colno")) - 1);
}

static int
check_target(struct update_reader *r, const json_t *t)
{
	const json_t *value = update_value(t);
	const char *name = json_string_value(json_object_get(t, "name"));

	if (json_object_get(t, "indirection") != NULL &&
	    strcmp(name, r->u->alias) == 0)
		return refuse(r, update_place(t),
		    "a column is set by its name alone, without the table's",
		    NULL);
	if (json_object_get(t, "indirection") != NULL)
		return refuse(r, update_place(t),
		    "a part of a column cannot be set in batches",
		    "set the whole column: with jsonb_set(), by array "
		    "functions, or as a ROW()");
	if (value == NULL)
		return refuse(r, update_place(t), "columns that are set "
		    "together need as many values: (a, b) = (1, 2)",
		    "of a query, write one (SELECT …) for each column");
	if (update_node(value, "SetToDefault") != NULL)
		return refuse(r, update_place(update_node(value,
		    "SetToDefault")), "DEFAULT is no value that rows can be "
		    "compared with", "write the value out");
	return 0;
}

/* What batches cannot do. */
static int
check_clauses(struct update_reader *r)
{
	const json_t *with = json_object_get(r->stmt, "withClause");
	const json_t *returning = json_object_get(r->stmt, "returningList");
	const json_t *relation = json_object_get(r->stmt, "relation");

	if (with != NULL)
		return refuse(r, update_place(with), "WITH would be done for "
		    "each batch anew", "write its query as a sub-select");
	if (returning != NULL)
		return refuse(r, update_place(update_node(json_array_get(
		    returning, 0), "ResTarget")),
		    "RETURNING has nobody to return to", NULL);
	if (update_node(json_object_get(r->stmt, "whereClause"),
	    "CurrentOfExpr") != NULL)
		return refuse(r, update_place(relation),
		    "CURRENT OF has no cursor here", NULL);
	if (json_object_get(relation, "catalogname") != NULL)
		return refuse(r, update_place(relation), "the database is "
		    "said by --url", "leave it out: schema.table");
	return 0;
}

static const char *
text_of(struct update_reader *r, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? NULL : arena_strdup(r->mem, s);
}

static int
read_targets(struct update_reader *r)
{
	const json_t *relation = json_object_get(r->stmt, "relation"), *t;
	struct sql_update *u = r->u;
	size_t i;

	u->schema = text_of(r, relation, "schemaname");
	u->table = text_of(r, relation, "relname");
	u->place = update_place(relation);
	u->only = !json_is_true(json_object_get(relation, "inh"));
	u->alias = text_of(r, json_object_get(relation, "alias"),
	    "aliasname");
	if (u->alias == NULL)
		u->alias = u->table;
	u->nset = json_array_size(update_targets(r));
	u->set = arena_array(r->mem, struct sql_set, u->nset);
	json_array_foreach(update_targets(r), i, t) {
		t = update_node(t, "ResTarget");
		u->set[i].column = text_of(r, t, "name");
		u->set[i].place = update_place(t);
		if (check_target(r, t) == -1)
			return -1;
	}
	return 0;
}

static int
read_tree(struct update_reader *r, const json_t *tree)
{
	const json_t *stmts = json_object_get(tree, "stmts");
	size_t start = (size_t)(sql_skip(r->text) - r->text);

	r->stmt = json_object_get(update_node(json_array_get(stmts, 0),
	    "stmt"), "UpdateStmt");
	if (json_array_size(stmts) > 1)
		return refuse(r, (size_t)json_integer_value(json_object_get(
		    json_array_get(stmts, 1), "stmt_location")),
		    "there is more than one statement", NULL);
	if (r->stmt == NULL)
		return refuse(r, start, "this is no UPDATE",
		    "a backfill is made of plain UPDATE statements");
	if (check_clauses(r) == -1 || read_targets(r) == -1)
		return -1;
	if (update_cut(r) == -1)
		return refuse(r, start,
		    "this UPDATE cannot be taken apart",
		    "write it plainly: UPDATE table SET column = value "
		    "WHERE condition");
	return update_look(r);
}

int
update_parse(struct arena *mem, const char *text, size_t len,
    struct sql_update *u, size_t *offset, struct diag *d)
{
	struct update_reader r = { mem, NULL, NULL, u, offset, d };
	PgQueryParseResult p;
	json_t *tree;
	int rc;

	memset(u, 0, sizeof(*u));
	*offset = 0;
	r.text = arena_strndup(mem, text, len);
	p = pg_query_parse(r.text);
	if (p.error != NULL) {
		/* cursorpos counts characters from 1 */
		*offset = p.error->cursorpos > 0 ? utf8_offset(text, len,
		    (size_t)p.error->cursorpos - 1) : len;
		rc = diag_set(d, "%s", p.error->message);
	} else if ((tree = json_loads(p.parse_tree, 0, NULL)) == NULL)
		rc = diag_set(d, "the statement is nested too deeply");
	else {
		rc = read_tree(&r, tree);
		json_decref(tree);
	}
	pg_query_free_parse_result(p);
	return rc;
}
