/*
 * What a statement means for transactions, read off its syntax tree.  The
 * statements that "cannot run inside a transaction block" are the callers of
 * PreventInTransactionBlock() in PostgreSQL's source.
 */
#include <ctype.h>
#include <string.h>

#include <jansson.h>
#include <pg_query.h>

#include "base/arena.h"
#include "sql/classify.h"
#include "sql/script.h"

/* First words worth a parse; `with': one of these words must follow. */
static const struct {
	const char *first;
	const char *with[6];
} candidates[] = {
	{ "abort", { NULL } },
	{ "alter", { "concurrently", "tablespace", "system", "subscription",
		       NULL } },
	{ "begin", { NULL } },
	{ "cluster", { NULL } },
	{ "commit", { NULL } },
	{ "copy", { "stdin", NULL } },
	{ "create", { "concurrently", "database", "tablespace",
			"subscription", NULL } },
	{ "discard", { NULL } },
	{ "drop", { "concurrently", "database", "tablespace", "subscription",
		      NULL } },
	{ "end", { NULL } },
	{ "prepare", { NULL } },
	{ "reindex", { NULL } },
	{ "reset", { NULL } },
	{ "rollback", { NULL } },
	{ "select", { "set_config", NULL } },
	{ "set", { NULL } },
	{ "start", { NULL } },
	{ "vacuum", { NULL } },
};

#define NCANDIDATES (sizeof(candidates) / sizeof(candidates[0]))

static int
contains(const char *s, size_t n, const char *word)
{
	size_t i, len = strlen(word);

	for (i = 0; i + len <= n; i++)
		if (strncasecmp(s + i, word, len) == 0)
			return 1;
	return 0;
}

static int
is_candidate(const char *s, size_t n)
{
	const char *const *w;
	size_t i, len = 0;

	while (len < n && isalpha((unsigned char)s[len]))
		len++;
	for (i = 0; i < NCANDIDATES; i++) {
		if (strlen(candidates[i].first) != len ||
		    strncasecmp(candidates[i].first, s, len) != 0)
			continue;
		if (candidates[i].with[0] == NULL)
			return 1;
		for (w = candidates[i].with; *w != NULL; w++)
			if (contains(s, n, *w))
				return 1;
	}
	return 0;
}

static const char *
text_of(struct arena *mem, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? NULL : arena_strdup(mem, s);
}

static int
is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static int
is(const json_t *o, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL && strcmp(s, value) == 0;
}

/* As defGetBoolean(): no value is true. */
static int
is_on(const json_t *arg)
{
	static const char *const off[] = { "false", "off", "no", "0" };
	const json_t *v;
	const char *s;
	size_t i;

	if (arg == NULL)
		return 1;
	if ((v = json_object_get(arg, "Boolean")) != NULL)
		return is_true(v, "boolval");
	if ((v = json_object_get(arg, "Integer")) != NULL)
		return json_integer_value(json_object_get(v, "ival")) != 0;
	s = json_string_value(json_object_get(json_object_get(arg, "String"),
	    "sval"));
	for (i = 0; s != NULL && i < sizeof(off) / sizeof(off[0]); i++)
		if (strcasecmp(s, off[i]) == 0)
			return 0;
	return 1;
}

/* Is there an element of that `defname', not switched off, in the list? */
static int
has_option(const json_t *list, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		item = json_object_get(item, "DefElem");
		if (is(item, "defname", name))
			return is_on(json_object_get(item, "arg"));
	}
	return 0;
}

static void
alone(struct sql_stmt *st, enum sql_effect effect)
{
	st->kind = SQL_AUTOCOMMIT;
	st->effect = effect;
}

static void
on_relation(struct arena *mem, struct sql_stmt *st, const json_t *relation)
{
	st->schema = text_of(mem, relation, "schemaname");
	st->table = text_of(mem, relation, "relname");
}

/* A node of the syntax tree, and the statement to be told. */
struct look {
	struct arena *mem;
	const json_t *o;
	struct sql_stmt *st;
};

static void
transaction(const struct look *l)
{
	static const struct {
		const char *name;
		enum sql_kind kind;
	} kinds[] = {
		{ "TRANS_STMT_BEGIN", SQL_BEGIN },
		{ "TRANS_STMT_START", SQL_BEGIN },
		{ "TRANS_STMT_COMMIT", SQL_COMMIT },
		{ "TRANS_STMT_ROLLBACK", SQL_ROLLBACK },
		{ "TRANS_STMT_PREPARE", SQL_PREPARE },
		{ "TRANS_STMT_COMMIT_PREPARED", SQL_AUTOCOMMIT },
		{ "TRANS_STMT_ROLLBACK_PREPARED", SQL_AUTOCOMMIT },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(l->o, "kind", kinds[i].name))
			l->st->kind = kinds[i].kind;
	l->st->chain = is_true(l->o, "chain");
	l->st->object = text_of(l->mem, l->o, "gid");
	if (l->st->kind == SQL_AUTOCOMMIT)
		l->st->effect = EFFECT_END_PREPARED;
}

static void
create_index(const struct look *l)
{
	if (!is_true(l->o, "concurrent"))
		return;
	alone(l->st, EFFECT_CREATE_INDEX);
	on_relation(l->mem, l->st, json_object_get(l->o, "relation"));
	l->st->object = text_of(l->mem, l->o, "idxname");
	l->st->if_exists = is_true(l->o, "if_not_exists");
}

static void
drop(const struct look *l)
{
	const json_t *items;
	size_t n;

	if (!is_true(l->o, "concurrent"))
		return;
	alone(l->st, EFFECT_DROP_INDEX);
	l->st->if_exists = is_true(l->o, "missing_ok");
	items = json_array_get(json_object_get(l->o, "objects"), 0);
	items = json_object_get(json_object_get(items, "List"), "items");
	n = json_array_size(items);
	if (n > 0)
		l->st->object = text_of(l->mem, json_object_get(
		    json_array_get(items, n - 1), "String"), "sval");
	if (n > 1)
		l->st->schema = text_of(l->mem, json_object_get(
		    json_array_get(items, n - 2), "String"), "sval");
}

static void
reindex(const struct look *l)
{
	int whole = is(l->o, "kind", "REINDEX_OBJECT_SCHEMA") ||
	    is(l->o, "kind", "REINDEX_OBJECT_SYSTEM") ||
	    is(l->o, "kind", "REINDEX_OBJECT_DATABASE");
	int concurrently = has_option(json_object_get(l->o, "params"),
	    "concurrently");

	if (!whole && !concurrently)
		return;
	alone(l->st, whole ? EFFECT_REPEAT : EFFECT_REINDEX);
	on_relation(l->mem, l->st, json_object_get(l->o, "relation"));
}

static void
vacuum(const struct look *l)
{
	if (is_true(l->o, "is_vacuumcmd"))
		alone(l->st, EFFECT_REPEAT);
}

static void
cluster(const struct look *l)
{
	if (json_object_get(l->o, "relation") == NULL)
		alone(l->st, EFFECT_REPEAT);
}

static void
alter_table(const struct look *l)
{
	const json_t *cmd, *def;
	size_t i;

	json_array_foreach(json_object_get(l->o, "cmds"), i, cmd) {
		cmd = json_object_get(cmd, "AlterTableCmd");
		if (!is(cmd, "subtype", "AT_DetachPartition"))
			continue;
		def = json_object_get(json_object_get(cmd, "def"),
		    "PartitionCmd");
		if (!is_true(def, "concurrent"))
			continue;
		alone(l->st, EFFECT_DETACH);
		on_relation(l->mem, l->st, json_object_get(l->o, "relation"));
		def = json_object_get(def, "name");
		l->st->object = text_of(l->mem, def, "relname");
		l->st->object_schema = text_of(l->mem, def, "schemaname");
	}
}

static void
alter_database(const struct look *l)
{
	if (has_option(json_object_get(l->o, "options"), "tablespace"))
		alone(l->st, EFFECT_REPEAT);
}

static void
discard(const struct look *l)
{
	if (is(l->o, "target", "DISCARD_ALL"))
		alone(l->st, EFFECT_REPEAT);
}

static void
set_variable(const struct look *l)
{
	if (!is_true(l->o, "is_local") && !is(l->o, "name", "TRANSACTION") &&
	    !is(l->o, "name", "TRANSACTION SNAPSHOT"))
		l->st->kind = SQL_SESSION;
}

static void
copy(const struct look *l)
{
	if (is_true(l->o, "is_from") && !is_true(l->o, "is_program") &&
	    json_object_get(l->o, "filename") == NULL)
		l->st->kind = SQL_COPY_IN;
}

/* SELECT pg_catalog.set_config('search_path', '', false), as pg_dump has it */
static void
select_stmt(const struct look *l)
{
	const json_t *call, *name, *local;

	if (json_array_size(json_object_get(l->o, "targetList")) != 1)
		return;
	call = json_array_get(json_object_get(l->o, "targetList"), 0);
	call = json_object_get(json_object_get(json_object_get(call,
	    "ResTarget"), "val"), "FuncCall");
	name = json_object_get(call, "funcname");
	name = json_array_get(name, json_array_size(name) - 1);
	if (!is(json_object_get(name, "String"), "sval", "set_config"))
		return;
	local = json_array_get(json_object_get(call, "args"), 2);
	local = json_object_get(json_object_get(local, "A_Const"), "boolval");
	if (local != NULL && !is_true(local, "boolval"))
		l->st->kind = SQL_SESSION;
}

static const struct {
	const char *node;
	void (*look)(const struct look *);
	/* without a function: always alone, with that effect on the object
	 * that stands under the key */
	enum sql_effect effect;
	const char *key;
} nodes[] = {
	{ "AlterDatabaseStmt", alter_database, 0, NULL },
	{ "AlterSubscriptionStmt", NULL, EFFECT_REPEAT, "subname" },
	{ "AlterSystemStmt", NULL, EFFECT_REPEAT, "name" },
	{ "AlterTableStmt", alter_table, 0, NULL },
	{ "ClusterStmt", cluster, 0, NULL },
	{ "CopyStmt", copy, 0, NULL },
	{ "CreateSubscriptionStmt", NULL, EFFECT_CREATE_SUBSCRIPTION,
	    "subname" },
	{ "CreateTableSpaceStmt", NULL, EFFECT_CREATE_TABLESPACE,
	    "tablespacename" },
	{ "CreatedbStmt", NULL, EFFECT_CREATE_DATABASE, "dbname" },
	{ "DiscardStmt", discard, 0, NULL },
	{ "DropStmt", drop, 0, NULL },
	{ "DropSubscriptionStmt", NULL, EFFECT_DROP_SUBSCRIPTION, "subname" },
	{ "DropTableSpaceStmt", NULL, EFFECT_DROP_TABLESPACE,
	    "tablespacename" },
	{ "DropdbStmt", NULL, EFFECT_DROP_DATABASE, "dbname" },
	{ "IndexStmt", create_index, 0, NULL },
	{ "ReindexStmt", reindex, 0, NULL },
	{ "SelectStmt", select_stmt, 0, NULL },
	{ "TransactionStmt", transaction, 0, NULL },
	{ "VacuumStmt", vacuum, 0, NULL },
	{ "VariableSetStmt", set_variable, 0, NULL },
};

static void
look_at(struct arena *mem, const json_t *tree, struct sql_stmt *st)
{
	struct look l = { mem, NULL, st };
	const json_t *stmt;
	size_t i;

	stmt = json_array_get(json_object_get(tree, "stmts"), 0);
	stmt = json_object_get(stmt, "stmt");
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		l.o = json_object_get(stmt, nodes[i].node);
		if (l.o == NULL)
			continue;
		if (nodes[i].look != NULL)
			nodes[i].look(&l);
		else {
			alone(st, nodes[i].effect);
			st->object = text_of(mem, l.o, nodes[i].key);
		}
	}
}

void
classify(struct arena *mem, const char *text, struct sql_stmt *st)
{
	size_t n = st->end - st->code;
	PgQueryParseResult r;
	json_t *tree;
	char *copied;

	st->kind = SQL_PLAIN;
	if (!is_candidate(text + st->code, n))
		return;
	copied = arena_strndup(mem, text + st->code, n);
	r = pg_query_parse(copied);
	tree = r.error != NULL ? NULL : json_loads(r.parse_tree, 0, NULL);
	if (tree != NULL)
		look_at(mem, tree, st);
	json_decref(tree);
	pg_query_free_parse_result(r);
}
