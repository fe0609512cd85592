# Several sessions: the migration lock, CONCURRENTLY, --lock-timeout.
load helper
load migrate

setup() {
	new_db
	empty_project
}

teardown() {
	end_all
}

lock_of_prisma="SELECT pg_advisory_lock(72707369);"

no_invalid() {
	[ "$(sql "SELECT string_agg(indexrelid::regclass::text, ' ')
	    FROM pg_index WHERE NOT indisvalid")" = "" ]
}

oid_of() {
	sql "SELECT to_regclass('$1')::oid"
}

# --- the migration lock ---

@test "concurrent: Prisma's lock held by another is status 75, who is named" {
	hold "SET application_name = 'prisma of somebody'; $lock_of_prisma"
	holder_pid=$(sql "SELECT pid FROM pg_locks WHERE locktype = 'advisory'
	    AND objid = 72707369 AND database = (SELECT oid FROM pg_database
	    WHERE datname = current_database())")
	migration 1_a "CREATE TABLE a (i int)"
	run -75 dbm migrate deploy --wait 0.3
	has "P1002"
	has "pid $holder_pid (prisma of somebody"
	[ "$(sql "SELECT to_regclass('_prisma_migrations')")" = "" ]
	run -75 dbm migrate resolve --applied 1_a --wait 0
	run -75 dbm migrate reset --force --wait 0
	release
	dbm migrate deploy
}

@test "concurrent: the wait ends when the lock is freed" {
	hold "$lock_of_prisma"
	migration 1_a "CREATE TABLE a (i int)"
	start dbm migrate deploy --wait 30
	within 10 grep -q "^waiting: .*locked by pid" err
	[ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
	    AND NOT granted")" = 0 ] # it polls
	release
	SECONDS=0
	ended 0
	[ "$SECONDS" -lt 5 ]
	[ "$(states)" = "1_a|1|finished" ]
}

@test "concurrent: a signal ends the wait" {
	hold "$lock_of_prisma"
	start dbm migrate deploy --wait 60
	within 10 grep -q "^waiting:" err
	kill -INT "$pid"
	ended 130
}

@test "concurrent: the lock of another database does not matter" {
	hold "$lock_of_prisma"
	new_db
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy --wait 0
}

@test "concurrent: status and --dry-run need no lock" {
	hold "$lock_of_prisma"
	migration 1_a "CREATE TABLE a (i int)"
	run -1 dbm status
	run -0 dbm migrate deploy --dry-run
}

@test "concurrent: PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK is heeded" {
	hold "$lock_of_prisma"
	migration 1_a "CREATE TABLE a (i int); VACUUM a; INSERT INTO a VALUES (1)"
	PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK=1 dbm migrate deploy
	[ "$(states)" = "1_a|1|finished" ]
}

@test "concurrent: two deploys, one applies and nothing is doubled" {
	migration 1_a "CREATE TABLE t (n int); SELECT pg_sleep(0.3);"
	migration 2_b "INSERT INTO t VALUES (1);
CREATE INDEX CONCURRENTLY t_n ON t (n); INSERT INTO t VALUES (2);"
	migration 3_c "INSERT INTO t VALUES (3)"
	pids=()
	for i in 1 2 3 4; do
		dbm migrate deploy --wait 30 >"out$i" 2>"err$i" </dev/null 3>&- &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p"
	done
	[ "$(cat out? | wc -l)" = 3 ]
	[ "$(grep -l "No pending migrations" err? | wc -l)" = 3 ]
	[ "$(sql "SELECT array_agg(n ORDER BY n) FROM t")" = "{1,2,3}" ]
	[ "$(states | wc -l)" = 3 ]
}

@test "concurrent: a second deploy with no patience is told 75" {
	migration 1_a "SELECT pg_sleep(60)"
	start dbm migrate deploy
	within 10 backend_runs pg_sleep
	run -75 dbm migrate deploy --wait 0
	has "pid $(backend) (dbm-migrate-deploy"
	kill -TERM "$pid"
	ended 143
}

backend_runs() {
	sql "SELECT query FROM pg_stat_activity WHERE application_name =
	    'dbm-migrate-deploy' AND datname = current_database()" |
	    grep -q "$1"
}

@test "concurrent: also while Prisma's lock is let go for CONCURRENTLY" {
	migration 1_a "CREATE TABLE t (n int);"
	dbm migrate deploy
	hold "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;"
	migration 2_b "CREATE INDEX CONCURRENTLY t_n ON t (n);"
	start dbm migrate deploy
	within 10 waits
	run -75 dbm migrate deploy --wait 0
	run -75 dbm migrate resolve --rolled-back 2_b --wait 0
	run -0 --separate-stderr dbm status
	[[ $output == *$'\n'running$'\t'2_b$'\t'* ]]
	release
	ended 0
	no_invalid
}

# --- CONCURRENTLY and Prisma's waiters ---

index_with_waiter() { # what to do with the waiter, once it waits
	migration 1_a "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n"
	dbm migrate deploy
	migration 2_b "SELECT pg_sleep(1.5);
CREATE INDEX CONCURRENTLY t_n ON t (n);
CREATE INDEX CONCURRENTLY t_m ON t (n);
CREATE INDEX t_o ON t (n);"
	start dbm migrate deploy
	within 10 backend_runs pg_sleep
	PGAPPNAME=waiter "$(psql_program)" -XAtq -d "$DATABASE_URL" \
	    -c "$lock_of_prisma" </dev/null >/dev/null 2>&1 3>&- &
	waiter=$!
	holders="${holders:-} $waiter"
	within 10 waits waiter
	"$@"
	ended 0
	[ "$(sql "SELECT count(*) FROM pg_index
	    WHERE indrelid = 't'::regclass")" = 3 ]
	no_invalid
	[ "$(states | tail -1)" = "2_b|1|finished" ]
}

@test "concurrent: a waiting Prisma and an index build do not deadlock" {
	index_with_waiter true
	run -0 cat err
	has_not deadlock
}

kill_waiter() {
	kill -9 "$waiter"
	waits waiter # its backend is queued all the same
}

@test "concurrent: nor does one whose client was killed" {
	index_with_waiter kill_waiter
}

@test "concurrent: a build whose only reader of old is slow just waits" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;"
	migration 2_b "CREATE INDEX CONCURRENTLY t_n ON t (n);"
	start dbm migrate deploy
	within 10 waits
	release
	ended 0
	no_invalid
}

# --- invalid indexes ---

@test "concurrent: a unique build that fails leaves no index" {
	migration 1_a "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1);"
	dbm migrate deploy
	for name in t_n ""; do
		migration 2_b "CREATE UNIQUE INDEX CONCURRENTLY $name ON t (n);
SELECT 1;"
		run -2 dbm migrate deploy --retry
		has "2_b/migration.sql:1:1: error: P3018"
		has "could not create unique index"
		[ "$(sql "SELECT count(*) FROM pg_index
		    WHERE indrelid = 't'::regclass")" = 0 ]
	done
	sql "DELETE FROM t"
	dbm migrate deploy --retry
	no_invalid
}

@test "concurrent: a failed REINDEX CONCURRENTLY leaves no _ccnew" {
	migration 1_a "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
	dbm migrate deploy
	hold "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;"
	migration 2_b "SET lock_timeout = '300ms';
REINDEX INDEX CONCURRENTLY t_n;"
	run -75 dbm migrate deploy
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT indexrelid::regclass FROM pg_index
	    WHERE indrelid = 't'::regclass")" = t_n ]
	no_invalid
}

make_invalid() { # t_n on t, as an interrupted build leaves it
	sql "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)"
	run -3 sql "CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n)" || true
	sql "DELETE FROM t"
	[ "$(sql "SELECT indisvalid FROM pg_index
	    WHERE indexrelid = 't_n'::regclass")" = f ]
}

@test "concurrent: IF NOT EXISTS is not content with an INVALID index" {
	make_invalid
	migration 1_a "SELECT 1"
	migration 2_b "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);"
	dbm migrate resolve --applied 1_a
	run -0 dbm migrate deploy
	has "dropping the invalid index t_n"
	no_invalid
	[ -n "$(oid_of t_n)" ]
}

@test "concurrent: IF NOT EXISTS is content with a valid one" {
	sql "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n)"
	before=$(oid_of t_n)
	migration 1_a "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);"
	migration 0_z "SELECT 1"
	dbm migrate resolve --applied 0_z
	dbm migrate deploy
	[ "$(oid_of t_n)" = "$before" ]
}

@test "concurrent: without IF NOT EXISTS somebody's INVALID index stays" {
	make_invalid
	before=$(oid_of t_n)
	migration 0_z "SELECT 1"
	dbm migrate resolve --applied 0_z
	migration 1_a "CREATE INDEX CONCURRENTLY t_n ON t (n);"
	run -2 dbm migrate deploy
	has "already exists"
	[ "$(oid_of t_n)" = "$before" ]
}

@test "concurrent: INVALID indexes of others on the table stay" {
	make_invalid
	migration 0_z "SELECT 1"
	dbm migrate resolve --applied 0_z
	sql "INSERT INTO t VALUES (1), (1)"
	before=$(oid_of t_n)
	migration 1_a "CREATE UNIQUE INDEX CONCURRENTLY t_m ON t (n);"
	run -2 dbm migrate deploy
	[ "$(oid_of t_n)" = "$before" ]
	[ -z "$(oid_of t_m)" ]
}

@test "concurrent: an index that another session builds is not dropped" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;"
	PGAPPNAME=builder sql "CREATE INDEX CONCURRENTLY t_n ON t (n)" \
	    </dev/null >/dev/null 2>&1 3>&- &
	builder=$!
	within 10 waits builder
	before=$(oid_of t_n)
	migration 2_b "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);"
	start dbm migrate deploy
	within 10 grep -q "builds an index" err
	release
	wait "$builder"
	ended 0
	no_invalid
	[ "$(oid_of t_n)" = "$before" ]
}

@test "concurrent: nor after our own build of another has failed" {
	migration 1_a "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1);"
	dbm migrate deploy
	hold "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;"
	migration 2_b "CREATE UNIQUE INDEX CONCURRENTLY t_u ON t (n);"
	start dbm migrate deploy
	within 10 waits
	# its turn comes when ours has failed; then it waits for this reader
	PGAPPNAME=builder sql "CREATE INDEX CONCURRENTLY t_n ON t (n)" \
	    </dev/null >/dev/null 2>&1 3>&- &
	builder=$!
	within 10 waits builder
	first=$holder
	hold "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;"
	release "$first"
	within 10 exists t_n
	before=$(oid_of t_n)
	sleep 1
	release
	wait "$builder"
	ended 2
	[ "$(oid_of t_n)" = "$before" ]
	[ -z "$(oid_of t_u)" ]
	no_invalid
}

exists() {
	[ -n "$(oid_of "$1")" ]
}

@test "concurrent: autovacuum's lock on the table is no index build" {
	own_server "autovacuum_naptime = 1" "autovacuum_vacuum_cost_delay = 100" \
	    "autovacuum_vacuum_cost_limit = 1" "autovacuum_vacuum_threshold = 1" \
	    "autovacuum_vacuum_scale_factor = 0" "log_autovacuum_min_duration = 0"
	make_invalid
	migration 0_z "SELECT 1"
	dbm migrate resolve --applied 0_z
	sql "INSERT INTO t SELECT generate_series(1, 100000);
	    DELETE FROM t WHERE n % 2 = 0"
	within 20 vacuums_t
	migration 1_a "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);"
	timeout 25 dbm migrate deploy
	no_invalid
}

vacuums_t() {
	[ "$(sql "SELECT count(*) FROM pg_stat_progress_vacuum
	    WHERE relid = 't'::regclass")" = 1 ]
}

# --- --lock-timeout ---

@test "concurrent: --lock-timeout names the blocker, tries, leaves nothing" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "SET application_name = 'the blocker'; BEGIN; SELECT * FROM t;"
	migration 2_b "CREATE TABLE u (n int); ALTER TABLE t ADD COLUMN m int;"
	run -75 dbm migrate deploy --lock-timeout 0.2
	has "blocked by pid "
	has "(the blocker, idle in transaction): SELECT * FROM t"
	has "try 5 of 5"
	has "2_b/migration.sql:1:25: error: P3018"
	has "nothing of it was left"
	[ "$(sql "SELECT to_regclass('u')")" = "" ]
	[ "$(states | tail -1)" = "2_b|0|rolled-back" ]
	release
	dbm migrate deploy
	[ "$(states | tail -1)" = "2_b|1|finished" ]
	[ "$(sql "SHOW lock_timeout")" = 0 ]
}

@test "concurrent: --lock-timeout ends well when the blocker goes" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM t;"
	migration 2_b "ALTER TABLE t ADD COLUMN m int; INSERT INTO t VALUES (1);"
	migration 3_c "CREATE TABLE s AS SELECT current_setting('lock_timeout') s"
	start dbm migrate deploy --lock-timeout 0.3
	within 10 grep -q "try 1 of 5" err
	release
	ended 0
	[ "$(sql "SELECT count(*) FROM t")" = 1 ]
}

@test "concurrent: --lock-timeout of less than a millisecond is one" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM t;"
	migration 2_b "ALTER TABLE t ADD COLUMN m int;"
	status=0
	timeout 20 dbm migrate deploy --lock-timeout 0.0005 || status=$?
	[ "$status" -eq 75 ]
}

@test "concurrent: --lock-timeout holds for a script with its own BEGIN" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM t;"
	migration 2_b "BEGIN; ALTER TABLE t ADD COLUMN m int; COMMIT;"
	status=0
	timeout 20 dbm migrate deploy --lock-timeout 0.2 || status=$?
	[ "$status" -eq 75 ]
	release
	dbm migrate deploy --retry
}

@test "concurrent: ... and for plain statements beside CONCURRENTLY" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM t;"
	migration 2_b "ALTER TABLE t ADD COLUMN m int;
CREATE INDEX CONCURRENTLY t_m ON t (m);"
	status=0
	timeout 20 dbm migrate deploy --lock-timeout 0.2 || status=$?
	[ "$status" -eq 75 ]
	release
	dbm migrate deploy --retry
	no_invalid
}

@test "concurrent: --lock-timeout and SIGINT" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; SELECT * FROM t;"
	migration 2_b "ALTER TABLE t ADD COLUMN m int;"
	start dbm migrate deploy --lock-timeout 30
	within 10 waits
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
}

@test "concurrent: who had Prisma's lock meanwhile has done the rest" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	hold "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;"
	builder=$holder
	migration 2_b "CREATE INDEX CONCURRENTLY t_n ON t (n);"
	migration 3_c "INSERT INTO t VALUES (-1);"
	start dbm migrate deploy
	within 20 waits
	hold "SELECT pg_advisory_lock(72707369);"
	release "$builder"
	# not finished before the lock is ours again: to Prisma it is at work
	within 10 grep -q "waiting: .*locked by" err
	[ "$(states | tail -1)" = "2_b|0|unfinished" ]
	# somebody who goes on all the same is not repeated
	sql "INSERT INTO _prisma_migrations (id, checksum, migration_name,
	    finished_at, applied_steps_count)
	    VALUES ('x', 'x', '3_c', now(), 1); INSERT INTO t VALUES (-1)"
	release
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 75 ]
	grep -q "begun by another run" err
	[ "$(sql "SELECT count(*) FROM t")" = 1 ]
	run -0 dbm migrate deploy
	[ "$(sql "SELECT count(*) FROM _prisma_migrations
	    WHERE migration_name = '3_c'")" = 1 ]
}
