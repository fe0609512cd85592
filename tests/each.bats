# dbm each: every range once, each in a transaction of its own.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset "${!PG@}"
	new_db
}

# Not by SIGKILL: runuser hands the other on to pgbouncer.
teardown() {
	local p
	for p in ${bouncer:-} ${each:-}; do
		kill "$p" 2>/dev/null || true
	done
	end_all
}

# numbers ROWS: a table `t' of so many keys, none of them touched.
numbers() {
	sql "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);
	    INSERT INTO t (id) SELECT i FROM generate_series(1, $1) i;
	    ANALYZE t"
}

# touched: "n rows" for each n.
touched() {
	sql "SELECT n || ' ' || count(*) FROM t GROUP BY n ORDER BY n"
}

# range LOWER UPPER [TABLE COLUMNS]: a record of it.
range() {
	printf '%s\t%s\t%s\t%s\t\\N\n' "${3:-"\"public\".\"t\""}" \
	    "${4:-"\"id\""}" "$1" "$2"
}

count='UPDATE t SET n = n + 1 WHERE :range'

# --- what is done, and told ---

@test "each: a complete backfill" {
	sql "CREATE TABLE cards (id int PRIMARY KEY, rarity text, rarity_v2 text);
	    INSERT INTO cards SELECT i * 7, 'r' || i FROM
	    generate_series(1, 20000) i"
	fill='UPDATE cards SET rarity_v2 = rarity WHERE :range AND rarity_v2 IS NULL'
	dbm chunks cards --size 5000 >ranges
	run -0 --separate-stderr dbm each -j2 -c "$fill" <ranges
	[ -z "$stderr" ]
	diff <(cut -f 1-5 <<<"$output" | sort) <(sort ranges)
	[ "$(cut -f 6 <<<"$output" | grep -cx '[0-9]\+')" -eq 4 ]
	[ "$(sql "SELECT count(*) FROM cards WHERE rarity_v2 = rarity")" = 20000 ]
	# the journal is a list of ranges, too
	run -0 dbm each -c "$fill" <<<"$output"
	[ "$(cut -f 5 <<<"$output" | sort -u)" = 0 ]
	[ "$(sql "SELECT to_regnamespace('dbm') IS NULL")" = t ]
}

@test "each: the output in its other dresses" {
	numbers 3
	dbm chunks t >ranges
	run -0 dbm each --header -c "$count" <ranges
	[ "${lines[0]}" = $'table\tcolumns\tlower\tupper\trows\tmilliseconds' ]
	run -0 dbm each --json -c "$count" <ranges
	[[ $output =~ ^'{"table":"\"public\".\"t\"","columns":"\"id\"","lower":null,"upper":null,"rows":3,"milliseconds":'[0-9]+'}'$ ]]
}

@test "each: a range is told when it is committed, not before" {
	numbers 10
	mkfifo in out
	dbm each -c "$count" <in >out 3>&- &
	each=$!
	exec 8>in 9<out
	range '\N' 5 >&8
	read -r told <&9
	[[ $told == *$'\t5\t5\t'* ]]
	[ "$(touched)" = $'0 5\n1 5' ]
	range 5 '\N' >&8
	exec 8>&-
	read -r told <&9
	[[ $told == *$'\t5\t\\N\t5\t'* ]]
	wait "$each"
	exec 9<&-
	[ "$(touched)" = "1 10" ]
}

@test "each: several statements are one transaction" {
	numbers 10
	sql "CREATE TABLE archive (id bigint PRIMARY KEY CHECK (id <> 8))"
	move=(-c 'INSERT INTO archive SELECT id FROM t WHERE :range'
	    -c 'DELETE FROM t WHERE :range' -c 'SELECT 1, 2')
	dbm chunks t --size 5 >ranges
	run -2 --separate-stderr dbm each "${move[@]}" <ranges
	[ "$(cut -f 4,5 <<<"$output")" = $'5\t5' ]
	[[ $stderr == "stdin:2: error: t, id > 5: new row for relation \"archive\""* ]]
	[ "$(sql "SELECT count(*) FROM t; SELECT count(*) FROM archive")" = $'5\n5' ]
}

@test "each: rows are those of the last statement that writes" {
	numbers 10
	rows() {
		range '\N' 5 | dbm each -n "$@" | cut -f 5
	}
	[ "$(rows -c "$count" -c 'SELECT 1')" = 5 ]
	[ "$(rows -c "$count" -c 'DELETE FROM t WHERE id = 1')" = 1 ]
	[ "$(rows -c 'SET LOCAL work_mem = 1024' -c "$count RETURNING *")" = 5 ]
	[ "$(rows -c 'WITH w AS (SELECT id FROM t WHERE :range)
	    UPDATE t SET n = 1 FROM w WHERE w.id = t.id')" = 5 ]
	[ "$(rows -c 'SELECT FROM t WHERE :range')" = 5 ]
	[ "$(touched)" = "0 10" ]
}

@test "each: -n rolls back" {
	numbers 10
	range '\N' '\N' >ranges
	run -0 dbm each -n -c "$count" <ranges
	[ "$(cut -f 5 <<<"$output")" = 10 ]
	[ "$(touched)" = "0 10" ]
	run -2 dbm each -n --run x -c "$count" <ranges
	[[ $output == *"not kept in --run"* ]]
}

@test "each: bounds, and the trap of an open one" {
	numbers 10
	between='UPDATE t SET n = n + 1 WHERE id > :lo AND id <= :hi'
	range 3 7 | dbm each -c "$between"
	[ "$(touched)" = $'0 6\n1 4' ]
	run -2 dbm each -c "$between" < <(range '\N' 7)
	has "stdin:1: error: :lo is NULL, for this range is open at its beginning"
	has "write :range"
	run -2 dbm each -c "$between" < <(range 7 '\N')
	has ":hi is NULL, for this range is open at its end"
	[ "$(touched)" = $'0 6\n1 4' ]
	range '\N' '\N' | dbm each -c 'UPDATE t SET n = n + 1 WHERE
	    (:lo IS NULL OR id > :lo) AND id <= coalesce(:hi, 5)'
	[ "$(touched)" = $'0 3\n1 5\n2 2' ]
}

@test "each: joins say of which table the key is" {
	numbers 10
	range 3 7 >ranges
	join='UPDATE t a SET n = a.n + 1 FROM t b WHERE b.id = a.id AND'
	dbm each -c "$join a.:range" <ranges
	[ "$(touched)" = $'0 6\n1 4' ]
	run -2 dbm each -c "$join :range" <ranges
	has "--command:1:59: error: column reference \"id\" is ambiguous"
	has "in the range of line 1: id > 3 and <= 7"
	has "hint: say of which table the key is, as in t.:range"
}

@test "each: the statements see the URL's schema, as an application does" {
	sql "CREATE SCHEMA app; CREATE TABLE app.u (id int PRIMARY KEY, n int);
	    INSERT INTO app.u SELECT i FROM generate_series(1, 3) i"
	DATABASE_URL=${DATABASE_URL/schema=public/schema=app}
	[[ $DATABASE_URL == *schema=app* ]] ||
	    DATABASE_URL="$DATABASE_URL&schema=app"
	dbm chunks u | dbm each -c 'UPDATE u SET n = 1 WHERE :range'
	[ "$(sql "SELECT count(*) FROM app.u WHERE n = 1")" = 3 ]
}

@test "each: keys of any kind, and what looks like SQL in them" {
	sql "CREATE TABLE \"T t\" (\"a b\" text COLLATE \"C\", u uuid, n int
	    NOT NULL DEFAULT 0, PRIMARY KEY (\"a b\", u));
	    INSERT INTO \"T t\" SELECT (ARRAY['''; DROP TABLE x; --', ':range',
	    '\$1', E'\\\\', E'\t\n', '{\"', 'NULL', ''])[i % 8 + 1],
	    gen_random_uuid() FROM generate_series(1, 200) i"
	dbm chunks 'T t' --size 3 | dbm each -j4 \
	    -c 'UPDATE "T t" SET n = n + 1 WHERE "T t".:range' >journal
	[ "$(sql "SELECT count(*) FROM \"T t\" WHERE n = 1")" = 200 ]
	[ "$(awk -F '\t' '{ n += $5 } END { print n }' journal)" = 200 ]
}

@test "each: partitioned tables" {
	sql "CREATE TABLE t (id int, k int, n int NOT NULL DEFAULT 0,
	    PRIMARY KEY (id, k)) PARTITION BY RANGE (k);
	    CREATE TABLE t0 PARTITION OF t FOR VALUES FROM (0) TO (50);
	    CREATE TABLE t1 PARTITION OF t DEFAULT;
	    INSERT INTO t SELECT i, i % 100 FROM generate_series(1, 500) i"
	dbm chunks t --size 33 | dbm each -j3 --run p -c "$count" >/dev/null
	[ "$(touched)" = "1 500" ]
	dbm chunks t --size 50 >ranges
	run -0 dbm each -v --run p -c "$count" <ranges
	has "10 ranges done before were skipped"
}

@test "each: the ranges of several tables in one stream" {
	numbers 10
	sql "CREATE TABLE u (id bigint PRIMARY KEY); INSERT INTO u SELECT i
	    FROM generate_series(1, 9, 2) i; DELETE FROM u WHERE id = 5;
	    CREATE TABLE log (n bigint)"
	{ dbm chunks t --size 5; dbm chunks u --size 2; } >ranges
	[ "$(wc -l <ranges)" -eq 4 ]
	dbm each --run both -c 'INSERT INTO log SELECT id FROM
	    (SELECT id FROM t UNION ALL SELECT id FROM u) s WHERE :range' \
	    <ranges >/dev/null
	[ "$(sql "SELECT count(*) FROM log")" -eq 28 ]
	[ "$(sql "SELECT count(DISTINCT split_part(range, E'\t', 1)) FROM
	    dbm.run_ranges")" -eq 2 ]
}

# --- what is wrong ---

@test "each: a statement without a place for the range would do everything" {
	usage() {
		run -2 dbm each "$@" < <(range '\N' '\N')
	}
	usage -c 'UPDATE t SET n = 1'
	has "no --command has :range"
	usage -c "SELECT ':range' -- :lo"
	has "no --command has :range"
	usage
	has "--command is needed"
	usage -c "$count" x
	has "no operands are expected"
	usage -c "$count" -j 0
	usage -c "$count" -j 65
	has "--jobs is from 1 to 64"
	usage -c "$count" --again
	has "--again is for --run"
	usage -c "$count" --run ''
	has "--run is a name"
	run -2 bash -c "dbm each -c '$count' <&-"
	has "ranges are expected on stdin"
}

@test "each: statements that cannot be" {
	refused() {
		run -2 dbm each -c "$2" < <(range '\N' '\N')
		has "--command:$1: error: $3"
	}
	refused 1:1 'COMMIT' "'commit' has no place here"
	refused 1:1 ' /* x */ begin -- :range' "'begin' has no place here"
	refused 1:1 'COPY t FROM stdin WHERE :range' "COPY cannot have a range"
	refused 1:14 'SELECT :range; SELECT 1' "this is more than one statement"
	refused 1:8 'SELECT $1, :range' "parameters are :range, :lo and :hi"
	refused 1:8 "SELECT 'x" "what begins here has no end"
	refused 1:1 '' "there is no statement"
}

@test "each: wrong SQL is told with its place, once" {
	numbers 100
	dbm chunks t --size 10 >ranges
	run -2 --separate-stderr dbm each -j8 -c $'UPDATE t\nSET m = 1 WHERE :range AND id > 0' <ranges
	[ -z "$output" ]
	[[ $stderr == "--command:2:5: error: column \"m\" of relation"* ]]
	[ "$(grep -c error: <<<"$stderr")" -eq 1 ]
	run -2 --separate-stderr dbm each -c 'UPDATE t SET n = 1 WHERE :range AND ä' <ranges
	[[ $stderr == "--command:1:37: error: column \"ä\""* ]]
	run -2 --separate-stderr dbm each -c 'UPDATE t SET n = 1 WHERE :range AND :range x' <ranges
	[[ $stderr == "--command:1:44: error: syntax error at or near \"x\""* ]]
}

@test "each: a range that fails is named, and nothing new begins" {
	numbers 100
	dbm chunks t --size 10 >ranges
	run -2 --separate-stderr dbm each \
	    -c 'UPDATE t SET n = 1 / (id - 35) WHERE :range' <ranges
	[ "$(cut -f 4 <<<"$output")" = $'10\n20\n30' ]
	[[ $stderr == "stdin:4: error: t, id > 30 and <= 40: division by zero"* ]]
	[ "$(sql "SELECT count(*) FROM t WHERE id > 30 AND n <> 0")" = 0 ]
}

@test "each: what is under way when one fails is finished and told" {
	numbers 30
	sql "CREATE FUNCTION slow(bigint) RETURNS int LANGUAGE plpgsql AS
	    \$\$ BEGIN IF \$1 = 25 THEN RAISE 'no'; END IF;
	    IF \$1 = 5 THEN PERFORM pg_advisory_xact_lock(9); END IF;
	    RETURN 1; END \$\$"
	dbm chunks t --size 10 >ranges
	hold "SELECT pg_advisory_lock(9);"
	dbm each -j3 -c 'UPDATE t SET n = slow(id) WHERE :range' \
	    <ranges >out 2>err 3>&- &
	pid=$!
	within 10 grep -q no err
	release
	ended 2
	[ "$(cut -f 4 out | sort)" = $'10\n20' ]
	grep -q '^stdin:3: error: t, id > 20: no' err
	[ "$(touched)" = $'0 10\n1 20' ]
}

@test "each: lines that are no ranges are told with their number" {
	numbers 10
	sql "CREATE TABLE two (a int, b int, PRIMARY KEY (a, b));
	    CREATE TABLE keyless (a int)"
	bad() {
		{ range '\N' 5; printf '%b' "$1"; } >in
		run -2 --separate-stderr dbm each -c "$count" <in
		[ "$(cut -f 4 <<<"$output")" = 5 ]
		[[ $stderr == "stdin:2: error: "*"$2"* ]] ||
		    { echo "$stderr"; return 1; }
		sql "UPDATE t SET n = 0"
	}
	bad 'x\n' "this is no range"
	bad '\n' "this is no range"
	bad 't\tid\t1\t2\n' "is not a table with its schema"
	bad 'public.none\tid\t1\t2\n' "there is no table 'none' in schema 'public'"
	bad 'public.t\tn\t1\t2\n' "table 't' has no unique key 'n'"
	bad 'public.keyless\ta\t1\t2\n' "no unique key"
	bad 'public.t\tid\tx\t2\n' "t, id > x and <= 2: invalid input syntax"
	bad 'public.two\ta,b\t1\t2\n' "has not 2 values"
	bad 'public.t\tid\t1\t2\tmany\n' "'many' is no number of rows"
	bad 'public.t\tid\t1\t2' "the last line has no end"
	bad 'public.t\tid\t1\0\t2\n' "there is a zero byte"
	head -c 5000000 /dev/zero | tr '\0' x >in
	run -2 dbm each -c "$count" <in
	has "stdin:1: error: this line is too long"
}

@test "each: no ranges, nothing done" {
	numbers 10
	run -0 --separate-stderr dbm each -c "$count" </dev/null
	[ -z "$output$stderr" ]
}

@test "each: rows that would be hidden" {
	numbers 3
	role=r_$BATS_TEST_NUMBER$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT USAGE ON SCHEMA public TO $role;
	    GRANT ALL ON t TO $role; ALTER TABLE t ENABLE ROW LEVEL SECURITY"
	url=$(sed "s,//[^@]*@,//$role@," <<<"$DATABASE_URL")
	run -2 dbm each -u "$url" -c "$count" < <(range '\N' '\N')
	has "row level security would hide rows of table 't'"
	sql "DROP OWNED BY $role; DROP ROLE $role"
}

# --- others at work ---

@test "each: a lock that is not to be had is tried for again" {
	numbers 10
	hold "BEGIN; UPDATE t SET n = 5 WHERE id = 3;"
	dbm each -v --lock-timeout 0.05 -c 'UPDATE t SET n = n + 1
	    WHERE :range' >out 2>err < <(range '\N' '\N') 3>&- &
	pid=$!
	within 10 grep -q 'tried again' err
	release
	ended 0
	[ "$(touched)" = "1 10" ]
	grep -q $'\t10\t' out
}

@test "each: a lock that is never to be had is told, to be tried later" {
	numbers 10
	hold "BEGIN; UPDATE t SET n = 5 WHERE id = 3;"
	run -75 dbm each --lock-timeout 0.01 -c "$count" < <(range '\N' '\N')
	has "stdin:1: error: t, all of it: canceling statement due to lock timeout"
	has "it was tried 11 times"
	release
	[ "$(touched)" = "0 10" ]
}

@test "each: sessions that deadlock with each other come through" {
	numbers 200
	sql "CREATE TABLE total (id int PRIMARY KEY, n int);
	    INSERT INTO total SELECT i, 0 FROM generate_series(1, 4) i;
	    ALTER DATABASE \"$(sql "SELECT current_database()")\"
	    SET deadlock_timeout = '20ms'"
	dbm chunks t --size 5 >ranges
	# each locks two of four rows, in an order of its own
	dbm each -j8 -c "$count" \
	    -c 'UPDATE total SET n = n + 1 WHERE id = :lo::int8 % 4 + 1 OR :lo IS NULL AND id = 1' \
	    -c 'SELECT pg_sleep(0.01)' \
	    -c 'UPDATE total SET n = n + 1 WHERE id = (:lo::int8 / 5) % 4 + 1 OR :lo IS NULL AND id = 4' \
	    <ranges >journal
	[ "$(touched)" = "1 200" ]
	[ "$(sql "SELECT sum(n) FROM total")" = 80 ]
	[ "$(wc -l <journal)" -eq 40 ]
}

@test "each: -j works at once, and a notice does not hold up the others" {
	numbers 8
	# each waits for all the others
	sql "CREATE FUNCTION meet(k bigint) RETURNS int LANGUAGE plpgsql AS
	    \$\$ BEGIN RAISE NOTICE 'here'; PERFORM pg_advisory_lock(k);
	    FOR i IN 1..500 LOOP EXIT WHEN (SELECT count(*) FROM pg_locks
	    WHERE locktype = 'advisory' AND objid BETWEEN 1 AND 8
	    AND database = (SELECT oid FROM pg_database
	    WHERE datname = current_database())) = 8;
	    PERFORM pg_sleep(0.02); END LOOP; RETURN 1; END \$\$"
	dbm chunks t --size 1 >ranges
	dbm each -j8 -c 'UPDATE t SET n = meet(id) WHERE :range' <ranges >out
	[ "$(cut -f 6 out | sort -n | tail -1)" -lt 9000 ]
	[ "$(wc -l <out)" -eq 8 ]
	# one that has said something and waits leaves room for those behind
	sql "TRUNCATE t; INSERT INTO t SELECT i, 0 FROM generate_series(1, 9) i;
	    CREATE FUNCTION wait_for(k bigint) RETURNS int LANGUAGE plpgsql AS
	    \$\$ BEGIN IF k <> 1 THEN RETURN 1; END IF; RAISE NOTICE 'waiting';
	    PERFORM pg_advisory_xact_lock(77); RETURN 1; END \$\$"
	dbm chunks t --size 1 >ranges
	hold "SELECT pg_advisory_lock(77);"
	: >out
	dbm each -j2 --lock-timeout 60 \
	    -c 'UPDATE t SET n = wait_for(id) WHERE :range' \
	    <ranges >out 2>err 3>&- &
	pid=$!
	eight() { [ "$(wc -l <out)" -eq 8 ]; }
	within 10 eight
	release
	ended 0
	[ "$(touched)" = "1 9" ]
}

@test "each: whoever does not read the journal holds up no transaction" {
	numbers 20000
	dbm chunks t --size 1 >ranges
	mkfifo slow
	dbm each -j4 --run slow -c "$count" <ranges >slow 3>&- &
	each=$!
	exec 9<slow
	idle() {
		[ "$(sql "SELECT count(*) FILTER (WHERE state = 'idle') ||
		    ' of ' || count(*) FROM pg_stat_activity WHERE
		    application_name = 'dbm-each' AND
		    datname = current_database()")" = "5 of 5" ]
	}
	still=0
	standing() { # not only between two ranges
		idle && still=$((still + 1)) || still=0
		[ "$still" -ge 5 ]
	}
	within 60 standing
	kill "$each"
	cat <&9 >/dev/null
	exec 9<&-
}

# --- runs ---

# run_row COLUMNS: of the last run.
run_row() {
	sql "SELECT $1 FROM dbm.runs WHERE kind = 'each' ORDER BY id DESC LIMIT 1"
}

@test "each: --run skips what is done, also of a run that has ended" {
	numbers 100
	dbm chunks t --size 10 >ranges
	head -3 ranges >some
	run -0 dbm each --run x -c "$count" <some
	has "run 'x': the ranges that came are not all of table 't'"
	[ "$(run_row "state, row_count, batches, relation, what, finished_at > now() - interval '1 min'")" = \
	    "done|30|3|\"public\".\"t\"|$count|t" ]
	run -0 --separate-stderr dbm each -j4 --run x -c "$count" <ranges
	[ "$(cut -f 5 <<<"$output" | sort | uniq -c)" = "      7 10" ]
	[ "$stderr" = "run 'x': 3 ranges done before were skipped" ]
	run -0 dbm each -q --run x -c "$count" <ranges
	[ -z "$output" ]
	[ "$(touched)" = "1 100" ]
	[ "$(run_row "row_count, batches, id, role = session_user, os_user <> ''")" = "100|10|1|t|t" ]
}

@test "each: a run that has ended knows of an open end that it is done" {
	numbers 100
	dbm chunks t --size 30 | dbm each --run x -c "$count" >/dev/null
	# (90,\N] was done: these are taken for done with it
	sql "INSERT INTO t (id) SELECT i FROM generate_series(101, 120) i"
	run -0 dbm each -q --run x -c "$count" < <(dbm chunks t --size 30)
	[ -z "$output" ]
	run -0 dbm each -q --run x --again -c "$count" < <(dbm chunks t --size 30)
	[ "$(touched)" = $'1 20\n2 100' ]
	[ "$(sql "SELECT id, state FROM dbm.runs ORDER BY id")" = $'1|done\n2|done' ]
}

@test "each: a run is of its statements" {
	numbers 10
	range '\N' '\N' >ranges
	dbm each --run x -c "$count" <ranges
	run -2 dbm each --run x -c "$count AND true" <ranges
	has "run 'x' is of something else: $count"
	has "--again"
	[ "$(run_row state)" = done ]
	dbm each --run y -c "$count" <ranges
	dbm each --run x --again -c "$count AND true" <ranges
	[ "$(touched)" = "3 10" ]
}

@test "each: ranges that are cut anew lose what is done of them" {
	numbers 1000
	dbm chunks t --size 100 >ranges
	sed -n '2p;5p;6p;10p' ranges | dbm each -q --run x -c "$count"
	[ "$(touched)" = $'0 600\n1 400' ]
	dbm chunks t --size 70 | dbm each -q -j3 --run x -c "$count" >journal
	[ "$(touched)" = "1 1000" ]
	# what is remembered has every key once, and all
	run -0 dbm each -v --run x -c "$count" < <(dbm chunks t --size 33)
	has "31 ranges done before were skipped"
	has_not "not all of"
	[ "$(sql "SELECT sum(row_count) FROM dbm.run_ranges")" = 1000 ]
}

@test "each: the same with several columns, and a collation of its own" {
	sql "CREATE COLLATION german (provider = icu, locale = 'de-u-kn-true');
	    CREATE TABLE t (a text COLLATE german, b numeric, n int NOT NULL
	    DEFAULT 0, PRIMARY KEY (a, b));
	    INSERT INTO t SELECT (ARRAY['Ö', 'o', 'Z', 'a'])[i % 4 + 1] || i % 12,
	    i / 2.0 FROM generate_series(1, 1000) i"
	dbm chunks t --size 90 >ranges
	sed -n '3p;4p;8p;12p' ranges | dbm each -q --run x -c "$count" >/dev/null
	dbm chunks t --size 37 | dbm each -q -j4 --run x -c "$count" >journal
	[ "$(touched)" = "1 1000" ]
}

@test "each: with :lo and :hi a range must be done, or not begun" {
	numbers 100
	c='UPDATE t SET n = n + 1 WHERE id > coalesce(:lo, 0) AND id <= coalesce(:hi, 999)'
	dbm chunks t --size 10 >ranges
	head -4 ranges | dbm each -q --run x -c "$c" >/dev/null
	run -2 dbm each --run x -c "$c" < <(dbm chunks t --size 25)
	has "stdin:2: error: run 'x' has done a part of this range"
	has "feed it the same ranges as before"
	dbm each -q --run x -c "$c" <ranges >/dev/null
	[ "$(touched)" = "1 100" ]
}

@test "each: a range that comes twice is done once, also at the same time" {
	numbers 100
	{
		range '\N' 50
		range '\N' 50
		range 40 60
		range 30 45
		range 60 '\N'
		range 20 '\N'
	} >ranges
	dbm each -q -j6 --run x -c "$count" -c 'SELECT pg_sleep(0.05)' <ranges >out
	[ "$(touched)" = "1 100" ]
	[ "$(wc -l <out)" -eq 3 ]
}

@test "each: a run remembers no range that is upside down" {
	numbers 100
	range 10 5 >ranges
	dbm each -c "$count" <ranges
	run -2 dbm each --run x -c "$count" <ranges
	has "stdin:1: error: the lower bound of this range is not below its upper one"
	run -2 dbm each --run x -c "$count" < <(range 5 5)
	[ "$(sql "SELECT count(*) FROM dbm.run_ranges")" = 0 ]
	run -2 dbm each --run x -c "$count" < <(range a 5)
	has "stdin:1: error: invalid input syntax for type bigint"
}

@test "each: a run knows a table by one key" {
	numbers 100
	sql "ALTER TABLE t ADD u int; UPDATE t SET u = -id;
	    ALTER TABLE t ALTER u SET NOT NULL, ADD UNIQUE (u)"
	range '\N' 50 | dbm each -q --run x -c "$count" >/dev/null
	run -2 dbm each --run x -c "$count" < <(dbm chunks t --by u)
	has "run 'x' knows what is done of \"public\".\"t\" by its key \"id\", not by \"u\""
	run -2 dbm each --run y -c "$count" \
	    < <(dbm chunks t --by u; dbm chunks t)
	has "by its key \"u\", not by \"id\""
}

@test "each: a range that failed is done when the run goes on" {
	numbers 100
	dbm chunks t --size 10 >ranges
	sql "CREATE TABLE bad (id int); INSERT INTO bad VALUES (35)"
	c='UPDATE t SET n = n + 1 / (SELECT 1 - count(*) FROM bad b WHERE b.id = t.id) WHERE :range'
	run -2 dbm each --run x -c "$c" <ranges
	has "stdin:4: error: t, id > 30 and <= 40: division by zero"
	[ "$(run_row "state, last_error, finished_at")" = "failed|t, id > 30 and <= 40: division by zero|" ]
	sql "TRUNCATE bad"
	dbm each -q --run x -c "$c" <ranges >/dev/null
	[ "$(touched)" = "1 100" ]
	[ "$(run_row "state, last_error")" = "done|" ]
}

@test "each: a run that another has is waited for, then 75" {
	numbers 100
	hold "BEGIN; UPDATE t SET n = 0 WHERE id = 1;"
	range '\N' '\N' >ranges
	dbm each --lock-timeout 60 --run x -c "$count" <ranges >out 2>err 3>&- &
	pid=$!
	within 10 waits dbm-each
	run -75 dbm each -w 0.2 --run x -c "$count" <ranges
	has "run 'x' is locked by"
	# its client is killed, its statement runs on in the server
	kill -9 "$pid"
	run -75 dbm each -w 1 --run x -c "$count" <ranges
	has "is under way still"
	release
	dbm each -w 10 --run x -c "$count" <ranges
	[ "$(touched)" = "1 100" ]
}

@test "each: a run that was taken over is not gone on with" {
	numbers 10
	mkfifo in
	dbm each --run x -c "$count" <in >out 2>err 3>&- &
	pid=$!
	exec 8>in
	range '\N' 2 >&8
	within 10 test -s out
	# its lock goes with the session that holds it
	sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype =
	    'advisory' AND database = (SELECT oid FROM pg_database WHERE
	    datname = current_database())" >/dev/null
	dbm each -w 10 --run x -c "$count" < <(range 2 '\N')
	range 2 '\N' >&8
	exec 8>&-
	rc=0
	wait "$pid" || rc=$?
	[ "$rc" -ne 0 ]
	[ "$(touched)" = "1 10" ]
	[ "$(sql "SELECT state FROM dbm.runs")" = done ]
}

@test "each: behind the back of its session, too" {
	numbers 10
	mkfifo in
	dbm each -j2 --run x -c "$count" <in >out 2>err 3>&- &
	pid=$!
	exec 8>in
	range '\N' 2 >&8
	within 10 test -s out
	# as if somebody had claimed it who did not see our lock
	sql "UPDATE dbm.runs SET pass = pass + 1"
	range 2 '\N' >&8
	exec 8>&-
	ended 2
	grep -q "run 'x' has been taken over by another" err
	[ "$(touched)" = $'0 8\n1 2' ]
	[ "$(sql "SELECT state FROM dbm.runs")" = running ]
}

@test "each: the run's own statements need no rights of the work's role" {
	numbers 10
	role=r_$BATS_TEST_NUMBER$RANDOM
	sql "CREATE ROLE $role; GRANT USAGE ON SCHEMA public TO $role;
	    GRANT ALL ON t TO $role"
	dbm each -q --run x -c "SET LOCAL ROLE $role" -c "$count" \
	    < <(range '\N' '\N')
	sql "DROP OWNED BY $role; DROP ROLE $role"
	[ "$(sql "SELECT count(*) FROM dbm.run_ranges")" = 1 ]
}

@test "each: without the right to keep a run, the GRANT is named" {
	numbers 10
	role=r_$BATS_TEST_NUMBER$RANDOM
	sql "CREATE ROLE $role LOGIN; GRANT USAGE ON SCHEMA public TO $role;
	    GRANT ALL ON t TO $role"
	url=$(sed "s,//[^@]*@,//$role@," <<<"$DATABASE_URL")
	run -2 dbm each -u "$url" --run x -c "$count" < <(range '\N' '\N')
	has "GRANT CREATE ON DATABASE"
	run -0 dbm each -u "$url" -c "$count" < <(range '\N' '\N')
	sql "DROP OWNED BY $role; DROP ROLE $role"
	[ "$(touched)" = "1 10" ]
}

# The run in the background, and the number of its ranges.
go() {
	dbm chunks t --size "$1" | dbm each -q -j "$2" --run kill -c "$count" \
	    -c "SELECT pg_sleep(0.005)" >>journal 2>>errors 3>&- &
}
more_done() {
	[ "$(sql "SELECT count(*) FROM dbm.run_ranges" 2>/dev/null ||
	    echo 0)" -gt "$1" ] || ! kill -0 "$each"
}

@test "each: killed at any moment, every row is done exactly once" {
	numbers 60000
	size=(50 70 33 110 64) jobs=(1 4 8 2 3) done=0 killed=0
	for i in {1..15}; do
		go "${size[i % 5]}" "${jobs[i % 5]}"
		each=$!
		within 30 more_done "$done"
		sleep "0.0$((RANDOM % 10))"
		if [ $((i % 3)) -eq 0 ]; then
			# the server's side of it goes first
			sql "SELECT pg_terminate_backend(pid) FROM
			    pg_stat_activity WHERE application_name =
			    'dbm-each' AND datname = current_database()
			    ORDER BY random() LIMIT 2" >/dev/null
		fi
		kill -9 "$each" 2>/dev/null && killed=$((killed + 1))
		wait "$each" 2>/dev/null || true
		done=$(sql "SELECT count(*) FROM dbm.run_ranges")
	done
	[ "$killed" -ge 10 ]
	[ "$(touched | wc -l)" -eq 2 ]
	dbm chunks t --size 500 | dbm each -q -j4 --run kill -c "$count" \
	    -c "SELECT pg_sleep(0.005)" >/dev/null
	[ "$(touched)" = "1 60000" ]
	[ "$(sql "SELECT sum(row_count) FROM dbm.run_ranges")" = 60000 ]
}

@test "each: behind a pooler" {
	need_pooler
	numbers 1000
	sql "CREATE EXTENSION citext" || skip "citext is not installed"
	sql "CREATE TABLE c (id citext PRIMARY KEY, n int NOT NULL DEFAULT 0);
	    INSERT INTO c SELECT 'K' || i FROM generate_series(1, 100) i"
	name=${DATABASE_URL%%\?*} name=${name##*/}
	user=$(sed 's,.*//\([^@]*\)@.*,\1,' <<<"$DATABASE_URL")
	mkdir pool
	cat >pool/ini <<-EOF
		[databases]
		$name = host=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"$DATABASE_URL") port=5432 user=$user
		[pgbouncer]
		listen_port = 6432
		unix_socket_dir = $PWD/pool
		auth_type = any
		pool_mode = transaction
		default_pool_size = 6
		server_round_robin = 1
		server_reset_query_always = 0
	EOF
	pooler pool
	url="postgresql://$user@localhost:6432/$name?host=$PWD/pool&pgbouncer=true"
	answers() { sql_at "$url" "SELECT" >/dev/null 2>&1; }
	within 10 answers
	dbm chunks -u "$url" t --size 50 | dbm each -u "$url" -j4 -c "$count" >out
	[ "$(wc -l <out)" -eq 20 ]
	dbm chunks -u "$url" t --size 100 >ranges
	head -5 ranges | dbm each -u "$url" -q -j3 --run x -c "$count" >/dev/null
	dbm chunks -u "$url" t --size 70 |
	    dbm each -u "$url" -q -j3 --run x -c "$count" >/dev/null
	[ "$(touched)" = "2 1000" ]
	dbm chunks -u "$url" c --size 7 |
	    dbm each -u "$url" -q -j3 --run c -c 'UPDATE c SET n = 1 WHERE :range' >/dev/null
	[ "$(sql "SELECT sum(n) FROM c")" = 100 ]
	# who has a run is known, though no session is anybody's
	mkfifo in
	dbm each -u "$url" -q --run y -c "$count" <in >out2 3>&- &
	each=$!
	exec 8>in
	range '\N' 2 >&8
	within 10 test -s out2
	run -75 dbm each -u "$url" -w 0.2 --run y -c "$count" < <(range 2 3)
	has "run 'y' is locked by"
	exec 8>&-
	wait "$each"
}

# --- ends ---

@test "each: an interrupt finishes what is under way" {
	numbers 30
	dbm chunks t --size 10 >ranges
	hold "BEGIN; UPDATE t SET n = 5 WHERE id = 3;"
	env --default-signal=INT dbm each -j2 --lock-timeout 60 -c "$count" \
	    <ranges >out 2>err 3>&- &
	pid=$!
	within 10 waits dbm-each
	# all others are done by the second session, one is under way
	within 10 grep -q $'\t\\\\N\t10' out
	kill -INT "$pid"
	release
	ended 130
	[ "$(cut -f 5 out)" = $'10\n10\n10' ]
	[ "$(touched)" = "1 30" ]
}

@test "each: the second interrupt cancels" {
	numbers 10
	hold "BEGIN; UPDATE t SET n = 5 WHERE id = 3;"
	range '\N' '\N' >ranges
	env --default-signal=INT dbm each --lock-timeout 60 -c "$count" \
	    <ranges >out 2>err 3>&- &
	pid=$!
	within 10 waits dbm-each
	kill -INT "$pid"
	still() { kill -0 "$pid" && waits dbm-each; }
	still
	kill -INT "$pid"
	ended 130
	release
	[ ! -s out ]
	[ "$(touched)" = "0 10" ]
}

@test "each: an interrupt while it waits for ranges" {
	numbers 10
	mkfifo in
	env --default-signal=INT dbm each --run x -c "$count" \
	    <in >out 2>err 3>&- &
	pid=$!
	exec 8>in
	range '\N' 5 >&8
	within 10 test -s out
	kill -INT "$pid"
	ended 130
	exec 8>&-
	[ "$(sql "SELECT state FROM dbm.runs")" = stopped ]
}

@test "each: a journal that cannot be written ends it" {
	numbers 1000
	dbm chunks t --size 1 >ranges
	run -2 bash -c "dbm each -c '$count' <ranges >/dev/full"
	has "cannot write to stdout"
	[ "$(sql "SELECT count(*) FROM t WHERE n = 1")" -lt 10 ]
	run -141 bash -c "set -o pipefail; dbm each -c '$count' <ranges | head -1"
}

@test "each: memory does not grow with the ranges" {
	[ -z "$SAN" ] || skip "sanitizers take memory of their own"
	numbers 10
	for i in $(seq 5000); do echo "$((i - 1)) $i"; done |
	    awk '{ printf "\"public\".\"t\"\t\"id\"\t%d\t%d\t1\n", $1, $2 }' >ranges
	/usr/bin/env time -f %M -o rss dbm each --run m -c "$count" \
	    <ranges >journal
	[ "$(wc -l <journal)" -eq 5000 ]
	[ "$(cat rss)" -lt 16384 ]
}

@test "each: a session that is ended from outside" {
	numbers 30
	dbm chunks t --size 10 >ranges
	hold "BEGIN; UPDATE t SET n = 5 WHERE id = 13;"
	dbm each -j3 --lock-timeout 60 -c "$count" <ranges >out 2>err 3>&- &
	pid=$!
	within 10 waits dbm-each
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE wait_event_type = 'Lock' AND datname = current_database()
	    AND application_name = 'dbm-each'" >/dev/null
	ended 75
	release
	[ "$(cut -f 4 out | sort)" = $'10\n\\N' ]
	grep -q '^stdin:2: error: t, id > 10 and <= 20: ' err
}

@test "each: what fails only when it commits" {
	numbers 30
	sql "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (0), (1);
	    ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES p DEFERRABLE
	    INITIALLY DEFERRED"
	dbm chunks t --size 10 >ranges
	c='UPDATE t SET n = CASE id WHEN 15 THEN 2 ELSE 1 END WHERE :range'
	for run in '' '--run x'; do
		run -2 --separate-stderr dbm each $run -c "$c" <ranges
		[ "$(cut -f 4 <<<"$output")" = 10 ] || [ -n "$run" ]
		[[ $stderr == "stdin:2: error: t, id > 10 and <= 20: insert or update on table \"t\" violates"* ]]
		[ "$(touched)" = $'0 20\n1 10' ]
	done
	[ "$(sql "SELECT count(*) FROM dbm.run_ranges")" = 1 ]
}

@test "each: statements that lock the whole table" {
	numbers 100
	dbm chunks t --size 10 >ranges
	dbm each -q -j4 --run x -c 'LOCK TABLE t' -c "$count" <ranges >out
	[ "$(touched)" = "1 100" ]
	[ "$(wc -l <out)" -eq 10 ]
}
