/* Splitting and classifying: what a statement means for transactions. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "sql/script.h"
#include "tap.h"

static const char *const kind_name[SQL__MAX] = {
	[SQL_PLAIN] = "plain",
	[SQL_BEGIN] = "begin",
	[SQL_COMMIT] = "commit",
	[SQL_PREPARE] = "prepare",
	[SQL_ROLLBACK] = "rollback",
	[SQL_SESSION] = "session",
	[SQL_AUTOCOMMIT] = "alone",
	[SQL_COPY_IN] = "copy",
};

static const char *const effect_name[EFFECT__MAX] = {
	[EFFECT_REPEAT] = "repeat",
	[EFFECT_END_PREPARED] = "end prepared",
	[EFFECT_CREATE_INDEX] = "create index",
	[EFFECT_DROP_INDEX] = "drop index",
	[EFFECT_REINDEX] = "reindex",
	[EFFECT_DETACH] = "detach",
	[EFFECT_CREATE_DATABASE] = "create database",
	[EFFECT_DROP_DATABASE] = "drop database",
	[EFFECT_CREATE_TABLESPACE] = "create tablespace",
	[EFFECT_DROP_TABLESPACE] = "drop tablespace",
	[EFFECT_CREATE_SUBSCRIPTION] = "create subscription",
	[EFFECT_DROP_SUBSCRIPTION] = "drop subscription",
};

/* A text as the name of a test: one line. */
static const char *
label(const char *text)
{
	static char room[256];
	char *p;

	snprintf(room, sizeof(room), "%s", text);
	for (p = room; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r' || *p == '#')
			*p = ' ';
	return room;
}

/* One statement: its kind, for `alone' also its effect, and the names found
 * as schema.table/object; `?' follows IF [NOT] EXISTS, `+' a chain. */
static const struct {
	const char *text, *want;
} kinds[] = {
	{ "SELECT 1", "plain" },
	{ "BEGIN", "begin" },
	{ "begin work", "begin" },
	{ "/* a /* b */ */ -- c\n START TRANSACTION READ ONLY", "begin" },
	{ "BEGIN ISOLATION LEVEL SERIALIZABLE", "begin" },
	{ "COMMIT", "commit" },
	{ "COMMIT WORK", "commit" },
	{ "END TRANSACTION", "commit" },
	{ "COMMIT AND CHAIN", "commit +" },
	{ "END AND NO CHAIN", "commit" },
	{ "PREPARE TRANSACTION 'x'", "prepare" },
	{ "COMMIT PREPARED 'x'", "alone end prepared ./x" },
	{ "ROLLBACK PREPARED 'x'", "alone end prepared ./x" },
	{ "ROLLBACK", "rollback" },
	{ "ABORT", "rollback" },
	{ "ROLLBACK AND CHAIN", "rollback +" },
	{ "ROLLBACK TO SAVEPOINT s", "plain" },
	{ "ROLLBACK TO s", "plain" },
	{ "SAVEPOINT s", "plain" },
	{ "RELEASE s", "plain" },
	{ "PREPARE p AS SELECT 1", "plain" },
	{ "SET a.b = 1", "session" },
	{ "SET SESSION a.b TO DEFAULT", "session" },
	{ "SET search_path = ''", "session" },
	{ "SET TIME ZONE 'UTC'", "session" },
	{ "SET NAMES 'UTF8'", "session" },
	{ "SET ROLE x", "session" },
	{ "SET SESSION AUTHORIZATION x", "session" },
	{ "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "session" },
	{ "RESET a.b", "session" },
	{ "RESET ALL", "session" },
	{ "SET LOCAL a.b = 1", "plain" },
	{ "SET TRANSACTION READ ONLY", "plain" },
	{ "SET CONSTRAINTS ALL DEFERRED", "plain" },
	{ "SELECT pg_catalog.set_config('search_path', '', false)", "session" },
	{ "SELECT set_config('a.b', 'c', 'f')", "plain" },
	{ "SELECT set_config('a.b', 'c', true)", "plain" },
	{ "SELECT set_config('a.b', 'c', false), 1", "plain" },
	{ "VACUUM", "alone repeat" },
	{ "VACUUM (FULL, ANALYZE) t", "alone repeat" },
	{ "ANALYZE t", "plain" },
	{ "CLUSTER", "alone repeat" },
	{ "CLUSTER t", "plain" },
	{ "CHECKPOINT", "plain" },
	{ "DISCARD ALL", "alone repeat" },
	{ "DISCARD TEMP", "plain" },
	{ "ALTER SYSTEM SET a = 1", "alone repeat" },
	{ "CREATE INDEX i ON t (a)", "plain" },
	{ "CREATE INDEX CONCURRENTLY i ON t (a)",
	    "alone create index .t/i" },
	{ "create unique index concurrently if not exists i on s.t (a)",
	    "alone create index s.t/i ?" },
	{ "CREATE INDEX CONCURRENTLY ON \"S\".\"T t\" (a)",
	    "alone create index S.T t/" },
	{ "CREATE INDEX concurrently_i ON t (a)", "plain" },
	{ "DROP INDEX i", "plain" },
	{ "DROP INDEX CONCURRENTLY i", "alone drop index ./i" },
	{ "DROP INDEX CONCURRENTLY IF EXISTS s.i",
	    "alone drop index s./i ?" },
	{ "REINDEX TABLE t", "plain" },
	{ "REINDEX INDEX CONCURRENTLY s.i", "alone reindex s.i/" },
	{ "REINDEX (CONCURRENTLY, VERBOSE) TABLE t", "alone reindex .t/" },
	{ "REINDEX (CONCURRENTLY FALSE) TABLE t", "plain" },
	{ "REINDEX (CONCURRENTLY off) TABLE t", "plain" },
	{ "REINDEX SCHEMA s", "alone repeat" },
	{ "REINDEX DATABASE d", "alone repeat" },
	{ "REINDEX SCHEMA CONCURRENTLY s", "alone repeat" },
	{ "ALTER TABLE s.t DETACH PARTITION p CONCURRENTLY",
	    "alone detach s.t/p" },
	{ "ALTER TABLE t DETACH PARTITION s.p CONCURRENTLY",
	    "alone detach .t/s.p" },
	{ "ALTER TABLE t DETACH PARTITION p", "plain" },
	{ "ALTER TABLE t DETACH PARTITION p FINALIZE", "plain" },
	{ "CREATE DATABASE d", "alone create database ./d" },
	{ "DROP DATABASE IF EXISTS d", "alone drop database ./d" },
	{ "ALTER DATABASE d SET TABLESPACE x", "alone repeat" },
	{ "ALTER DATABASE d SET a = 1", "plain" },
	{ "ALTER DATABASE d RENAME TO e", "plain" },
	{ "CREATE TABLESPACE x LOCATION '/x'",
	    "alone create tablespace ./x" },
	{ "DROP TABLESPACE x", "alone drop tablespace ./x" },
	{ "ALTER TABLE t SET TABLESPACE x", "plain" },
	{ "CREATE SUBSCRIPTION x CONNECTION '' PUBLICATION p",
	    "alone create subscription ./x" },
	/* no slot is made: it may be in a transaction, and alone as well */
	{ "DROP SUBSCRIPTION x", "alone drop subscription ./x" },
	{ "ALTER SUBSCRIPTION x REFRESH PUBLICATION", "alone repeat" },
	{ "ALTER TYPE e ADD VALUE 'x'", "plain" },
	{ "COPY t FROM stdin", "copy" },
	{ "COPY t (a) FROM STDIN WITH (FORMAT csv)", "copy" },
	{ "COPY t FROM '/stdin'", "plain" },
	{ "COPY t FROM PROGRAM 'cat stdin'", "plain" },
	{ "COPY t TO stdout", "plain" },
	{ "CALL p()", "plain" },
	{ "DO 'BEGIN COMMIT; END'", "plain" },
	{ "EXPLAIN SELECT 1", "plain" },
	{ "CREATE SCHEMA s CREATE TABLE t ()", "plain" },
	{ "SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)'", "plain" },
	{ "COMMENT ON TABLE t IS 'BEGIN'", "plain" },
};

static void
add(struct buf *b, const char *s)
{
	buf_adds(b, s == NULL ? "" : s);
}

static void
describe(struct buf *b, const struct sql_stmt *st)
{
	buf_adds(b, kind_name[st->kind]);
	if (st->chain)
		buf_adds(b, " +");
	if (st->kind != SQL_AUTOCOMMIT)
		return;
	buf_addf(b, " %s", effect_name[st->effect]);
	if (st->effect == EFFECT_REPEAT)
		return;
	buf_addc(b, ' ');
	add(b, st->schema);
	buf_addc(b, '.');
	add(b, st->table);
	buf_addc(b, '/');
	if (st->object_schema != NULL)
		buf_addf(b, "%s.", st->object_schema);
	add(b, st->object);
	if (st->if_exists)
		buf_adds(b, " ?");
}

static void
test_kinds(void)
{
	struct arena *a = arena_new();
	struct diag d = DIAG_INIT;
	struct sql_script s;
	struct buf b = BUF_INIT;
	size_t i, offset;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		buf_reset(&b);
		if (sql_split(a, kinds[i].text, strlen(kinds[i].text), &s,
			&offset, &d) == -1)
			buf_adds(&b, buf_str(&d.text));
		else if (s.n != 1)
			buf_addf(&b, "%zu statements", s.n);
		else
			describe(&b, &s.stmt[0]);
		tap_is(buf_str(&b), kinds[i].want, label(kinds[i].text));
		diag_reset(&d);
		arena_reset(a);
	}
	buf_free(&b);
	diag_free(&d);
	arena_free(a);
}

/* Is a transaction possible in it?  Rather once too often. */
static const struct {
	const char *text;
	int want;
} begins[] = {
	{ "", 0 },
	{ "SELECT 1; COMMIT; END; ROLLBACK", 0 },
	{ "BEGIN", 1 },
	{ "a;begin;b", 1 },
	{ "x\nStart\tTRANSACTION", 1 },
	{ "COMMIT AND CHAIN", 1 },
	{ "SELECT beginning, \xc3\xa9" "begin, a_begin, begin1, restart", 0 },
	{ "SELECT 'begin'", 1 },
	{ "/**/BEGIN--", 1 },
	{ "\"begin\"", 1 },
};

/* Can a statement be put behind it? */
static const struct {
	const char *text;
	int want;
} wholes[] = {
	{ "", 1 },
	{ "SELECT 1", 1 },
	{ "SELECT 1; -- x", 1 },
	{ "FROBNICATE ) (", 1 },
	{ "SELECT 'abc", 0 },
	{ "SELECT 'it''s", 0 },
	{ "SELECT E'a\\'", 0 },
	{ "SELECT \"abc", 0 },
	{ "/* abc", 0 },
	{ "/* /* */", 0 },
	{ "DO $$ BEGIN", 0 },
	{ "DO $a$ $$ $a", 0 },
	{ "DO $a$ $$ $a$", 1 },
	{ "SELECT '/*', $$'$$, \"$$\" -- '", 1 },
};

static void
test_begins_and_wholes(void)
{
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		tap_ok(sql_may_begin(begins[i].text, strlen(begins[i].text)) ==
		    begins[i].want, label(begins[i].text));
	for (i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++)
		tap_ok(sql_is_whole(wholes[i].text) == wholes[i].want,
		    label(wholes[i].text));
}

/* A script: the code of each statement in <>, as one line. */
static const struct {
	const char *text, *want;
} splits[] = {
	{ "", "" },
	{ " \n-- x\n/* ; */", "" },
	{ ";;;", "" },
	{ "SELECT 1", "<SELECT 1>" },
	{ "SELECT 1;", "<SELECT 1;>" },
	{ "SELECT 1;;SELECT 2", "<SELECT 1;><SELECT 2>" },
	{ "SELECT 1; -- ; x\n/* y; */ SELECT 2;\n",
	    "<SELECT 1;><SELECT 2;>" },
	{ "SELECT ';', $$;$$, $a$;$b$;$a$, \";\", E'\\';'; SELECT 2",
	    "<SELECT ';', $$;$$, $a$;$b$;$a$, \";\", E'\\';';><SELECT 2>" },
	{ "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);"
	  "SELECT 3",
	    "<CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);>"
	    "<SELECT 3>" },
	{ "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1;"
	  " SELECT 2; END; SELECT 3;",
	    "<CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC "
	    "SELECT 1; SELECT 2; END;><SELECT 3;>" },
	{ "SELECT 'é日'; SELECT U&'d!0061t' UESCAPE '!'; SELECT 1",
	    "<SELECT 'é日';><SELECT U&'d!0061t' UESCAPE '!';><SELECT 1>" },
	{ "SELECT 'a'\n'b;'; SELECT 1;", "<SELECT 'a'\n'b;';><SELECT 1;>" },
	{ "SELECT 1 -- no end", "<SELECT 1 -- no end>" },
	{ "\r\nSELECT 1;\r\nSELECT 2;\r\n", "<SELECT 1;><SELECT 2;>" },
	{ "SELECT 1 ; SELECT 2\t;", "<SELECT 1 ;><SELECT 2\t;>" },
	{ "SELECT 1 /* /* ; */ ; */; SELECT 2",
	    "<SELECT 1 /* /* ; */ ; */;><SELECT 2>" },
	{ "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE; SELECT 1",
	    "<MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE;>"
	    "<SELECT 1>" },
};

static void
test_splits(void)
{
	struct arena *a = arena_new();
	struct diag d = DIAG_INIT;
	struct sql_script s;
	struct buf b = BUF_INIT;
	size_t i, j, offset;
	int gaps;

	for (i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		buf_reset(&b);
		gaps = 0;
		if (sql_split(a, splits[i].text, strlen(splits[i].text), &s,
			&offset, &d) == -1)
			buf_adds(&b, buf_str(&d.text));
		else
			for (j = 0; j < s.n; j++) {
				buf_addc(&b, '<');
				buf_add(&b, s.text + s.stmt[j].code,
				    s.stmt[j].end - s.stmt[j].code);
				buf_addc(&b, '>');
				gaps |= s.stmt[j].start > s.stmt[j].code ||
				    s.stmt[j].code > s.stmt[j].end ||
				    s.stmt[j].end > s.len ||
				    (j > 0 && s.stmt[j].start <
					s.stmt[j - 1].end);
			}
		tap_is(buf_str(&b), splits[i].want, label(splits[i].text));
		tap_ok(!gaps, "its statements follow each other");
		diag_reset(&d);
		arena_reset(a);
	}
	buf_free(&b);
	diag_free(&d);
	arena_free(a);
}

/* What does not parse: the rest of the text at the error. */
static const struct {
	const char *text, *at, *message;
} errors[] = {
	{ "SELECT 1; FROBNICATE x", "FROBNICATE x", "syntax error at or near" },
	{ "SELECT 'é日'; FROBNICATE", "FROBNICATE", "syntax error" },
	{ "SELECT 1;\n\\connect x y\n", "\\connect x y\n",
	    "psql meta-command '\\connect' is not SQL" },
	{ "SELECT 'abc", "'abc", "unterminated quoted string" },
	{ "SELECT 1 FROM", "", "syntax error at end of input" },
	{ "/* abc", "/* abc", "unterminated /* comment" },
};

static void
test_errors(void)
{
	struct arena *a = arena_new();
	struct diag d = DIAG_INIT;
	struct sql_script s;
	size_t i, offset;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		offset = 0;
		tap_ok(sql_split(a, errors[i].text, strlen(errors[i].text), &s,
		    &offset, &d) == -1, label(errors[i].text));
		tap_is(errors[i].text + offset, errors[i].at, "its place");
		tap_ok(strstr(buf_str(&d.text), errors[i].message) != NULL,
		    errors[i].message);
		diag_reset(&d);
	}
	diag_free(&d);
	arena_free(a);
}

/* The first statement, with anything after it. */
static const struct {
	const char *text, *want;
	int rc;
} firsts[] = {
	{ "", "", 0 },
	{ " -- x\n", "", 0 },
	{ "SELECT 1; SELECT 2;", "SELECT 1;", 1 },
	{ "SELECT 1", "SELECT 1", 1 },
	{ "SELECT ';\n;'; x", "SELECT ';\n;';", 1 },
	{ "COPY t FROM stdin;\n1\tit's\n\\.\n", "COPY t FROM stdin;", 1 },
	{ "-- a;\nCOPY t\nFROM stdin;\n$$", "COPY t\nFROM stdin;", 1 },
	{ "CREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n"
	  "SELECT 1;\nSELECT 2;\nEND;\nCOPY t FROM stdin;\n'\n",
	    "CREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n"
	    "SELECT 1;\nSELECT 2;\nEND;", 1 },
	{ "\\connect x\n", "", -1 },
	/* the server shall say why */
	{ "SELECT FROM WHERE;\nSELECT 1;", "SELECT FROM WHERE;", 1 },
};

static void
test_firsts(void)
{
	struct arena *a = arena_new();
	struct diag d = DIAG_INIT;
	struct sql_stmt st;
	size_t i, offset;
	int rc;

	for (i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		memset(&st, 0, sizeof(st));
		rc = sql_first(a, firsts[i].text, strlen(firsts[i].text), &st,
		    &offset, &d);
		if (tap_ok(rc == firsts[i].rc, label(firsts[i].text)) &&
		    rc == 1)
			tap_is(arena_strndup(a, firsts[i].text + st.code,
			    st.end - st.code), firsts[i].want, "its text");
		diag_reset(&d);
	}
	diag_free(&d);
	arena_free(a);
}

int
main(void)
{
	test_kinds();
	test_begins_and_wholes();
	test_splits();
	test_errors();
	test_firsts();
	return tap_end();
}
