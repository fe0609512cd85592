# dbm backfill: what it waits for, so that nobody notices it.  Against a server
# of our own that has a real streaming standby.
load helper
load migrate

setup_file() {
	own_server "wal_level = logical" "autovacuum_naptime = 1"
	export PRIMARY=$DATABASE_URL PRIMARY_DATA=$own_data
	standby
}

teardown_file() {
	own_data=$STANDBY_DATA
	end_all
	own_data=$PRIMARY_DATA
	end_all
}

# standby: a copy of the primary that follows it.
standby() {
	STANDBY_DATA=$(mktemp -d /tmp/dbm-own.XXXXXX)
	export STANDBY_DATA
	[ "$(id -u)" -ne 0 ] || chown postgres "$STANDBY_DATA"
	own_as "$(dirname "$(psql_program)")/pg_basebackup" -c fast -N \
	    -X stream -R -h "$PRIMARY_DATA" -U postgres -D "$STANDBY_DATA/data"
	echo "unix_socket_directories = '$STANDBY_DATA'" \
	    >>"$STANDBY_DATA/data/postgresql.conf"
	own_data=$STANDBY_DATA
	own_ctl start
	export STANDBY=${PRIMARY/$PRIMARY_DATA/$STANDBY_DATA}
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset own_data
	name=m_${BATS_TEST_NUMBER:-0}_$$_$RANDOM
	sql_at "$PRIMARY" "CREATE DATABASE $name TEMPLATE template0"
	export DATABASE_URL=${PRIMARY/\/postgres\?//$name\?}
	# where it is to be vacuumed, it is said
	sql "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)
	    WITH (autovacuum_enabled = off);
	    INSERT INTO t SELECT i FROM generate_series(1, 20000) i"
}

teardown() {
	local p
	sql_at "$STANDBY" "SELECT pg_wal_replay_resume()" >/dev/null
	for p in ${receiver:-} ${waiter:-} ${bouncer:-}; do
		kill "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	end_all
	sql_at "$PRIMARY" "DROP DATABASE IF EXISTS $name WITH (FORCE)"
}

# begin [ARGUMENT...]: a backfill in the background, of small batches.
begin() {
	start dbm backfill t --set 'n = 1' --execute --name r "$@"
}

# says TEXT: on stderr, by now or soon.
says() {
	within 20 grep -qF -- "$1" err || {
		printf 'no %s in:\n' "$1"
		cat err
		return 1
	}
}

# run_has COLUMN TEXT: does the run's row say so?
run_has() {
	[[ $(sql "SELECT $1 FROM dbm.runs WHERE name = 'r'") == *"$2"* ]]
}

# told COLUMN: of the run, as --status tells it.
told() {
	dbm backfill --status r --json | jq -r ".$1"
}

left() { sql "SELECT count(*) FROM t WHERE n = 0"; }

is_left() { [ "$(left)" -eq "$1" ]; }

# stands_still: it shows signs of life, and writes nothing.
stands_still() {
	local before sign
	before=$(left)
	[ "$before" -gt 0 ]
	sign=$(sql "SELECT told_at FROM dbm.runs")
	within 10 is_newer "$sign"
	sign=$(sql "SELECT told_at FROM dbm.runs")
	within 10 is_newer "$sign"
	[ "$(left)" = "$before" ]
}

is_newer() {
	[ "$(sql "SELECT told_at > '$1' FROM dbm.runs")" = t ]
}

# --- replicas ---

@test "manners: waits while a replica is late, says so, and goes on" {
	sql_at "$STANDBY" "SELECT pg_wal_replay_pause()"
	begin --max-lag 0.5 --batch-size 4 --progress
	says "waiting: replica 'walreceiver' is "
	says " s behind (--max-lag 0.5)"
	within 5 run_has reason "replica 'walreceiver' is "
	[ "$(told state)" = running ]
	[[ $(told reason) == "replica 'walreceiver' is "*" s behind (--max-lag 0.5)" ]]
	stands_still
	sql_at "$STANDBY" "SELECT pg_wal_replay_resume()"
	ended 0
	is_left 0
	run_has "coalesce(reason, 'none')" none
}

@test "manners: who only receives the log, or reads it, is no replica" {
	mkdir wal
	chmod a+rx . .. "$BATS_RUN_TMPDIR"
	[ "$(id -u)" -ne 0 ] || chown postgres wal
	own_as "$(dirname "$(psql_program)")/pg_receivewal" -s 60 -D "$PWD/wal" \
	    -h "$PRIMARY_DATA" -U postgres >/dev/null 2>&1 3>&- &
	receiver=$!
	subscriber
	within 10 senders 3
	# it confirms nothing while its table is locked
	sql_at "${PRIMARY/\/postgres\?//${name}_s\?}" \
	    "BEGIN; LOCK TABLE t; SELECT pg_sleep(60)" >/dev/null 2>&1 3>&- &
	waiter=$!
	within 10 locked
	sql "UPDATE t SET n = 0 WHERE id <= 10"
	begin --max-lag 0.5 --batch-size 10 --progress
	within 20 is_left 0
	ended 0
	run -1 grep waiting err
	[ "$(sql "SELECT replay_lsn < pg_current_wal_lsn()
	    FROM pg_stat_replication WHERE application_name = 's'")" = t ]
	sql_at "$PRIMARY" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE query LIKE '%pg_sleep(60)'" >/dev/null
	sql_at "${PRIMARY/\/postgres\?//${name}_s\?}" "ALTER SUBSCRIPTION s
	    DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE);
	    DROP SUBSCRIPTION s"
	sql_at "$PRIMARY" "DROP DATABASE ${name}_s WITH (FORCE)"
	within 10 drop_slot
}

senders() {
	[ "$(sql "SELECT count(*) FROM pg_stat_replication
	    WHERE state = 'streaming'")" -eq "$1" ]
}

locked() {
	[ "$(sql_at "$PRIMARY" "SELECT count(*) FROM pg_locks WHERE granted
	    AND mode = 'AccessExclusiveLock' AND database = (SELECT oid
	    FROM pg_database WHERE datname = '${name}_s')")" -gt 0 ]
}

drop_slot() {
	sql "SELECT pg_drop_replication_slot('s_$name')" >/dev/null 2>&1
}

# Another database that is fed from this one.
subscriber() {
	local there=${PRIMARY/\/postgres\?//${name}_s\?}
	sql "CREATE PUBLICATION p FOR TABLE t"
	sql "SELECT pg_create_logical_replication_slot('s_$name', 'pgoutput')" \
	    >/dev/null
	sql_at "$PRIMARY" "CREATE DATABASE ${name}_s TEMPLATE template0"
	sql_at "$there" "CREATE TABLE t (id int PRIMARY KEY, n int)"
	sql_at "$there" "CREATE SUBSCRIPTION s CONNECTION
	    'host=$PRIMARY_DATA user=postgres dbname=$name application_name=s'
	    PUBLICATION p WITH (create_slot = false, slot_name = 's_$name',
	    copy_data = false)"
}

# worker: a role that may write to the table, and keep its runs.
worker() {
	sql "DO \$\$ BEGIN CREATE ROLE worker LOGIN; EXCEPTION
	    WHEN duplicate_object THEN NULL; END \$\$;
	    GRANT SELECT, UPDATE ON t TO worker;
	    GRANT CREATE ON DATABASE $name TO worker"
	DATABASE_URL=${DATABASE_URL/postgres@/worker@}
}

@test "manners: a role that may not see replicas is told the GRANT, at once" {
	worker
	run -2 --separate-stderr dbm backfill t --set 'n = 1' --execute \
	    --max-lag 5
	[[ $stderr == *"--max-lag: role 'worker' may not see how late a replica is"* ]]
	[[ $stderr == *'hint: as a superuser: GRANT pg_monitor TO "worker";'* ]]
	is_left 20000
	[ "$(sql "SELECT to_regclass('dbm.runs')")" = "" ]
	sql_at "${DATABASE_URL/worker@/postgres@}" "GRANT pg_monitor TO worker"
	run -0 dbm backfill t --set 'n = 1' --execute --max-lag 5
	is_left 0
	sql_at "$PRIMARY" "REVOKE pg_monitor FROM worker"
}

@test "manners: where nobody asked for it, what cannot be seen is no obstacle" {
	worker
	sql_at "$STANDBY" "SELECT pg_wal_replay_pause()"
	run -0 dbm backfill t --set 'n = 1' --execute
	is_left 0
}

# --- autovacuum ---

# slow_vacuum TABLE [DEAD]: an autovacuum takes some seconds for it, and comes
# when more rows than that are dead.
slow_vacuum() {
	sql "ALTER TABLE $1 SET (autovacuum_enabled = on,
	    autovacuum_vacuum_cost_delay = 100,
	    autovacuum_vacuum_cost_limit = 5,
	    autovacuum_vacuum_scale_factor = 0,
	    autovacuum_vacuum_threshold = ${2:-19000})"
}

vacuum_works() {
	[ "$(sql "SELECT count(*) FROM pg_stat_progress_vacuum
	    WHERE datname = current_database()
	    AND relid = '$1'::regclass")" -eq "${2:-1}" ]
}

@test "manners: waits while an autovacuum is at work on the table" {
	slow_vacuum t
	sql "UPDATE t SET n = 0"
	within 30 vacuum_works t
	begin --progress --where 'id <= 100'
	says "waiting: autovacuum is at work on table 't' (pid "
	within 5 run_has reason "autovacuum is at work"
	stands_still
	# it gives way to this
	sql "ALTER TABLE t SET (autovacuum_enabled = off)"
	ended 0
	is_left 19900
}

@test "manners: an autovacuum on a partition, and for a role without rights" {
	sql "CREATE TABLE p (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
	    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (5);
	    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (5) TO (99999);
	    INSERT INTO p SELECT i FROM generate_series(1, 20000) i"
	slow_vacuum p2
	sql "UPDATE p SET n = 0"
	within 30 vacuum_works p2
	worker
	sql_at "${DATABASE_URL/worker@/postgres@}" \
	    "GRANT SELECT, UPDATE ON p TO worker"
	start dbm backfill p --set 'n = 1' --where 'id < 5' --execute --progress
	says "waiting: autovacuum is at work on table 'p' (pid "
	DATABASE_URL=${DATABASE_URL/worker@/postgres@}
	sql "ALTER TABLE p2 SET (autovacuum_enabled = off)"
	ended 0
	[ "$(sql "SELECT count(*) FROM p WHERE n = 1")" = 4 ]
}

@test "manners: an autovacuum elsewhere is nobody's business" {
	sql "CREATE TABLE other AS SELECT * FROM t"
	slow_vacuum other
	sql "UPDATE other SET n = 0"
	within 30 vacuum_works other
	begin --progress
	ended 0
	vacuum_works other
	run -1 grep waiting err
}

# --- the throttle query ---

@test "manners: waits while --throttle-query is true" {
	sql "CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (true)"
	begin --progress --throttle-query 'SELECT yes FROM busy'
	says "waiting: --throttle-query says so"
	within 5 run_has reason "--throttle-query says so"
	stands_still
	sql "UPDATE busy SET yes = NULL"
	ended 0
	is_left 0
}

@test "manners: what is wrong with --throttle-query, and where" {
	run -2 dbm backfill t --set 'n = 1' --execute \
	    --throttle-query $'SELECT true\nFROM nowhere'
	[[ $output == *"--throttle-query:2:6: error: relation \"nowhere\" does not exist"* ]]
	run -2 dbm backfill t --set 'n = 1' --execute --throttle-query 'SELECT 7'
	[[ $output == *"--throttle-query:1:1: error: it answers '7', which is neither true nor false"* ]]
	run -2 dbm backfill t --set 'n = 1' --execute --throttle-query \
	    'UPDATE t SET n = 3 RETURNING true'
	[[ $output == *"--throttle-query:1:1: error: cannot execute UPDATE in a read-only transaction"* ]]
	run -2 dbm backfill t --set 'n = 1' --execute --throttle-query \
	    'SELECT true; SELECT false'
	[[ $output == *"--throttle-query:1:14: error: only one query can be asked"* ]]
	for query in '' '  ' $'\n-- nothing\n' ';'; do
		run -2 dbm backfill t --set 'n = 1' --execute \
		    --throttle-query "$query"
		[[ $output == *"--throttle-query:1:1: error: there is no query"* ]]
	done
	# a preview says so, too
	run -2 dbm backfill t --set 'n = 1' --throttle-query 'SELECT'
	[[ $output == *"--throttle-query:1:1: error: it is no query"* ]]
	is_left 20000
	[ "$(sql "SELECT to_regclass('dbm.runs')")" = "" ]
}

@test "manners: a --throttle-query that fails on the way stops the run" {
	sql "CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (true)"
	begin --progress --throttle-query 'SELECT yes FROM busy'
	says "waiting: --throttle-query says so"
	sql "DROP TABLE busy"
	ended 2
	grep -qF -e '--throttle-query:1:17: error: relation "busy" does not exist' err
	[ "$(told state)" = failed ]
	# and nothing is lost
	run -0 dbm backfill t --set 'n = 1' --execute --name r
	is_left 0
}

@test "manners: a server that has no time to say how it is is left alone" {
	sql "CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (true)"
	begin --progress --throttle-query 'SELECT yes FROM busy'
	within 10 run_has reason throttle
	# what the question reads, and the work does not
	hold "UPDATE busy SET yes = false;
	    BEGIN; LOCK TABLE pg_catalog.pg_database;"
	says "waiting: the server does not say in 5 s how it is"
	release
	ended 0
	is_left 0
}

through_pool() { sql "SELECT 1" >/dev/null 2>&1; }

@test "manners: the same behind a transaction pooler" {
	need_pooler
	mkdir bouncer
	echo '"postgres" ""' >bouncer/users
	cat >bouncer/ini <<-EOF
	[databases]
	$name = host=$PRIMARY_DATA dbname=$name user=postgres
	[pgbouncer]
	unix_socket_dir = $PWD/bouncer
	listen_port = 5432
	auth_type = any
	auth_file = $PWD/bouncer/users
	pool_mode = transaction
	default_pool_size = 4
	EOF
	pooler bouncer
	sql "CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (true)"
	DATABASE_URL="postgresql://postgres@localhost/$name?host=$PWD/bouncer&pgbouncer=true"
	within 10 through_pool
	sql_at "$STANDBY" "SELECT pg_wal_replay_pause()"
	begin --progress --max-lag 0.5 --throttle-query 'SELECT yes FROM busy'
	says "; --throttle-query says so"
	says "waiting: replica 'walreceiver' is "
	sql "UPDATE busy SET yes = false"
	sql_at "$STANDBY" "SELECT pg_wal_replay_resume()"
	ended 0
	is_left 0
}

# --- others, who wait for us ---

# A trigger that makes each row take its time.
slow_rows() {
	sql "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep($1); RETURN NEW; END';
	    CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW
	    WHEN (current_setting('application_name') = 'dbm-backfill')
	    EXECUTE FUNCTION slow()"
}

@test "manners: makes way for who waits for a row of ours" {
	sql "DELETE FROM t WHERE id > 1500"
	slow_rows 0.003
	begin -v --batch-time 1000 --batch-size 270
	within 10 is_less 1231
	# the other way, again and again
	sql <<-'END'
	SET application_name = 'other';
	DO $$ BEGIN FOR k IN 1..3 LOOP FOR i IN REVERSE 1500..1 LOOP
	    UPDATE t SET n = n WHERE id = i; COMMIT;
	END LOOP; END LOOP; END $$
	END
	says "(other) waits for a row"
	ended 0
	is_left 0
	# nothing else makes a batch smaller here
	examined | sed '$d' |
	    awk '$1 < before { less = 1 } { before = $1 } END { exit !less }'
}

# Rows that each batch has looked at.
examined() { cut -f 7 out | grep -vFx '\N'; }

is_less() { [ "$(left)" -lt "$1" ]; }

# --- asking ---

@test "manners: SIGUSR1 asks how far it is, also while it waits" {
	sql "CREATE TABLE busy (yes bool); INSERT INTO busy VALUES (true)"
	begin --throttle-query 'SELECT yes FROM busy'
	within 10 run_has reason "--throttle-query"
	[ ! -s err ]
	kill -USR1 "$pid"
	says "t: 0 of 20000 rows (0 %), 0 rows/s"
	says ", waiting: --throttle-query says so"
	[ "$(wc -l <err)" = 1 ]
	sql "UPDATE busy SET yes = false"
	ended 0
	is_left 0
}

@test "manners: SIGUSR1 between batches, with -q, and many at once" {
	local i
	sql "DELETE FROM t WHERE id > 3000"
	slow_rows 0.0005
	begin -q
	within 10 is_less 2900
	for ((i = 0; i < 20; i++)); do
		kill -USR1 "$pid"
	done
	says " of 3000 rows ("
	says " ms, about "
	ended 0
	is_left 0
}

# A server that takes connections, and says nothing.
silent() {
	perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Listen => 1,
	    Local => ".s.PGSQL.5432") or die;
	    my $c = $s->accept; open(F, ">", "accepted"); sleep 60' 3>&- &
	receiver=$!
	within 5 test -S .s.PGSQL.5432
}

@test "manners: SIGUSR1 does not end the wait for a server" {
	local before=$SECONDS
	silent
	DATABASE_URL="postgresql://postgres@localhost/x?host=$PWD&connect_timeout=3"
	begin
	within 5 test -e accepted
	kill -USR1 "$pid"
	ended 75
	grep -q "no answer in 3 s" err
	[ $((SECONDS - before)) -ge 2 ]
}
