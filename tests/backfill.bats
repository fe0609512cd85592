# dbm backfill: whenever it is killed, whoever is in its way, each batch is
# done once.
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

# cards N [KEYTYPE]: so many of them, and a record of each write of a row.
cards() {
	sql <<-END
	CREATE TABLE cards (id ${2:-bigint} PRIMARY KEY, rarity text NOT NULL,
	    rarity_v2 text, n int NOT NULL DEFAULT 0);
	INSERT INTO cards SELECT i, (ARRAY['common', 'rare'])[i % 2 + 1]
	    FROM generate_series(1, $1) i;
	ANALYZE cards;
	CREATE TABLE writes (id text);
	CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN INSERT INTO public.writes VALUES (OLD.id); RETURN NULL; END';
	CREATE TRIGGER note AFTER UPDATE ON cards
	    FOR EACH ROW EXECUTE FUNCTION note();
	END
}

# before WHEN STATEMENTS: what a trigger does ahead of the update of rows.
before() {
	sql <<-END
	CREATE FUNCTION before() RETURNS trigger LANGUAGE plpgsql AS
	    \$\$BEGIN $2; RETURN NEW; END\$\$;
	CREATE TRIGGER before BEFORE UPDATE ON cards
	    FOR EACH ROW WHEN ($1) EXECUTE FUNCTION before();
	END
}

# slow: about a second for 2000 rows, in some twenty batches.
slow() { before "NEW.id % 10 = 0" "PERFORM pg_sleep(0.005)"; }
quick() { sql "DROP FUNCTION before CASCADE" 2>/dev/null; }

rarity() { dbm backfill cards --set 'rarity_v2 = rarity' --execute "$@"; }
count_up() { dbm backfill cards --set 'n = n + 1' --once --execute "$@"; }

# is QUERY ANSWER
is() {
	local answer
	answer=$(sql "$1")
	[ "$answer" = "$2" ] || {
		printf '%s\nis %s\nnot %s\n' "$1" "$answer" "$2"
		return 1
	}
}

# Each row has been written once, all N of them.
once_each() {
	is "SELECT count(*), count(DISTINCT id) FROM writes" "$1|$1"
}
all_done() {
	is "SELECT count(*) FROM cards WHERE rarity_v2 IS DISTINCT FROM rarity" 0
}

# state [COLUMNS]: of the newest run.
state() {
	sql "SELECT ${1:-state} FROM dbm.runs ORDER BY id DESC LIMIT 1"
}

# at_work [BATCHES]: a run has done some.
at_work() {
	[ "$(state "batches >= ${1:-2} AND state = 'running'" 2>/dev/null)" = t ]
}

# --- as it goes ---

@test "backfill: done in batches, counted, recorded" {
	cards 20000
	run -0 --separate-stderr rarity
	all_done
	once_each 20000
	[ "$(awk -F'\t' '{ n += $5 } END { print n }' <<<"$output")" = 20000 ]
	# one ends where the next begins, and both ends are open
	awk -F'\t' 'NR == 1 && $3 != "\\N" || NR > 1 && $3 != hi { exit 1 }
	    { hi = $4 } END { exit hi != "\\N" }' <<<"$output"
	[[ $stderr == *"20000 rows changed"*"verified: 0 rows left"* ]]
	is "SELECT kind, state, relation, key, pass, row_count, examined,
	    finished_at >= started_at, role = current_user, os_user <> '',
	    host <> '', batches FROM dbm.runs" "backfill|done|\"public\".\"cards\"|{id}|1|20000|20000|t|t|t|t|${#lines[@]}"
}

@test "backfill: an empty table, and one with a single row" {
	cards 0
	run -0 rarity
	sql "INSERT INTO cards VALUES (7, 'rare')"
	run -0 rarity
	all_done
	once_each 1
	is "SELECT name, state FROM dbm.runs GROUP BY 1, 2" \
	    "$(state name)|done"
}

@test "backfill: a batch is never larger than --batch-size" {
	cards 1000
	run -0 --separate-stderr rarity --batch-size 30
	awk -F'\t' '$5 > 30 { exit 1 }' <<<"$output"
	[ "${#lines[@]}" -ge 34 ]
	once_each 1000
}

@test "backfill: begins with few rows, and goes on with no more than before" {
	cards 2000
	run -0 --separate-stderr rarity --batch-time 1
	[ "$(first_examined)" = 2 ]
	sql "UPDATE cards SET rarity_v2 = NULL"
	slow
	run -1 --separate-stderr rarity --max-time 0.1 --name r
	[ "$(first_examined)" = 100 ]
	sql "UPDATE dbm.runs SET batch_size = 7 WHERE name = 'r'"
	quick
	run -0 --separate-stderr rarity --name r
	[ "$(first_examined)" = 7 ]
	all_done
}
first_examined() { cut -f 7 <<<"${lines[0]}"; }

@test "backfill: a batch is not kept open for what is asked beside it" {
	cards 400
	# the next ranges are cut by who only reads
	sql "CREATE FUNCTION doze(id bigint) RETURNS bool STABLE LANGUAGE plpgsql
	    AS 'BEGIN IF id = 150 AND
	    current_setting(''transaction_read_only'')::bool THEN
	    PERFORM pg_sleep(1); END IF; RETURN true; END'"
	SECONDS=0
	run -0 --separate-stderr dbm backfill cards --set 'rarity_v2 = rarity' \
	    --where 'doze(id)' --batch-size 50 --batch-time 3000 --execute
	[ "$SECONDS" -ge 1 ]
	once_each 400
	[ "${#lines[@]}" -ge 8 ]
	awk -F'\t' '$6 > 500 { exit 1 }' <<<"$output"
}

@test "backfill: where few rows match, batches are counted by these" {
	cards 50000
	sql "UPDATE cards SET rarity = 'epic' WHERE id % 500 = 0
	    OR id BETWEEN 30000 AND 31000; TRUNCATE writes"
	run -0 --separate-stderr dbm backfill cards --set "rarity_v2 = rarity" \
	    --where "rarity = 'epic' -- so" --batch-size 50 --execute
	once_each "$(sql "SELECT count(*) FROM cards WHERE rarity = 'epic'")"
	awk -F'\t' '$5 > 50 { exit 1 }' <<<"$output"
	# a batch of 50 rows looked at each would be 1000 of them
	[ "${#lines[@]}" -lt 100 ]
}

@test "backfill: where nothing is to be written, nor is the place each time" {
	cards 1000
	sql "CREATE FUNCTION doze(id bigint) RETURNS bool STABLE LANGUAGE plpgsql
	    AS 'BEGIN PERFORM pg_sleep(0.02 * (id % 10 / 9)); RETURN false; END'"
	run -0 --separate-stderr dbm backfill cards --set 'rarity_v2 = rarity' \
	    --where 'doze(id)' --execute
	[ "${#lines[@]}" -gt 20 ]
	is "SELECT batches BETWEEN 2 AND 12, examined, row_count, state
	    FROM dbm.runs" "t|1000|0|done"
	once_each 0
}

# --- killed, and gone on with ---

@test "backfill: killed again and again, every row is counted up once" {
	cards 6000
	slow
	for i in 1 3 6 9 12; do
		start dbm backfill cards --set 'n = n + 1' --once --execute
		within 20 at_work "$i"
		kill -9 "$pid"
		wait "$pid" || true
	done
	quick
	run -0 --separate-stderr count_up
	[[ $stderr == *"goes on"* ]]
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|6000"
	once_each 6000
	is "SELECT count(*), max(state) FROM dbm.runs" "1|done"
	is "SELECT pass_ms > 0 AND pass_ms = active_ms FROM dbm.runs" t
}

@test "backfill: its session is ended by the server" {
	cards 2000
	slow
	start dbm backfill cards --set 'n = n + 1' --once --execute
	within 20 at_work 3
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE application_name = 'dbm-backfill'
	    AND datname = current_database()" >/dev/null
	ended 75
	run -0 cat err
	has "administrator command"
	is "SELECT state FROM dbm.runs" running
	run -0 dbm backfill --status
	has interrupted
	quick
	run -0 count_up
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|2000"
	once_each 2000
}

@test "backfill: the place and the work survive a crash of the server together" {
	own_server "wal_writer_delay = 10s"
	cards 5000
	slow
	start dbm backfill cards --set 'n = n + 1' --once --execute
	within 20 at_work 6
	own_ctl -m immediate stop
	ended 75
	own_ctl start
	# commits of batches do not wait for the disk, so the last are lost
	is "SELECT (SELECT count(*) FROM cards WHERE n = 1) =
	    (SELECT row_count FROM dbm.runs)" t
	quick
	run -0 count_up
	# but the end of the run does
	own_ctl -m immediate stop
	own_ctl start
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|5000"
	is "SELECT state, row_count FROM dbm.runs" "done|5000"
}

@test "backfill: SIGINT ends it behind a batch, and it goes on from there" {
	cards 2000
	slow
	start dbm backfill cards --set 'n = n + 1' --once --execute
	within 20 at_work 3
	kill -INT "$pid"
	ended 130
	[ "$(state "state, reason")" = "stopped|a signal" ]
	is "SELECT count(*) = (SELECT row_count FROM dbm.runs)
	    AND count(*) > 0 AND count(*) < 2000 FROM cards WHERE n = 1" t
	[ "$(wc -l <out)" = "$(state batches)" ]
	quick
	run -0 count_up
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|2000"
	once_each 2000
}

@test "backfill: a second SIGINT does not wait for the batch" {
	cards 100
	before "NEW.id = 70" "PERFORM pg_sleep(30)"
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute \
	    --batch-time 60000
	within 10 sleeps
	kill -INT "$pid"
	sleep 0.3
	kill -0 "$pid"
	kill -INT "$pid"
	within 5 not_running
	ended 130
	[ "$(state "state, batches, row_count")" = "stopped|0|0" ]
	once_each 0
	quick
	run -0 rarity
	once_each 100
}
sleeps() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
	    wait_event = 'PgSleep' AND datname = current_database()")" = 1 ]
}
not_running() { ! kill -0 "$pid" 2>/dev/null; }

@test "backfill: --max-time" {
	cards 2000
	slow
	run -1 --separate-stderr rarity --max-time 0.3
	[[ $stderr == *"stopped by --max-time"* ]]
	[ "$(state "state, reason, pass")" = "stopped|--max-time|1" ]
	is "SELECT row_count BETWEEN 1 AND 1500 FROM dbm.runs" t
	quick
	run -0 rarity
	once_each 2000
	all_done
	is "SELECT count(*) FROM dbm.runs" 1
}

@test "backfill: killed in its last pass, it goes on with that" {
	cards 500
	# one that is written behind it, as old code does
	before "NEW.id = 400" "INSERT INTO cards VALUES (-1, 'rare')"
	sql "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN PERFORM pg_sleep(30); RETURN NEW; END';
	    CREATE TRIGGER wait BEFORE UPDATE ON cards FOR EACH ROW
	    WHEN (NEW.id = -1) EXECUTE FUNCTION wait()"
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute \
	    --batch-time 5000
	within 10 sleeps
	kill -9 "$pid"
	wait "$pid" || true
	[ "$(state "state, pass, row_count")" = "running|2|500" ]
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE wait_event = 'PgSleep' AND datname = current_database();
	    DROP FUNCTION wait CASCADE" >/dev/null
	run -0 rarity
	[ "$(state "state, pass, row_count")" = "done|2|501" ]
	all_done
	once_each 501
}

@test "backfill: killed when all is done, but for its last word" {
	cards 300
	run -0 rarity # makes dbm.runs
	sql "TRUNCATE writes; CREATE FUNCTION wait() RETURNS trigger
	    LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END';
	    CREATE TRIGGER wait BEFORE UPDATE ON dbm.runs FOR EACH ROW
	    WHEN (NEW.state = 'done') EXECUTE FUNCTION wait()"
	start dbm backfill cards --set 'n = n + 1' --once --execute
	within 10 sleeps
	kill -9 "$pid"
	wait "$pid" || true
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE wait_event = 'PgSleep' AND datname = current_database();
	    DROP FUNCTION wait CASCADE" >/dev/null
	[ "$(state "state, row_count")" = "running|300" ]
	run -0 count_up
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|300"
	[ "$(state "state, row_count")" = "done|300" ]
}

# --- two at once ---

@test "backfill: who comes second waits, then ends with 75" {
	cards 2000
	slow
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute
	within 20 at_work 1
	run -75 rarity --wait 0.2
	has "run 'cards-"
	has "is locked by pid"
	has "dbm-backfill"
	kill -0 "$pid"
	run -0 rarity --wait 60
	ended 0
	once_each 2000
	is "SELECT state, row_count FROM dbm.runs ORDER BY id" \
	    $'done|2000\ndone|0'
}

@test "backfill: what a killed client has left at work is waited for" {
	cards 100
	before "NEW.id = 70" "PERFORM pg_sleep(1.5)"
	start dbm backfill cards --set 'n = n + 1' --once --execute \
	    --batch-time 60000
	within 10 sleeps
	kill -9 "$pid"
	wait "$pid" || true
	sleeps
	run -75 count_up --wait 0
	run -0 count_up --batch-time 60000
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|100"
}

@test "backfill: a run that another has gone on with is not ours any more" {
	cards 2000
	slow
	start dbm backfill cards --set 'n = n + 1' --once --execute
	within 20 at_work 2
	sql "UPDATE dbm.runs SET batches = batches + 1"
	ended 75
	run -0 cat err
	has "another session has gone on with run 1"
	is "SELECT state, last_error FROM dbm.runs" "running|" # it is theirs
	is "SELECT count(*) = (SELECT row_count FROM dbm.runs) FROM cards
	    WHERE n = 1" t
}

@test "backfill: a name is of one statement" {
	cards 1000
	slow
	run -1 rarity --name v2 --max-time 0.1
	run -2 dbm backfill cards --set "rarity_v2 = 'x'" --execute --name v2
	has "run 'v2' is not finished, and does something else"
	has "rarity_v2 = rarity"
	has "dbm backfill --cancel v2"
	is "SELECT count(*) FROM cards WHERE rarity_v2 = 'x'" 0
	run -0 dbm backfill --cancel v2
	quick
	run -0 dbm backfill cards --set "rarity_v2 = 'x'" --execute --name v2
	is "SELECT state FROM dbm.runs ORDER BY id" $'cancelled\ndone'
	is "SELECT count(*) FROM cards WHERE rarity_v2 = 'x'" 1000
}

@test "backfill: what was done once is not done a second time" {
	cards 100
	run -0 count_up
	run -2 count_up
	has "was done at"
	has "another --name"
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|100"
	run -0 count_up --name more
	is "SELECT n, count(*) FROM cards GROUP BY n" "2|100"
	# the other kind may be done as often as one likes
	run -0 rarity
	run -0 rarity
	once_each_of_three() {
		is "SELECT id, count(*) FROM writes GROUP BY id
		    HAVING count(*) <> 3" ""
	}
	once_each_of_three
}

@test "backfill: what was to be done once and was cancelled is not done again" {
	cards 1000
	slow
	run -1 count_up --max-time 0.1 --name r
	is "SELECT row_count > 0 FROM dbm.runs WHERE name = 'r'" t
	run -0 dbm backfill --cancel r
	quick
	run -2 count_up --name r --wait 3000000
	has "run 'r' was cancelled after "
	has "another --name"
	is "SELECT count(*) = (SELECT row_count FROM dbm.runs
	    WHERE name = 'r') FROM cards WHERE n = 1" t
	# where no row had been changed, it had not begun
	sql "UPDATE dbm.runs SET row_count = 0; UPDATE cards SET n = 0"
	run -0 count_up --name r --wait 3000000
	is "SELECT n, count(*) FROM cards GROUP BY n" "1|1000"
}

# --- others in its way, and it in theirs ---

@test "backfill: a locked row is given way to, with all that was locked" {
	cards 1000
	hold "BEGIN; UPDATE cards SET rarity = 'epic' WHERE id = 800;"
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute -v
	within 10 grep -q "waiting: a lock is held by pid.*psql" err
	# rows of the same batch are free between two tries
	sql "SET lock_timeout = '1s'; UPDATE cards SET rarity = 'epic'
	    WHERE id BETWEEN 790 AND 799 OR id BETWEEN 801 AND 850"
	within 10 eval '[[ $(state reason) == "a lock is held by pid "* ]]'
	kill -0 "$pid"
	echo COMMIT\; >"$(ls hold.?????? | head -1)"
	ended 0
	all_done
	is "SELECT count(*) FROM cards WHERE rarity_v2 = 'epic'" 61
	awk -F'\t' '{ n += $8 } END { exit n == 0 }' out
	[ "$(state reason)" = "" ]
}

@test "backfill: --max-time and SIGINT end it while a lock is waited for" {
	cards 100
	hold "BEGIN; SELECT FROM cards FOR UPDATE;"
	run -1 rarity --max-time 0.5
	[ "$(state "state, row_count")" = "stopped|0" ]
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute -v
	within 10 grep -q "waiting: a lock" err
	kill -INT "$pid"
	within 3 not_running
	ended 130
	[ "$(state "state, row_count")" = "stopped|0" ]
	release
	run -0 rarity
	once_each 100
}

@test "backfill: DDL gets its turn in the middle of it" {
	cards 2000
	slow
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute
	within 20 at_work 2
	sql "SET lock_timeout = '2s'; ALTER TABLE cards ADD COLUMN later int"
	kill -0 "$pid"
	quick
	ended 0
	once_each 2000
	all_done
}

@test "backfill: a deadlock is tried again" {
	cards 100
	hold "SET deadlock_timeout = '1min'; BEGIN;
	    UPDATE cards SET n = 5 WHERE id = 90;"
	pipe=$(ls hold.?????? | head -1)
	start dbm backfill cards --set 'rarity_v2 = rarity' --execute -v \
	    --batch-time 5000
	within 10 waits dbm-backfill
	echo "UPDATE cards SET n = 5 WHERE id = 10; COMMIT;" >"$pipe"
	ended 0
	run -0 cat err
	has "waiting: deadlock detected"
	all_done
	is "SELECT id FROM cards WHERE n = 5 ORDER BY id" $'10\n90'
}

@test "backfill: serialization failures are tried again" {
	cards 3000
	sql "CREATE SEQUENCE tries"
	before "NEW.id = 1700" "IF nextval('public.tries') < 4 THEN
	    RAISE 'not yet' USING ERRCODE = '40001'; END IF"
	run -0 rarity
	once_each 3000
	is "SELECT last_value FROM tries" 4
	awk -F'\t' '{ n += $8 } END { exit n < 3 }' <<<"$output"
}

@test "backfill: rows that take longer than a statement may" {
	cards 20
	before "NEW.id = 9" "PERFORM pg_sleep(1.2)" # the limit is 1 s
	run -0 rarity
	once_each 20
	all_done
}

@test "backfill: an error stops it, names the range, and keeps the rest" {
	cards 3000
	before "NEW.id = 1700" "RAISE 'no luck' USING HINT = 'wait for luck'"
	run -2 rarity
	has "error: no luck: in the batch id > "
	has "hint: wait for luck"
	is "SELECT state, row_count, last_error LIKE 'no luck: in the batch id > %'
	    FROM dbm.runs" "failed|$(sql "SELECT count(*) FROM writes")|t"
	is "SELECT max(id::int) < 1700 AND count(*) > 0 FROM writes" t
	run -2 rarity # as long as it is not put right
	quick
	run -0 rarity
	once_each 3000
	all_done
	is "SELECT state, row_count FROM dbm.runs" "done|3000"
}

@test "backfill: an error in the only batch" {
	sql "CREATE FUNCTION half(int) RETURNS text STABLE LANGUAGE sql
	    AS 'SELECT (1 / (\$1 - 9))::text'; CREATE TABLE few (id int PRIMARY
	    KEY, v text); INSERT INTO few VALUES (8), (9)"
	run -2 dbm backfill few --set 'v = half(id)' --execute
	has "error: division by zero: in the only batch"
}

@test "backfill: what fails only when it is committed is undone with its place" {
	cards 3000
	sql "CREATE TABLE known (v text PRIMARY KEY);
	    INSERT INTO known VALUES ('common'), ('rare');
	    ALTER TABLE cards ADD FOREIGN KEY (rarity_v2) REFERENCES known
	    DEFERRABLE INITIALLY DEFERRED;
	    UPDATE cards SET rarity = 'odd' WHERE id = 1700; TRUNCATE writes"
	run -2 rarity
	has "violates foreign key constraint"
	has "in the batch id > "
	is "SELECT count(*) = (SELECT row_count FROM dbm.runs) FROM cards
	    WHERE rarity_v2 IS NOT NULL" t
	sql "INSERT INTO known VALUES ('odd')"
	run -0 rarity
	once_each 3000
	all_done
}

# --- what changes while it runs ---

@test "backfill: rows that come in behind it are found by a last pass" {
	sql "CREATE TABLE houses (id uuid PRIMARY KEY, price int, price_v2 int);
	    INSERT INTO houses SELECT md5(i::text)::uuid, i
	    FROM generate_series(1, 3000) i;
	    CREATE FUNCTION come() RETURNS trigger LANGUAGE plpgsql AS
	    'BEGIN INSERT INTO public.houses SELECT
	    (''00000000-0000-0000-0000-00000000000'' || i)::uuid, i
	    FROM generate_series(1, 9) i; RETURN NULL; END';
	    CREATE TRIGGER come AFTER UPDATE ON houses FOR EACH ROW
	    WHEN (OLD.price = 77) EXECUTE FUNCTION come()"
	run -0 --separate-stderr dbm backfill houses --set 'price_v2 = price' \
	    --execute
	[[ $stderr == *"3009 rows changed"*"verified: 0 rows left"* ]]
	is "SELECT count(*) FROM houses WHERE price_v2 = price" 3009
	is "SELECT pass, state FROM dbm.runs" "2|done"
	# what the rate is made of is both of the last pass
	is "SELECT examined, pass_ms < active_ms FROM dbm.runs" "3009|t"
}

@test "backfill: what is left after the last pass is told" {
	cards 90
	before "NEW.id = 40" "NEW.rarity_v2 = NULL"
	run -1 --separate-stderr rarity
	[[ $stderr == *"1 row is still not as wanted"* ]]
	is "SELECT state, pass, outcome FROM dbm.runs" \
	    "done|2|91 rows in 2 batches; 1 left"
}

@test "backfill: --once leaves alone what was not there when it began" {
	cards 3000
	before "NEW.id = 600 AND OLD.id = 600" \
	    "INSERT INTO public.cards (id, rarity) VALUES (5000, 'x'), (-5, 'x');
	    DELETE FROM public.cards WHERE id = 2000;
	    UPDATE public.cards SET id = 6000 WHERE id = 2500;
	    UPDATE public.cards SET id = -6 WHERE id = 3"
	run -0 count_up
	# 3 had its turn before it got its new key, 2500 had not
	is "SELECT id FROM cards WHERE n <> 1 ORDER BY id" $'-5\n5000\n6000'
	is "SELECT count(*) FROM cards WHERE n = 1" 2998
	is "SELECT pass, row_count FROM dbm.runs" "1|2998"
	is "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'keys%'" 0
}

@test "backfill: a join that takes long whatever the batch is no reason for small ones" {
	cards 5000
	sql "CREATE TABLE names (id bigint, name text);
	    CREATE FUNCTION slowly() RETURNS SETOF names LANGUAGE plpgsql STABLE
	    AS 'BEGIN PERFORM pg_sleep(0.15); RETURN QUERY SELECT * FROM names;
	    END';
	    INSERT INTO names SELECT id, 'n' || id FROM cards"
	echo 'UPDATE cards SET rarity_v2 = s.name FROM slowly() s
	    WHERE s.id = cards.id' >names.sql
	run -0 --separate-stderr dbm backfill names.sql --execute
	[ "${#lines[@]}" -lt 40 ]
	once_each 5000
}

# --- keys ---

# keyed COLUMNS KEY SELECT…: a table of 2000 rows, done in small batches.
keyed() {
	sql "CREATE TABLE t ($1, v text NOT NULL, w text, n int DEFAULT 0,
	    PRIMARY KEY ($2)) ${4:-};"
	[ $# -lt 5 ] || sql "$5"
	sql "INSERT INTO t SELECT $3, 'v' || i FROM generate_series(1, 2000) i"
	run -0 dbm backfill t --set 'w = v' --execute --batch-size 70
	[ "${#lines[@]}" -ge 28 ]
	run -0 dbm backfill t --set 'n = n + 1' --once --execute --batch-size 70
	is "SELECT count(*) FROM t WHERE w = v AND n = 1" 2000
	is "SELECT DISTINCT row_count, pass FROM dbm.runs" "2000|1"
}

@test "backfill: a composite key" {
	keyed "a int, b text" "a, b" "i % 7, 'k' || i"
}

@test "backfill: a composite key of a time and text that has to be quoted" {
	keyed "a timestamptz, b text" "a, b" \
	    "timestamptz 'epoch' + i % 3 * interval '1 day', E'{\"\\\\,' || i"
}

@test "backfill: uuid keys" {
	keyed "id uuid" id "md5(i::text)::uuid"
}

@test "backfill: text keys in the order of a language" {
	is "SELECT count(*) > 0 FROM pg_collation WHERE collname = 'de-x-icu'" t
	keyed 'id text COLLATE "de-x-icu"' id \
	    "(ARRAY['ä', 'a', 'Z', 'z-', '''', 'B'])[i % 6 + 1] || i"
}

@test "backfill: a partitioned table" {
	keyed "region text, id int" "region, id" \
	    "(ARRAY['eu', 'us', 'xx'])[i % 3 + 1], i" \
	    "PARTITION BY LIST (region)" \
	    "CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
	    CREATE TABLE t_rest PARTITION OF t DEFAULT"
}

@test "backfill: sparse and negative numbers" {
	keyed "id bigint" id "(i - 1000) * 4611686018427387"
}

@test "backfill: a run that goes by another key starts its pass anew" {
	cards 1000
	sql "ALTER TABLE cards ADD other int; UPDATE cards SET other = 1001 - id;
	    ALTER TABLE cards ALTER other SET NOT NULL;
	    CREATE UNIQUE INDEX other ON cards (other); TRUNCATE writes"
	slow
	run -1 rarity --max-time 0.3
	run -1 count_up --max-time 0.3
	sql "ALTER TABLE cards DROP CONSTRAINT cards_pkey"
	quick
	run -0 rarity
	all_done
	is "SELECT key, row_count FROM dbm.runs WHERE state = 'done'" "{other}|1000"
	run -2 count_up
	has "was begun by the key {id}"
}

# --- poolers ---

# pool: $pooled is our database behind pgbouncer, with few sessions.
pool() {
	local name user
	need_pooler
	name=$(sql 'SELECT current_database()')
	user=$(sql 'SELECT current_user')
	mkdir pool
	cat >pool/ini <<-END
		[databases]
		$name = host=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"$DATABASE_URL") port=5432 user=$user
		[pgbouncer]
		listen_port = 6433
		unix_socket_dir = $PWD/pool
		auth_type = any
		pool_mode = transaction
		server_round_robin = 1
		ignore_startup_parameters = options,extra_float_digits
	END
	pooler pool
	pooled="postgresql://$user@localhost:6433/$name?host=$PWD/pool"
	within 10 sql_at "$pooled" 'SELECT'
}

@test "backfill: behind a transaction pooler" {
	cards 3000
	slow
	pool
	for url in "$pooled&pgbouncer=true" "$pooled"; do
		start dbm backfill cards --set 'n = n + 1' --once --execute \
		    -u "$url" --name "${#url}"
		within 20 at_work 3
		run -75 count_up -u "$url" --wait 0 --name "${#url}"
		has "is locked by pid"
		run -75 count_up --wait 0 --name "${#url}" # nor beside it
		kill -9 "$pid"
		wait "$pid" || true
		run -0 count_up -u "$url" --name "${#url}" --batch-time 1000
		# what is not set for the session, but its transactions
		is "SELECT count(*) FROM pg_locks l JOIN pg_database d
		    ON d.oid = l.database WHERE locktype = 'advisory'
		    AND datname = current_database()" 0
	done
	is "SELECT n, count(*) FROM cards GROUP BY n" "2|3000"
}
