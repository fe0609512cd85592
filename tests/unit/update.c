/* UPDATE statements taken apart, and what their values read. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "sql/update.h"
#include "tap.h"

/*
 * table [AS alias]: column = value …[ FROM …][ WHERE …].  Behind a value:
 * <c reads column c (<c? perhaps), <*n a row called n, # is constant, @c
 * copies c, ! has a 'now' in it.  At the end: +w the condition looks at what
 * is set, +t time is told, f() is called.
 */
static const struct {
	const char *text, *want;
} good[] = {
	{ "UPDATE t SET a = b", "t: a = [b]@b" },
	{ "update T set A = 1;", "t: a = [1]#" },
	{ "UPDATE ONLY s.t AS x SET a = x.b WHERE x.c > 1 ;",
	    "ONLY s.t AS x: a = [x.b]@b WHERE [x.c > 1]" },
	{ "UPDATE t * x SET a = 1", "t AS x: a = [1]#" },
	{ "UPDATE set SET a = 1", "set: a = [1]#" },
	{ "UPDATE t AS set SET a = 1", "t AS set: a = [1]#" },
	{ "UPDATE \"T \"\"q\" SET \"a b\" = 'x'",
	    "T \"q: a b = ['x']#" },
	{ "UPDATE t SET U&\"\\0061\" = b, \"c=\"\"d\" = 'x=y'",
	    "t: a = [b]@b; c=\"d = ['x=y']#" },
	{ "UPDATE t SET \"from\" = 1, \"where\" = 2 WHERE \"set\" = 3",
	    "t: from = [1]#; where = [2]# WHERE [\"set\" = 3]" },
	/* comments and strings hold anything */
	{ "UPDATE t /* SET x */ SET -- a = 0 FROM\n a /* , */ = 'FROM, (' "
	    "/* WHERE */ WHERE b = $q$, FROM$q$ -- end",
	    "t: a = ['FROM, (']# WHERE [b = $q$, FROM$q$]" },
	{ "UPDATE t SET a = b -- why\n, c = d -- because",
	    "t: a = [b]@b; c = [d]@d" },
	{ "UPDATE t SET a = 1 + -- in it\n 2", "t: a = [1 + -- in it\n 2]" },
	/* what is FROM, and what is not */
	{ "UPDATE t SET a = b IS DISTINCT FROM c",
	    "t: a = [b IS DISTINCT FROM c]" },
	{ "UPDATE t SET a = b IS NOT DISTINCT FROM c FROM u WHERE d",
	    "t: a = [b IS NOT DISTINCT FROM c] FROM [u] WHERE [d]" },
	{ "UPDATE t SET a = u.from FROM u",
	    "t: a = [u.from] FROM [u]" },
	{ "UPDATE t SET a = u.distinct FROM u",
	    "t: a = [u.distinct] FROM [u]" },
	{ "UPDATE t SET a = u.where FROM u WHERE u.set",
	    "t: a = [u.where] FROM [u] WHERE [u.set]" },
	{ "UPDATE t SET a = substring(b FROM 2), c = trim(both FROM d)",
	    "t: a = [substring(b FROM 2)]; c = [trim(both FROM d)] "
	    "pg_catalog.substring() pg_catalog.btrim()" },
	{ "UPDATE t SET a = (SELECT x FROM u WHERE u.i = t.i LIMIT 1)",
	    "t: a = [(SELECT x FROM u WHERE u.i = t.i LIMIT 1)]" },
	{ "UPDATE t SET a = u.x, b = 2 FROM u JOIN v ON u.i = v.i, w "
	    "WHERE t.i = u.i",
	    "t: a = [u.x]; b = [2]# FROM [u JOIN v ON u.i = v.i, w] "
	    "WHERE [t.i = u.i]" },
	{ "UPDATE t SET a = ARRAY[1, 2], b = (1, 2), c = d[1:2]",
	    "t: a = [ARRAY[1, 2]]; b = [(1, 2)]; c = [d[1:2]]" },
	{ "UPDATE t SET a = count(*) FILTER (WHERE x) OVER (), b = 1",
	    "t: a = [count(*) FILTER (WHERE x) OVER ()]; b = [1]# count()" },
	/* several at once */
	{ "UPDATE t SET (a, b) = (1, c)", "t: a = [1]#; b = [c]@c" },
	{ "UPDATE t SET (a, \"b,\") = ROW (f(1, 2), '),('), c = 3 WHERE d",
	    "t: a = [f(1, 2)]; b, = ['),(']#; c = [3]# WHERE [d] f()" },
	{ "UPDATE t SET (a) = ROW(1), (b, c) = (2, 3) FROM u",
	    "t: a = [1]#; b = [2]#; c = [3]# FROM [u]" },
	/* constants */
	{ "UPDATE t SET a = NULL, b = 'x'::text, c = -1, d = DATE '2020-1-1', "
	    "e = true",
	    "t: a = [NULL]#; b = ['x'::text]#; c = [-1]#; "
	    "d = [DATE '2020-1-1']#; e = [true]#" },
	/* what reads what it sets */
	{ "UPDATE t SET n = n + 1", "t: n = [n + 1]<n" },
	{ "UPDATE t SET n = t.n + 1", "t: n = [t.n + 1]<n" },
	{ "UPDATE s.t SET n = s.t.n + 1", "s.t: n = [s.t.n + 1]<n" },
	{ "UPDATE t x SET n = x.n", "t AS x: n = [x.n]<n@n" },
	{ "UPDATE t SET a = b, b = a", "t: a = [b]<b@b; b = [a]<a@a" },
	{ "UPDATE t SET \"N\" = n", "t: N = [n]@n" },
	{ "UPDATE t SET a = md5(t::text)",
	    "t: a = [md5(t::text)]<*t md5()" },
	{ "UPDATE t SET a = row_to_json(t.*)",
	    "t: a = [row_to_json(t.*)]<a row_to_json()" },
	{ "UPDATE t SET a = u.a FROM u", "t: a = [u.a] FROM [u]" },
	{ "UPDATE t SET a = a + 1 FROM u", "t: a = [a + 1]<a? FROM [u]" },
	{ "UPDATE t SET a = a + t.a FROM u", "t: a = [a + t.a]<a FROM [u]" },
	{ "UPDATE t SET a = a.b FROM a", "t: a = [a.b] FROM [a]" },
	{ "UPDATE t SET a = (SELECT u.a FROM u)",
	    "t: a = [(SELECT u.a FROM u)]" },
	{ "UPDATE t SET a = (SELECT a FROM u)",
	    "t: a = [(SELECT a FROM u)]<a?" },
	{ "UPDATE t SET a = (SELECT max(o.a) FROM t o)",
	    "t: a = [(SELECT max(o.a) FROM t o)]<a max()" },
	{ "UPDATE t SET a = (SELECT max(o.b) FROM t o)",
	    "t: a = [(SELECT max(o.b) FROM t o)] max()" },
	{ "UPDATE t SET a = (SELECT o FROM t o)::text",
	    "t: a = [(SELECT o FROM t o)::text]<*o" },
	{ "UPDATE t SET a = (SELECT count(*) FROM (SELECT * FROM t) q)",
	    "t: a = [(SELECT count(*) FROM (SELECT * FROM t) q)]<a count()" },
	{ "UPDATE t SET a = (SELECT count(*) FROM t q JOIN u USING (a))",
	    "t: a = [(SELECT count(*) FROM t q JOIN u USING (a))]<a count()" },
	{ "UPDATE t SET a = o.a FROM t o WHERE o.id = t.up",
	    "t: a = [o.a]<a FROM [t o] WHERE [o.id = t.up]" },
	{ "UPDATE t SET a = o.b FROM t o WHERE o.id = t.up",
	    "t: a = [o.b] FROM [t o] WHERE [o.id = t.up]" },
	{ "UPDATE s.t SET a = o.a FROM r.t o",
	    "s.t: a = [o.a] FROM [r.t o]" },
	/* by way of a sub-select behind FROM */
	{ "UPDATE t SET a = q.x FROM (SELECT id, a + 1 AS x FROM t) q "
	    "WHERE q.id = t.id",
	    "t: a = [q.x]<a FROM [(SELECT id, a + 1 AS x FROM t) q] "
	    "WHERE [q.id = t.id]" },
	{ "UPDATE t SET a = q.x FROM (SELECT a AS x FROM u) q",
	    "t: a = [q.x] FROM [(SELECT a AS x FROM u) q]" },
	{ "UPDATE t SET a = 1 FROM (SELECT a AS x FROM t) q",
	    "t: a = [1]# FROM [(SELECT a AS x FROM t) q]" },
	/* conditions */
	{ "UPDATE t SET a = 1 WHERE a IS NULL",
	    "t: a = [1]# WHERE [a IS NULL] +w" },
	{ "UPDATE t SET a = 1 WHERE t.a IS NULL",
	    "t: a = [1]# WHERE [t.a IS NULL] +w" },
	{ "UPDATE t SET a = 1 WHERE b IN (SELECT a FROM u)",
	    "t: a = [1]# WHERE [b IN (SELECT a FROM u)]" },
	{ "UPDATE t SET a = 1 WHERE EXISTS (SELECT FROM u WHERE u.b = t.a)",
	    "t: a = [1]# WHERE [EXISTS (SELECT FROM u WHERE u.b = t.a)] +w" },
	{ "UPDATE t SET a = 1 FROM u WHERE u.a IS NULL",
	    "t: a = [1]# FROM [u] WHERE [u.a IS NULL]" },
	/* functions and time */
	{ "UPDATE t SET a = now(), b = x.gen(c) WHERE f(d)",
	    "t: a = [now()]; b = [x.gen(c)] WHERE [f(d)] now() x.gen()" },
	{ "UPDATE t SET a = CURRENT_TIMESTAMP(3)",
	    "t: a = [CURRENT_TIMESTAMP(3)] +t" },
	{ "UPDATE t SET a = current_date", "t: a = [current_date] +t" },
	{ "UPDATE t SET a = localtime", "t: a = [localtime] +t" },
	{ "UPDATE t SET a = current_user", "t: a = [current_user]" },
	{ "UPDATE t SET a = 1 WHERE b < CURRENT_DATE",
	    "t: a = [1]# WHERE [b < CURRENT_DATE]" },
	{ "UPDATE t SET a = 'now'", "t: a = ['now']#!" },
	{ "UPDATE t SET a = coalesce(b, ' Tomorrow 12:00')",
	    "t: a = [coalesce(b, ' Tomorrow 12:00')]!" },
	{ "UPDATE t SET a = 'nowhere today_s', b = '2020-01-01 nowt'",
	    "t: a = ['nowhere today_s']#!; b = ['2020-01-01 nowt']#" },
	{ "UPDATE t SET a = 'knowing', b = 'TODAY'",
	    "t: a = ['knowing']#; b = ['TODAY']#!" },
	{ "UPDATE t SET a = 'now'::timestamptz",
	    "t: a = ['now'::timestamptz]#! +t" },
	{ "UPDATE t SET a = to_char(DATE 'yesterday', 'DD')",
	    "t: a = [to_char(DATE 'yesterday', 'DD')]! +t to_char()" },
	{ "UPDATE t SET a = CAST(lower('NOW') AS date)",
	    "t: a = [CAST(lower('NOW') AS date)]! +t lower()" },
	{ "UPDATE t SET a = timestamptz('now')",
	    "t: a = [timestamptz('now')]! +t timestamptz()" },
	{ "UPDATE t SET a = '[now,]'::tstzrange, b = '{now}'::date[]",
	    "t: a = ['[now,]'::tstzrange]#!; b = ['{now}'::date[]]#! +t" },
	{ "UPDATE t SET a = 'now'::text", "t: a = ['now'::text]#!" },
	{ "UPDATE t SET a = q.d FROM (SELECT 'today'::date AS d) q",
	    "t: a = [q.d] FROM [(SELECT 'today'::date AS d) q] +t" },
	{ "UPDATE t SET a = 1 WHERE b < 'now'::date",
	    "t: a = [1]# WHERE [b < 'now'::date]" },
	{ "UPDATE t SET a = age(b)", "t: a = [age(b)] +t age()" },
	{ "UPDATE t SET a = age(b, c)", "t: a = [age(b, c)] age()" },
	{ "UPDATE t SET a = q.r FROM (SELECT random() AS r) q",
	    "t: a = [q.r] FROM [(SELECT random() AS r) q] random()" },
	{ "UPDATE t SET a = b AT TIME ZONE 'UTC'",
	    "t: a = [b AT TIME ZONE 'UTC'] pg_catalog.timezone()" },
};

/* What is refused, at which byte, and a part of why. */
static const struct {
	const char *text;
	size_t at;
	const char *why;
} bad[] = {
	{ "", 0, "no UPDATE" },
	{ "  SELECT 1", 2, "no UPDATE" },
	{ "DELETE FROM t", 0, "no UPDATE" },
	{ "UPDATE t SET", 12, "end of input" },
	{ "UPDATE t SET a = 'é' +", 23, "end of input" },
	{ "UPDATE t SET a = 'é' ) b", 22, "\")\"" },
	{ "UPDATE t SET a = 1; UPDATE t SET a = 2", 19, "more than one" },
	{ "WITH x AS (SELECT 1) UPDATE t SET a = 1", 0, "WITH" },
	{ "UPDATE t SET a = 1 RETURNING a", 29, "RETURNING" },
	{ "UPDATE t SET a = 1 WHERE CURRENT OF c", 7, "CURRENT OF" },
	{ "UPDATE d.s.t SET a = 1", 7, "--url" },
	{ "UPDATE t SET a = 1, b[1] = 2", 20, "part of a column" },
	{ "UPDATE t SET a.b = 1", 13, "part of a column" },
	{ "UPDATE t SET t.b = 1", 13, "by its name alone" },
	{ "UPDATE t SET a = DEFAULT", 17, "DEFAULT" },
	{ "UPDATE t SET (a, b) = (1, DEFAULT)", 26, "DEFAULT" },
	{ "UPDATE t SET (a, b) = (SELECT 1, 2)", 14, "as many values" },
	{ "UPDATE t SET (a, b) = (1, 2, 3)", 14, "as many values" },
	{ "UPDATE t SET (a) = (1)", 14, "as many values" },
	{ "UPDATE t SET a = $1", 17, "$1" },
	{ "UPDATE t SET a = 1 WHERE b = $2", 29, "$2" },
	{ "UPDATE t SET a = 1 FROM f($3) x", 26, "$3" },
};

static void
show_set(struct buf *b, const struct sql_set *s)
{
	buf_addf(b, "%s = [%s]", s->column, s->value.text);
	if (s->reads != NULL)
		buf_addf(b, "<%s%s", s->reads, s->perhaps ? "?" : "");
	else if (s->reads_row != NULL)
		buf_addf(b, "<*%s", s->reads_row);
	if (s->constant)
		buf_adds(b, "#");
	if (s->copies != NULL)
		buf_addf(b, "@%s", s->copies);
	if (s->moment)
		buf_adds(b, "!");
}

static void
show(struct buf *b, const struct sql_update *u)
{
	size_t i;

	buf_adds(b, u->only ? "ONLY " : "");
	if (u->schema != NULL)
		buf_addf(b, "%s.", u->schema);
	buf_adds(b, u->table);
	if (strcmp(u->alias, u->table) != 0)
		buf_addf(b, " AS %s", u->alias);
	for (i = 0; i < u->nset; i++) {
		buf_adds(b, i == 0 ? ": " : "; ");
		show_set(b, &u->set[i]);
	}
	if (u->from.text != NULL)
		buf_addf(b, " FROM [%s]", u->from.text);
	if (u->where.text != NULL)
		buf_addf(b, " WHERE [%s]", u->where.text);
	buf_adds(b, u->where_reads_set ? " +w" : "");
	buf_adds(b, u->tells_time ? " +t" : "");
	for (i = 0; i < u->nfunctions; i++)
		buf_addf(b, " %s%s%s()", u->function[i].schema != NULL ?
		    u->function[i].schema : "", u->function[i].schema != NULL ?
		    "." : "", u->function[i].name);
}

/* Each part stands in the text where it says. */
static int
in_place(const char *text, const struct sql_part *p)
{
	return p->text == NULL ||
	    strncmp(text + p->offset, p->text, strlen(p->text)) == 0;
}

static int
all_in_place(const char *text, const struct sql_update *u)
{
	int good_so_far = in_place(text, &u->from) &&
	    in_place(text, &u->where);
	size_t i;

	for (i = 0; i < u->nset; i++)
		good_so_far &= in_place(text, &u->set[i].value);
	return good_so_far;
}

/* A text as the name of a test: one line. */
static const char *
label(const char *text)
{
	static char room[256];
	char *p;

	snprintf(room, sizeof(room), "%s", text);
	for (p = room; *p != '\0'; p++)
		if (*p == '\n' || *p == '#')
			*p = ' ';
	return room;
}

static void
test_good(struct arena *mem)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	struct sql_update u;
	size_t i, offset;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		buf_reset(&b);
		if (update_parse(mem, good[i].text, strlen(good[i].text), &u,
		    &offset, &d) == -1)
			buf_addf(&b, "%zu: %s", offset, buf_str(&d.text));
		else
			show(&b, &u);
		tap_is(buf_str(&b), good[i].want, label(good[i].text));
		tap_ok(all_in_place(good[i].text, &u), "where it stands");
		diag_reset(&d);
	}
	buf_free(&b);
}

static void
test_bad(struct arena *mem)
{
	struct diag d = DIAG_INIT;
	struct sql_update u;
	size_t i, offset;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!tap_ok(update_parse(mem, bad[i].text,
		    strlen(bad[i].text), &u, &offset, &d) == -1 &&
		    offset == bad[i].at &&
		    strstr(buf_str(&d.text), bad[i].why) != NULL,
		    label(bad[i].text)))
			printf("#  byte %zu: %s\n", offset, buf_str(&d.text));
		diag_reset(&d);
	}
}

/* The grammar takes it, what reads its tree may not: an error, no crash. */
static void
test_deep(struct arena *mem)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	struct sql_update u;
	size_t i, offset;

	buf_adds(&b, "UPDATE t SET a = 1");
	for (i = 0; i < 1500; i++)
		buf_adds(&b, " + 1");
	tap_ok(update_parse(mem, b.data, b.len, &u, &offset, &d) == -1 &&
	    strstr(buf_str(&d.text), "too deeply") != NULL,
	    "nested too deeply");
	diag_free(&d);
	buf_free(&b);
}

int
main(void)
{
	struct arena *mem = arena_new();

	test_good(mem);
	test_bad(mem);
	test_deep(mem);
	arena_free(mem);
	return tap_end();
}
