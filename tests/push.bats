# dbm sync: its plan, its scheduler and its deletes, between two databases of
# the suite's server.
load helper
load migrate

setup() {
	new_db LOCAL_DATABASE_URL
	new_db REMOTE_DATABASE_URL
	unset DATABASE_URL own_data
	cd "$BATS_TEST_TMPDIR" || return 1
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
}

teardown() {
	[ -z "${extra:-}" ] || kill "$extra" 2>/dev/null || true
	release
	end_all
}

here() {
	sql_at "$LOCAL_DATABASE_URL" "$@"
}

there() {
	sql_at "$REMOTE_DATABASE_URL" "$@"
}

both() {
	here "$1"
	there "$1"
}

# sync STATUS [ARGUMENT...]
sync() {
	run --separate-stderr dbm sync "${@:2}" </dev/null
	[ "$status" -eq "$1" ] || {
		printf 'status %s, not %s\n%s\n%s\n' "$status" "$1" "$output" \
		    "$stderr"
		return 1
	}
}

says() {
	[[ $stderr == *"$1"* ]] || {
		printf 'no %s in:\n%s\n' "$1" "$stderr"
		return 1
	}
}

# did TABLE: inserted updated unchanged deleted, as the record says.
did() {
	awk -F '\t' -v t="$1" '$1 == t { print $2, $3, $4, $5 }' <<<"$output"
}

# hold TABLE: nobody can write to it at the destination, until release.
hold() {
	there "BEGIN; LOCK TABLE $1 IN EXCLUSIVE MODE; SELECT pg_sleep(60)" \
	    >/dev/null 2>&1 3>&- &
	holders=$!
	within 5 is_held "$1"
}

is_held() {
	[ "$(there "SELECT count(*) FROM pg_locks WHERE granted
	    AND relation = '$1'::regclass AND mode = 'ExclusiveLock'")" = 1 ]
}

release() {
	[ -n "${REMOTE_DATABASE_URL:-}" ] || return 0
	there "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND query LIKE '%pg_sleep(60)'" \
	    >/dev/null || true
}

# begin [ARGUMENT...]: sync in the background, until its load waits.
begin() {
	dbm sync "$@" >out 2>err </dev/null 3>&- &
	pid=$!
	within 5 waits
}

waits() {
	[ "$(there "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database() AND wait_event_type = 'Lock'
	      AND application_name = 'dbm-load'")" -ge 1 ]
}

# child NAME: that of the run in the background.
child() {
	pgrep -P "$pid" -f "dbm-$1"
}

no_session() {
	[ "$(there "SELECT count(*) FROM pg_stat_activity
	    WHERE datname = current_database()
	      AND application_name LIKE 'dbm%'")" = 0 ]
}

# --- the plan ---

@test "push: a table that was emptied is brought whole, though its batches were cut" {
	both 'CREATE TABLE t (id int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL)'
	here "INSERT INTO t SELECT i, '2026-01-01' FROM generate_series(1, 2000) i"
	sync 0
	there "TRUNCATE t; ALTER TABLE t ADD CONSTRAINT small CHECK (id < 1000)"
	sync 2 --batch-size 100
	[ "$(there 'SELECT count(*) FROM t')" -gt 0 ]
	there 'ALTER TABLE t DROP CONSTRAINT small'
	sync 0
	[ "$(there 'SELECT count(*) FROM t')" = 2000 ]
	# and from there on it goes by time again
	sync 0 -v
	says 'rows since the last run'
}

@test "push: tables of one name in two schemas have a state each" {
	both 'CREATE SCHEMA app;
	    CREATE TABLE users (id int PRIMARY KEY, "updatedAt" timestamptz NOT NULL);
	    CREATE TABLE app.users (LIKE users INCLUDING ALL)'
	here 'INSERT INTO app.users SELECT i, now() FROM generate_series(1, 7) i'
	sync 0 -t app.users
	# a row from before that run: users has not been in it
	here "INSERT INTO users VALUES (1, '2026-01-01'), (2, '2026-01-01')"
	there "INSERT INTO users VALUES (1, '2026-01-01')"
	sync 0 -t users -t app.users
	[ "$(did users | cut -d ' ' -f 1)" = 1 ]
	[ "$(did app.users | cut -d ' ' -f 1)" = 0 ]
	[ "$(there 'SELECT count(*) FROM users')" = 2 ]
}

@test "push: two tables of the source never go into one" {
	both 'CREATE SCHEMA app; CREATE TABLE users (id int PRIMARY KEY);
	    CREATE TABLE app.users (id int PRIMARY KEY)'
	here 'INSERT INTO users VALUES (1); INSERT INTO app.users VALUES (2)'
	REMOTE_DATABASE_URL="$REMOTE_DATABASE_URL&schema=app"
	sync 2 -t users -t app.users
	says "table 'app.users' has no place in remote"
	sync 0 -t users
	[ "$(there 'SELECT id FROM app.users')" = 1 ]
	[ "$(there 'SELECT count(*) FROM public.users')" = 0 ]
}

@test "push: parents that stay out are told once, also those of another schema" {
	both 'CREATE SCHEMA app; CREATE TABLE app.p (id int PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES app.p,
	        b int REFERENCES app.p)'
	sync 0
	[ "$(grep -c "'c' refers to 'p', which is left out" <<<"$stderr")" = 1 ]
}

# --- deletes ---

@test "push: a cascade takes no row along that stays" {
	for action in CASCADE 'SET NULL'; do
		both "DROP TABLE IF EXISTS c, p; CREATE TABLE p (id int PRIMARY KEY);
		    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p
		        ON DELETE $action, \"updatedAt\" timestamptz DEFAULT now())"
		here 'INSERT INTO p SELECT generate_series(1, 100);
		    INSERT INTO c SELECT i, i FROM generate_series(1, 100) i'
		sync 0 --overlap 0
		sleep 0.1
		# it has another parent now, and its time does not tell
		here 'UPDATE c SET p = 2 WHERE id = 1; DELETE FROM p WHERE id = 1'
		sync 2 --overlap 0 --delete
		says "ON DELETE $action"
		says 'dbm sync --full --delete'
		[ "$(there 'SELECT p FROM c WHERE id = 1')" = 1 ]
		sync 0 --full --delete --verify
		[ "$(did p)" = "0 0 $(did p | cut -d ' ' -f 3) 1" ]
	done
}

@test "push: children of a table that is not pushed are not deleted by cascade" {
	both 'CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE)'
	here 'INSERT INTO p SELECT generate_series(1, 20);
	    INSERT INTO c SELECT i, 1 FROM generate_series(1, 20) i'
	sync 0
	here 'DELETE FROM p WHERE id = 1'
	sync 2 --delete -t p
	says "rows of 'c' that stay refer to them"
	[ "$(there 'SELECT count(*) FROM c')" = 20 ]
	# with its children the limit counts them
	sync 2 --delete
	says "20 of the 20 rows of 'c'"
	sync 0 --delete --delete-limit 100
	[ "$(did p)" = '0 0 0 1' ]
	[ "$(did c)" = '0 0 0 20' ]
}

@test "push: rows that refer to what is gone: what helps is told" {
	both 'CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)'
	here 'INSERT INTO p SELECT generate_series(1, 20);
	    INSERT INTO c VALUES (1, 1)'
	sync 0
	here 'DELETE FROM c; DELETE FROM p WHERE id = 1'
	sync 2 --delete -t p
	says 'rows that are gone cannot be deleted'
	says 'hint:'
	sync 0 --delete --delete-limit 100
}

@test "push: rows that refer to themselves or in a circle go together" {
	both 'CREATE TABLE s (id int PRIMARY KEY, s int REFERENCES s ON DELETE RESTRICT);
	    CREATE TABLE k (id int PRIMARY KEY, k int REFERENCES k ON DELETE CASCADE);
	    CREATE TABLE a (t int, id int, b int, PRIMARY KEY (t, id));
	    CREATE TABLE b (t int, id int, a int NOT NULL, PRIMARY KEY (t, id),
	        FOREIGN KEY (t, a) REFERENCES a);
	    ALTER TABLE a ADD FOREIGN KEY (t, b) REFERENCES b'
	here 'INSERT INTO s SELECT i, nullif(i - 1, 0) FROM generate_series(1, 50) i;
	    INSERT INTO k SELECT * FROM s;
	    INSERT INTO a SELECT 1, i FROM generate_series(1, 50) i;
	    INSERT INTO b SELECT 1, i, i FROM generate_series(1, 50) i;
	    UPDATE a SET b = id'
	sync 0
	here 'DELETE FROM s WHERE id > 46; DELETE FROM k WHERE id > 46;
	    UPDATE a SET b = NULL WHERE id = 3; DELETE FROM b WHERE id = 3;
	    DELETE FROM a WHERE id = 3'
	sync 0 --delete --verify
	[ "$(awk -F '\t' '{ n += $5 } END { print n }' <<<"$output")" = 10 ]
}

@test "push: --delete-limit is exact, and one hint is enough for all tables" {
	both 'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY)'
	here 'INSERT INTO a SELECT generate_series(1, 30);
	    INSERT INTO b SELECT generate_series(1, 30)'
	sync 0
	here 'DELETE FROM a WHERE id <= 3'
	sync 0 --delete --dry-run
	[ "$(did a | cut -d ' ' -f 4)" = 3 ]
	here 'DELETE FROM a WHERE id = 4; DELETE FROM b WHERE id <= 10'
	sync 2 --delete
	says "10 of the 30 rows of 'b'"
	says "4 of the 30 rows of 'a'"
	limit=$(sed -n 's/.*--delete-limit //p' <<<"$stderr")
	[ "$limit" = 34 ]
	sync 2 --delete --delete-limit $((limit - 1))
	sync 0 --delete --delete-limit "$limit" --verify
}

@test "push: a key that is written otherwise is not gone" {
	both 'CREATE TABLE n (k numeric, l text, PRIMARY KEY (k, l))'
	here "INSERT INTO n SELECT i, E'a\\t\\\\b' FROM generate_series(1, 2500) i"
	there "INSERT INTO n SELECT i * 1.0, E'a\\t\\\\b' FROM generate_series(1, 2500) i;
	    INSERT INTO n SELECT i + 0.5, 'x' FROM generate_series(1, 1200) i"
	sync 0 --delete --delete-limit 50
	[ "$(awk -F '\t' '{ print $5 }' <<<"$output")" = 1200 ]
	[ "$(there 'SELECT count(*) FROM n')" = 2500 ]
	sync 0 --full --verify
}

@test "push: keys that are gone leave no file behind" {
	both 'CREATE TABLE t (id int PRIMARY KEY, v int UNIQUE)'
	here 'INSERT INTO t SELECT i, i FROM generate_series(1, 50) i'
	sync 0
	# load reads the keys: a new row has the unique value of one of them
	here 'DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (99, 1)'
	sync 0 --delete --verify
	[ -z "$(ls -A "$TMPDIR")" ]
	here 'DELETE FROM t WHERE id = 2'
	hold t
	here 'INSERT INTO t VALUES (100, 2)'
	begin --delete
	[ -z "$(ls -A "$TMPDIR")" ]
	kill -9 "$pid"
	ended 137
	[ -z "$(ls -A "$TMPDIR")" ]
	release
	within 5 no_session
	sync 0 --delete --verify
}

# --- the scheduler ---

@test "push: a tree of tables, one pair or eight" {
	for i in $(seq 1 60); do
		printf 'CREATE TABLE t%d (id int PRIMARY KEY, p int %s, q int %s);\n' \
		    "$i" "$([ "$i" -lt 2 ] || echo "REFERENCES t$((i / 2))")" \
		    "$([ "$i" -lt 8 ] || echo "REFERENCES t$((i - 3))")"
	done >tables.sql
	here <tables.sql
	there <tables.sql
	here "$(for i in $(seq 1 60); do
		echo "INSERT INTO t$i SELECT g, g, g FROM generate_series(1, 9) g;"
	done)"
	sync 0 -j 8 --verify
	[ "${#lines[@]}" = 60 ]
	there "$(for i in $(seq 60 -1 1); do echo "DELETE FROM t$i;"; done)"
	sync 0 -j 1 --verify
	[ "$(awk -F '\t' '{ n += $2 } END { print n }' <<<"$output")" = 540 ]
}

@test "push: where one pair fails the others end, and what is done is told" {
	both 'CREATE TABLE a (id int PRIMARY KEY);
	    CREATE TABLE b (id int PRIMARY KEY, v int UNIQUE);
	    CREATE TABLE c (id int PRIMARY KEY)'
	here 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 7);
	    INSERT INTO c VALUES (1)'
	there 'INSERT INTO b VALUES (2, 7)'
	hold c
	SECONDS=0
	sync 2 -j 3
	[ "$SECONDS" -lt 30 ]
	[ "$(there 'SELECT count(*) FROM a')" = "$(grep -c '^a' <<<"$output")" ]
	! grep -q interrupted <<<"$stderr"
	release
	within 5 no_session
	there 'DELETE FROM b'
	sync 0 --verify
}

@test "push: a child that was stopped is ended as well" {
	both 'CREATE TABLE t (id int PRIMARY KEY)'
	here 'INSERT INTO t SELECT generate_series(1, 100)'
	hold t
	begin
	load=$(child load)
	kill -STOP "$load"
	SECONDS=0
	kill "$pid"
	ended 143
	[ "$SECONDS" -lt 30 ]
	! kill -0 "$load" 2>/dev/null
	release
	within 5 no_session
	sync 0 --verify
}

@test "push: conditions wait for rows, rows for load, and nobody for ever" {
	both 'CREATE TABLE a (id int PRIMARY KEY, v int);
	    CREATE TABLE b (id int PRIMARY KEY, v int);
	    CREATE TABLE c (id int PRIMARY KEY, v int)'
	for t in a b c; do
		both "INSERT INTO $t SELECT i, 0 FROM generate_series(1, 200000) i;
		    ANALYZE $t"
		here "UPDATE $t SET v = 1 WHERE id % 40 = 0"
	done
	hold a
	begin --full
	sleep 0.5
	release
	ended 0
	[ "$(awk -F '\t' '{ n += $3 } END { print n }' out)" = 15000 ]
}

@test "push: the holder of the lock is named, and one who waits is not promised" {
	both 'CREATE TABLE t (id int PRIMARY KEY)'
	here 'INSERT INTO t VALUES (1)'
	hold t
	begin
	holder=$(there "SELECT pid FROM pg_stat_activity WHERE
	    datname = current_database() AND application_name = 'dbm-sync'")
	for url in "$REMOTE_DATABASE_URL" "$REMOTE_DATABASE_URL&pgbouncer=true"; do
		sync 75 --to "$url"
		says "pid $holder (dbm-sync"
		[[ $stderr != *--wait* ]]
	done
	# who only looks needs no turn
	sync 0 --dry-run
	release
	ended 0
}

@test "push: behind a pooler that its URL does not tell, no lock stays" {
	need_pooler
	both 'CREATE TABLE t (id int PRIMARY KEY)'
	here 'INSERT INTO t VALUES (1)'
	name=$(there 'SELECT current_database()')
	user=$(there 'SELECT current_user')
	mkdir pool
	cat >pool/ini <<-EOF
		[databases]
		$name = host=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"$REMOTE_DATABASE_URL") port=5432 user=$user
		[pgbouncer]
		listen_port = 6433
		unix_socket_dir = $PWD/pool
		auth_type = any
		pool_mode = transaction
		server_round_robin = 1
		ignore_startup_parameters = options,extra_float_digits
	EOF
	pooler pool
	extra=$bouncer
	pooled="postgresql://$user@localhost:6433/$name?host=$PWD/pool"
	within 10 sql_at "$pooled" 'SELECT'
	sync 0 --to "$pooled" --verify
	[ "$(there "SELECT count(*) FROM pg_locks l JOIN pg_database d
	    ON d.oid = l.database WHERE locktype = 'advisory'
	    AND datname = current_database()")" = 0 ]
	sync 0
}

# --- foreign keys that are checked at once ---

# many: enough rows that they are not checked one by one.
many() {
	here "INSERT INTO c SELECT i, $1 FROM generate_series(1, 50000) i"
}

@test "push: keys of two collations are compared as the foreign key does" {
	both 'CREATE TABLE p (k text COLLATE "C" PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, k text COLLATE "POSIX" REFERENCES p)'
	here "INSERT INTO p SELECT 'k' || i FROM generate_series(0, 99) i"
	many "'k' || i % 100"
	sync 0 --verify
}

@test "push: a parent that somebody deletes meanwhile is missed" {
	both 'CREATE TABLE p (id int PRIMARY KEY);
	    CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)'
	here 'INSERT INTO p SELECT generate_series(0, 99)'
	many 'i % 100'
	sync 0 -t p
	there 'BEGIN; DELETE FROM p WHERE id = 50; SELECT pg_sleep(2); COMMIT' \
	    >/dev/null &
	within 5 is_deleting
	sync 2 -t c
	wait $!
	says '(p)=(50) is not present'
	[ "$(there 'SELECT count(*) FROM c')" = 0 ]
	sync 0 --full --verify
}

is_deleting() {
	[ "$(there "SELECT count(*) FROM pg_locks WHERE granted
	    AND relation = 'p'::regclass AND mode = 'RowExclusiveLock'")" = 1 ]
}
