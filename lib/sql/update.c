/*
 * An UPDATE taken apart.  The syntax tree says what it is; its parts are then
 * cut out of the text, where commas, FROM and WHERE stand outside of brackets,
 * so that the user's words go to the server as they were written.
 */
#include <string.h>

#include <pg_query.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "sql/scan.h"
#include "sql/update_priv.h"

struct token {
	size_t start, end;
};

/* The text as tokens, without comments and the ';' at its end. */
struct cut {
	struct update_reader *r;
	struct token *token;
	size_t n;
};

static int
refuse(struct update_reader *r, size_t offset, const char *text,
    const char *hint)
{
	*r->offset = offset;
	if (hint != NULL)
		diag_hint(r->d, "%s", hint);
	return diag_set(r->d, "%s", text);
}

static void
scan(struct cut *c)
{
	const char *s = c->r->text, *end;

	while ((s = sql_skip(s)) != NULL && *s != '\0') {
		if ((end = sql_token(s)) == NULL)
			break;
		c->token = arena_more(c->r->mem, c->token, c->n,
		    sizeof(*c->token));
		c->token[c->n].start = (size_t)(s - c->r->text);
		c->token[c->n++].end = (size_t)(end - c->r->text);
		s = end;
	}
	while (c->n > 0 && c->r->text[c->token[c->n - 1].start] == ';')
		c->n--;
}

static int
is_char(const struct cut *c, size_t i, char ch)
{
	return i < c->n && c->r->text[c->token[i].start] == ch &&
	    c->token[i].end == c->token[i].start + 1;
}

/* Behind a '.' every word is a name. */
static int
is_word(const struct cut *c, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i < c->n && c->token[i].end - c->token[i].start == n &&
	    strncasecmp(c->r->text + c->token[i].start, word, n) == 0 &&
	    (i == 0 || !is_char(c, i - 1, '.'));
}

static int
depth_after(const struct cut *c, size_t i, int depth)
{
	if (is_char(c, i, '(') || is_char(c, i, '['))
		return depth + 1;
	return depth - (is_char(c, i, ')') || is_char(c, i, ']'));
}

/* Where the first of these begins outside of brackets, from i on: a word, or
 * a comma; else `end'. */
static size_t
find(const struct cut *c, size_t i, size_t end, const char *word)
{
	int depth = 0;

	for (; i < end; i++) {
		if (depth == 0 && (*word == ',' ? is_char(c, i, ',') :
		    is_word(c, i, word) &&
		    /* IS DISTINCT FROM */
		    !(*word == 'f' && is_word(c, i - 1, "distinct"))))
			return i;
		depth = depth_after(c, i, depth);
	}
	return end;
}

static struct sql_part
part(const struct cut *c, size_t from, size_t end)
{
	struct sql_part p = { NULL, 0 };

	if (from >= end)
		return p;
	p.offset = c->token[from].start;
	p.text = arena_strndup(c->r->mem, c->r->text + p.offset,
	    c->token[end - 1].end - p.offset);
	return p;
}

/* What (…) or ROW(…) from there to the end holds, for the next n sets. */
static int
cut_row(struct cut *c, size_t i, size_t end, size_t set, size_t n)
{
	size_t comma;

	i += is_word(c, i, "row");
	if (!is_char(c, i++, '(') || !is_char(c, --end, ')'))
		return -1;
	for (; n > 0; n--, set++, i = comma + 1) {
		comma = n == 1 ? end : find(c, i, end, ",");
		c->r->u->set[set].value = part(c, i, comma);
	}
	return 0;
}

/* The number of columns that the n-th target is set together with. */
static size_t
together(const struct update_reader *r, size_t n)
{
	const json_t *t = json_array_get(update_targets(r), n);

	t = update_node(json_object_get(update_node(t, "ResTarget"), "val"),
	    "MultiAssignRef");
	return t == NULL ? 0 :
	    (size_t)json_integer_value(json_object_get(t, "ncolumns"));
}

/* One item of SET, from i to the end: the next columns. */
static int
cut_item(struct cut *c, size_t i, size_t end, size_t *set)
{
	size_t n = together(c->r, *set);

	while (i < end && !is_char(c, i, '='))
		i++;
	if (n > 0 && cut_row(c, i + 1, end, *set, n) == -1)
		return -1;
	if (n == 0)
		c->r->u->set[*set].value = part(c, i + 1, end);
	*set += n > 0 ? n : 1;
	return 0;
}

static size_t
token_at(const struct cut *c, size_t offset)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->token[i].start == offset)
			return i;
	return c->n;
}

/* The tree says how many parts there have to be. */
static int
cut_parts(struct cut *c)
{
	struct sql_update *u = c->r->u;
	const json_t *first = json_array_get(update_targets(c->r), 0);
	size_t i, comma, from, where, set = 0;

	i = token_at(c, update_place(update_node(first, "ResTarget")));
	i -= together(c->r, 0) > 0;
	where = find(c, i, c->n, "where");
	from = find(c, i, where, "from");
	u->where = part(c, where + 1, c->n);
	u->from = part(c, from + 1, where);
	for (; set < u->nset && i < from; i = comma + 1) {
		comma = find(c, i, from, ",");
		if (cut_item(c, i, comma, &set) == -1)
			return -1;
	}
	for (i = 0; i < u->nset; i++)
		if (u->set[i].value.text == NULL)
			return -1;
	return set == u->nset && (u->from.text != NULL) ==
	    (json_object_get(c->r->stmt, "fromClause") != NULL) &&
	    (u->where.text != NULL) ==
	    (json_object_get(c->r->stmt, "whereClause") != NULL) ? 0 : -1;
}

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
	struct cut c = { r, NULL, 0 };

	scan(&c);
	r->stmt = json_object_get(update_node(json_array_get(stmts, 0),
	    "stmt"), "UpdateStmt");
	if (json_array_size(stmts) > 1)
		return refuse(r, (size_t)json_integer_value(json_object_get(
		    json_array_get(stmts, 1), "stmt_location")),
		    "there is more than one statement", NULL);
	if (r->stmt == NULL)
		return refuse(r, c.n > 0 ? c.token[0].start : 0,
		    "this is no UPDATE",
		    "a backfill is made of plain UPDATE statements");
	if (check_clauses(r) == -1 || read_targets(r) == -1)
		return -1;
	if (cut_parts(&c) == -1)
		return refuse(r, c.token[0].start,
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
		diag_hint(d, "it is read by the grammar of PostgreSQL "
		    PG_MAJORVERSION);
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
