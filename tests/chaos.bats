# What nobody plans: work at the source while syncs run, processes killed at
# any moment, servers that go away.  CHAOS_SEED repeats a run; CHAOS_TIMES
# makes it longer.
load helper
load migrate

data=$BATS_TEST_DIRNAME/data/chaos

# The destination is a server of this file's own, which can be broken.
setup_file() {
	own_server
	export DEST_SERVER=$DATABASE_URL DEST_DATA=$own_data
}

teardown_file() {
	own_data=$DEST_DATA
	end_all
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset own_data
	seed=${CHAOS_SEED:-$RANDOM}
	RANDOM=$seed
	echo "CHAOS_SEED=$seed"
	new_db LOCAL_DATABASE_URL
	name=${LOCAL_DATABASE_URL%%\?*}
	name=${name##*/}
	sql_at "$DEST_SERVER" "CREATE DATABASE $name TEMPLATE template0"
	export REMOTE_DATABASE_URL="${DEST_SERVER/\/postgres\?//$name?}"
	here "ALTER DATABASE $name SET timezone = 'UTC'"
	here <"$data/schema.sql"
	there <"$data/schema.sql"
	# ON DELETE SET NULL changes a row, too: sync goes by its time
	here "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN NEW.\"updatedAt\" = now(); RETURN NEW; END';
	    CREATE TRIGGER touch BEFORE UPDATE ON perfumes FOR EACH ROW
	    EXECUTE FUNCTION touch()"
}

teardown() {
	end_all
	[ -z "${workers:-}" ] || kill $workers 2>/dev/null || true
	sql_at "$TEST_SERVER_URL" "DROP DATABASE $name WITH (FORCE)"
	sql_at "$DEST_SERVER" "DROP DATABASE $name WITH (FORCE)"
}

here() {
	sql_at "$LOCAL_DATABASE_URL" "$@"
}

there() {
	sql_at "$REMOTE_DATABASE_URL" "$@"
}

# work TRANSACTIONS KEYS [LONG]: one session's, at the source.
work() {
	awk -v seed="$RANDOM" -v n="$1" -v max="$2" -v long="${3:-0}" \
	    -f "$data/work.awk" |
	    "$(psql_program)" -Xq -d "$LOCAL_DATABASE_URL" >/dev/null 2>&1
}

text_of() {
	local t
	for t in users houses perfumes tags '"_PerfumeToTag"'; do
		sql_at "$1" "SET TimeZone = 'UTC'; SELECT '$t', x::text
		    FROM $t x ORDER BY x::text COLLATE \"C\""
	done
}

# same: by psql and by dbm.
same() {
	text_of "$LOCAL_DATABASE_URL" >from.txt
	text_of "$REMOTE_DATABASE_URL" >to.txt
	diff from.txt to.txt
	dbm compare >compare.txt || {
		cat compare.txt
		return 1
	}
}

whole() {
	[ "$(there <"$data/orphans.sql" | sort -u)" = 0 ] || {
		echo "there are rows without their parents"
		return 1
	}
}

push() {
	dbm sync -q --overlap 0 --delete --delete-limit 100 "$@"
}

# A killed run's session may live for a moment, and holds the lock.
push_until_done() {
	local i rc
	for ((i = 0; i < 100; i++)); do
		rc=0
		push "$@" >out 2>err || rc=$?
		[ "$rc" -eq 75 ] || break
		sleep 0.05
	done
	[ "$rc" -eq 0 ] || {
		echo "the last run ended with status $rc"
		cat err
		return 1
	}
}

# hold_there SQL: as hold(), at the destination.
hold_there() {
	DATABASE_URL=$REMOTE_DATABASE_URL hold "BEGIN; $1;"
}

# working: is one of the sessions still at it?
working() {
	local p
	for p in $workers; do
		! kill -0 "$p" 2>/dev/null || return 0
	done
	return 1
}

# against_work [OPTION…]: syncs, one after the other, while four sessions are
# at work; and a last one.
against_work() {
	local i runs=0
	work 200 60
	workers=
	for i in 1 2 3 4; do
		RANDOM=$((seed + i))
		work $((60 * ${CHAOS_TIMES:-1})) 60 8 3>&- &
		workers+=" $!"
	done
	while working; do
		push "$@" >out 2>err || {
			cat err
			return 1
		}
		runs=$((runs + 1))
		whole
	done
	echo "$runs runs" $(text_of "$LOCAL_DATABASE_URL" | cut -d '|' -f 1 |
	    sort | uniq -c)
	[ "$runs" -gt 3 ]
	push "$@"
	same
	push "$@" >out
	[ "$(cut -f 2,3,5 out | sort -u)" = $'0\t0\t0' ]
}

@test "chaos: a random workload against a running sequence of syncs" {
	against_work
}

@test "chaos: the same where the stamps are of another time zone" {
	here "ALTER DATABASE $name SET timezone = 'America/St_Johns'"
	against_work -j 2
}

# bulk: enough rows that a push takes a while.
bulk() {
	here "INSERT INTO users SELECT 'u' || i, 'm' || i, 'n'
	    FROM generate_series(1000, 3000) i;
	    INSERT INTO houses SELECT 'h' || i, 'u' || i, i
	    FROM generate_series(1000, 3000) i;
	    INSERT INTO perfumes SELECT 'p' || i, 'h' || 1000 + i % 2000,
	    CASE WHEN i > 1001 THEN 'p' || i - 1 END, i / 100.0,
	    jsonb_build_object('text', repeat(md5(i::text), 8))
	    FROM generate_series(1000, 16000) i;
	    INSERT INTO tags (name) SELECT 'bulk' || i
	    FROM generate_series(1, 50) i;
	    INSERT INTO \"_PerfumeToTag\" SELECT p.id, t.id FROM tags t, perfumes p
	    WHERE hashtext(p.id || t.id) % 40 = 0"
}

# stir: a part of it changes, in each table.
stir() {
	here "UPDATE users SET name = name || 'x', \"updatedAt\" = now()
	    WHERE hashtext(id || $RANDOM) % 4 = 0;
	    UPDATE perfumes SET price = price + 1, \"updatedAt\" = now()
	    WHERE hashtext(id || $RANDOM) % 4 = 0;
	    DELETE FROM houses WHERE hashtext(id || $RANDOM) % 200 = 0;
	    DELETE FROM \"_PerfumeToTag\" WHERE hashtext(\"A\" || $RANDOM) % 9 = 0"
}

# forget: the destination is as new, and the next push is its first.
forget() {
	there "SET client_min_messages = error;
	    TRUNCATE users, houses, perfumes, tags, \"_PerfumeToTag\";
	    DROP SCHEMA IF EXISTS dbm CASCADE"
}

# doze MAX: at most so many milliseconds
doze() {
	sleep "$(printf '0.%03d' $((RANDOM % $1)))"
}

# victim PID: itself, or one of its children.
victim() {
	local all=("$1")
	mapfile -t -O 1 all < <(pgrep -P "$1")
	echo "${all[RANDOM % ${#all[@]}]}"
}

@test "chaos: 40 kills, and the next run converges" {
	local i killed=0 times=$((40 * ${CHAOS_TIMES:-1}))
	work 100 60
	bulk
	for ((i = 0; killed < times && i < 5 * times; i++)); do
		[ $((i % 8)) -ne 0 ] || forget
		[ $((i % 3)) -ne 0 ] || stir
		start dbm sync -q -j $((1 + i % 2)) --overlap 0 --delete \
		    --delete-limit 100 --batch-size $((500 + RANDOM % 9999))
		doze 150
		! kill -9 "$(victim "$pid")" 2>/dev/null || killed=$((killed + 1))
		wait "$pid" 2>/dev/null || true
		whole
	done
	[ "$killed" -eq "$times" ]
	push_until_done
	same
	push >out
	[ "$(cut -f 2,3,5 out | sort -u)" = $'0\t0\t0' ]
	# nothing is left behind
	[ "$(there "SELECT count(*) FROM pg_class WHERE relname LIKE 'dbm %'")" \
	    = 0 ]
}

@test "chaos: what a killed run has finished is not done again" {
	bulk
	# the last tables cannot begin, so that there is time to kill it
	hold_there "LOCK TABLE perfumes IN SHARE MODE"
	start dbm sync -q --overlap 0
	within 20 grep -q '^houses' out
	kill -9 "$pid"
	wait "$pid" 2>/dev/null || true
	release
	push_until_done
	[ "$(grep -E '^(users|houses)' out | cut -f 2-4 | sort -u)" \
	    = $'0\t0\t0' ]
	[ "$(grep ^perfumes out | cut -f 2)" = 15001 ]
	same
}

@test "chaos: rows or load is killed in a pipe" {
	local i left
	bulk
	for ((i = 0; i < 12 * ${CHAOS_TIMES:-1}; i++)); do
		[ $((i % 4)) -ne 0 ] || forget
		[ $((i % 3)) -ne 0 ] || stir
		mkfifo "pipe$i"
		dbm rows --url local >"pipe$i" 2>/dev/null 3>&- &
		left=$!
		dbm load --url remote --batch-size 2000 <"pipe$i" >out 2>err \
		    3>&- &
		pid=$!
		doze 300
		if [ $((RANDOM % 2)) -eq 0 ]; then
			kill -9 "$left" 2>/dev/null || true
		else
			kill -9 "$pid" 2>/dev/null || true
		fi
		wait "$left" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		whole
	done
	push_until_done
	same
}

@test "chaos: a stream that ends too early is an error, and no half of a table" {
	bulk
	dbm rows --url local users houses >whole_stream
	for bytes in 1 40 100 1000 60000; do
		forget
		run -2 dbm load --url remote < <(head -c "$bytes" whole_stream)
		[ "$(there "SELECT count(*) FROM users")" -eq 0 ]
	done
}

# cut URL APPLICATION: ends such a session there, if there is one by now.
cut_session() {
	sql_at "$1" "SELECT count(pg_terminate_backend(pid))
	    FROM pg_stat_activity WHERE datname = current_database()
	    AND application_name = '$2'"
}

@test "chaos: connections are cut, on either side" {
	local i cut=0 rc times=$((6 * ${CHAOS_TIMES:-1}))
	bulk
	for ((i = 0; cut < times && i < 10 * times; i++)); do
		forget
		stir
		start dbm sync -q --overlap 0 --delete --delete-limit 100
		doze 200
		case $((i % 4)) in
		0) n=$(cut_session "$LOCAL_DATABASE_URL" dbm-sync) ;;
		1) n=$(cut_session "$LOCAL_DATABASE_URL" dbm-rows) ;;
		2) n=$(cut_session "$REMOTE_DATABASE_URL" dbm-load) ;;
		3) n=$(cut_session "$REMOTE_DATABASE_URL" dbm-sync) ;;
		esac
		rc=0
		wait "$pid" || rc=$?
		# cut in its last moment it may have done its work
		case $rc in
		0) ;;
		2 | 75)
			[ -s err ]
			cut=$((cut + n))
			;;
		*)
			echo "status $rc"
			cat err
			return 1
			;;
		esac
		whole
	done
	[ "$cut" -ge "$times" ]
	push_until_done
	same
}

@test "chaos: the destination is restarted in the middle" {
	local i rc
	own_data=$DEST_DATA
	bulk
	for how in immediate fast; do
		forget
		stir
		start dbm sync -q --overlap 0 --delete --delete-limit 100
		sleep 0.15
		own_ctl -m "$how" restart
		rc=0
		wait "$pid" || rc=$?
		[ "$rc" -eq 0 ] || [ "$rc" -eq 2 ] || [ "$rc" -eq 75 ]
		push_until_done
		same
	done
	unset own_data
}
