# dbm migrate deploy --retry: failures, kills, and what is done about them.
load helper
load migrate

setup() {
	new_db
	empty_project
}

teardown() {
	end_all
}

logs() {
	sql "SELECT logs FROM _prisma_migrations ORDER BY started_at DESC LIMIT 1"
}

# No index of ours is left in halves.
no_invalid() {
	[ "$(sql "SELECT string_agg(indexrelid::regclass::text, ' ')
	    FROM pg_index WHERE NOT indisvalid")" = "" ]
}

exists() {
	[ -n "$(sql "SELECT to_regclass('$1')")" ]
}

is_running() { # TEXT: dbm's statement has it
	sql "SELECT query FROM pg_stat_activity
	    WHERE application_name = 'dbm-migrate-deploy'
	    AND datname = current_database()" | grep -q "$1"
}

is_gone() {
	! kill -0 "$pid" 2>/dev/null
}

has_backend() {
	[ -n "$(backend)" ]
}

has_no_backend() {
	[ -z "$(backend)" ]
}

# --- the journal ---

@test "retry: goes on after the last finished unit" {
	migration 1_a <<-'EOF'
		CREATE TABLE t (n int);
		BEGIN; INSERT INTO t VALUES (1); COMMIT;
		BEGIN; INSERT INTO t VALUES (2); COMMIT;
		BEGIN; INSERT INTO t VALUES (3); SELECT 1/0; COMMIT;
		INSERT INTO t VALUES (4);
	EOF
	run -2 dbm migrate deploy
	has "2 of its 4 parts are done and stay"
	[ "$(states)" = "1_a|2|unfinished" ]
	[ "$(sql "SELECT array_agg(n) FROM t")" = "{1,2}" ]
	run -0 logs
	has "dbm: journal 1 blocks of 4"
	has "division by zero"
	has "(SQLSTATE 22012)"
	has "1_a/migration.sql:4"
	run -2 dbm migrate deploy
	has P3009
	has "dbm migrate deploy --retry"
	sed -i 's/SELECT 1.0;//' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT array_agg(n) FROM t")" = "{1,2,3,4}" ]
	[ "$(states)" = $'1_a|2|rolled-back\n1_a|1|finished' ]
	[ "$(logs)" = "" ]
	sum=$(sha256sum <prisma/migrations/1_a/migration.sql)
	[ "$(sql "SELECT checksum FROM _prisma_migrations
	    WHERE finished_at IS NOT NULL")" = "${sum%% *}" ]
}

@test "retry: again and again, and nothing is done twice" {
	migration 1_a <<-'EOF'
		CREATE TABLE t (n int);
		CREATE INDEX CONCURRENTLY t_n ON t (n);
		INSERT INTO t VALUES (1);
		VACUUM t;
		INSERT INTO t VALUES (2);
		SELECT 1 / count(*) FROM t WHERE n = 9;
		INSERT INTO t VALUES (3);
	EOF
	for _ in 1 2 3; do
		run -2 dbm migrate deploy --retry
		has "1_a/migration.sql:6:"
		[ "$(states | tail -1)" = "1_a|5|unfinished" ]
	done
	sql "INSERT INTO t VALUES (9)"
	dbm migrate deploy --retry
	[ "$(sql "SELECT array_agg(n ORDER BY n) FROM t")" = "{1,2,3,9}" ]
	[ "$(states | grep -c rolled-back)" = 3 ]
}

@test "retry: a plain script runs anew, whatever was changed in it" {
	migration 1_a "CREATE TABLE a (i int); SELECT 1/0;"
	run -2 dbm migrate deploy
	migration 1_a "CREATE TABLE b (i int);"
	migration 2_b "CREATE TABLE c (i int);"
	dbm migrate deploy --retry
	[ "$(states)" = $'1_a|0|rolled-back\n1_a|1|finished\n2_b|1|finished' ]
	[ "$(sql "SELECT to_regclass('a'), to_regclass('b')")" = "|b" ]
}

@test "retry: a row that Prisma left is retried as a whole" {
	dbm migrate deploy
	migration 1_a "CREATE TABLE a (i int);"
	sql "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs)
	    VALUES ('x', 'y', '1_a', 'A migration failed to apply. New …

Database error:
ERROR: relation \"z\" does not exist')"
	run -1 --separate-stderr dbm status
	[[ $output == failed$'\t'1_a$'\t'*'relation "z" does not exist' ]]
	dbm migrate deploy --retry
	[ "$(states)" = $'1_a|0|rolled-back\n1_a|1|finished' ]
}

@test "retry: an earlier part that was changed is refused and named" {
	migration 1_a <<-'EOF'
		BEGIN; CREATE TABLE t (n int); COMMIT;

		BEGIN; INSERT INTO t VALUES (1); COMMIT;
		BEGIN; SELECT 1/0; COMMIT;
	EOF
	run -2 dbm migrate deploy
	sed -i 's/VALUES (1)/VALUES (2)/' prisma/migrations/1_a/migration.sql
	run -2 dbm migrate deploy --retry
	has "1_a/migration.sql:3: error: part 2 of this script was applied with another text"
	[ "$(states)" = "1_a|2|unfinished" ]
	[ "$(sql "SELECT array_agg(n) FROM t")" = "{1}" ]
	# back again, and the last part mended
	sed -i 's/VALUES (2)/VALUES (1)/; s,SELECT 1/0,SELECT 1,' \
	    prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT array_agg(n) FROM t")" = "{1}" ]
}

@test "retry: parts that are gone are refused too" {
	migration 1_a "BEGIN; CREATE TABLE t (n int); COMMIT;
BEGIN; INSERT INTO t VALUES (1); COMMIT; SELECT 1/0;"
	run -2 dbm migrate deploy
	migration 1_a "BEGIN; CREATE TABLE t (n int); COMMIT;"
	run -2 dbm migrate deploy --retry
	has "part 2 of this script"
	has "resolve --rolled-back"
	[ "$(states)" = "1_a|2|unfinished" ]
}

@test "retry: later parts may become of another kind" {
	migration 1_a <<-'EOF'
		CREATE TABLE a (i int);
		CREATE TABLE b (i int);
		BEGIN; INSERT INTO a VALUES (1); COMMIT;
		CREATE INDEX a_i ON nowhere (i);
	EOF
	run -2 dbm migrate deploy
	sed -i 's/INDEX a_i ON nowhere/INDEX CONCURRENTLY a_i ON a/' \
	    prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT count(*) FROM a")" = 1 ]
	no_invalid
}

@test "retry: CONCURRENTLY may go from a later part" {
	migration 1_a "CREATE TABLE a (i int);
VACUUM a;
CREATE UNIQUE INDEX CONCURRENTLY a_i ON nowhere (i);"
	run -2 dbm migrate deploy
	migration 1_a "CREATE TABLE a (i int);
VACUUM a;
CREATE UNIQUE INDEX a_i ON a (i);"
	dbm migrate deploy --retry
	no_invalid
	sql "SELECT 'a_i'::regclass" >/dev/null
}

@test "retry: an enum value that was added stays added" {
	migration 1_a "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (e e)"
	migration 2_b "ALTER TYPE e ADD VALUE 'b'; INSERT INTO t VALUES ('b');
INSERT INTO t VALUES ('c');"
	run -2 dbm migrate deploy
	has "2_b/migration.sql:2:23: error:"
	[ "$(states | tail -1)" = "2_b|2|unfinished" ]
	sed -i "s/'c'/'a'/" prisma/migrations/2_b/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT string_agg(e::text, '' ORDER BY e) FROM t")" = ab ]
}

# --- settings of the session ---

@test "retry: settings of finished units are made again" {
	migration 1_a <<-'EOF'
		CREATE SCHEMA app;
		VACUUM pg_class;
		SET search_path TO app;
		SELECT set_config('my.name', 'x', false);
		CREATE TABLE one (i int);
		CREATE TABLE two AS SELECT current_setting('my.name') AS s, 1/0;
	EOF
	run -2 dbm migrate deploy
	sed -i 's,1/0,1 AS n,' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT s FROM app.two")" = x ]
}

@test "retry: ... also those that share a unit with other statements" {
	migration 1_a <<-'EOF'
		CREATE SCHEMA app;
		SET search_path TO app;
		BEGIN; CREATE TABLE one (i int); COMMIT;
		BEGIN; CREATE TABLE two (i int); SELECT 1/0; COMMIT;
	EOF
	run -2 dbm migrate deploy
	sed -i 's,SELECT 1/0;,,' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT to_regclass('app.two'), to_regclass('public.two')")" = \
	    "app.two|" ]
}

@test "retry: ... and those in a transaction that was committed" {
	migration 1_a <<-'EOF'
		CREATE SCHEMA app;
		BEGIN; SET search_path TO app; CREATE TABLE one (i int); COMMIT;
		BEGIN; SET LOCAL search_path TO public; COMMIT;
		BEGIN; SET search_path TO public; ROLLBACK;
		BEGIN; CREATE TABLE two (i int); SELECT 1/0; COMMIT;
	EOF
	run -2 dbm migrate deploy
	sed -i 's,SELECT 1/0;,,' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT to_regclass('app.two'), to_regclass('public.two')")" = \
	    "app.two|" ]
}

# --- rows that others left ---

@test "retry: settles every unfinished row of a migration" {
	migration 1_a "CREATE TABLE a (i int)"
	dbm migrate deploy --to 1_a
	sql "DROP TABLE a; UPDATE _prisma_migrations SET finished_at = NULL;
	    INSERT INTO _prisma_migrations (id, checksum, migration_name)
	    SELECT 'x', checksum, migration_name FROM _prisma_migrations"
	dbm migrate deploy --retry
	run -0 dbm migrate deploy
	run -0 --separate-stderr dbm status
}

@test "retry: two migrations unfinished" {
	migration 1_a "CREATE TABLE a (i int)"
	migration 2_b "CREATE TABLE b (i int)"
	dbm migrate deploy
	sql "DROP TABLE a, b; UPDATE _prisma_migrations SET finished_at = NULL"
	run -2 dbm migrate deploy
	has 1_a
	has 2_b
	dbm migrate deploy --retry
	[ "$(states | grep -c finished)" = 2 ]
}

# --- signals ---

# A script at work on its second part, in a CREATE INDEX CONCURRENTLY or
# another statement that waits for an older transaction.
begin_waiting() {
	hold "${2:-BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;}"
	migration 2_b "$1"
	start dbm migrate deploy
	within 20 waits
}

@test "retry: SIGINT ends with 130, cancels, and says why" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	migration 2_b "INSERT INTO t VALUES (1);
SELECT pg_sleep(60);"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	kill -INT "$pid"
	ended 130
	run -0 cat err
	has P3018
	has "2_b/migration.sql:2:1: error:"
	run -0 logs
	has "canceling statement due to user request"
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
	within 5 has_no_backend
	run -2 dbm migrate deploy
	has P3009
	sed -i 's/60/0/' prisma/migrations/2_b/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT count(*) FROM t")" = 1 ]
}

@test "retry: SIGTERM and SIGHUP likewise" {
	migration 1_a "SELECT pg_sleep(60);"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	kill -TERM "$pid"
	ended 143
	start dbm migrate deploy --retry
	within 10 is_running pg_sleep
	kill -HUP "$pid"
	ended 129
	[ "$(states)" = $'1_a|0|rolled-back\n1_a|0|unfinished' ]
}

@test "retry: SIGINT in CREATE INDEX CONCURRENTLY" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	begin_waiting "CREATE INDEX CONCURRENTLY t_n ON t (n); SELECT 1;"
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT count(*) FROM pg_index
	    WHERE indrelid = 't'::regclass")" = 1 ]
	no_invalid
}

@test "retry: SIGINT in one without a name" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	begin_waiting "CREATE INDEX CONCURRENTLY ON t (n); SELECT 1;"
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT indexrelid::regclass, indisvalid FROM pg_index
	    WHERE indrelid = 't'::regclass")" = "t_n_idx|t" ]
}

@test "retry: SIGINT in REINDEX CONCURRENTLY" {
	migration 1_a "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
	dbm migrate deploy
	begin_waiting "REINDEX INDEX CONCURRENTLY t_n; SELECT 1;"
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT indexrelid::regclass, indisvalid FROM pg_index
	    WHERE indrelid = 't'::regclass")" = "t_n|t" ]
}

@test "retry: SIGINT in DROP INDEX CONCURRENTLY" {
	migration 1_a "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
	dbm migrate deploy
	begin_waiting "DROP INDEX CONCURRENTLY t_n; SELECT 1;" \
	    "BEGIN; SELECT * FROM t;"
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT to_regclass('t_n')")" = "" ]
}

partitions="CREATE TABLE t (n int) PARTITION BY LIST (n);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE SCHEMA s; CREATE TABLE s.t2 PARTITION OF t FOR VALUES IN (2);"

@test "retry: SIGINT in DETACH PARTITION CONCURRENTLY" {
	migration 1_a "$partitions"
	dbm migrate deploy
	begin_waiting "ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY; SELECT 1;" \
	    "BEGIN; SELECT * FROM t;"
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT inhrelid::regclass FROM pg_inherits")" = s.t2 ]
}

@test "retry: a lost DETACH PARTITION of another schema is finished" {
	migration 1_a "$partitions"
	dbm migrate deploy
	begin_waiting "ALTER TABLE t DETACH PARTITION s.t2 CONCURRENTLY; SELECT 1;" \
	    "BEGIN; SELECT * FROM t;"
	sql "SELECT pg_terminate_backend($(backend))" >/dev/null
	wait "$pid" || true
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT inhrelid::regclass, inhdetachpending
	    FROM pg_inherits")" = "t1|f" ]
}

@test "retry: a statement that was done is known, though the lock failed" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	begin_waiting "CREATE INDEX CONCURRENTLY t_n ON t (n);
INSERT INTO t VALUES (1);"
	builder=$holder
	# somebody has Prisma's lock, with no transaction, when the build ends
	hold "SELECT pg_advisory_lock(72707369);"
	release "$builder"
	within 10 grep -q "waiting: .*locked by" err
	kill -INT "$pid"
	ended 130
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT count(*) FROM t")" = 1 ]
	no_invalid
}

@test "retry: what is left of REINDEX after its swap" {
	migration 1_a "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
	dbm migrate deploy
	begin_waiting "REINDEX INDEX CONCURRENTLY t_n; SELECT 1;" \
	    "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;"
	first=$holder
	# no snapshot is kept, so only the wait after the swap minds this one
	hold "BEGIN; SELECT * FROM t;"
	release "$first"
	within 10 exists t_n_ccold
	sql "SELECT pg_terminate_backend($(backend))" >/dev/null
	wait "$pid" || true
	release
	dbm migrate deploy --retry
	[ "$(sql "SELECT indexrelid::regclass, indisvalid FROM pg_index
	    WHERE indrelid = 't'::regclass")" = "t_n|t" ]
}

@test "retry: a second signal ends it, even when the journal has to wait" {
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	migration 2_b "SELECT pg_sleep(60);"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	hold "BEGIN; LOCK TABLE _prisma_migrations;"
	kill -INT "$pid"
	sleep 1
	kill -INT "$pid" || true
	within 15 is_gone
	ended 130
}

# --- a lost server ---

@test "retry: the session is terminated in a plain script" {
	migration 1_a "CREATE TABLE t (n int); SELECT pg_sleep(60)"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	sql "SELECT pg_terminate_backend($(backend))" >/dev/null
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 2 ] || [ "$status" -eq 75 ]
	run -0 cat err
	has "terminating connection due to administrator command"
	has "deploy --retry"
	[ "$(states)" = "1_a|0|unfinished" ]
	sed -i 's/60/0/' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT count(*) FROM t")" = 0 ]
}

@test "retry: the server restarts between and within parts" {
	own_server
	migration 1_a "CREATE TABLE t (n int); VACUUM t; INSERT INTO t VALUES (1);
SELECT pg_sleep(60); INSERT INTO t VALUES (2);"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	own_ctl -m immediate restart
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 2 ] || [ "$status" -eq 75 ]
	run -0 cat err
	has "P3018"
	has "connection"
	run -2 dbm migrate deploy
	has P3009
	sed -i 's/60/0/' prisma/migrations/1_a/migration.sql
	dbm migrate deploy --retry
	[ "$(sql "SELECT array_agg(n ORDER BY n) FROM t")" = "{1,2}" ]
	own_ctl -m fast stop
	run -75 dbm migrate deploy
	has P1001
	run -75 dbm status
}

@test "retry: PREPARE TRANSACTION does not take our row along" {
	own_server "max_prepared_transactions = 2"
	migration 1_a "BEGIN; CREATE TABLE t (n int); PREPARE TRANSACTION 'x';"
	timeout -s KILL 20 dbm migrate deploy
	[ "$(states)" = "1_a|1|finished" ]
	migration 2_b "COMMIT PREPARED 'x'; BEGIN; INSERT INTO t VALUES (1);
PREPARE TRANSACTION 'y'; COMMIT PREPARED 'y'; INSERT INTO t VALUES (2);"
	timeout -s KILL 20 dbm migrate deploy
	[ "$(states | tail -1)" = "2_b|1|finished" ]
	[ "$(sql "SELECT sum(n) FROM t")" = 3 ]
}

@test "retry: a transaction that was prepared is not prepared again" {
	own_server "max_prepared_transactions = 2"
	migration 1_a "CREATE TABLE t (n int)"
	dbm migrate deploy
	migration 2_b "BEGIN; INSERT INTO t VALUES (1); SELECT pg_sleep(1);
PREPARE TRANSACTION 'x'; INSERT INTO t VALUES (2);"
	start dbm migrate deploy
	within 10 is_running pg_sleep
	hold "BEGIN; LOCK TABLE _prisma_migrations IN SHARE MODE;"
	within 10 waits # to say so in the row
	sql "SELECT pg_terminate_backend($(backend))" >/dev/null
	wait "$pid" || true
	release
	[ "$(states | tail -1)" = "2_b|0|unfinished" ]
	dbm migrate deploy --retry
	sql "COMMIT PREPARED 'x'"
	[ "$(sql "SELECT array_agg(n ORDER BY n) FROM t")" = "{1,2}" ]
}

# --- SIGKILL at any moment ---

@test "retry: killed at any moment, a plain script is whole or absent" {
	migration 1_a "CREATE TABLE t (n int); INSERT INTO t VALUES (0);"
	dbm migrate deploy
	for i in {1..30}; do
		migration 2_b "INSERT INTO t VALUES ($i); SELECT pg_sleep(0.02);
INSERT INTO t VALUES ($i);"
		start dbm migrate deploy --retry
		sleep "0.0$((i * 2 + 10))"
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		within 10 has_no_backend
		got=$(sql "SELECT count(*) FROM t WHERE n = $i")
		want=$(sql "SELECT 2 * count(*) FROM _prisma_migrations WHERE
		    migration_name = '2_b' AND finished_at IS NOT NULL
		    AND rolled_back_at IS NULL")
		echo "# kill $i: $got rows of $want"
		[ "$got" = "$want" ]
		retry_until_done
		[ "$(sql "SELECT count(*) FROM t WHERE n = $i")" = 2 ]
		sql "DELETE FROM _prisma_migrations WHERE migration_name = '2_b'"
	done
}

@test "retry: killed at any moment, parts are never done twice" {
	migration 1_a "CREATE TABLE big AS SELECT n, md5(n::text) AS h
FROM generate_series(1, 200000) n; CREATE TABLE t (k int);"
	dbm migrate deploy
	migration 2_b <<-'EOF'
		INSERT INTO t VALUES (1);
		CREATE INDEX CONCURRENTLY big_h ON big (h);
		BEGIN; INSERT INTO t VALUES (2); SELECT pg_sleep(0.05);
		INSERT INTO t VALUES (2); COMMIT;
		CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS big_n ON big (n);
		INSERT INTO t VALUES (3);
		CREATE INDEX CONCURRENTLY ON big (n, h);
		REINDEX INDEX CONCURRENTLY big_n;
		INSERT INTO t VALUES (4)
	EOF
	runs=0 kills=0 signals=(KILL INT TERM KILL)
	while [ $kills -lt 40 ]; do
		start dbm migrate deploy --retry -w 5
		sleep "0.$(printf %03d $((30 + (kills * 37) % 700)))"
		kill -"${signals[kills % 4]}" "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		kills=$((kills + 1))
		if ! sql "SELECT 1 FROM _prisma_migrations
		    WHERE migration_name = '2_b' AND finished_at IS NOT NULL
		    AND rolled_back_at IS NULL" | grep -q 1; then
			continue
		fi
		# done in spite of it: look, and once more from the start
		within 10 has_no_backend
		runs=$((runs + 1))
		[ "$(sql "SELECT array_agg(k ORDER BY k) FROM t")" = "{1,2,2,3,4}" ]
		no_invalid
		[ "$(sql "SELECT count(*) FROM pg_index
		    WHERE indrelid = 'big'::regclass")" = 3 ]
		sql "DELETE FROM _prisma_migrations WHERE migration_name = '2_b';
		    DROP INDEX big_h, big_n, big_n_h_idx; TRUNCATE t"
	done
	retry_until_done
	[ "$(sql "SELECT array_agg(k ORDER BY k) FROM t")" = "{1,2,2,3,4}" ]
	no_invalid
	[ "$(sql "SELECT count(*) FROM pg_index
	    WHERE indrelid = 'big'::regclass")" = 3 ]
	[ "$(states | grep '^2_b' | grep -v rolled-back)" = "2_b|1|finished" ]
	run -0 dbm status
}

@test "retry: what the server refused is not taken for done" {
	migration 1_a "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
	dbm migrate deploy
	for script in "DROP INDEX CONCURRENTLY t_typo; SELECT 1;" \
	    "CREATE DATABASE postgres; SELECT 1;" \
	    "COMMIT PREPARED 'typo'; SELECT 1;"; do
		migration 2_b "$script"
		run -2 dbm migrate deploy --retry
		has "nothing of it was left in the database"
		run -2 dbm migrate deploy --retry
		has P3018
		[ "$(states | tail -1)" = "2_b|0|unfinished" ]
	done
}
