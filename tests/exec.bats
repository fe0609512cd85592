# dbm exec: SQL from files, stdin and the command line.
load helper
load migrate

setup() {
	new_db
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	end_all
}

# --- what comes out ---

@test "exec: rows are records; COPY's escapes" {
	run -0 --separate-stderr dbm exec -c "SELECT 1, NULL, E'a\\tb\\nc\\\\d', true,
	    1.50, '', '{1,2}'::int[]"
	[ "$output" = '1	\N	a\tb\nc\\d	t	1.50		{1,2}' ]
	[[ $stderr == *"Script executed successfully."* ]]
	run -0 --separate-stderr dbm exec -q -c "SELECT 1"
	[ -z "$stderr" ]
}

@test "exec: records load again as they are" {
	sql "CREATE TABLE t (a text, b text); INSERT INTO t VALUES
	    (E'\\t\\n\\r\\\\.', NULL), ('', '\\N'), ('é日', E'\\\\.')"
	{
		echo "CREATE TABLE u (LIKE t); COPY u FROM stdin;"
		dbm exec -q -c "SELECT * FROM t"
		echo '\.'
	} | dbm exec
	[ "$(sql "SELECT count(*) FROM (SELECT * FROM t EXCEPT ALL
	    SELECT * FROM u) x")" = 0 ]
	[ "$(sql "SELECT count(*) FROM u")" = 3 ]
}

@test "exec: --json and --header" {
	run -0 --separate-stderr dbm exec --json -c "SELECT 1 AS n, 'é\"' AS t,
	    NULL AS x, false AS b, 'NaN'::float8 AS f,
	    12345678901234567890.1::numeric AS big; SELECT 2 AS other"
	[ "${lines[0]}" = '{"n":1,"t":"é\"","x":null,"b":false,"f":"NaN","big":12345678901234567890.1}' ]
	[ "${lines[1]}" = '{"other":2}' ]
	run -0 --separate-stderr dbm exec --header -c "SELECT 1 AS n, 2 AS m"
	[ "$output" = $'n\tm\n1\t2' ]
	run -0 --separate-stderr dbm exec --header -c "SELECT 1 AS n WHERE false"
	[ "$output" = "n" ]
}

@test "exec: statements without rows print nothing" {
	run -0 --separate-stderr dbm exec -c "CREATE TABLE t (); SELECT; SELECT FROM t;
	    SET x.y = 1; ; BEGIN; COMMIT"
	[ -z "$output" ]
}

@test "exec: rows of what had to run twice come once" {
	sql "CREATE TYPE e AS ENUM ('a')"
	run -0 --separate-stderr dbm exec -c \
	    "ALTER TYPE e ADD VALUE 'b'; SELECT 'b'::e"
	[ "$output" = b ]
	# printed rows cannot be taken back, so this one is not run again
	run -2 --separate-stderr dbm exec -c "SELECT 'hello';
	    ALTER TYPE e ADD VALUE 'c'; SELECT 'c'::e"
	[ "$output" = hello ]
	[[ $stderr == *"end the ALTER TYPE with a COMMIT"* ]]
	[ "$(sql "SELECT enum_range(NULL::e)")" = "{a,b}" ]
}

@test "exec: ADD VALUE does not make a script less than atomic" {
	sql "CREATE TYPE e AS ENUM ('a')"
	run -2 dbm exec -c "CREATE TABLE t (); ALTER TYPE e ADD VALUE 'b';
	    INSERT INTO nosuch VALUES (1)"
	[ "$(sql "SELECT to_regclass('t'), enum_range(NULL::e)")" = "|{a}" ]
}

@test "exec: a large result does not have to fit in memory" {
	[ -z "${SAN:-}" ] || skip "address space is no measure under sanitizers"
	run -0 bash -c 'ulimit -v 200000
	    dbm exec -q -c "SELECT repeat(md5(n::text), 8)
	    FROM generate_series(1, 1500000) n" | wc -c'
	[ "$output" = $((1500000 * 257)) ]
}

@test "exec: full and closed stdout" {
	status=0
	dbm exec -c "SELECT 1" >/dev/full || status=$?
	[ "$status" -eq 2 ]
	[ "$(timeout 30 dbm exec -q -c "SELECT generate_series(1, 10000000)" |
	    head -1)" = 1 ]
	within 10 no_session
	status=0
	dbm exec -c "COPY (SELECT 1) TO stdout" >/dev/full || status=$?
	[ "$status" -eq 2 ]
}

no_session() {
	[ -z "$(backend dbm-exec)" ]
}

# --- what goes in ---

@test "exec: files, stdin, -c, in that they are given" {
	echo "SELECT 'file'" >a.sql
	run -0 --separate-stderr dbm exec -c "SELECT 1" -c "SELECT 2" a.sql -
	[ "${lines[*]}" = "1 2 file" ]
	[ "$(echo "SELECT 'in'" | dbm exec -q)" = in ]
	[ "$(echo "SELECT 'in'" | dbm exec -q -)" = in ]
	[ "$(echo "SELECT 'in'" | dbm exec -q a.sql -)" = $'file\nin' ]
	[ "$(dbm exec -q a.sql a.sql)" = $'file\nfile' ]
}

@test "exec: Prisma's words: db execute --file, --stdin, --url" {
	echo "SELECT 'file'" >a.sql
	[ "$(dbm db execute -q --file a.sql --url "$DATABASE_URL")" = file ]
	[ "$(echo "SELECT 'in'" | dbm db execute -q --stdin)" = in ]
}

@test "exec: each is a transaction of its own" {
	run -2 dbm exec -c "CREATE TABLE a ()" -c "CREATE TABLE b (); SELECT 1/0" \
	    -c "CREATE TABLE c ()"
	has "division by zero"
	[ "$(sql "SELECT to_regclass('a'), to_regclass('b'),
	    to_regclass('c')")" = "a||" ]
}

@test "exec: a missing file, a folder, bad bytes: nothing has run" {
	run -2 dbm exec -c "CREATE TABLE a ()" nope.sql
	has "nope.sql"
	mkdir d
	run -2 dbm exec -c "CREATE TABLE a ()" d
	printf 'SELECT 1;\n \0' >nul.sql
	run -2 dbm exec -c "CREATE TABLE a ()" nul.sql
	has "nul.sql:2:2: error:"
	printf "SELECT 'é\xff'" >utf.sql
	run -2 dbm exec -c "CREATE TABLE a ()" utf.sql
	has "utf.sql:1:10: error:"
	printf 'BEGIN; SELECT 1;' >open.sql
	run -2 dbm exec -c "CREATE TABLE a ()" open.sql
	has "open.sql:1:1: error:"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
}

@test "exec: no SQL and a terminal is a usage error" {
	run script -qec "dbm exec" /dev/null
	has "usage:"
}

# --- COPY ---

@test "exec: COPY data as pg_dump writes it" {
	cat >dump.sql <<-'EOF'
		CREATE TABLE t (a int, b text);
		COPY t (a, b) FROM stdin;
		1	it's; BEGIN "quoted"
		2	$$ /* -- \\. \N
		3	\N
		4	a\tb\nc
		\.
		SELECT count(*) FROM t; /* ; */
		COPY t FROM STDIN WITH (FORMAT csv);
		5,"a ""b""
		; two lines"
		\.

		COPY t FROM stdin;
		\.
		SELECT count(*), max(a) FROM t;
	EOF
	run -0 --separate-stderr dbm exec dump.sql
	[ "$output" = $'4\n5\t5' ]
	[ "$(sql "SELECT b FROM t WHERE a = 1")" = "it's; BEGIN \"quoted\"" ]
	[ "$(sql "SELECT b FROM t WHERE a = 2")" = '$$ /* -- \. N' ] ||
	    [ "$(sql "SELECT b FROM t WHERE a = 2")" = '$$ /* -- \. ' ]
	[ "$(sql "SELECT b FROM t WHERE a = 5")" = $'a "b"\n; two lines' ]
}

@test "exec: a dump of pg_dump, data and all" {
	dump=$(dirname "$(psql_program)")/pg_dump
	sql "CREATE TABLE \"T t\" (id int PRIMARY KEY, s text, e bytea);
	    INSERT INTO \"T t\" SELECT n, chr(n) || E'\\n\\\\.', decode('00ff', 'hex')
	    FROM generate_series(1, 500) n;
	    CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC
	    SELECT 1; SELECT 2; END;
	    CREATE VIEW v AS SELECT * FROM \"T t\""
	"$dump" -d "$DATABASE_URL" | grep -v '^.\(un\)\?restrict ' >dump.sql
	before=$(sql "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM \"T t\" t")
	new_db
	dbm exec -q dump.sql >/dev/null
	[ "$before" = "$(sql "SELECT md5(string_agg(t::text, ',' ORDER BY id))
	    FROM \"T t\" t")" ]
	[ "$(sql "SELECT f()")" = 2 ]
}

@test "exec: bad COPY data leaves nothing and tells the line" {
	printf 'CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\nx\n\\.\nSELECT 1;\n' >d.sql
	run -2 dbm exec d.sql
	has "d.sql:2"
	has "COPY t, line 2"
	[ "$(sql "SELECT to_regclass('t')")" = "" ]
}

@test "exec: errors after COPY data are told at their place" {
	printf 'CREATE TABLE t (a text);\nCOPY t FROM stdin;\né\nü\n\\.\nSELECT 1; SELECT nothing;\n' >d.sql
	run -2 dbm exec d.sql
	has "d.sql:6:18: error:"
}

@test "exec: COPY without its data is an error, and ends" {
	sql "CREATE TABLE t (a int)"
	echo "COPY t FROM stdin;" >d.sql
	run -2 timeout 20 dbm exec d.sql
	has "d.sql:1:1: error: there is no data for this COPY"
	run -2 timeout 20 dbm exec -c "COPY t FROM stdin" --stdin <d.sql
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "exec: COPY FROM stdin of -c takes stdin" {
	sql "CREATE TABLE t (a int)"
	echo 5 | dbm exec -c "COPY t FROM stdin"
	[ "$(sql "TABLE t")" = 5 ]
	dbm exec -c "COPY t FROM stdin; SELECT 1" </dev/null
	[ "$(sql "TABLE t")" = 5 ]
}

@test "exec: COPY TO stdout comes as it is, also binary" {
	run -0 --separate-stderr dbm exec -c "COPY (VALUES (1, 'a'), (2, NULL)) TO stdout (FORMAT csv)"
	[ "$output" = $'1,a\n2,' ]
	dbm exec -q -c "COPY (SELECT '\\x00ff'::bytea) TO stdout (FORMAT binary)" >out
	[ "$(head -c 6 out)" = PGCOPY ]
	[ "$(tail -c 4 out | od -An -tx1)" = " 00 ff ff ff" ]
}

# --- errors ---

@test "exec: errors have place, excerpt and SQLSTATE" {
	printf "SELECT 1;\n\tSELECT 'é', oops;\n" >e.sql
	run -2 --separate-stderr dbm exec e.sql
	[[ $stderr == *"e.sql:2:14: error: "*"(SQLSTATE 42703)"* ]]
	[[ $stderr == *$'    2 | \tSELECT \'é\', oops;\n      | \t            ^'* ]]
	run -2 dbm exec -c "SELECT oops"
	has "--command:1:8: error:"
	run -2 dbm exec <<<"SELECT oops"
	has "stdin:1:8: error:"
}

@test "exec: psql's commands are named at their line" {
	printf 'SELECT 1;\n\\connect other\n' >p.sql
	run -2 dbm exec p.sql
	has "p.sql:2:1: error:"
	has '\connect'
	# and nothing has run
	printf 'CREATE TABLE t ();\n  \\set x 1\n' >p.sql
	run -2 dbm exec p.sql
	has "p.sql:2:3: error:"
	[ "$(sql "SELECT to_regclass('t')")" = "" ]
	# after COPY data too
	printf 'CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n\\.\n\\q\n' >p.sql
	run -2 dbm exec p.sql
	has "p.sql:5:1: error:"
	# a backslash in a string is none
	[ "$(dbm exec -q -c "SELECT E'a\\\\b', '\\x'")" = 'a\\b	\\x' ]
}

@test "exec: garbage comes through as the server says it" {
	run -2 dbm exec -c "FROBNICATE"
	has 'syntax error at or near "FROBNICATE"'
	for text in "SELECT 'abc" "SELECT /* x" 'SELECT "x' 'SELECT $a$ x'; do
		run -2 dbm exec -c "$text"
		has unterminated
	done
}

# --- transactions ---

@test "exec: statements that refuse a transaction, 55P04, CALL" {
	sql "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (n int)
	    ; CREATE PROCEDURE p() LANGUAGE plpgsql AS
	    'BEGIN INSERT INTO t VALUES (1); COMMIT; END'"
	dbm exec -c "ALTER TYPE e ADD VALUE 'b'; SELECT 'b'::e"
	dbm exec -c "INSERT INTO t VALUES (0); VACUUM t;
	    CREATE INDEX CONCURRENTLY t_n ON t (n); INSERT INTO t VALUES (2)"
	dbm exec -c "CALL p()"
	dbm exec -c "INSERT INTO t VALUES (3); CALL p()"
	[ "$(sql "SELECT array_agg(n ORDER BY n) FROM t")" = "{0,1,1,2,3}" ]
}

@test "exec: one session for all of it" {
	[ "$(dbm exec -q -c "CREATE TEMP TABLE t AS SELECT 1 AS n; SET a.b = 'c'" \
	    -c "SELECT n, current_setting('a.b') FROM t")" = "1	c" ]
}

@test "exec: --single-transaction is all or nothing" {
	run -2 dbm exec --single-transaction -c "CREATE TABLE a ()" \
	    -c "SELECT 1/0"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	run -2 dbm exec --single-transaction -c "CREATE TABLE a ()" \
	    -c "SELECT 1; COMMIT; SELECT 2"
	has "--command:1:11: error:"
	run -2 dbm exec --single-transaction -c "VACUUM"
	has "--single-transaction"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	dbm exec --single-transaction -c "CREATE TABLE a ()" -c "CREATE TABLE b ()"
	[ "$(sql "SELECT to_regclass('a'), to_regclass('b')")" = "a|b" ]
}

@test "exec: --dry-run shows and keeps nothing" {
	sql "CREATE TABLE t (n int)"
	run -0 --separate-stderr dbm exec -n -c "INSERT INTO t VALUES (1)
	    RETURNING n" -c "SELECT count(*) FROM t"
	[ "$output" = $'1\n1' ]
	[[ $stderr == *"rolled back"* ]]
	for text in "INSERT INTO t VALUES (1); COMMIT" "END" "VACUUM t" \
	    "START TRANSACTION; COMMIT" "DISCARD ALL" "ROLLBACK; INSERT INTO t VALUES (2)" \
	    "PREPARE TRANSACTION 'x'" "COMMIT; BEGIN; COMMIT AND CHAIN"; do
		run -2 dbm exec --dry-run -c "$text"
		has "--command:1:"
	done
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "exec: --dry-run writes nothing, even where nobody can parse it" {
	sql "CREATE TABLE t (n int)"
	# the first script changes how the second is read
	run dbm exec -n -c "SET standard_conforming_strings = off" \
	    -c "INSERT INTO t VALUES (1); SELECT 'a\\'; SELECT '; COMMIT; --'"
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	run dbm exec -n -c "INSERT INTO t VALUES (1); SELECT 'a\\'; COMMIT; --'"
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	run dbm exec -n -c "DO 'BEGIN INSERT INTO t VALUES (1); COMMIT; END'"
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "exec: SIGINT cancels" {
	start dbm exec -c "CREATE TABLE t (); SELECT pg_sleep(60)"
	within 10 sleeps
	kill -INT "$pid"
	ended 130
	[ "$(sql "SELECT to_regclass('t')")" = "" ]
}

sleeps() {
	sql "SELECT query FROM pg_stat_activity WHERE application_name = 'dbm-exec'
	    AND datname = current_database()" | grep -q pg_sleep
}

# --- --record ---

@test "exec: --record keeps it once, --force again" {
	dbm exec --record first -c "CREATE TABLE a (n int); INSERT INTO a VALUES (1)"
	[ "$(sql "SELECT kind, name, state, what LIKE '%sha256:%',
	    finished_at >= started_at, role = current_user FROM dbm.runs")" = \
	    "exec|first|done|t|t|t" ]
	run -2 dbm exec --record first -c "INSERT INTO a VALUES (2)"
	has "'first' is recorded as done"
	run -0 dbm exec --record first --force -c "INSERT INTO a VALUES (3)"
	[ "$(sql "SELECT array_agg(n) FROM a")" = "{1,3}" ]
	[ "$(sql "SELECT count(*) FROM dbm.runs")" = 1 ]
	dbm exec --record second -c "SELECT 1"
	[ "$(sql "SELECT count(*) FROM dbm.runs")" = 2 ]
	[ "$(sql "SELECT to_regclass('public.runs')")" = "" ]
}

@test "exec: --record of a failure can be run again" {
	run -2 dbm exec --record x -c "CREATE TABLE a (); SELECT 1/0"
	[ "$(sql "SELECT to_regclass('a')")" = "" ]
	dbm exec --record x -c "CREATE TABLE a ()"
	run -2 dbm exec --record y -c "CREATE TABLE b ()" -c "VACUUM; SELECT 1/0"
	[ "$(sql "SELECT state FROM dbm.runs WHERE name = 'y'")" = failed ]
	run -2 dbm exec --record y -c "SELECT 1"
	has "failed"
	has "--force"
}

@test "exec: --record and the work are one transaction" {
	for i in {1..10}; do
		start dbm exec --record "r$i" \
		    -c "CREATE TABLE t$i (); SELECT pg_sleep(0.03)"
		sleep "0.0$((i * 5 + 20))"
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		within 10 no_session
		[ "$(sql "SELECT (SELECT to_regclass('t$i') IS NOT NULL) =
		    EXISTS (SELECT FROM dbm.runs WHERE name = 'r$i'
		    AND state = 'done')" 2>/dev/null || echo t)" = t ]
	done
}

@test "exec: --record is immune to what the script sets" {
	dbm exec --record x -c "SET search_path = ''; SET standard_conforming_strings = off;
	    VACUUM; SET default_transaction_read_only = on"
	[ "$(sql "SELECT state FROM dbm.runs")" = done ]
}

@test "exec: --record without the right to make a schema names the GRANT" {
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN"
	mine="postgresql://$role@${DATABASE_URL#*@}"
	DATABASE_URL=$mine run -2 dbm exec --record x -c "SELECT 1"
	grant=$(grep -o 'GRANT .*;' <<<"$output")
	sql "$grant"
	status=0
	DATABASE_URL=$mine dbm exec --record x -c "SELECT 1" || status=1
	sql "DROP OWNED BY $role CASCADE; DROP ROLE $role"
	[ "$status" -eq 0 ]
	[[ $grant == "GRANT CREATE ON DATABASE"* ]]
}

@test "exec: --dry-run --record records nothing" {
	dbm exec -n --record x -c "SELECT 1"
	[ "$(sql "SELECT to_regnamespace('dbm')")" = "" ]
}

@test "exec: --record of two at once: one is refused" {
	sql "CREATE TABLE t (n int)"
	dbm exec -q --record first -c "SELECT" >/dev/null
	for i in {1..40}; do
		dbm exec -q --record "n$i" -c "INSERT INTO t VALUES ($i)" \
		    2>/dev/null &
		one=$!
		dbm exec -q --record "n$i" -c "INSERT INTO t VALUES ($i)" \
		    2>/dev/null &
		two=$!
		wait "$one" || true
		wait "$two" || true
	done
	[ "$(sql "SELECT count(*), count(DISTINCT n) FROM t")" = "40|40" ]
}

@test "exec: SIGINT ends a COPY TO stdout, and a script that is being sent" {
	start dbm exec -c "COPY (SELECT repeat('x', 100000),
	    CASE WHEN g > 50 THEN pg_sleep(60) END
	    FROM generate_series(1, 100) g) TO stdout"
	within 10 sleeps
	kill -INT "$pid"
	within 10 bash -c "! kill -0 $pid 2>/dev/null"
	ended 130
	! grep -q "successfully" err
}
