# dbm rows: what is written is what pg_dump would write, under one snapshot.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

teardown() {
	local pid
	for pid in $(jobs -p); do
		kill "$pid" 2>/dev/null || true
	done
}

# Users and what they own, with everything that names and values can hold.
shop() {
	sql <<-'END'
	CREATE TABLE users (id serial PRIMARY KEY, name text,
	    "createdAt" timestamp(3) NOT NULL DEFAULT now());
	CREATE TABLE "House" (id text PRIMARY KEY, owner int REFERENCES users,
	    price numeric(10,2), tags text[], data jsonb, raw bytea);
	CREATE TABLE _prisma_migrations (id text);
	INSERT INTO users (name) VALUES ('ann'), (NULL), (''), ('\N'),
	    (E'tab\there'), (E'two\nlines\\'), (E'\r\b\f\v');
	INSERT INTO "House" SELECT 'h' || i, i, i * 1.5, ARRAY['a', NULL, '{"'],
	    '{"k": "v\\n"}', '\x00ff5c' FROM generate_series(1, 5) i;
	INSERT INTO _prisma_migrations VALUES ('x');
	END
}

# The tables of a stream, in its order.
tables() { sed -nE 's/^COPY ([^(]*) \(.*/\1/p'; }

# The rows of a table in a stream.
data() {
	awk -v t="$1" '$1 == "COPY" { on = $2 == t; next }
	    /^\\\.$/ { on = 0 } on'
}

# same_rows A B: two streams carry the same rows, in whatever order.
same_rows() {
	local table
	diff <(tables <"$1" | sort) <(tables <"$2" | sort)
	while read -r table; do
		diff <(data "$table" <"$1" | sort) \
		    <(data "$table" <"$2" | sort) || return 1
	done < <(tables <"$1")
}

pg_dump_data() {
	local url
	url=$(sed -E 's/([?&])schema=[^&]*/\1/; s/[?&]$//' <<<"$DATABASE_URL")
	"$(dirname "$(psql_program)")/pg_dump" -a --quote-all-identifiers \
	    "$@" -d "$url"
}

# An own session of psql: ask LINE puts its answer into $answer.
session() {
	local url
	url=$(sed -E 's/([?&])schema=[^&]*/\1/; s/[?&]$//' <<<"$DATABASE_URL")
	coproc PSQL { exec "$(psql_program)" -XAtq -d "$url" 2>&1; }
}
ask() {
	echo "$1; SELECT 'done';" >&"${PSQL[1]}"
	answer=
	while read -r line <&"${PSQL[0]}" && [ "$line" != done ]; do
		answer=$line
	done
}

# --- what is written ---

@test "rows: the format, to the byte" {
	sql "CREATE TABLE a (id serial, b text);
	    INSERT INTO a (b) VALUES ('x'), (NULL)"
	dbm rows >out
	cmp out - <<-'END'
	COPY "public"."a" ("id", "b") FROM stdin;
	1	x
	2	\N
	\.

	SELECT pg_catalog.setval('"public"."a_id_seq"', 2, true);

	END
}

@test "rows: the data is that of pg_dump -a" {
	shop
	dbm rows >ours
	pg_dump_data -T _prisma_migrations >theirs
	same_rows ours theirs
	[ "$(data '"public"."users"' <ours | wc -l)" = 7 ]
	diff <(grep -o 'setval.*' ours) \
	    <(grep -o 'setval.*' theirs | sed "s/('\(.*\)', /('\1', /")
}

@test "rows: psql applies the stream" {
	shop
	dbm rows >first
	sql 'TRUNCATE users, "House"; ALTER SEQUENCE users_id_seq RESTART'
	sql <first >/dev/null
	dbm rows | cmp first -
	[ "$(sql "SELECT nextval('users_id_seq')")" = 8 ]
}

@test "rows: no tables, nothing written" {
	run -0 --separate-stderr dbm rows
	[ "$output$stderr" = "" ]
}

@test "rows: a table without columns, or with generated ones only" {
	sql "CREATE TABLE none (); INSERT INTO none SELECT FROM
	    generate_series(1, 2);
	    CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
	    INSERT INTO g VALUES (1)"
	dbm rows >out
	cmp out - <<-'END'
	COPY "public"."g" ("a") FROM stdin;
	1
	\.

	COPY "public"."none" FROM stdin;


	\.

	END
	sql 'TRUNCATE g, none'
	sql <out
	[ "$(sql 'SELECT count(*) FROM none')" = 2 ]
	run -2 dbm rows g --columns a,b
	[[ $output == *"column 'b' of table 'g' is generated"* ]]
}

@test "rows: identifiers that need quotes" {
	sql 'CREATE SCHEMA "a.b";
	    CREATE TABLE "a.b"."t""q; --" ("select" int, "a b" text, "é,(" int);
	    INSERT INTO "a.b"."t""q; --" VALUES (1, $$x$$, 2);
	    CREATE TABLE "with.dot" (id int);
	    INSERT INTO "with.dot" VALUES (3)'
	export DATABASE_URL="${DATABASE_URL}&schema=a.b"
	dbm rows >out
	[ "$(head -1 out)" = \
	    'COPY "a.b"."t""q; --" ("select", "a b", "é,(") FROM stdin;' ]
	[ "$(sed -n 2p out)" = $'1\tx\t2' ]
	dbm rows 't"q; --' --columns '"é,(",select' --where '"a b" = $q$x$q$' |
	    grep -qx $'2\t1'
	[ "$(dbm rows -u "${DATABASE_URL%&*}" with.dot | sed -n 2p)" = 3 ]
}

@test "rows: all values as text that every session reads alike" {
	sql "CREATE TABLE v (i interval, t timestamptz, d date, f float8,
	        b bytea, m money);
	    INSERT INTO v VALUES ('1 day -2:00', '2026-01-02 03:04:05+02',
	        '2026-02-01', 0.1::float8 + 0.2, '\x00', 12.5)"
	db=$(sql 'SELECT current_database()')
	sql "ALTER DATABASE $db SET intervalstyle = iso_8601;
	    ALTER DATABASE $db SET datestyle = 'SQL, DMY';
	    ALTER DATABASE $db SET timezone = 'Asia/Tokyo';
	    ALTER DATABASE $db SET extra_float_digits = 0;
	    ALTER DATABASE $db SET bytea_output = escape;
	    ALTER DATABASE $db SET standard_conforming_strings = off"
	dbm rows v | sed -n 2p >out
	cmp out <<<$'1 day -02:00:00\t2026-01-02 01:04:05+00\t2026-02-01\t0.30000000000000004\t\\\\x00\t$12.50'
}

# --- which tables, and their order ---

@test "rows: parents come before children, whatever their names" {
	sql "CREATE TABLE z (id int PRIMARY KEY);
	    CREATE TABLE m (id int PRIMARY KEY REFERENCES z);
	    CREATE TABLE a (id int REFERENCES m, up int);
	    INSERT INTO z VALUES (1); INSERT INTO m VALUES (1);
	    INSERT INTO a VALUES (1)"
	dbm rows >out
	[ "$(tables <out | xargs)" = 'public.z public.m public.a' ]
	[ "$(dbm rows a z | tables | xargs)" = 'public.a public.z' ]
	sql 'TRUNCATE z, m, a'
	sql <out
	[ "$(sql 'SELECT count(*) FROM a')" = 1 ]
}

@test "rows: a cycle is one transaction, and psql applies it" {
	sql "CREATE TABLE a (id int PRIMARY KEY, b int);
	    CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a
	        DEFERRABLE);
	    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE;
	    CREATE TABLE self (id int PRIMARY KEY, up int REFERENCES self);
	    BEGIN; SET CONSTRAINTS ALL DEFERRED;
	    INSERT INTO a VALUES (1, 2), (2, 1);
	    INSERT INTO b VALUES (1, 1), (2, 2); COMMIT;
	    INSERT INTO self VALUES (1, 2), (2, NULL)"
	dbm rows >out
	[ "$(grep -vE '^[0-9]|^$|^\\' out | cut -d ' ' -f 1,2 | xargs)" = \
	    'BEGIN; SET CONSTRAINTS COPY public.b COPY public.a COMMIT; COPY public.self' ]
	sql 'TRUNCATE a, b, self'
	sql <out
	[ "$(sql 'SELECT count(*) FROM a, b, self')" = 8 ]
}

@test "rows: partitions and children of inheritance are written once" {
	sql "CREATE TABLE p (id int, at date) PARTITION BY RANGE (id);
	    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
	    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
	    INSERT INTO p VALUES (1), (2), (11);
	    CREATE TABLE base (id int); CREATE TABLE kid (x int) INHERITS (base);
	    INSERT INTO base VALUES (1); INSERT INTO kid VALUES (2, 3)"
	dbm rows >out
	[ "$(tables <out | xargs)" = 'public.base public.kid public.p' ]
	[ "$(data '"public"."p"' <out | wc -l)" = 3 ]
	[ "$(data '"public"."base"' <out)" = 1 ]
	[ "$(data '"public"."kid"' <out)" = $'2\t3' ]
	[ "$(dbm rows p2 | data '"public"."p2"')" = $'11\t\\N' ]
	[ "$(dbm rows base --where true | data '"public"."base"')" = 1 ]
}

@test "rows: what is not meant unless it is named" {
	shop
	sql 'CREATE TABLE "MigrationState" ("tableName" text,
	        "lastMigratedAt" timestamp);
	    CREATE SCHEMA dbm; CREATE TABLE dbm.runs (id int);
	    CREATE EXTENSION IF NOT EXISTS citext'
	[ "$(dbm rows | tables | xargs)" = 'public.users public.House' ]
	[ "$(dbm rows _prisma_migrations | tables)" = \
	    '"public"."_prisma_migrations"' ]
}

@test "rows: -t and -T, patterns in the case as it is written" {
	shop
	[ "$(dbm rows -t 'H*' | tables)" = '"public"."House"' ]
	[ "$(dbm rows -t '*s*' -T users | tables)" = '"public"."House"' ]
	[ "$(dbm rows -T House | tables)" = '"public"."users"' ]
	run -2 --separate-stderr dbm rows -t house
	[ "$output" = "" ]
	[[ $stderr == *"there is no table 'house'"*"did you mean 'House'?"* ]]
	run -2 --separate-stderr dbm rows users Hause
	[[ $stderr == *"there is no table 'Hause'"* ]]
	[ "$output" = "" ]
}

# --- which rows, which columns ---

@test "rows: in patterns only * and ? are special, and ? is a letter" {
	sql 'CREATE TABLE "[a]" (id int); CREATE TABLE a (id int);
	    CREATE TABLE "b\t" (id int); CREATE TABLE "é" (id int)'
	[ "$(dbm rows -t '[a]' | tables)" = '"public"."[a]"' ]
	[ "$(dbm rows -t '[a*' | tables)" = '"public"."[a]"' ]
	[ "$(dbm rows -t 'b\t' | tables)" = '"public"."b\t"' ]
	[ "$(dbm rows -t '?' | tables | sort)" = $'"public"."a"\n"public"."é"' ]
	[ "$(dbm rows -t '?' -T '*a*' | tables)" = '"public"."é"' ]
	run -2 dbm rows -t '[ab]'
}

@test "rows: --columns, in their order" {
	shop
	dbm rows users --columns name,id --where 'id < 3' >out
	[ "$(head -3 out)" = 'COPY "public"."users" ("name", "id") FROM stdin;
ann	1
\N	2' ]
	run -2 --separate-stderr dbm rows --columns id,Name
	[[ $stderr == *"table 'users' has no column 'Name'"*"did you mean 'name'?"* ]]
	run -2 dbm rows --columns id,id
	run -2 dbm rows --columns id,,name
	run -2 dbm rows --columns '"id'
	[[ $output == *'no list of names'* ]]
	run -2 dbm rows --columns ''
}

@test "rows: --where holds for each table" {
	shop
	dbm rows --where "id::text IN ('2', 'h3') -- no end" >out
	[ "$(data '"public"."users"' <out | cut -f 1)" = 2 ]
	[ "$(data '"public"."House"' <out | cut -f 1)" = h3 ]
}

@test "rows: a --where that wants out of its brackets" {
	shop
	# two statements, were it not for the brackets
	for where in \
	    "true)) TO '/tmp/x'; COPY (SELECT 1 WHERE (true" \
	    "true) TO '$PWD/stolen'; --" \
	    "true) UNION ALL SELECT 1, 'x', now() WHERE (true" \
	    "E'\\') AND (') UNION SELECT 1 --'" \
	    "'a' = \$x\$)\$x)\$x\$ ) OR (true" \
	    "name = 'x" 'name = "x' '/* (' '$$' '(' ')' ';' '' ' -- true'; do
		run -2 --separate-stderr dbm rows users --where "$where"
		[ "$output" = "" ]
		[[ $stderr == --where:* ]]
	done
	[ ! -e stolen ]
	# these stay inside
	for where in "name <> ')' OR name <> E'\\')' --)" "/* ) /* ( */ */ true" \
	    '"name" <> $a$)$$;$a$' "name <> 'it''s);('" \
	    "name <> E'a'
'\\');'" 'id IN (SELECT id FROM public.users)'; do
		dbm rows users --where "$where" | grep -q ann
	done
}

@test "rows: --where tells where it is wrong" {
	shop
	run -2 --separate-stderr dbm rows users --where "id > 0
 AND nahme = 'é'"
	[ "$output" = "" ]
	[[ $stderr == "--where:2:6: error: cannot read table 'users': column \"nahme\" does not exist"* ]]
	# nothing of the tables before it is written
	run -2 --separate-stderr dbm rows --where "name <> ''"
	[ "$output" = "" ]
	[[ $stderr == *"table 'House': column \"name\""* ]]
	run -2 --separate-stderr dbm rows users --where 'true) OR (true'
	[[ $stderr == "--where:1:5: error: "* ]]
}

@test "rows: a reader cannot write" {
	shop
	run -2 dbm rows users --where "nextval('public.users_id_seq') > 0"
	[[ $output == *"read-only transaction"* ]]
	# names of --where need their schema
	run -2 dbm rows users --where "id IN (SELECT id FROM users)"
	[[ $output == *'relation "users" does not exist'*"hint: "*schema* ]]
}

@test "rows: --since in camel and snake case, with zone and without" {
	sql "CREATE TABLE camel (id int, \"createdAt\" timestamp(3),
	        \"updatedAt\" timestamp(3));
	    CREATE TABLE snake (id int, created_at timestamptz NOT NULL,
	        updated_at timestamptz);
	    CREATE TABLE one (id int, updated timestamp NOT NULL);
	    CREATE TABLE none (id int, created text);
	    INSERT INTO camel VALUES (1, '2026-01-01', '2026-01-01'),
	        (2, '2026-03-01', '2026-01-01'), (3, '2026-01-01', '2026-03-01'),
	        (4, NULL, NULL), (5, '2026-02-01', NULL),
	        (6, '2026-01-31 23:59:59.999', NULL);
	    INSERT INTO snake VALUES (1, '2026-01-31 23:00Z', NULL),
	        (2, '2026-02-01 00:00Z', NULL),
	        (3, '2026-01-01', '2026-02-01 01:00+01');
	    INSERT INTO one VALUES (1, '2026-01-31'), (2, '2026-02-01');
	    INSERT INTO none VALUES (1, '2020-01-01')"
	ids() { data "\"public\".\"$1\"" <out | cut -f 1 | sort | xargs; }
	dbm rows --since 2026-02-01 >out 2>err
	[ "$(ids camel)/$(ids snake)/$(ids one)/$(ids none)" = '2 3 4 5/2 3/2/1' ]
	[[ $(cat err) == *"warning: table 'none' has no column that tells"* ]]
	[ "$(grep -c warning err)" = 1 ]
	# a zone is honoured, and none is UTC, whatever the session's is
	sql "ALTER DATABASE $(sql 'SELECT current_database()')
	    SET timezone = 'Asia/Tokyo'"
	dbm rows -q --since '2026-02-01 01:00+01' >out
	[ "$(ids camel)/$(ids snake)/$(ids one)" = '2 3 4 5/2 3/2' ]
	dbm rows -q snake --since 2026-02-01 --where 'id < 3 --' >out
	[ "$(ids snake)" = 2 ]
	run -2 --separate-stderr dbm rows --since yesteryear
	[[ $stderr == *"--since 'yesteryear' is no time"* ]]
	[ "$output" = "" ]
}

@test "rows: --since finds what a column has rounded down" {
	sql "CREATE DOMAIN stamp AS timestamp(0);
	    CREATE TABLE a (id int, \"updatedAt\" timestamp(0));
	    CREATE TABLE b (id int, \"updatedAt\" stamp);
	    INSERT INTO a VALUES (1, '2026-01-01 00:00:01.4');
	    INSERT INTO b VALUES (1, '2026-01-01 00:00:01.4')"
	[ "$(dbm rows --since '2026-01-01 00:00:01.3' | grep -c '^1')" = 2 ]
	[ "$(dbm rows --since '2026-01-01 00:00:02' | grep -c '^1')" = 0 ]
}

@test "rows: --since uses the indexes" {
	sql 'CREATE TABLE t (id int, "createdAt" timestamp(3) NOT NULL,
	        "updatedAt" timestamp(3), pad text);
	    CREATE INDEX ON t ("createdAt"); CREATE INDEX ON t ("updatedAt");
	    INSERT INTO t SELECT i, timestamp $$2026-01-01$$ + i * interval
	        $$1 min$$, NULL, repeat($$x$$, 100) FROM
	        generate_series(1, 20000) i;
	    ANALYZE t'
	[ "$(dbm rows t --since 2026-01-14 | grep -c xxx)" -gt 1000 ]
	scans() {
		[ "$(sql "SELECT seq_scan || '/' || idx_scan FROM
		    pg_stat_user_tables")" = "$1" ]
	}
	within 5 scans 2/2 # each CREATE INDEX has read it
}

# --- one snapshot ---

@test "rows: --snapshot reads what its session sees" {
	shop
	session
	ask 'BEGIN ISOLATION LEVEL REPEATABLE READ'
	ask 'SELECT pg_export_snapshot()'
	sql "INSERT INTO users (name) VALUES ('late')"
	[ "$(dbm rows users --snapshot "$answer" | grep -c late)" = 0 ]
	[ "$(dbm rows users | grep -c late)" = 1 ]
	ask 'COMMIT'
	run -2 --separate-stderr dbm rows users --snapshot "$answer"
	[[ $stderr == *"snapshot"* ]]
	[ "$output" = "" ]
	run -2 dbm rows users --snapshot "'; DROP TABLE users; --"
	[ "$(sql 'SELECT count(*) FROM users')" = 8 ]
}

@test "rows: all tables are read under one snapshot" {
	shop
	mkfifo list
	dbm rows --select list >out &
	exec 7>list
	echo users >&7
	within 5 grep -q '^\\\.' out
	sql "INSERT INTO \"House\" VALUES ('late')"
	echo '"House"' >&7
	exec 7>&-
	wait $!
	[ "$(data '"public"."House"' <out | wc -l)" = 5 ]
}

# --- --select ---

@test "rows: --select takes names as COPY has them, and conditions" {
	shop
	printf '%s\n' $'ONLY "public"."users" ("name", id)\tid IN (1,\\n5)' \
	    BEGIN '"House"' 'USERS' COMMIT $'public."House"(id)\t' |
	    dbm rows --select - >out
	[ "$(grep -E '^[A-Z]' out)" = 'COPY "public"."users" ("name", "id") FROM stdin;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
COPY "public"."House" ("id", "owner", "price", "tags", "data", "raw") FROM stdin;
COPY "public"."users" ("id", "name", "createdAt") FROM stdin;
COMMIT;
COPY "public"."House" ("id") FROM stdin;' ]
	[ "$(sed -n 2,3p out)" = 'ann	1
tab\there	5' ]
	[ "$(grep -c setval out)" = 0 ]
	# the last line may lack its end
	printf users | dbm rows --select - | grep -q ann
	[ "$(dbm rows --select - </dev/null)" = "" ]
}

@test "rows: --select with and without ONLY" {
	sql "CREATE TABLE p (id int) PARTITION BY LIST (id);
	    CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES (7);
	    CREATE TABLE base (id int); CREATE TABLE kid () INHERITS (base);
	    INSERT INTO base VALUES (1); INSERT INTO kid VALUES (2)"
	count() { dbm rows --select - <<<"$1" | grep -c '^[0-9]'; }
	[ "$(count 'p (id)')" = 1 ]
	[ "$(count 'base (id)')" = 2 ]
	[ "$(count 'ONLY base (id)')" = 1 ]
	[ "$(count $'ONLY base (id)\ttrue')" = 1 ]
	[ "$(count 'p')/$(count 'base')" = 1/1 ]
}

@test "rows: --select writes each table as soon as its line has come" {
	shop
	mkfifo list
	dbm rows --select list >out &
	exec 7>list
	printf 'users\n"Ho' >&7
	within 5 grep -qxF 'COPY "public"."users" ("id", "name", "createdAt") FROM stdin;' out
	within 5 grep -q '^\\\.' out
	printf 'use"\nBEGIN\nusers\n' >&7
	within 5 grep -q '^h5' out
	sleep 0.3
	[ "$(grep -c BEGIN out)" = 0 ]
	echo COMMIT >&7
	within 5 grep -qx 'COMMIT;' out
	[ "$(grep -c 'COPY' out)" = 3 ]
	exec 7>&-
	wait $!
}

@test "rows: --select says at which line something is wrong" {
	shop
	bad() {
		run -2 --separate-stderr dbm rows --select - <<<"$1"
		[[ $stderr == *"$2"* ]]
	}
	bad $'users\nusers x' "stdin:2: error: a TAB is expected where 'x' is"
	bad '"users' "stdin:1: error: a '\"' is not closed"
	bad 'users (id' "stdin:1: error: the list of columns is not closed"
	bad $'users\ttrue\tx' 'stdin:1: error: a record has a table and a condition'
	bad $'BEGIN\nusers' 'stdin:3: error: BEGIN without COMMIT'
	bad COMMIT 'stdin:1: error: COMMIT without BEGIN'
	bad '' 'stdin:1: error: a name is missing'
	bad nowhere "there is no table 'nowhere'"
	bad 'nowhere (id)' "cannot read table 'nowhere'"
	bad $'users (id)\ttrue)) TO STDOUT; COPY (SELECT 1 WHERE (true' 'cannot insert multiple commands'
	run -2 dbm rows --select list
	[[ $output == *"cannot open 'list'"* ]]
	for option in users '-t users' '--where true' '--since 2026-01-01' \
	    '--columns id'; do
		run -2 dbm rows --select - $option </dev/null
		[[ $output == *"--select says itself what to read"* ]]
	done
}

@test "rows: what fails under --select leaves a stream that is torn" {
	shop
	printf '%s\n' users $'users (id)\tid / 0 = 1' |
	    dbm rows --select - >out 2>err && false
	[ "$(grep -c '^COPY' out)" = 2 ]
	[ "$(grep -c '^\\\.' out)" = 1 ]
	grep -q 'division by zero' err
}

@test "rows: a signal ends the wait for --select" {
	shop
	mkfifo list
	for signal in TERM INT; do
		env --default-signal dbm rows --select list >out 2>err &
		exec 7>list
		echo users >&7
		within 5 grep -q '^\\\.' out
		kill -$signal $!
		rc=0
		wait $! || rc=$?
		exec 7>&-
		[ $rc = $((128 + $(kill -l $signal))) ]
		[ ! -s err ]
		: >out
	done
}

@test "rows: time limits of the role do not end a long read" {
	sql "CREATE TABLE t (id int); INSERT INTO t VALUES (1);
	    ALTER DATABASE $(sql 'SELECT current_database()')
	    SET statement_timeout = 200;
	    ALTER DATABASE $(sql 'SELECT current_database()')
	    SET idle_in_transaction_session_timeout = 200"
	{ echo t; sleep 0.7; echo $'t (id)\tpg_sleep(0.5) IS NOT NULL'; } |
	    dbm rows --select - >out
	[ "$(grep -cx 1 out)" = 2 ]
}

# --- faults ---

# More than pipes and buffers hold.
big() {
	sql "CREATE TABLE big (id int, pad text);
	    INSERT INTO big SELECT i, repeat('x', 200) FROM
	        generate_series(1, 50000) i"
}

@test "rows: --select - needs an open stdin" {
	run -2 --separate-stderr bash -c 'dbm rows --select - <&-'
	[[ $stderr == *"a pipe is needed"* ]]
}

@test "rows: a pipe that is closed early" {
	big
	rc=0
	[ "$(dbm rows 2>err | head -1)" = \
	    'COPY "public"."big" ("id", "pad") FROM stdin;' ]
	set +o pipefail
	dbm rows 2>err | head -1 >/dev/null
	[ "${PIPESTATUS[0]}" = 141 ]
	[ ! -s err ]
}

@test "rows: a full disk is 2, whatever the size" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	sql "CREATE TABLE small (id int)"
	for i in small big; do
		rc=0
		dbm rows >/dev/full 2>err || rc=$?
		[ $rc = 2 ]
		grep -q 'cannot write to stdout: No space left' err
		[ $i = big ] || big
	done
	rc=0
	dbm rows >&- 2>err || rc=$?
	[ $rc = 2 ]
	rc=0
	dbm rows --select - <<<small >/dev/full 2>err || rc=$?
	[ $rc = 2 ]
}

@test "rows: a lost connection is 75, and the stream is torn" {
	big
	mkfifo pipe
	dbm rows >pipe 2>err &
	pid=$!
	exec 7<pipe
	read -r line <&7
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE application_name = 'dbm-rows'" >/dev/null
	cat <&7 >out
	exec 7<&-
	rc=0
	wait $pid || rc=$?
	[ $rc = 75 ]
	[ -s err ]
	[ "$(grep -c '^\\\.' out)" = 0 ]
	[ "$(wc -l <out)" -lt 50000 ]
}

@test "rows: a signal in the middle cancels the statement" {
	sql "CREATE TABLE t (id int); INSERT INTO t VALUES (1)"
	dbm rows --where 'pg_sleep(30) IS NULL' >out 2>err &
	asleep() {
		[ "$(sql "SELECT count(*) FROM pg_stat_activity
		    WHERE application_name = 'dbm-rows' AND
		    wait_event = 'PgSleep'")" = "$1" ]
	}
	within 5 asleep 1
	kill -TERM $!
	rc=0
	wait $! || rc=$?
	[ $rc = 143 ]
	within 5 asleep 0
	[ "$(grep -c '^\\\.' out)" = 0 ]
}

@test "rows: row level security is an error, not an empty table" {
	sql "CREATE TABLE t (id int); INSERT INTO t VALUES (1);
	    CREATE TABLE u (id int);
	    ALTER TABLE t ENABLE ROW LEVEL SECURITY"
	role=r_$RANDOM$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT SELECT ON t TO $role"
	url=$(sed -E "s#//[^@/]*(@|/)#//$role\1#" <<<"$DATABASE_URL")
	run -2 --separate-stderr dbm rows -u "$url" t
	[ "$output" = "" ]
	[[ $stderr == *"row level security would hide rows of table 't'"*BYPASSRLS* ]]
	run -2 --separate-stderr dbm rows -u "$url" --select - <<<'ONLY t (id)'
	[[ $stderr == *"cannot read table"*BYPASSRLS* ]]
	# rights that are missing are told before the first row, too
	sql "ALTER TABLE t DISABLE ROW LEVEL SECURITY"
	run -2 --separate-stderr dbm rows -u "$url"
	[ "$output" = "" ]
	[[ $stderr == *"cannot read table 'u': permission denied"* ]]
	dbm rows -u "$url" t | grep -qx 1
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "rows: memory does not grow with the rows" {
	[ -z "$SAN" ] || skip "sanitizers take memory of their own"
	sql "CREATE TABLE big AS SELECT i, repeat('x', 200) FROM
	    generate_series(1, 500000) i"
	/usr/bin/env time -f %M -o rss dbm rows >/dev/null
	[ "$(cat rss)" -lt 24576 ]
}
