# Each batch once, whatever is killed, and when: the client, either of its
# sessions, the server.  EXACTLY_SEED repeats a test; EXACTLY_KILLS makes it
# longer.
load helper
load migrate

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset "${!PG@}"
	seed=${EXACTLY_SEED:-$RANDOM}
	RANDOM=$seed
	echo "EXACTLY_SEED=$seed"
	hits=0 early=0 late=0 round=0
	new_db
}

teardown() {
	local p
	for p in ${workers:-}; do
		kill "$p" 2>/dev/null || true
	done
	end_all
}

# is QUERY ANSWER
is() {
	local answer
	answer=$(sql "$1")
	[ "$answer" = "$2" ] || {
		printf '%s\nis %s\nnot %s\n' "$1" "$answer" "$2"
		return 1
	}
}

# numbers ROWS: a table `t' of so many.
numbers() {
	sql "CREATE TABLE t (id bigint PRIMARY KEY, v text,
	    n int NOT NULL DEFAULT 0);
	    INSERT INTO t (id) SELECT i FROM generate_series(1, $1) i;
	    ANALYZE t"
}

# known TABLE: is it there by now?
known() {
	[ -z "${is_known:-}" ] || return 0
	is_known=$(sql "SELECT to_regclass('$1')")
	[ -n "$is_known" ]
}

# doze MAX: at most so many milliseconds
doze() {
	sleep "$(printf '0.%03d' $((RANDOM % $1)))"
}

# cut_session work|look: ends the session that holds the lock of the run, or
# one of those beside it.
cut_session() {
	local holds
	[ "$1" = work ] && holds= || holds=NOT
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity a
	    WHERE datname = current_database()
	    AND application_name IN ('dbm-backfill', 'dbm-each')
	    AND $holds EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid
	    AND l.locktype = 'advisory') ORDER BY random() LIMIT 1" >/dev/null
}

begun() { [ -s out ] || ! kill -0 "$pid" 2>/dev/null; }

# struck WHAT COMMAND…: it runs, and at some moment WHAT is killed: client,
# work or look.  Mostly it has begun by then, but not always.
struck() {
	start "${@:2}"
	if [ $((RANDOM % 6)) -eq 0 ]; then
		doze 150
	else
		within 30 begun
		doze 60
	fi
	case $1 in
	client) kill -9 "$pid" 2>/dev/null || true ;;
	*) cut_session "$1" ;;
	esac
	rc=0
	wait "$pid" 2>/dev/null || rc=$?
	# the last one may have been killed when all was said and done
	[ "$rc" -ne 2 ] || ! grep -q "was done at" err || rc=0
	case $1:$rc in
	*:0) late=$((late + 1)) ;; # it was done before
	client:137 | work:75 | work:2 | look:75 | look:2)
		if [ -s out ]; then
			hits=$((hits + 1))
		else
			early=$((early + 1))
		fi
		;;
	*)
		echo "struck at $1, it ended with status $rc"
		cat err
		return 1
		;;
	esac
}

# whole COMMAND…: to its end, for nothing is in its way.
whole() {
	"$@" >out 2>err || grep -q "was done at" err || {
		echo "the last run ended with status $?"
		cat err
		return 1
	}
}

# strike KILLS CHECK BEGIN: so many kills that hit a run at work; CHECK after
# each.  Where a run comes to its end before that, a new round begins; BEGIN
# says which command that is, in the array `command'.
strike() {
	local victims=(client client work look) i=0
	"$3"
	while [ "$hits" -lt "$1" ]; do
		[ "$i" -lt $((8 * $1)) ]
		struck "${victims[i++ % 4]}" "${command[@]}"
		"$2"
		[ "$rc" -ne 0 ] || "$3"
	done
	whole "${command[@]}"
	"$2"
	echo "$hits kills hit it at work, $early before, $late were late"
}

kills=${EXACTLY_KILLS:-60}

# --- the client, and its sessions ---

count_up() {
	round=$((round + 1))
	command=(dbm backfill t --set 'n = n + 1' --once --execute
	    --name "x$round" --batch-size "${size:-100}")
}
# What is done and what is recorded are one, whenever one looks.
as_recorded() {
	known dbm.runs || return 0
	is "SELECT (SELECT sum(n) FROM t) = (SELECT coalesce(sum(row_count), 0)
	    FROM dbm.runs), (SELECT count(*) FROM t WHERE ${meant:-true}
	    AND n NOT IN ($round - 1, $round))" "t|0"
}

@test "exactly: 60 kills, and every row is counted up once" {
	numbers 30000
	strike "$kills" as_recorded count_up
	is "SELECT n, count(*) FROM t GROUP BY n" "$round|30000"
	is "SELECT count(*) FROM dbm.runs" "$round"
	is "SELECT DISTINCT state, row_count, examined, pass FROM dbm.runs" \
	    "done|30000|30000|1"
	is "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'keys_%'" 0
	run -2 "${command[@]}"
}

# counted: a trigger on the table counts the writes of each row.
counted() {
	sql "CREATE TABLE writes (id text);
	    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN INSERT INTO public.writes VALUES (OLD.id); RETURN NULL; END';
	    CREATE TRIGGER note AFTER UPDATE ON t
	    FOR EACH ROW EXECUTE FUNCTION note()"
}
set_to() {
	round=$((round + 1))
	command=(dbm backfill t --set "v = 'v$round'" --execute --batch-size 20)
}
as_written() {
	known dbm.runs || return 0
	is "SELECT (SELECT count(*) FROM writes) =
	    (SELECT coalesce(sum(row_count), 0) FROM dbm.runs)" t
}

@test "exactly: 60 kills, and every row is written once" {
	numbers 15000
	counted
	strike "$kills" as_written set_to
	is "SELECT v, count(*) FROM t GROUP BY v" "v$round|15000"
	is "SELECT c, count(*) FROM (SELECT count(*) c FROM writes GROUP BY id)
	    x GROUP BY c" "$round|15000"
	is "SELECT DISTINCT state, row_count, pass FROM dbm.runs
	    WHERE row_count > 0" "done|15000|1"
}

each_range() {
	round=$((round + 1))
	command=(sh -c "exec dbm each -j2 --run x$round \
	    -c 'UPDATE t SET n = n + 1 WHERE :range' <ranges")
}
by_ranges() {
	known dbm.run_ranges || return 0
	is "SELECT (SELECT sum(n) FROM t) =
	    (SELECT coalesce(sum(row_count), 0) FROM dbm.run_ranges)" t
}

@test "exactly: chunks and each, 40 kills, and every row is counted up once" {
	numbers 30000
	dbm chunks t --size 150 >ranges
	strike $((kills * 2 / 3)) by_ranges each_range
	is "SELECT n, count(*) FROM t GROUP BY n" "$round|30000"
	is "SELECT run, count(*) FROM dbm.run_ranges GROUP BY run
	    HAVING count(*) <> 200" ""
}

@test "exactly: chunks is killed before each in a pipe" {
	local i
	numbers 30000
	for ((i = 0; i < 8; i++)); do
		mkfifo "pipe$i"
		dbm chunks t --size 70 >"pipe$i" 2>/dev/null 3>&- &
		holders="${holders:-} $!"
		dbm each --run x -c 'UPDATE t SET n = n + 1 WHERE :range' \
		    <"pipe$i" >out 2>err 3>&- &
		pid=$!
		doze 300
		kill -9 "${holders##* }" 2>/dev/null || true
		wait "$pid" || true
		by_ranges
	done
	dbm chunks t --size 70 |
	    dbm each --run x -c 'UPDATE t SET n = n + 1 WHERE :range' >out
	is "SELECT n, count(*) FROM t GROUP BY n" "1|30000"
}

# --- the server ---

@test "exactly: the server dies, with commits that had not reached the disk" {
	local i before told=0 kept=0
	# only each 200 ms
	own_server "fsync = on" "wal_writer_flush_after = 1GB"
	numbers 30000
	size=60
	count_up
	for ((i = 0; hits < 4 && i < 20; i++)); do
		before=$(sql "SELECT sum(n) FROM t")
		start "${command[@]}"
		within 30 begun
		doze 400
		own_ctl -m immediate stop
		rc=0
		wait "$pid" || rc=$?
		own_ctl start
		as_recorded
		told=$((told + $(awk '{ n += $5 } END { print n + 0 }' out)))
		kept=$((kept + $(sql "SELECT sum(n) FROM t") - before))
		case $rc in
		75) hits=$((hits + 1)) ;;
		0) count_up ;;
		*)
			echo "status $rc"
			cat err
			return 1
			;;
		esac
	done
	[ "$hits" -eq 4 ]
	echo "$told rows were told, and $kept were kept"
	[ "$told" -gt "$kept" ]
	whole "${command[@]}"
	# its end does wait for the disk
	own_ctl -m immediate stop
	own_ctl start
	is "SELECT n, count(*) FROM t GROUP BY n" "$round|30000"
	is "SELECT DISTINCT state, row_count FROM dbm.runs" "done|30000"
}

# --- others at work on the same rows ---

# The keys are ten apart: what comes later has keys between them.
tens() {
	sql "CREATE TABLE t (id bigint PRIMARY KEY, v int NOT NULL DEFAULT 0,
	    v2 int, n int NOT NULL DEFAULT 0, how text DEFAULT 'old');
	    INSERT INTO t (id, v) SELECT i * 10, i FROM
	    generate_series(1, 20000) i;
	    ANALYZE t; CREATE SEQUENCE later"
}

# others: two sessions that insert, delete, and change keys and values, at
# random and in both directions from where the run is.
others() {
	local i
	workers=
	for i in 1 2; do
		RANDOM=$((seed + i))
		awk -v seed="$RANDOM" 'BEGIN {
			srand(seed)
			for (i = 0; i < 400; i++) {
				id = 10 * int(1 + rand() * 20000)
				new = "10 * (random() * 20000)::int + " \
				    "1 + nextval(" "\047later\047" ") % 4"
				what = int(rand() * 4)
				if (what == 0)
					print "INSERT INTO t VALUES (" new \
					    ", 7, NULL, 0, \047new\047)" \
					    " ON CONFLICT DO NOTHING;"
				if (what == 1)
					print "DELETE FROM t WHERE id = " id ";"
				if (what == 2)
					print "UPDATE t SET id = id + 5, " \
					    "how = \047moved\047 WHERE id = " \
					    id ";"
				if (what == 3)
					print "UPDATE t SET v = v + 1 " \
					    "WHERE id = " id ";"
			}
		}' >"work$i.sql"
		"$(psql_program)" -Xq -v ON_ERROR_STOP=1 -d "$DATABASE_URL" \
		    -f "work$i.sql" >"work$i.out" 2>&1 </dev/null 3>&- &
		workers+=" $!"
	done
}

# against_others COMMAND…: they begin behind its first batch, and must have
# come to their end before it has.
against_others() {
	local p
	start "$@"
	within 30 begun
	others
	for p in $workers; do
		wait "$p" || {
			cat work?.out
			return 1
		}
	done
	workers=
	kill -0 "$pid"
	sql "DROP FUNCTION brake CASCADE" 2>/dev/null
	ended 0
}

# brake: so slow that it lasts for as long as others work.
brake() {
	sql "CREATE FUNCTION brake() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END';
	    CREATE TRIGGER brake BEFORE UPDATE ON t FOR EACH ROW
	    WHEN (OLD.id % 70 = 0 AND OLD.n <> NEW.n
	        OR OLD.id % 70 = 0 AND OLD.v2 IS DISTINCT FROM NEW.v2)
	    EXECUTE FUNCTION brake()"
}

@test "exactly: others insert, delete, and change keys under a run of once" {
	tens
	brake
	against_others dbm backfill t --set 'n = n + 1' --once --execute \
	    --batch-size 100
	is "SELECT count(*) FROM t WHERE n NOT IN (0, 1)" 0
	is "SELECT n, count(*) FROM t WHERE how = 'old' GROUP BY n" \
	    "1|$(sql "SELECT count(*) FROM t WHERE how = 'old'")"
	is "SELECT count(*) FROM t WHERE how = 'new' AND n <> 0" 0
	# so there were some of each kind
	is "SELECT (SELECT sum(n) FROM t) <= row_count AND
	    (SELECT count(*) > 100 FROM t WHERE how = 'new') AND
	    (SELECT count(*) > 100 FROM t WHERE how = 'moved') AND
	    (SELECT count(*) < 19900 FROM t WHERE how <> 'new')
	    FROM dbm.runs" t
}

@test "exactly: the same under one that can be repeated: all is as wanted" {
	tens
	brake
	against_others dbm backfill t --set 'v2 = v' --execute \
	    --batch-size 100
	is "SELECT count(*) FROM t WHERE v2 IS DISTINCT FROM v" 0
	is "SELECT state, pass FROM dbm.runs" "done|2"
	is "SELECT count(*) > 100 FROM t WHERE how = 'new'" t
}

# --- keys of all kinds ---

# keyed COLUMNS KEY SELECT [PARTITIONING STATEMENTS]: a table `t' of 5000
# rows, of which runs are killed.
keyed() {
	sql "CREATE TABLE t ($1, n int NOT NULL DEFAULT 0, PRIMARY KEY ($2))
	    ${4:-};"
	[ $# -lt 5 ] || sql "$5"
	sql "INSERT INTO t SELECT $3 FROM generate_series(1, 5000) i;
	    ANALYZE t"
	size=7
	strike 4 as_recorded count_up
	is "SELECT n, count(*) FROM t GROUP BY n" "$round|5000"
}

@test "exactly: a composite key" {
	keyed "a int, b text" "b, a" "i, 'k' || i % 7"
}

@test "exactly: uuid keys" {
	keyed "id uuid" id "md5(i::text)::uuid"
}

@test "exactly: text keys in the order of a language" {
	keyed 'id text COLLATE "en-x-icu"' id \
	    "(ARRAY['ä', 'a', 'Z', 'z-', '''', 'B', E'\\\\'])[i % 7 + 1] || i"
}

@test "exactly: a partitioned table" {
	keyed "region text, id int" "region, id" \
	    "(ARRAY['eu', 'us', 'xx'])[i % 3 + 1], i" \
	    "PARTITION BY LIST (region)" \
	    "CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
	    CREATE TABLE t_rest PARTITION OF t DEFAULT"
}

# --- NULLs ---

nulls() {
	sql "CREATE TABLE t (id bigint PRIMARY KEY, kind text, v text, w text,
	    n int NOT NULL DEFAULT 0);
	    INSERT INTO t SELECT i, (ARRAY['x', 'y', NULL])[i % 3 + 1],
	    CASE WHEN i % 5 > 0 THEN 'v' END, CASE WHEN i % 7 > 0 THEN 'w' END
	    FROM generate_series(1, 9000) i;
	    ANALYZE t"
}

count_kind() {
	count_up
	command+=(--where "kind <> 'x'")
	meant="kind = 'y'"
}

@test "exactly: rows of which --where is NULL are left alone" {
	nulls
	size=7
	strike 6 as_recorded count_kind
	is "SELECT kind, n, count(*) FROM t GROUP BY 1, 2 ORDER BY 1" \
	    $'x|0|3000\ny|'$round$'|3000\n|0|3000'
}

# to and fro between v and NULL
copy_kind() {
	round=$((round + 1))
	command=(dbm backfill t --set "w = v" --where "kind <> 'x'" --execute
	    --batch-size 7)
	[ $((round % 2)) -eq 1 ] || command[4]="w = NULL"
}

@test "exactly: NULLs that are wanted, and NULLs that are there" {
	local first
	nulls
	first=$(sql "SELECT count(*) FROM t WHERE kind = 'y'
	    AND w IS DISTINCT FROM v")
	counted
	strike 6 as_written copy_kind
	is "SELECT count(*) FROM t WHERE kind = 'y' AND
	    w IS DISTINCT FROM CASE WHEN $round % 2 = 1 THEN v END" 0
	is "SELECT count(*) FROM t JOIN writes ON writes.id = t.id::text
	    WHERE kind IS DISTINCT FROM 'y'" 0
	is "SELECT row_count FROM dbm.runs WHERE id = 1" "$first"
	# all of the kills may have hit the first
	[ "$round" -eq 1 ] || is "SELECT DISTINCT row_count FROM dbm.runs
	    WHERE id > 1 AND row_count > 0" 2400
}
