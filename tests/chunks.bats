# dbm chunks: the ranges of a table have all of its rows, each once.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

# Not by SIGKILL: runuser hands the other on to pgbouncer.
teardown() {
	[ -z "${bouncer:-}" ] || kill "$bouncer" 2>/dev/null || true
	end_all
}

# numbers ROWS [GAP]: a table `t' of so many keys, so far from each other.
numbers() {
	sql "CREATE TABLE t (id bigint PRIMARY KEY, v text);
	    INSERT INTO t SELECT i * ${2:-1}, i FROM generate_series(1, $1) i;
	    ANALYZE t"
}

# told FIELD...: these fields of the records.
told() {
	local IFS=,
	cut -f "$*" <<<"$output"
}

# covers TABLE: the ranges in ./ranges, fed to `dbm each', touch every row of
# it once and follow each other.
covers() {
	sql "ALTER TABLE $1 ADD COLUMN hits int NOT NULL DEFAULT 0"
	dbm each -c "UPDATE $1 SET hits = hits + 1 WHERE :range" \
	    <ranges >journal
	diff <(cut -f 1-5 ranges) <(cut -f 1-5 journal)
	[ "$(sql "SELECT count(*) FROM $1 WHERE hits <> 1")" = 0 ]
	[ "$(head -1 ranges | cut -f 3)" = '\N' ]
	[ "$(tail -1 ranges | cut -f 4)" = '\N' ]
	diff <(cut -f 3 ranges | tail -n +2) <(cut -f 4 ranges | sed '$d')
}

@test "chunks: pieces of so many rows, open at both ends" {
	numbers 23 7
	run -0 --separate-stderr dbm chunks t --size 5
	[ "$output" = "$(printf '"public"."t"\t"id"\t%s\t%s\t%s\n' \
	    '\N' 35 5 35 70 5 70 105 5 105 140 5 140 '\N' 3)" ]
	[ -z "$stderr" ]
	run -0 dbm chunks t --size 5 --header
	[ "${lines[0]}" = $'table\tcolumns\tlower\tupper\trows' ]
	run -0 dbm chunks t --size 100 --json
	[ "$output" = '{"table":"\"public\".\"t\"","columns":"\"id\"","lower":null,"upper":null,"rows":23}' ]
}

@test "chunks: a table that divides evenly has no empty piece at its end" {
	numbers 20
	run -0 dbm chunks t --size 5
	[ "$(told 3 4 5)" = $'\\N\t5\t5\n5\t10\t5\n10\t15\t5\n15\t\\N\t5' ]
	run -0 dbm chunks t --size 20
	[ "$(told 3 4 5)" = $'\\N\t\\N\t20' ]
	run -0 dbm chunks t --size 1
	[ "${#lines[@]}" -eq 20 ]
}

@test "chunks: no rows, no range" {
	numbers 5
	run -0 dbm chunks t --where 'id > 5'
	[ -z "$output" ]
	sql "TRUNCATE t"
	run -0 dbm chunks t
	[ -z "$output" ]
}

@test "chunks: sparse keys make pieces of rows, not of ids" {
	sql "CREATE TABLE t (id bigint PRIMARY KEY);
	    INSERT INTO t SELECT i::bigint * i * i * 1000000 FROM
	    generate_series(1, 1000) i"
	dbm chunks t --size 100 >ranges
	[ "$(cut -f 5 ranges | sort -u)" = 100 ]
	[ "$(wc -l <ranges)" -eq 10 ]
	covers t
}

@test "chunks: --where counts some rows, and its ranges cover all" {
	numbers 100
	dbm chunks t --size 5 --where $'v LIKE \'%0\' -- every tenth' >ranges
	[ "$(cut -f 4,5 ranges)" = $'50\t5\n\\N\t5' ]
	sql "ALTER TABLE t ADD hits int DEFAULT 0"
	dbm each -c 'UPDATE t SET hits = hits + 1 WHERE :range' <ranges >journal
	[ "$(cut -f 5 journal)" = $'50\n50' ]
	# a subquery may speak of the row by the name of the table
	run -0 dbm chunks t --where 'EXISTS (SELECT FROM public.t o
	    WHERE o.id = t.id + 99)'
	[ "$(told 5)" = 1 ]
}

@test "chunks: a wrong condition is told with its place, before all" {
	numbers 3
	at() {
		run -2 --separate-stderr dbm chunks t --where "$2"
		[ -z "$output" ]
		[[ $stderr == "--where:$1: error: "* ]] ||
		    { echo "$stderr"; return 1; }
	}
	at 1:6 'id = x'
	at 1:13 $'v = \'ä\' AND x'
	[[ $stderr == *'            ^'* ]]
	at 2:4 $'id > 0\nOR nothing'
	at 1:8 'id = 1 ; DROP TABLE t'
	at 1:7 'id = 1) OR (true'
	at 1:6 'id = (1'
	at 1:1 ' '
	at 1:6 'id = $1'
	[[ $stderr == *"no parameters"* ]]
	at 1:5 'v = f(id)'
	[[ $stderr == *"search_path is empty"* ]]
	at 1:1 'v'
	at 1:1 'count(*) > 1'
}

@test "chunks: --by takes another key, and the choices are named" {
	sql "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int NOT NULL,
	    c int UNIQUE, UNIQUE (b, a));
	    INSERT INTO t SELECT i, 'a' || i % 10, i / 10, i FROM
	    generate_series(0, 99) i"
	dbm chunks t --by b,a --size 30 >ranges
	[ "$(cut -f 2 ranges | sort -u)" = '"b","a"' ]
	[ "$(sed -n 1p ranges | cut -f 3-5)" = $'\\N\t{"2","a9"}\t30' ]
	covers t
	run -2 dbm chunks t --by a,b
	[[ $output == *"no unique key 'a,b'"*"the choices are 'id', 'b,a'"* ]]
	run -2 dbm chunks t --by c
	[[ $output == *"no unique key 'c'"* ]]
}

@test "chunks: without a unique key it says what is there" {
	sql "CREATE TABLE t (id int, v text UNIQUE)"
	run -2 dbm chunks t
	[[ $output == *"table 't' has no unique key to go by"*"column 'v' may be NULL"* ]]
	sql "CREATE TABLE u (id int)"
	run -2 dbm chunks u
	[[ $output == *"no unique index at all"* ]]
}

@test "chunks: --from-key goes on where another ended" {
	numbers 10
	run -0 dbm chunks t --size 4 --from-key 3
	[ "$(told 3 4 5)" = $'3\t7\t4\n7\t\\N\t3' ]
	run -0 dbm chunks t --from-key 10
	[ -z "$output" ]
	run -2 dbm chunks t --from-key x
	[[ $output == *"invalid input syntax for type bigint"* ]]
	sql "CREATE TABLE u (a int, b text, PRIMARY KEY (a, b));
	    INSERT INTO u SELECT i / 3, 'b,' || i % 3 FROM
	    generate_series(0, 8) i"
	run -0 dbm chunks u --size 3 --from-key '{"0","b,1"}'
	[ "$(told 3 4 5)" = \
	    $'{"0","b,1"}\t{"1","b,1"}\t3\n{"1","b,1"}\t{"2","b,1"}\t3\n{"2","b,1"}\t\\N\t1' ]
	run -2 dbm chunks u --from-key 0
	[[ $output == *"--from-key '0' has not the 2 values of the key"* ]]
}

@test "chunks: uuids" {
	sql "CREATE TABLE t (id uuid PRIMARY KEY);
	    INSERT INTO t SELECT gen_random_uuid() FROM generate_series(1, 1000)"
	dbm chunks t --size 99 >ranges
	[ "$(wc -l <ranges)" -eq 11 ]
	covers t
}

@test "chunks: text in the order of its own collation" {
	sql "CREATE COLLATION german (provider = icu, locale = 'de-u-kn-true');
	    CREATE TABLE t (id text COLLATE german PRIMARY KEY);
	    INSERT INTO t SELECT 'Ö' || i FROM generate_series(1, 100) i;
	    INSERT INTO t SELECT 'o' || i FROM generate_series(1, 100) i;
	    INSERT INTO t VALUES (''), (E'tab\there'), (E'a\nb\\\\'), ('{\"'),
	    ('\N'), ('NULL')"
	dbm chunks t --size 7 >ranges
	# 'Ö9' is before 'Ö10' there
	diff <(cut -f 4 ranges | sed '$d') <(sql "COPY (SELECT id FROM
	    (SELECT id, row_number() OVER (ORDER BY id) n FROM t) s
	    WHERE n % 7 = 0 AND n < 206 ORDER BY id) TO STDOUT")
	covers t
}

@test "chunks: citext, whose type is not where search_path looks" {
	sql "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext" ||
	    skip "citext is not installed"
	sql "CREATE TABLE t (id ext.citext PRIMARY KEY);
	    INSERT INTO t SELECT CASE i % 2 WHEN 0 THEN 'a' ELSE 'A' END || i
	    FROM generate_series(1, 100) i"
	dbm chunks t --size 9 >ranges
	covers t
	run -0 dbm chunks t --from-key 'A98'
	[ "$(told 5)" = 1 ]
}

@test "chunks: composite keys with all that values can hold" {
	sql "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
	    CREATE DOMAIN name AS varchar(20);
	    CREATE TABLE t (m mood, d name, at timestamptz, n numeric(12,3),
	    c character(5), PRIMARY KEY (m, d, at, n, c));
	    INSERT INTO t SELECT (enum_range(NULL::mood))[i % 3 + 1],
	    (ARRAY['', 'a,b', '\"', E'\\\\', '{}', 'NULL', E'\t'])[i % 7 + 1],
	    timestamptz '2024-03-31 00:30+01' + i * interval '7.000123 h',
	    i / 7.0, i % 11 FROM generate_series(1, 1000) i"
	dbm chunks t --size 37 >ranges
	[ "$(wc -l <ranges)" -eq 28 ]
	covers t
}

@test "chunks: partitioned tables as a whole, or one partition" {
	sql "CREATE TABLE t (id int, k int, PRIMARY KEY (id, k))
	    PARTITION BY HASH (k);
	    CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	    CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	    INSERT INTO t SELECT i, i * 3 FROM generate_series(1, 500) i"
	run -0 dbm chunks t1 --size 1000
	[ "$(told 5)" = "$(sql "SELECT count(*) FROM t1")" ]
	dbm chunks t --size 33 >ranges
	covers t
}

@test "chunks: children that inherit are other tables" {
	numbers 10
	sql "CREATE TABLE child (PRIMARY KEY (id)) INHERITS (t);
	    INSERT INTO child SELECT i FROM generate_series(1, 50) i"
	run -0 dbm chunks t
	[ "$(told 5)" = 10 ]
}

@test "chunks: odd names are quoted" {
	sql 'CREATE SCHEMA "S.x"; CREATE TABLE "S.x"."T ""a"" b" ("K k" int,
	    "select" int, "$1" int, PRIMARY KEY ("K k", "select", "$1"));
	    INSERT INTO "S.x"."T ""a"" b" SELECT i, i, i FROM
	    generate_series(1, 10) i'
	DATABASE_URL=${DATABASE_URL%&schema=*}
	case $DATABASE_URL in *\?*) s='&' ;; *) s='?' ;; esac
	export DATABASE_URL="$DATABASE_URL${s}schema=S.x"
	dbm chunks 'T "a" b' --size 4 >ranges
	[ "$(cut -f 1,2 ranges | sort -u)" = \
	    $'"S.x"."T ""a"" b"\t"K k","select","$1"' ]
	covers '"S.x"."T ""a"" b"'
}

@test "chunks: names that mean no table" {
	numbers 1
	run -2 dbm chunks T
	[[ $output == *"there is no table 'T'"*"did you mean 't'?"* ]]
	run -2 dbm chunks
	[[ $output == *"one table is expected"* ]]
	run -2 dbm chunks t t
	run -2 dbm chunks t --size 0
	[[ $output == *"--size is at least 1"* ]]
	sql "CREATE SCHEMA dbm; CREATE TABLE dbm.runs (id int PRIMARY KEY)"
	run -2 dbm chunks dbm.runs
	[[ $output == *"dbm's own"* ]]
}

@test "chunks: rows that would be hidden, and rights that are missing" {
	numbers 3
	role=r_$BATS_TEST_NUMBER$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT USAGE ON SCHEMA public TO $role"
	url=$(sed "s,//[^@]*@,//$role@," <<<"$DATABASE_URL")
	run -2 dbm chunks -u "$url" t
	[[ $output == *"cannot read table 't': permission denied"* ]]
	sql "GRANT SELECT ON t TO $role; ALTER TABLE t ENABLE ROW LEVEL SECURITY"
	run -2 dbm chunks -u "$url" t
	[[ $output == *"row level security would hide rows of table 't'"*BYPASSRLS* ]]
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "chunks: each edge is found in the index, however the rows lie" {
	sql "CREATE TABLE t (id text PRIMARY KEY, pad text)
	    WITH (autovacuum_enabled = off);
	    INSERT INTO t SELECT md5(i::text), repeat('x', 200) FROM
	    generate_series(1, 100000) i; ANALYZE t;
	    ALTER DATABASE \"$(sql "SELECT current_database()")\"
	    SET random_page_cost = 40"
	# left alone, the planner would sort all of it for each of them
	sql "EXPLAIN SELECT id FROM t WHERE id > '1' ORDER BY id
	    LIMIT 1 OFFSET 9999" | grep -q Sort
	dbm chunks t --size 10000 >ranges
	[ "$(wc -l <ranges)" -eq 10 ]
	within 10 scanned
	[ "$(sql "SELECT seq_tup_read, idx_tup_read < 110000 FROM
	    pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid)
	    WHERE t.relname = 't'")" = "0|t" ]
}

scanned() {
	[ "$(sql "SELECT idx_scan >= 10 FROM pg_stat_user_tables
	    WHERE relname = 't'")" = t ]
}

@test "chunks: a steady stream, without a transaction between two" {
	numbers 30000
	mkfifo slow
	dbm chunks t --size 1 >slow 3>&- &
	chunks=$!
	exec 9<slow
	read -r first <&9
	[ "$first" = $'"public"."t"\t"id"\t\\N\t1\t1' ]
	idle() {
		[ "$(sql "SELECT state || (backend_xmin IS NULL) FROM
		    pg_stat_activity WHERE application_name = 'dbm-chunks'
		    AND datname = current_database()")" = idletrue ]
	}
	within 10 idle
	# rows that come while it goes on are in its ranges
	sql "INSERT INTO t SELECT i FROM generate_series(30001, 30010) i"
	[ "$(cat <&9 | wc -l)" -eq 30009 ]
	exec 9<&-
	wait "$chunks"
}

@test "chunks: memory does not grow with the ranges" {
	[ -z "$SAN" ] || skip "sanitizers take memory of their own"
	sql "CREATE TABLE t (id text PRIMARY KEY); INSERT INTO t
	    SELECT repeat('k', 500) || i FROM generate_series(1, 20000) i"
	/usr/bin/env time -f %M -o rss dbm chunks t --size 1 | wc -c >bytes
	[ "$(cat bytes)" -gt 20000000 ]
	[ "$(cat rss)" -lt 16384 ]
}

@test "chunks: a reader that goes away ends it" {
	numbers 20000
	run -141 bash -o pipefail -c 'dbm chunks t --size 1 | head -1'
	run -2 bash -c 'dbm chunks t --size 1 >/dev/full'
	[[ $output == *"cannot write to stdout"* ]]
}

@test "chunks: a signal ends it, with its status" {
	numbers 100000
	mkfifo slow
	env --default-signal=INT dbm chunks t --size 1 >slow 3>&- &
	chunks=$!
	exec 9<slow
	read -r _ <&9
	kill -INT "$chunks"
	cat <&9 >/dev/null
	exec 9<&-
	status=0
	wait "$chunks" || status=$?
	[ "$status" -eq 130 ]
}

@test "chunks: behind a pooler" {
	need_pooler
	numbers 1000
	name=${DATABASE_URL%%\?*} name=${name##*/}
	mkdir pool
	cat >pool/ini <<-EOF
		[databases]
		$name = host=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"$DATABASE_URL") port=5432 user=$(sed 's,.*//\([^@]*\)@.*,\1,' <<<"$DATABASE_URL")
		[pgbouncer]
		listen_port = 6432
		unix_socket_dir = $PWD/pool
		auth_type = any
		pool_mode = transaction
		default_pool_size = 3
		server_round_robin = 1
		server_reset_query_always = 0
	EOF
	user=$(sed 's,.*//\([^@]*\)@.*,\1,' <<<"$DATABASE_URL")
	pooler pool
	url="postgresql://$user@localhost:6432/$name?host=$PWD/pool&pgbouncer=true"
	answers() { sql_at "$url" "SELECT" >/dev/null 2>&1; }
	within 10 answers
	dbm chunks t --size 100 >direct
	dbm chunks -u "$url" t --size 100 | diff direct -
}
